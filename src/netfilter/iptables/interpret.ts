/**
 * The way of one packet through the rules of one node, slowly and plainly: on the readable rules, with addresses as text,
 * and with every rule met written down.
 *
 * It says what `NodeNetfilter` must say: a property test compares the two. It is also how a packet's way is shown rule by
 * rule. Scope, limits and sources are those of `node-netfilter.ts` and `traverse.ts`, but that rules of the tables raw,
 * mangle and security are followed as well (a new mark does not change the way out), and that a way ends as `unknown` at
 * the first rule on it whose tests or target are not modelled.
 * Source: Linux include/uapi/linux/netfilter_ipv4.h (order of tables).
 */

import { InputError, InvariantError } from '../../base/diagnostics.js'
import {
  type DrawMet,
  isLocal,
  type ReadableNode,
  type ReadablePacket,
  runTests,
  type TestedPacket,
} from './interpret-tests.js'
import type { Chain, HookName, Match, Rule, Table, TableName } from './rule.js'

export type { DrawMet, ReadableNode, ReadablePacket } from './interpret-tests.js'

/** One rule that a packet met. */
export interface RuleMet {
  readonly hook: HookName
  readonly table: TableName
  readonly chain: string
  /** Jumps between the chain of the hook and this one. */
  readonly depth: number
  /** Position in its chain, from 0. */
  readonly ruleIndex: number
  readonly rule: Rule
  readonly isMatched: boolean
  /** The test that was not true; undefined if there was none. */
  readonly failedMatch: Match | undefined
  /**
   * What is not modelled and decides about the packet: a test (then `isMatched` is false, as nobody knows) or the target.
   * Undefined for all rules but the last of a way that ends as `unknown`.
   */
  readonly unmodelled: string | undefined
  /** The `statistic` tests that were run, in order. */
  readonly draws: readonly DrawMet[]
  /** The packet as the rule left it. */
  readonly packet: ReadablePacket
}

/** One built-in chain that a packet went through. */
export interface HookMet {
  readonly hook: HookName
  readonly table: TableName
  /** Where its rules begin in `rulesMet`; those of the next hook follow. */
  readonly firstRule: number
  /** The policy that settled the packet; undefined: a rule did. */
  readonly policy: 'ACCEPT' | 'DROP' | undefined
}

/** What became of a packet. The counts mean what they mean in `Traversal`. */
export interface Interpretation {
  /** `unknown`: it came to a rule that is not modelled, the last of `rulesMet`. */
  readonly verdict: 'accepted' | 'dropped' | 'rejected' | 'unknown'
  /** The packet as it left the rules; masquerading is left to the caller. */
  readonly packet: ReadablePacket
  readonly isDestinationTranslated: boolean
  readonly isMasqueraded: boolean
  readonly rulesEvaluated: number
  readonly rulesMatched: number
  readonly statisticRulesEvaluated: number
  readonly recentListsWalked: number
  readonly recentLookups: number
  /** Every rule whose tests were run, in order. */
  readonly rulesMet: readonly RuleMet[]
  /** Every built-in chain passed, in order, those without rules too. */
  readonly hooksMet: readonly HookMet[]
}

/** Rules that one packet may meet: chains that jump to each other twice and twice again meet any number. */
const MAX_RULES_MET = 300_000

/** The interface by which a node's packets to itself go out and come in. */
const LOOPBACK_INTERFACE = 'lo'

/** How a chain ends: settled, or at a rule that is not modelled, or fallen off its end, or left by RETURN. */
type Ending = Interpretation['verdict'] | 'returned'

/** The tables at each hook, in the order in which a packet meets them. */
const TABLES_OF_HOOK: Readonly<Record<HookName, readonly TableName[]>> = {
  PREROUTING: ['raw', 'mangle', 'nat'],
  INPUT: ['mangle', 'filter', 'security', 'nat'],
  FORWARD: ['mangle', 'filter', 'security'],
  OUTPUT: ['raw', 'mangle', 'nat', 'filter', 'security'],
  POSTROUTING: ['mangle', 'nat'],
}

