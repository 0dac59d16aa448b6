/**
 * The chains of traffic from outside: KUBE-EXT- (what to do with the client's address, where to go on) and KUBE-FW-
 * (who may use the load balancer's addresses).
 * Source: kubernetes pkg/proxy/iptables/proxier.go, `syncProxyRules`.
 */
import type { Cidr } from '../../base/ip-address.js'
import { cidrContains, parseIpAddress } from '../../base/ip-address.js'
import type { Rule, Target } from '../../netfilter/iptables/rule.js'
import type { NodeInfo } from '../proxy-inputs.js'
import { KUBE_PROXY_FIREWALL } from './chain-names.js'
import type { PortContext } from './port-context.js'
import {
  comment,
  isLocal,
  jump,
  MARK_FOR_MASQUERADE,
  type PodTests,
  rule,
  sourceIn,
  sourceIs,
} from './rule-parts.js'

/**
 * Rules of KUBE-EXT-. With policy Local, pods and the node itself take a short cut to the endpoints of the whole
 * cluster: only traffic from outside must keep to the node.
 *
 * @param externalChain - where traffic goes on; undefined: nowhere, for want of local endpoints
 * @param pods - how pods are known; undefined where kube-proxy can not tell
 */
export function externalRules(
  context: PortContext,
  externalChain: string | undefined,
  pods: PodTests | undefined,
): Rule[] {
  const { info } = context
  const rules = info.isExternalPolicyLocal ? shortCutRules(context, pods) : [masqueradeRule(info.name)]
  return externalChain === undefined ? rules : [...rules, rule([], jump(externalChain))]
}

function masqueradeRule(name: string): Rule {
  return rule([comment(`masquerade traffic for ${name} external destinations`)], MARK_FOR_MASQUERADE)
}

function shortCutRules({ info, names }: PortContext, pods: PodTests | undefined): Rule[] {
  const { name } = info
  const toCluster = jump(names.cluster)
  const fromPods =
    pods === undefined
      ? []
      : [rule([comment(`pod traffic for ${name} external destinations`), pods.isPod], toCluster)]
  return [
    ...fromPods,
    rule(
      [comment(`masquerade LOCAL traffic for ${name} external destinations`), isLocal('source')],
      MARK_FOR_MASQUERADE,
    ),
    rule([comment(`route LOCAL traffic for ${name} external destinations`), isLocal('source')], toCluster),
  ]
}

const NO_TARGET: Target = { kind: 'none' }

/**
 * Rules of KUBE-FW-: allowed sources go on to KUBE-EXT-, others fall through to the DROP in KUBE-PROXY-FIREWALL.
 * Where a range holds the node itself, the node may also come from the load balancer's address bound to it.
 */
export function firewallRules({ info, names }: PortContext, node: NodeInfo): Rule[] {
  const label = comment(`${info.name} loadbalancer IP`)
  const toExternal = jump(names.external)
  const sources = info.loadBalancerSourceRanges.map(sourceIn)
  if (isNodeAllowed(info.loadBalancerSourceRanges, node)) sources.push(...info.loadBalancerVips.map(sourceIs))
  return [
    ...sources.map((source) => rule([label, source], toExternal)),
    rule([comment(`other traffic to ${info.name} will be dropped by ${KUBE_PROXY_FIREWALL}`)], NO_TARGET),
  ]
}

function isNodeAllowed(ranges: readonly Cidr[], node: NodeInfo): boolean {
  const address = parseIpAddress(node.address)
  return address !== undefined && ranges.some((range) => cidrContains(range, address))
}
