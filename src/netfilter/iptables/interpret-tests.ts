/**
 * The tests of a rule on a packet in words: each match of `rule.ts` said plainly.
 *
 * A test that is not modelled can not be run. If another test of its rule fails, that does not matter; if none does, the
 * rule can not be settled. Sources: Linux net/ipv4/netfilter/ip_tables.c (ip_packet_match), net/netfilter/xt_*.c;
 * xt_conntrack.c for the state in table raw.
 */
import { InvariantError } from '../../base/diagnostics.js'
import { type Cidr, cidrContains, type IpAddress, parseIpAddress } from '../../base/ip-address.js'
import { isInterfaceNamed } from './interface-names.js'
import type { ReferenceLists } from './reference-lists.js'
import type { ConnectionState, IpProtocol, Match, Rule, Table, TableName } from './rule.js'

/** A packet with everything in words. */
export interface ReadablePacket {
  readonly protocol: IpProtocol
  /** Canonical text, as all addresses. */
  readonly source: string
  readonly sourcePort: number
  readonly destination: string
  readonly destinationPort: number
  /** 32 bits, unsigned. */
  readonly mark: number
  readonly states: readonly ConnectionState[]
  /** Name of the interface that it came in by; undefined where that is unknown, and for what the node sends. */
  readonly inInterface?: string | undefined
}

/** One node, for `interpret`. */
export interface ReadableNode {
  readonly tables: readonly Table[]
  /** Every address that the node itself answers to, loopback included. */
  readonly localAddresses: readonly Cidr[]
  /** Must hold the lists of the tables: see `ReferenceLists.retain`. */
  readonly lists: ReferenceLists
  /** 31 random bits; one draw per `statistic` test run. */
  readonly draw31: (threshold: number) => number
  /** Name of the interface by which packets for an address of another machine leave; not given: unknown. */
  readonly outInterfaceOf?: (destination: string) => string | undefined
}

/** One `statistic` test that was run. */
export interface DrawMet {
  /** Passes if 31 random bits are below: 0 to 2^31. */
  readonly threshold: number
  readonly isPassed: boolean
}

/** A packet under way, as tests see it, and what they leave behind. */
export interface TestedPacket {
  readonly node: ReadableNode
  readonly nowNs: number
  readonly packet: ReadablePacket
  /** Name of the interface that it leaves by, as far as the present hook is told. */
  readonly outInterface: string | undefined
  statisticRulesEvaluated: number
  recentListsWalked: number
  recentLookups: number
  /** Of the rule being tested. */
  draws: DrawMet[]
  unmodelled: string | undefined
}

const HEADER_MATCHES: ReadonlySet<Match['kind']> = new Set([
  'source',
  'destination',
  'inInterface',
  'outInterface',
  'protocol',
  'otherProtocol',
])

/** The kernel tests addresses, interfaces and protocol first: ip_tables.c, ip_packet_match. */
function testsOf(rule: Rule): Match[] {
  const isOfHeader = ({ kind }: Match) => HEADER_MATCHES.has(kind)
  return [...rule.matches.filter(isOfHeader), ...rule.matches.filter((match) => !isOfHeader(match))]
}

/**
 * Runs the tests of a rule, up to the first that fails, and returns that one. Where none fails and one is not modelled,
 * `tested.unmodelled` is its text.
 */
export function runTests(tested: TestedPacket, rule: Rule, table: TableName): Match | undefined {
  let unmodelled: string | undefined
  for (const match of testsOf(rule)) {
    if (match.kind === 'unmodelled') unmodelled ??= match.text
    // Whether a test that draws or remembers is run at all depends on what is not known.
    else if (unmodelled !== undefined && (match.kind === 'statistic' || match.kind === 'recent')) break
    else if (!isTrue(tested, match, table)) return match
  }
  tested.unmodelled = unmodelled
  return undefined
}

function isTrue(
  tested: TestedPacket,
  match: Exclude<Match, { kind: 'unmodelled' }>,
  table: TableName,
): boolean {
  const { packet } = tested
  switch (match.kind) {
    case 'protocol':
      return (packet.protocol === match.protocol) !== match.isInverted
    case 'otherProtocol':
      return match.isInverted
    case 'source':
      return cidrContains(match.cidr, addressOf(packet.source)) !== match.isInverted
    case 'destination':
      return cidrContains(match.cidr, addressOf(packet.destination)) !== match.isInverted
    case 'inInterface':
      return isInterfaceNamed(match.name, packet.inInterface) !== match.isInverted
    case 'outInterface':
      return isInterfaceNamed(match.name, tested.outInterface) !== match.isInverted
    case 'sourcePort':
      return (match.first <= packet.sourcePort && packet.sourcePort <= match.last) !== match.isInverted
    case 'destinationPort':
      return (
        (match.first <= packet.destinationPort && packet.destinationPort <= match.last) !== match.isInverted
      )
    case 'statistic':
      tested.statisticRulesEvaluated += 1
      return isDrawn(tested, match.threshold)
    case 'recent':
      tested.recentLookups += 1
      tested.recentListsWalked += tested.node.lists.walkedListCount(match.list)
      return tested.node.lists.test(match, packet.source, tested.nowNs)
    case 'addrtype':
      return (
        isLocal(tested.node, match.side === 'source' ? packet.source : packet.destination) !==
        match.isInverted
      )
    case 'mark':
      return ((packet.mark & match.mask) >>> 0 === match.value) !== match.isInverted
    case 'conntrack':
      return match.states.some((state) => statesAt(table, packet).includes(state)) !== match.isInverted
    case 'comment':
    case 'nfacct':
      return true
  }
}

/** Table raw comes before connection tracking, which makes every packet invalid there. */
function statesAt(table: TableName, packet: ReadablePacket): readonly ConnectionState[] {
  return table === 'raw' ? ['INVALID'] : packet.states
}

function isDrawn(tested: TestedPacket, threshold: number): boolean {
  const isPassed = tested.node.draw31(threshold) < threshold
  tested.draws.push({ threshold, isPassed })
  return isPassed
}

/** Is the address one of the node's own? */
export function isLocal(node: ReadableNode, address: string): boolean {
  return node.localAddresses.some((cidr) => cidrContains(cidr, addressOf(address)))
}

function addressOf(text: string): IpAddress {
  const address = parseIpAddress(text)
  if (address === undefined) throw new InvariantError('not an address', { text })
  return address
}