/** A packet under way. */
interface Walk extends TestedPacket {
  packet: ReadablePacket
  outInterface: string | undefined
  isDestinationTranslated: boolean
  isMasqueraded: boolean
  readonly rulesMet: RuleMet[]
  readonly hooksMet: HookMet[]
}

/** Where on the way: which chain of which table, called from which hook, how deep. */
interface Place {
  readonly hook: HookName
  readonly table: Table
  readonly depth: number
}

/**
 * Takes one packet through the rules of a node.
 *
 * @param way - `receive`: it came in by an interface; `send`: a process of the node sends it
 * @param nowNs - simulated time, integer ns
 * @throws InputError FLOW_TOO_LONG if it meets more than 300,000 rules, as in a loop
 * @throws InvariantError if a rule jumps to a chain that is not there: see `checkTable`
 */
export function interpret(
  node: ReadableNode,
  way: 'receive' | 'send',
  packet: ReadablePacket,
  nowNs: number,
): Interpretation {
  const walk: Walk = {
    node,
    nowNs,
    packet,
    outInterface: undefined,
    isDestinationTranslated: false,
    isMasqueraded: false,
    statisticRulesEvaluated: 0,
    recentListsWalked: 0,
    recentLookups: 0,
    rulesMet: [],
    hooksMet: [],
    draws: [],
    unmodelled: undefined,
  }
  const verdict = way === 'receive' ? receive(walk) : send(walk)
  const {
    node: _node,
    nowNs: _nowNs,
    outInterface: _outInterface,
    draws: _draws,
    unmodelled: _unmodelled,
    ...outcome
  } = walk
  return {
    ...outcome,
    verdict,
    rulesEvaluated: walk.rulesMet.length,
    rulesMatched: walk.rulesMet.filter((met) => met.isMatched).length,
  }
}

function receive(walk: Walk): Interpretation['verdict'] {
  const first = throughHook(walk, 'PREROUTING')
  if (first !== 'accepted') return first
  if (isLocal(walk.node, walk.packet.destination)) return throughHook(walk, 'INPUT')
  walk.outInterface = wayOut(walk)
  const forwarded = throughHook(walk, 'FORWARD')
  return forwarded === 'accepted' ? throughHook(walk, 'POSTROUTING') : forwarded
}

function send(walk: Walk): Interpretation['verdict'] {
  walk.packet = { ...walk.packet, inInterface: undefined }
  walk.outInterface = wayOut(walk)
  const first = throughHook(walk, 'OUTPUT')
  if (first !== 'accepted') return first
  // Only now does the way out follow a translation: the hook OUTPUT keeps what it was called with.
  walk.outInterface = wayOut(walk)
  const last = throughHook(walk, 'POSTROUTING')
  if (last !== 'accepted' || !isLocal(walk.node, walk.packet.destination)) return last
  walk.packet = { ...walk.packet, inInterface: LOOPBACK_INTERFACE }
  walk.outInterface = undefined
  // Its translation was settled on the way out: it does not meet the nat rules for packets that come in.
  const back = throughHook(walk, 'PREROUTING', ['nat'])
  return back === 'accepted' ? throughHook(walk, 'INPUT', ['nat']) : back
}

function wayOut(walk: Walk): string | undefined {
  const { destination } = walk.packet
  return isLocal(walk.node, destination) ? LOOPBACK_INTERFACE : walk.node.outInterfaceOf?.(destination)
}

function throughHook(
  walk: Walk,
  hook: HookName,
  passedOver: readonly TableName[] = [],
): Interpretation['verdict'] {
  for (const name of TABLES_OF_HOOK[hook]) {
    const isAsked = name !== 'nat' || walk.packet.states.includes('NEW')
    const table = walk.node.tables.find((each) => each.name === name)
    if (!isAsked || table === undefined || passedOver.includes(name)) continue
    const verdict = throughTable(walk, hook, table)
    if (verdict !== 'accepted') return verdict
  }
  return 'accepted'
}

