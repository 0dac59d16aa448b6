/**
 * What kube-proxy's table has whatever the Services are: base chains, where they lead to, and the checks that use the sets
 * and maps. Chains and rules are in the order of the golden dump of kube-proxy's own tests.
 * Source: kubernetes pkg/proxy/nftables/proxier.go, `nftablesBaseChains`, `nftablesJumpChains`, `setupNFTables`.
 */
import type {
  MapKey,
  NftChain,
  NftHookPlace,
  NftMatch,
  NftRule,
  NftVerdict,
} from '../../netfilter/nftables/ruleset.js'
import type { NodeInfo, ProxyOptions } from '../proxy-inputs.js'
import { listensOn, type NodePortListening } from './node-port-listening.js'
import * as names from './object-names.js'
import { DROP, jump, operandOfRange, rule } from './statements.js'

/** Chains of the fixed part. */
export function fixedChains(node: NodeInfo, options: ProxyOptions): NftChain[] {
  return [...baseChains(), ...jumpChains(listensOn(node, options), options)]
}

/** Priorities relative to DNAT (-100) and SNAT (100). Source: Linux netfilter_ipv4.h; nft(8), dstnat and srcnat. */
const PRE_DNAT = -110
const DNAT = -100
const FILTER = 0
const SNAT = 100

const IS_NEW: NftMatch = { kind: 'connectionState', states: ['NEW'] }

function baseChains(): NftChain[] {
  const ifNew = (...chains: string[]) => chains.map((chain) => rule([IS_NEW], jump(chain)))
  const always = (chain: string) => [rule([], jump(chain))]
  return [
    baseChain('filter-prerouting-pre-dnat', filterAt('prerouting', PRE_DNAT), ifNew(names.FIREWALL_CHECK)),
    baseChain('filter-output-pre-dnat', filterAt('output', PRE_DNAT), ifNew(names.FIREWALL_CHECK)),
    baseChain(
      'filter-forward',
      filterAt('forward', FILTER),
      ifNew(names.SERVICE_ENDPOINTS_CHECK, names.CLUSTER_IPS_CHECK),
    ),
    baseChain(
      'filter-input',
      filterAt('input', FILTER),
      ifNew(names.NODE_PORT_ENDPOINTS_CHECK, names.SERVICE_ENDPOINTS_CHECK),
    ),
    baseChain(
      'filter-output',
      filterAt('output', FILTER),
      ifNew(names.SERVICE_ENDPOINTS_CHECK, names.CLUSTER_IPS_CHECK),
    ),
    baseChain('nat-prerouting', natAt('prerouting', DNAT), always(names.SERVICES)),
    baseChain('nat-output', natAt('output', DNAT), always(names.SERVICES)),
    baseChain('nat-postrouting', natAt('postrouting', SNAT), always(names.MASQUERADING)),
  ]
}

function filterAt(hook: NftHookPlace['hook'], priority: number): NftHookPlace {
  return { type: 'filter', hook, priority }
}

function natAt(hook: NftHookPlace['hook'], priority: number): NftHookPlace {
  return { type: 'nat', hook, priority }
}

function baseChain(name: string, place: NftHookPlace, rules: readonly NftRule[]): NftChain {
  return { name, place, comment: undefined, rules }
}

function regularChain(name: string, rules: readonly NftRule[], comment?: string): NftChain {
  return { name, place: undefined, comment, rules }
}

function jumpChains(listening: NodePortListening, options: ProxyOptions): NftChain[] {
  const { isNodePortAddress, isLocal } = listening
  return [
    regularChain(names.CLUSTER_IPS_CHECK, clusterIpRules(options)),
    regularChain(names.FIREWALL_CHECK, [rule([], lookUp(names.FIREWALL_IPS, 'addressAndPort'))]),
    markChain(options),
    masqueradingChain(options),
    // These packets are for the node already: filter-input leads here.
    regularChain(names.NODE_PORT_ENDPOINTS_CHECK, [
      rule([isNodePortAddress], lookUp(names.NO_ENDPOINT_NODE_PORTS, 'port')),
    ]),
    regularChain(
      names.REJECT_CHAIN,
      [rule([], { kind: 'reject' })],
      `helper for @${names.NO_ENDPOINT_SERVICES} / @${names.NO_ENDPOINT_NODE_PORTS}`,
    ),
    regularChain(names.SERVICES, [
      rule([], lookUp(names.SERVICE_IPS, 'addressAndPort')),
      rule([...isLocal, isNodePortAddress], lookUp(names.SERVICE_NODE_PORTS, 'port')),
    ]),
    regularChain(names.SERVICE_ENDPOINTS_CHECK, [
      rule([], lookUp(names.NO_ENDPOINT_SERVICES, 'addressAndPort')),
    ]),
  ]
}

function lookUp(map: string, key: MapKey): NftVerdict {
  return { kind: 'verdictMap', map, key }
}

/** Whatever is still addressed to a cluster IP after DNAT has a port that no Service has, or an address that none has. */
function clusterIpRules({ ipFamily, serviceCidrs }: ProxyOptions): NftRule[] {
  const reject = rule(
    [{ kind: 'addressInSet', side: 'destination', set: names.CLUSTER_IPS }],
    { kind: 'reject' },
    'Reject traffic to invalid ports of ClusterIPs',
  )
  const operands = serviceCidrs.filter(({ family }) => family === ipFamily).map(operandOfRange)
  if (operands.length === 0) return [reject]
  const drop = rule(
    [{ kind: 'addressInList', side: 'destination', operands, isInverted: false, isTight: true }],
    DROP,
    'Drop traffic to unallocated ClusterIPs',
  )
  return [reject, drop]
}

function markBits({ masqueradeBit }: ProxyOptions): number {
  return (1 << masqueradeBit) >>> 0
}

function markChain(options: ProxyOptions): NftChain {
  const bits = markBits(options)
  return regularChain(names.MARK_FOR_MASQUERADE, [
    rule([{ kind: 'setMark', operation: 'or', bits }], undefined),
  ])
}

function masqueradingChain(options: ProxyOptions): NftChain {
  const bits = markBits(options)
  return regularChain(names.MASQUERADING, [
    rule([{ kind: 'markBitsClear', bits }], { kind: 'return' }),
    rule([{ kind: 'setMark', operation: 'xor', bits }], undefined),
    rule([], { kind: 'masquerade', isFullyRandom: true }),
  ])
}
