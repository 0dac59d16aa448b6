/**
 * The way of one packet through a table of nftables on one node, slowly and plainly: on the readable rules, with
 * addresses as text, and with every rule met written down.
 *
 * It says what `NftablesNode` must say: a property test compares the two. It is also how a packet's way is shown rule by
 * rule. Scope, limits and sources are those of `nftables-node.ts` and `walk.ts`.
 */
import { InvariantError } from '../../base/diagnostics.js'
import type { Cidr } from '../../base/ip-address.js'
import type { ReadablePacket } from '../iptables/interpret.js'
import { scaledDraw } from './numgen.js'
import { printRule } from './print-ruleset.js'
import { isLocalAddress, isMatchTrue } from './readable-tests.js'
import type { ReferenceSets } from './reference-sets.js'
import type {
  MapVerdict,
  NftAction,
  NftChain,
  NftHook,
  NftMatch,
  NftRule,
  NftTable,
  NftVerdict,
} from './ruleset.js'

/** One node, for `interpretTable`. */
export interface ReadableNftNode {
  readonly table: NftTable
  /** Every address that the node itself answers to, loopback included. */
  readonly localAddresses: readonly Cidr[]
  /** Must hold the sets of the table: see `ReferenceSets.retain`. */
  readonly sets: ReferenceSets
  /** 32 random bits; one draw per `numgen` met. */
  readonly draw32: (modulus: number) => number
}

/** One rule that a packet met. */
export interface NftRuleMet {
  readonly hook: NftHook
  readonly baseChain: string
  readonly chain: string
  /** Jumps between the base chain and this one. */
  readonly depth: number
  /** Position in its chain, from 0. */
  readonly ruleIndex: number
  readonly rule: NftRule
  /** The rule as `nft` writes it. */
  readonly text: string
  readonly isMatched: boolean
  /** Where the rule ended early: a test that was false, a full set, a verdict map without the key. */
  readonly failed: NftMatch | NftAction | NftVerdict | undefined
  /** What a verdict map or a random choice came to. */
  readonly mapVerdict: MapVerdict | undefined
  /** The `numgen` of the rule, if it was run. */
  readonly draw: NftDraw | undefined
  /** The packet as the rule left it. */
  readonly packet: ReadablePacket
}

/** One `numgen` that was run. */
export interface NftDraw {
  /** Numbers that could come: at least 1. */
  readonly modulus: number
  /** The one that came, from 0. */
  readonly number: number
}

/** One base chain that a packet went through. */
export interface BaseChainMet {
  readonly hook: NftHook
  readonly chain: string
  /** Where its rules begin in `rulesMet`; those of the next base chain follow. */
  readonly firstRule: number
}

/** What became of a packet. The counts mean what they mean in `Traversal`. */
export interface NftInterpretation {
  readonly verdict: 'accepted' | 'dropped' | 'rejected'
  /** The packet as it left the rules; masquerading is left to the caller. */
  readonly packet: ReadablePacket
  readonly isDestinationTranslated: boolean
  readonly isMasqueraded: boolean
  readonly rulesEvaluated: number
  readonly rulesMatched: number
  readonly affinitySetsChecked: number
  /** Every `numgen` that was run, in order. */
  readonly draws: readonly NftDraw[]
  /** Every rule of which a test was run, in order. */
  readonly rulesMet: readonly NftRuleMet[]
  /** Every base chain passed, in order, those without rules too. */
  readonly baseChainsMet: readonly BaseChainMet[]
}

/** The interface by which a node's packets to itself come in. */
const LOOPBACK_INTERFACE = 'lo'

type Verdict = NftInterpretation['verdict']

/** How a chain ends: settled, or fallen off its end, or left by `return`. */
type Ending = Verdict | 'returned'

/** A packet under way. */
interface Walk {
  readonly node: ReadableNftNode
  readonly nowNs: number
  packet: ReadablePacket
  isDestinationTranslated: boolean
  isMasqueraded: boolean
  affinitySetsChecked: number
  readonly rulesMet: NftRuleMet[]
  readonly baseChainsMet: BaseChainMet[]
}