function throughTable(walk: Walk, hook: HookName, table: Table): Interpretation['verdict'] {
  const chain = chainsOf(table).get(hook)
  if (chain === undefined) return 'accepted'
  const firstRule = walk.rulesMet.length
  const ending = throughChain(walk, { hook, table, depth: 0 }, hook)
  const policy = ending === 'returned' ? (chain.policy ?? 'ACCEPT') : undefined
  walk.hooksMet.push({ hook, table: table.name, firstRule, policy })
  if (ending !== 'returned') return ending
  return policy === 'DROP' ? 'dropped' : 'accepted'
}

function throughChain(walk: Walk, place: Place, chainName: string): Ending {
  const chain = chainsOf(place.table).get(chainName)
  if (chain === undefined) throw new InvariantError('no such chain', { chain: chainName })
  for (const [ruleIndex, rule] of chain.rules.entries()) {
    walk.draws = []
    walk.unmodelled = undefined
    const { hook, table, depth } = place
    const failedMatch = runTests(walk, rule, table.name)
    const isMatched = failedMatch === undefined && walk.unmodelled === undefined
    const { target } = rule
    const ended = isMatched ? apply(walk, rule) : undefined
    const { draws, packet, unmodelled } = walk
    // Written out: spreading an object into another takes seven times as long.
    walk.rulesMet.push({
      hook,
      table: table.name,
      chain: chainName,
      depth,
      ruleIndex,
      rule,
      isMatched,
      failedMatch,
      unmodelled,
      draws,
      packet,
    })
    if (walk.rulesMet.length > MAX_RULES_MET) throw tooLong(chainName)
    if (unmodelled !== undefined) return 'unknown'
    if (!isMatched) continue
    if (target.kind === 'goto') return throughChain(walk, place, target.chain)
    const ending =
      target.kind === 'jump' ? throughChain(walk, { ...place, depth: depth + 1 }, target.chain) : ended
    const goesOn = ending === undefined || (target.kind === 'jump' && ending === 'returned')
    if (!goesOn) return ending
  }
  return 'returned'
}

/** By table, its chains by name: a node has a hundred thousand of them. */
const chainsByTable = new WeakMap<Table, ReadonlyMap<string, Chain>>()

function chainsOf(table: Table): ReadonlyMap<string, Chain> {
  const known = chainsByTable.get(table)
  if (known !== undefined) return known
  const chains = new Map(table.chains.map((chain) => [chain.name, chain]))
  chainsByTable.set(table, chains)
  return chains
}

function tooLong(chain: string): InputError {
  const message = `A packet has met more than ${MAX_RULES_MET} rules, at last those of chain "${chain}"`
  return new InputError([{ severity: 'error', code: 'FLOW_TOO_LONG', message }])
}

/** What a target other than jump and goto does; undefined if the packet goes on to the next rule. */
function apply(walk: Walk, { target }: Rule): Ending | undefined {
  switch (target.kind) {
    case 'RETURN':
      return 'returned'
    case 'ACCEPT':
      return 'accepted'
    case 'DROP':
      return 'dropped'
    case 'REJECT':
      return 'rejected'
    case 'DNAT':
      walk.isDestinationTranslated = true
      walk.packet = withDestination(walk.packet, target.address, target.port ?? walk.packet.destinationPort)
      return 'accepted'
    case 'MASQUERADE':
      walk.isMasqueraded = true
      return 'accepted'
    case 'MARK':
      walk.packet = { ...walk.packet, mark: ((walk.packet.mark & ~target.mask) ^ target.value) >>> 0 }
      return undefined
    case 'unmodelled':
      walk.unmodelled = target.text
      return 'unknown'
    default:
      return undefined
  }
}

function withDestination(
  packet: ReadablePacket,
  destination: string,
  destinationPort: number,
): ReadablePacket {
  if (packet.destination === destination && packet.destinationPort === destinationPort) return packet
  return {
    ...packet,
    destination,
    destinationPort,
    states: [...new Set([...packet.states, 'DNAT' as const])],
  }
}
