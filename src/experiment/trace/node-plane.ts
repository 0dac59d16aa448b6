/**
 * The rules of one node as a trace asks them: those that kube-proxy writes there, in its mode, or those of a dump of a real
 * node.
 */
import { InputError, InvariantError } from '../../base/diagnostics.js'
import { type Cidr, parseCidr } from '../../base/ip-address.js'
import { KeyedDraws } from '../../engine/keyed-draws.js'
import type { Streams } from '../../engine/streams.js'
import type { ClusterNode } from '../../kubernetes/cluster.js'
import type { NodeRules } from '../../kubernetes/node-rules.js'
import type { ReadablePacket } from '../../netfilter/iptables/interpret.js'
import { ReferenceLists } from '../../netfilter/iptables/reference-lists.js'
import type { Table } from '../../netfilter/iptables/rule.js'
import { traceRules } from '../../netfilter/iptables/trace-rules.js'
import type { IpvsTables } from '../../netfilter/ipvs/ipvs-tables.js'
import { traceIpvs } from '../../netfilter/ipvs/trace-node.js'
import { leastDrawOf } from '../../netfilter/nftables/numgen.js'
import { ReferenceSets } from '../../netfilter/nftables/reference-sets.js'
import type { NftTable } from '../../netfilter/nftables/ruleset.js'
import { traceTable } from '../../netfilter/nftables/trace-table.js'
import type { NodeWays } from '../../netfilter/node-ways.js'

/** The rules of a node. */
export interface NodePlane {
  /** `generated`, or the dump that they are from. */
  readonly rules: string
  /** Every way of a packet, or the one that is drawn. */
  trace(way: 'receive' | 'send', packet: ReadablePacket): NodeWays
  /** Addresses of Services that the node answers to itself, as in mode ipvs. */
  readonly boundAddresses: readonly string[]
}

/** What rules are called that kube-proxy writes for the manifests. */
export const GENERATED = 'generated'

/** How all nodes are traced. */
export interface PlaneOptions {
  readonly maxRunLength: number
  /** Name of the interface by which packets of the node's pods come in. */
  readonly podInterface: string
  /** Streams of the seed, and the number of the draw, from 1; undefined: all ways. */
  readonly drawn: { readonly streams: Streams; readonly draw: number } | undefined
  /** A client and the address of the pod that remembers it, by session affinity. */
  readonly remembered: { readonly client: string; readonly address: string } | undefined
}

/** Connections that are led through IPVS one after another, to find the last one's way. */
const MAX_IPVS_CONNECTIONS = 2_000

/** The rules that kube-proxy writes on a node. */
export function generatedPlane(rules: NodeRules, node: ClusterNode, options: PlaneOptions): NodePlane {
  switch (rules.kind) {
    case 'iptables':
      return iptablesPlane(rules.tables, node, GENERATED, options)
    case 'nftables':
      return nftablesPlane(rules.table, node, options)
    case 'ipvs':
      return ipvsPlane(rules.tables, node, options)
  }
}

/** The plane of a node that runs iptables. @param rules - see `NodePlane` */
export function iptablesPlane(
  tables: readonly Table[],
  node: ClusterNode,
  rules: string,
  options: PlaneOptions,
): NodePlane {
  const { maxRunLength, podInterface } = options
  const lists = rememberingLists(tables, options.remembered)
  const outInterfaceOf = (destination: string) => interfaceTo(destination, node, podInterface)
  const traced = { tables, localAddresses: localAddressesOf(node), lists, outInterfaceOf }
  const draws = drawsOf(node, options)
  const draw31 = draws && ((threshold: number) => draws.draw31(threshold))
  return {
    rules,
    boundAddresses: [],
    trace: (way, packet) => traceRules({ node: traced, way, packet }, { draw31, maxRunLength }),
  }
}

