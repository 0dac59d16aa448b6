/**
 * Takes one packet through the rules of one hook and table, plainly, with every rule met written down.
 *
 * `remembered-walks.ts` calls this once for each kind of packets and keeps what it said; `reference-node.ts` calls it for
 * each packet, and shows the way. Left out: what kube-proxy does not write in mode ipvs.
 * Sources: Linux net/ipv4/netfilter/ip_tables.c, net/netfilter/xt_set.c, xt_ipvs.c.
 */
import { InvariantError } from '../../base/diagnostics.js'
import { cidrContains, parseIpAddress } from '../../base/ip-address.js'
import { isInterfaceNamed } from '../iptables/interface-names.js'
import type { ReadablePacket } from '../iptables/interpret.js'
import type { HookName, TableName } from '../iptables/rule.js'
import type { SetChain, SetMatch, SetRule, SetRuleMatch, SetTable } from './set-rule.js'
import type { VirtualServer } from './virtual-server.js'

/** What rules look things up in. */
export interface RuleWalkContext {
  readonly tables: readonly SetTable[]
  readonly isMember: (match: SetMatch, packet: ReadablePacket) => boolean
  /** Is it one of the node's own addresses, those bound for IPVS included? */
  readonly isLocal: (address: string) => boolean
}

/** One rule that a packet met. */
export interface SetRuleMet {
  readonly hook: HookName
  readonly table: TableName
  readonly chain: string
  /** Jumps between the chain of the hook and this one. */
  readonly depth: number
  /** Position in its chain, from 0. */
  readonly ruleIndex: number
  readonly rule: SetRule
  readonly isMatched: boolean
}

/** What became of the packet at one hook and table. */
export interface RuleWalk {
  readonly verdict: 'accepted' | 'dropped' | 'rejected'
  /** As the rules left it: 32 bits, unsigned. */
  readonly mark: number
  readonly isMasqueraded: boolean
  readonly rulesMet: readonly SetRuleMet[]
}

/** A packet under way. */
interface Walk {
  readonly context: RuleWalkContext
  readonly table: SetTable
  readonly hook: HookName
  readonly translatedFor: VirtualServer | undefined
  packet: ReadablePacket
  isMasqueraded: boolean
  readonly rulesMet: SetRuleMet[]
}

/** How a chain ends: settled, or fallen off its end, or left by RETURN. */
type Ending = RuleWalk['verdict'] | 'returned'

/**
 * Walks the rules of one hook and table; a table or chain that is missing lets the packet pass.
 *
 * @param translatedFor - the virtual server that the packet was translated for already, if any
 * @throws InvariantError if a rule jumps to a chain that is not there
 */
export function walkSetRules(
  context: RuleWalkContext,
  tableName: TableName,
  hook: HookName,
  packet: ReadablePacket,
  translatedFor: VirtualServer | undefined,
): RuleWalk {
  const table = context.tables.find((each) => each.name === tableName)
  const chain = table?.chains.find((each) => each.name === hook)
  if (table === undefined || chain === undefined) {
    return { verdict: 'accepted', mark: packet.mark, isMasqueraded: false, rulesMet: [] }
  }
  const walk: Walk = { context, table, hook, translatedFor, packet, isMasqueraded: false, rulesMet: [] }
  const ending = throughChain(walk, chain, 0)
  const fallenOff = chain.policy === 'DROP' ? 'dropped' : 'accepted'
  return {
    verdict: ending === 'returned' ? fallenOff : ending,
    mark: walk.packet.mark,
    isMasqueraded: walk.isMasqueraded,
    rulesMet: walk.rulesMet,
  }
}

function throughChain(walk: Walk, chain: SetChain, depth: number): Ending {
  for (const [ruleIndex, rule] of chain.rules.entries()) {
    // Tests change nothing, so that their order, by which the kernel puts some of them first, does not matter.
    const isMatched = rule.matches.every((match) => isTrue(walk, match))
    const { hook, table } = walk
    walk.rulesMet.push({ hook, table: table.name, chain: chain.name, depth, ruleIndex, rule, isMatched })
    if (!isMatched) continue
    const ending = apply(walk, rule, depth)
    if (ending !== undefined) return ending
  }
  return 'returned'
}

/** What the target of a rule does; undefined if the packet goes on to the next rule. */
function apply(walk: Walk, { target }: SetRule, depth: number): Ending | undefined {
  switch (target.kind) {
    case 'jump': {
      const ending = throughChain(walk, chainNamed(walk.table, target.chain), depth + 1)
      return ending === 'returned' ? undefined : ending
    }
    case 'RETURN':
      return 'returned'
    case 'ACCEPT':
      return 'accepted'
    case 'DROP':
      return 'dropped'
    case 'REJECT':
      return 'rejected'
    case 'MASQUERADE':
      walk.isMasqueraded = true
      return 'accepted'
    case 'MARK':
      walk.packet = { ...walk.packet, mark: ((walk.packet.mark & ~target.mask) ^ target.value) >>> 0 }
      return undefined
  }
}

function chainNamed(table: SetTable, name: string): SetChain {
  const chain = table.chains.find((each) => each.name === name)
  if (chain === undefined) throw new InvariantError('no such chain', { table: table.name, chain: name })
  return chain
}

function isTrue(walk: Walk, match: SetRuleMatch): boolean {
  const { context, packet, translatedFor } = walk
  switch (match.kind) {
    case 'set':
      return context.isMember(match, packet)
    case 'protocol':
      return (packet.protocol === match.protocol) !== match.isInverted
    case 'source': {
      const address = parseIpAddress(packet.source)
      return (address !== undefined && cidrContains(match.cidr, address)) !== match.isInverted
    }
    case 'inInterface':
      return isInterfaceNamed(match.name, packet.inInterface) !== match.isInverted
    case 'addrtype':
      return (
        context.isLocal(match.side === 'source' ? packet.source : packet.destination) !== match.isInverted
      )
    case 'mark':
      return ((packet.mark & match.mask) >>> 0 === match.value) !== match.isInverted
    case 'conntrack':
      return match.states.some((state) => packet.states.includes(state)) !== match.isInverted
    case 'ipvs':
      return (
        translatedFor?.address === match.address &&
        translatedFor.protocol === match.protocol &&
        translatedFor.port === match.port
      )
    case 'comment':
    case 'physdev':
      return true
  }
}