/** Where on the way: under which base chain, how deep. */
interface Place {
  readonly hook: NftHook
  readonly baseChain: string
  readonly depth: number
}

/** What a rule came to: where it ended early, or its verdict with what chance and maps had to say. */
type RuleOutcome = Pick<NftRuleMet, 'failed' | 'mapVerdict' | 'draw'> & {
  readonly verdict: NftVerdict | MapVerdict | undefined
}

/**
 * Takes one packet through the table of a node.
 *
 * @param way - `receive`: it came in by an interface; `send`: a process of the node sends it
 * @param nowNs - simulated time, integer ns
 * @throws InvariantError if a name is not known: see `checkTable`; a loop never ends
 */
export function interpretTable(
  node: ReadableNftNode,
  way: 'receive' | 'send',
  packet: ReadablePacket,
  nowNs: number,
): NftInterpretation {
  const walk: Walk = {
    node,
    nowNs,
    packet,
    isDestinationTranslated: false,
    isMasqueraded: false,
    affinitySetsChecked: 0,
    rulesMet: [],
    baseChainsMet: [],
  }
  const verdict = way === 'receive' ? receive(walk) : send(walk)
  const { node: _node, nowNs: _nowNs, ...outcome } = walk
  return {
    ...outcome,
    verdict,
    rulesEvaluated: walk.rulesMet.length,
    rulesMatched: walk.rulesMet.filter((met) => met.isMatched).length,
    draws: walk.rulesMet.flatMap((met) => met.draw ?? []),
  }
}

function receive(walk: Walk): Verdict {
  const first = throughHook(walk, 'prerouting')
  if (first !== 'accepted') return first
  if (isLocalAddress(walk.node, walk.packet.destination)) return throughHook(walk, 'input')
  const second = throughHook(walk, 'forward')
  return second === 'accepted' ? throughHook(walk, 'postrouting') : second
}

function send(walk: Walk): Verdict {
  walk.packet = { ...walk.packet, inInterface: undefined }
  for (const hook of ['output', 'postrouting'] as const) {
    const verdict = throughHook(walk, hook)
    if (verdict !== 'accepted') return verdict
  }
  if (!isLocalAddress(walk.node, walk.packet.destination)) return 'accepted'
  // It comes back by the loopback interface. Its translation is settled: only chains of type filter see it again.
  walk.packet = { ...walk.packet, inInterface: LOOPBACK_INTERFACE }
  const first = throughHook(walk, 'prerouting', 'filter')
  return first === 'accepted' ? throughHook(walk, 'input', 'filter') : first
}

/** @param onlyType - chains of the other type are passed over */
function throughHook(walk: Walk, hook: NftHook, onlyType?: 'filter'): Verdict {
  const chains = walk.node.table.chains
    .filter((chain) => chain.place?.hook === hook && (onlyType ?? chain.place.type) === chain.place.type)
    .sort((one, other) => (one.place?.priority ?? 0) - (other.place?.priority ?? 0))
  for (const chain of chains) {
    if (chain.place?.type === 'nat' && !walk.packet.states.includes('NEW')) continue
    walk.baseChainsMet.push({ hook, chain: chain.name, firstRule: walk.rulesMet.length })
    const ending = throughChain(walk, { hook, baseChain: chain.name, depth: 0 }, chain)
    if (ending === 'dropped' || ending === 'rejected') return ending
  }
  return 'accepted'
}

function throughChain(walk: Walk, place: Place, chain: NftChain): Ending {
  for (const [ruleIndex, rule] of chain.rules.entries()) {
    const { verdict, ...outcome } = runRule(walk, rule)
    const settled = verdict === undefined ? undefined : apply(walk, verdict)
    walk.rulesMet.push({
      ...place,
      ...outcome,
      chain: chain.name,
      ruleIndex,
      rule,
      text: textOf(rule, walk.node.table),
      isMatched: outcome.failed === undefined,
      packet: walk.packet,
    })
    if (settled !== undefined) return settled
    if (verdict?.kind === 'goto') return throughChain(walk, place, chainOf(walk, verdict.chain))
    if (verdict?.kind !== 'jump') continue
    const ending = throughChain(walk, { ...place, depth: place.depth + 1 }, chainOf(walk, verdict.chain))
    if (ending !== 'returned') return ending
  }
  return 'returned'
}