function nftablesPlane(table: NftTable, node: ClusterNode, options: PlaneOptions): NodePlane {
  const { maxRunLength, remembered } = options
  const traced = { table, localAddresses: localAddressesOf(node) }
  const makeSets = () => rememberingSets(table, remembered)
  const draws = drawsOf(node, options)
  const draw32 = draws && ((modulus: number) => leastDrawOf(draws.choose(modulus), modulus))
  return {
    rules: GENERATED,
    boundAddresses: [],
    trace: (way, packet) => traceTable({ node: traced, makeSets, way, packet }, { draw32, maxRunLength }),
  }
}

function ipvsPlane(tables: IpvsTables, node: ClusterNode, options: PlaneOptions): NodePlane {
  const { maxRunLength, drawn, remembered } = options
  const connection = drawn?.draw
  if (connection !== undefined && connection > MAX_IPVS_CONNECTIONS) throw tooManyConnections(connection)
  const localAddresses = localAddressesOf(node)
  return {
    rules: GENERATED,
    boundAddresses: tables.boundAddresses,
    trace: (way, packet) =>
      traceIpvs(
        { tables, localAddresses, way, packet },
        { connection, remembered: remembered?.address, maxRunLength },
      ),
  }
}

/** Empty lists, but for those of the chains that lead to the pod that remembers the client. */
function rememberingLists(tables: readonly Table[], remembered: PlaneOptions['remembered']): ReferenceLists {
  const lists = new ReferenceLists()
  lists.retain(tables)
  if (remembered === undefined) return lists
  for (const { matches, target } of tables.flatMap((table) => table.chains.flatMap((chain) => chain.rules))) {
    if (target.kind !== 'DNAT' || target.address !== remembered.address) continue
    for (const match of matches)
      if (match.kind === 'recent' && match.mode === 'set') lists.test(match, remembered.client, 0)
  }
  return lists
}

function rememberingSets(table: NftTable, remembered: PlaneOptions['remembered']): ReferenceSets {
  const sets = new ReferenceSets()
  sets.retain(table)
  if (remembered === undefined) return sets
  for (const { rules } of table.chains) {
    if (!rules.some(({ verdict }) => verdict?.kind === 'dnat' && verdict.address === remembered.address))
      continue
    for (const statement of rules.flatMap(({ statements }) => statements))
      if (statement.kind === 'updateSet') sets.update(statement.set, remembered.client, 0)
  }
  return sets
}

/** What the node's rules draw for a packet, made of the n-th key of the stream `trace/<node>`. */
function drawsOf({ name }: ClusterNode, { drawn }: PlaneOptions): KeyedDraws | undefined {
  if (drawn === undefined) return undefined
  const stream = drawn.streams.get(`trace/${name}`)
  for (let number = 1; number < drawn.draw; number++) stream.uint32()
  const draws = new KeyedDraws()
  draws.begin(stream.uint32())
  return draws
}

/** By which a packet leaves the node, as far as svcsim gives nodes interfaces: that of the pods, and `eth0`. */
function interfaceTo(destination: string, { podCidr }: ClusterNode, podInterface: string): string {
  const range = parseCidr(`${destination}/${parseCidr(podCidr)?.prefixLength ?? 0}`)
  return range?.text === parseCidr(podCidr)?.text ? podInterface : OUTER_INTERFACE
}

/** The interface of every node by which it is connected with others. */
export const OUTER_INTERFACE = 'eth0'

function localAddressesOf({ address, gatewayAddress }: ClusterNode): Cidr[] {
  const loopback = address.includes(':') ? '::1/128' : '127.0.0.0/8'
  return [address, gatewayAddress, loopback].map(cidrOf)
}

function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new InvariantError('not an address of a node', { text })
  return cidr
}

function tooManyConnections(connection: number): InputError {
  const message = `Draw ${connection} is more than the ${MAX_IPVS_CONNECTIONS} connections that mode ipvs is traced for`
  return new InputError([{ severity: 'error', code: 'FLOW_TOO_LONG', message }])
}
