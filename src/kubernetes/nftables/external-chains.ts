/**
 * The chains of traffic from outside: external- (what to do with the client's address, where to go on) and firewall- (who
 * may use the load balancer's addresses).
 * Source: kubernetes pkg/proxy/nftables/proxier.go, `syncProxyRules`.
 */
import { cidrContains, parseIpAddress } from '../../base/ip-address.js'
import type { NftMatch, NftRule } from '../../netfilter/nftables/ruleset.js'
import type { NodeInfo, ServicePortInfo } from '../proxy-inputs.js'
import type { PortContext } from './port-context.js'
import { DROP, goTo, JUMP_TO_MARK, operandOf, operandOfRange, type PodMatches, rule } from './statements.js'

const IS_FROM_NODE: NftMatch = { kind: 'localAddress', side: 'source' }

/**
 * Rules of external-. With policy Local, pods and the node itself take a short cut to the endpoints of the whole cluster:
 * only traffic from outside must keep to the node.
 *
 * @param externalChain - where traffic goes on; undefined: nowhere, for want of local endpoints
 */
export function externalRules(
  { info, names }: Pick<PortContext, 'info' | 'names'>,
  externalChain: string | undefined,
  pods: PodMatches | undefined,
): NftRule[] {
  const rules = info.isExternalPolicyLocal ? shortCutRules(names.cluster, pods) : [rule([], JUMP_TO_MARK)]
  return externalChain === undefined ? rules : [...rules, rule([], goTo(externalChain))]
}

function shortCutRules(clusterChain: string, pods: PodMatches | undefined): NftRule[] {
  const toCluster = goTo(clusterChain)
  const fromPods = pods === undefined ? [] : [rule([pods.isPod], toCluster, 'short-circuit pod traffic')]
  return [
    ...fromPods,
    rule([IS_FROM_NODE], JUMP_TO_MARK, 'masquerade local traffic'),
    rule([IS_FROM_NODE], toCluster, 'short-circuit local traffic'),
  ]
}

/**
 * The rule of firewall-. Where a range holds the node itself, the node may also come from the load balancer's address
 * bound to it.
 */
export function firewallRules(info: ServicePortInfo, node: Pick<NodeInfo, 'address'>): NftRule[] {
  const { loadBalancerSourceRanges: ranges, loadBalancerVips } = info
  const own = parseIpAddress(node.address)
  const isNodeAllowed = own !== undefined && ranges.some((range) => cidrContains(range, own))
  const operands = [...ranges.map(operandOfRange), ...(isNodeAllowed ? loadBalancerVips.map(operandOf) : [])]
  const others = {
    kind: 'addressInList',
    side: 'source',
    operands,
    isInverted: true,
    isTight: false,
  } as const
  return [rule([others], DROP)]
}