/** Texts by rule: a rule that chooses among many endpoints is long, and met again and again. */
const TEXTS = { 4: new WeakMap<NftRule, string>(), 6: new WeakMap<NftRule, string>() }

function textOf(rule: NftRule, table: NftTable): string {
  const texts = TEXTS[table.family]
  let text = texts.get(rule)
  if (text === undefined) {
    text = printRule(rule, table)
    texts.set(rule, text)
  }
  return text
}

function runRule(walk: Walk, rule: NftRule): RuleOutcome {
  const nothing = { failed: undefined, mapVerdict: undefined, draw: undefined, verdict: undefined }
  for (const statement of rule.statements) {
    if (!runStatement(walk, statement)) return { ...nothing, failed: statement }
  }
  const { verdict } = rule
  if (verdict?.kind === 'verdictMap') {
    const found = lookUp(walk, verdict)
    return found === undefined
      ? { ...nothing, failed: verdict }
      : { ...nothing, verdict: found, mapVerdict: found }
  }
  if (verdict?.kind !== 'randomVerdict') return { ...nothing, verdict }
  const modulus = verdict.verdicts.length
  const number = scaledDraw(walk.node.draw32(modulus), modulus)
  const chosen = verdict.verdicts[number]
  return { failed: undefined, verdict: chosen, mapVerdict: chosen, draw: { modulus, number } }
}

/** Does the rule go on? */
function runStatement(walk: Walk, statement: NftMatch | NftAction): boolean {
  switch (statement.kind) {
    case 'setMark': {
      const { mark } = walk.packet
      const { bits, operation } = statement
      walk.packet = { ...walk.packet, mark: (operation === 'or' ? mark | bits : mark ^ bits) >>> 0 }
      return true
    }
    case 'updateSet':
      return walk.node.sets.update(statement.set, walk.packet.source, walk.nowNs)
    case 'addressInSet':
      if (walk.node.sets.has(statement.set)) walk.affinitySetsChecked += 1
      return isMatchTrue(walk.node, statement, walk.packet, walk.nowNs)
    default:
      return isMatchTrue(walk.node, statement, walk.packet, walk.nowNs)
  }
}

function lookUp(walk: Walk, { map, key }: NftVerdict & { kind: 'verdictMap' }): MapVerdict | undefined {
  const { destination, destinationPort, protocol } = walk.packet
  const address = key === 'port' ? undefined : destination
  return walk.node.table.maps
    .find((each) => each.name === map)
    ?.elements.find(
      (each) => each.address === address && each.protocol === protocol && each.port === destinationPort,
    )?.verdict
}

/** What a verdict other than jump and goto does; undefined if the packet goes on. */
function apply(walk: Walk, verdict: NftVerdict | MapVerdict): Ending | undefined {
  switch (verdict.kind) {
    case 'return':
      return 'returned'
    case 'accept':
      return 'accepted'
    case 'drop':
      return 'dropped'
    case 'reject':
      return 'rejected'
    case 'dnat':
      walk.isDestinationTranslated = true
      walk.packet = withDestination(walk.packet, verdict.address, verdict.port)
      return 'accepted'
    case 'masquerade':
      walk.isMasqueraded = true
      return 'accepted'
    default:
      return undefined
  }
}

/** The connection counts as translated only if something changed. Source: Linux nf_nat_core.c, nf_nat_setup_info. */
function withDestination(packet: ReadablePacket, address: string, port: number): ReadablePacket {
  if (packet.destination === address && packet.destinationPort === port) return packet
  const states = [...new Set([...packet.states, 'DNAT' as const])]
  return { ...packet, destination: address, destinationPort: port, states }
}

function chainOf(walk: Walk, name: string): NftChain {
  const chain = walk.node.table.chains.find((each) => each.name === name)
  if (chain === undefined) throw new InvariantError('no such chain', { chain: name })
  return chain
}
