/**
 * What becomes of the packet of a conformance flow under the rules of kube-proxy in nftables mode.
 *
 * As the data have it, the path through the kernel is not modelled: after the chains before and at DNAT come those of the
 * hook forward, then those of input, wherever the packet goes (kubernetes pkg/proxy/nftables/helpers_test.go,
 * `tracePacket`).
 */
import { type Cidr, parseCidr } from '../../../src/base/ip-address.js'
import { nftablesRuleset } from '../../../src/kubernetes/nftables/nftables-ruleset.js'
import {
  endpointText,
  type NodeInfo,
  type ProxyOptions,
  type ServicePortInfo,
} from '../../../src/kubernetes/proxy-inputs.js'
import type { IpProtocol } from '../../../src/netfilter/iptables/rule.js'
import {
  interpretTable,
  type NftInterpretation,
  type NftRuleMet,
} from '../../../src/netfilter/nftables/interpret.js'
import { leastDrawOf } from '../../../src/netfilter/nftables/numgen.js'
import { ReferenceSets } from '../../../src/netfilter/nftables/reference-sets.js'
import type { NftChain, NftTable } from '../../../src/netfilter/nftables/ruleset.js'

/** What kube-proxy of a node works from. */
export interface NftablesState {
  readonly servicePorts: readonly ServicePortInfo[]
  readonly node: NodeInfo
  readonly options: ProxyOptions
}

/** The packet of a flow; addresses in canonical form. */
export interface FlowPacket {
  readonly protocol: IpProtocol
  readonly from: string
  readonly to: string
  readonly port: number
  readonly inInterface?: string | undefined
}

/** The end of a flow: over all ways that chance can lead its packet. */
export interface FlowEnd {
  readonly outcome: 'dnat' | 'reject' | 'drop' | 'none'
  /** `ip:port` of each that can be chosen, in the order of the rules. */
  readonly endpoints: readonly string[]
  /** The packet carries the mark, at one of the endpoints at least. */
  readonly masquerade: boolean
}

/** What became of the packet of a flow, and the rules that it met on each of its ways. */
export interface FlowWalk {
  readonly end: FlowEnd
  readonly ways: readonly (readonly NftRuleMet[])[]
}

/** The table of a state. In the data no range of node-port addresses means all addresses, not the primary one. */
export function tableOfState({ servicePorts, node, options }: NftablesState): NftTable {
  const all = range(options.ipFamily === 6 ? '::/0' : '0.0.0.0/0')
  const nodePortAddresses = options.nodePortAddresses.length === 0 ? [all] : options.nodePortAddresses
  return nftablesRuleset(servicePorts, node, { ...options, nodePortAddresses })
}

/** Decides one flow from scratch. */
export function decideFlow(state: NftablesState, packet: FlowPacket): FlowEnd {
  return walkFlow(tableOfState(state), state, packet).end
}

/** Sends the packet of a flow once for every way that it can be led. */
export function walkFlow(
  table: NftTable,
  { node, options }: Pick<NftablesState, 'node' | 'options'>,
  packet: FlowPacket,
): FlowWalk {
  const localAddresses = [...node.localAddresses, '127.0.0.0/8', '::1'].map(range)
  const everywhere = onEveryPath(table)
  const walked = everyWay((draws) => walkOnce(everywhere, localAddresses, packet, draws))
  return { end: endOf(walked, 2 ** options.masqueradeBit), ways: walked.map((way) => way.rulesMet) }
}

/** Chains of the hooks forward and input stand at both, in this order. */
function onEveryPath(table: NftTable): NftTable {
  const at = (hook: 'forward' | 'input') => table.chains.filter((chain) => chain.place?.hook === hook)
  const both = [...at('forward'), ...at('input')]
  const standingAt = (chain: NftChain, hook: 'forward' | 'input') =>
    chain.place === undefined ? chain : { ...chain, place: { ...chain.place, hook } }
  return {
    ...table,
    chains: [
      ...table.chains.filter((chain) => !both.includes(chain)),
      ...both.map((chain) => standingAt(chain, 'forward')),
      ...both.map((chain) => standingAt(chain, 'input')),
    ],
  }
}

function walkOnce(
  table: NftTable,
  localAddresses: readonly Cidr[],
  { protocol, from, to, port, inInterface }: FlowPacket,
  draws: readonly number[],
): NftInterpretation {
  const sets = new ReferenceSets()
  sets.retain(table)
  const left = [...draws]
  const node = { table, localAddresses, sets, draw32: () => left.shift() ?? 0 }
  const packet = {
    protocol,
    source: from,
    sourcePort: 40_000,
    destination: to,
    destinationPort: port,
    mark: 0,
    states: ['NEW' as const],
    inInterface,
  }
  return interpretTable(node, 'receive', packet, 0)
}

/** Runs a walk with draws that lead to every number of every `numgen` met, the least numbers first. */
function everyWay(walk: (draws: readonly number[]) => NftInterpretation): NftInterpretation[] {
  const ways: NftInterpretation[] = []
  const waiting: (readonly number[])[] = [[]]
  // The list grows while it is walked.
  for (const draws of waiting) {
    const way = walk(draws)
    ways.push(way)
    for (const [at, { modulus }] of way.draws.entries()) {
      if (at < draws.length) continue
      const before = [...draws, ...new Array<number>(at - draws.length).fill(0)]
      for (let number = 1; number < modulus; number += 1) {
        waiting.push([...before, leastDrawOf(number, modulus)])
      }
    }
  }
  return ways
}

function endOf(ways: readonly NftInterpretation[], markBit: number): FlowEnd {
  const outcomes = new Set(ways.map(outcomeOf))
  if (outcomes.size !== 1) throw new Error('chance decides between different outcomes')
  const [outcome] = outcomes
  if (outcome !== 'dnat') return { outcome, endpoints: [], masquerade: false }
  const isMarked = ({ isMasqueraded, packet }: NftInterpretation) =>
    isMasqueraded || (packet.mark & markBit) !== 0
  return {
    outcome,
    endpoints: ways.map(({ packet }) =>
      endpointText({ address: packet.destination, port: packet.destinationPort }),
    ),
    masquerade: ways.some(isMarked),
  }
}

function outcomeOf({ verdict, isDestinationTranslated }: NftInterpretation): FlowEnd['outcome'] {
  if (verdict === 'rejected') return 'reject'
  if (verdict === 'dropped') return 'drop'
  return isDestinationTranslated ? 'dnat' : 'none'
}

function range(text: string): Cidr {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new Error(`not a range: ${text}`)
  return cidr
}
