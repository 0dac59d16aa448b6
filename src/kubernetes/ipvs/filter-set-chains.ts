/**
 * Table filter of kube-proxy in mode ipvs: source ranges, ports of Service addresses that nobody serves, health checks.
 * Source: kubernetes pkg/proxy/ipvs/proxier.go, `writeIptablesRules`, `ipsetWithIptablesChain`, `iptablesJumpChain`.
 */
import { DEFAULT_REJECT } from '../../netfilter/iptables/rule.js'
import type { SetChain, SetRule, SetRuleTarget } from '../../netfilter/ipvs/set-rule.js'
import { rangeOf } from '../iptables/rule-parts.js'
import { isNodeAllowed } from './set-entries.js'
import type { SetRulesContext } from './set-rule-parts.js'
import * as parts from './set-rule-parts.js'
import { protocolOf } from './virtual-servers.js'

/** The chains of table filter, built-in ones first. */
export function filterSetChains(context: SetRulesContext): SetChain[] {
  const toHealthChecks = jumpTo(parts.KUBE_NODE_PORT, 'kubernetes health check rules')
  const toFirewall = jumpTo(parts.KUBE_PROXY_FIREWALL, 'kube-proxy firewall rules')
  const toForward = jumpTo(parts.KUBE_FORWARD, 'kubernetes forwarding rules')
  const toFilter = jumpTo(parts.KUBE_IPVS_FILTER, 'kubernetes ipvs access filter')
  const toOutFilter = jumpTo(parts.KUBE_IPVS_OUT_FILTER, 'kubernetes ipvs access filter')
  // kube-proxy puts each jump before those that are there, so the last one written comes first.
  return [
    parts.builtInChain('INPUT', [toFilter, toFirewall, toHealthChecks]),
    parts.builtInChain('FORWARD', [toFirewall, toForward]),
    parts.builtInChain('OUTPUT', [toOutFilter]),
    parts.chain(parts.KUBE_FORWARD, forwardRules(context)),
    parts.chain(parts.KUBE_NODE_PORT, healthCheckRules(context)),
    parts.chain(parts.KUBE_PROXY_FIREWALL, firewallRules(context)),
    parts.chain(parts.KUBE_SOURCE_RANGES_FIREWALL, sourceRangeRules(context)),
    parts.chain(parts.KUBE_IPVS_FILTER, filterRules(context)),
    parts.chain(parts.KUBE_IPVS_OUT_FILTER, outFilterRules(context)),
  ]
}

function jumpTo(chain: string, label: string): SetRule {
  return parts.rule([parts.comment(label)], parts.jump(chain))
}

function forwardRules(context: SetRulesContext): SetRule[] {
  return [
    parts.rule([parts.comment('kubernetes forwarding rules'), parts.isMarked(context)], parts.ACCEPT),
    parts.rule(
      [
        parts.comment('kubernetes forwarding conntrack rule'),
        { kind: 'conntrack', states: ['RELATED', 'ESTABLISHED'], isInverted: false },
      ],
      parts.ACCEPT,
    ),
  ]
}

function healthCheckRules(context: SetRulesContext): SetRule[] {
  const isHealthCheck = parts.inLabelledSet(context, 'healthCheckNodePort', parts.ONE_DESTINATION)
  return [parts.rule(isHealthCheck, parts.ACCEPT)]
}

function firewallRules(context: SetRulesContext): SetRule[] {
  if (!context.hasEntries('loadBalancerFirewall')) return []
  const isGuarded = parts.inLabelledSet(context, 'loadBalancerFirewall', parts.DESTINATION)
  return [parts.rule(isGuarded, parts.jump(parts.KUBE_SOURCE_RANGES_FIREWALL))]
}

function sourceRangeRules(context: SetRulesContext): SetRule[] {
  const keys = ['loadBalancerSourceCidr', 'loadBalancerSourceIp'] as const
  const allowed = keys
    .filter((key) => context.hasEntries(key))
    .map((key) => parts.rule(parts.inLabelledSet(context, key, parts.DESTINATION_AND_SOURCE), parts.RETURN))
  return [...allowed, parts.rule([], parts.DROP)]
}

/** Service addresses are the node's own here: other ports of the node must not be reached by them. */
function filterRules(context: SetRulesContext): SetRule[] {
  const keys = ['loadBalancer', 'clusterIp', 'externalIp', 'externalIpLocal'] as const
  const isNew = { kind: 'conntrack', states: ['NEW'], isInverted: false } as const
  return [
    ...keys.map((key) => parts.rule([parts.inSet(context, key, parts.DESTINATION)], parts.RETURN)),
    parts.rule([parts.inSet(context, 'healthCheckNodePort', parts.ONE_DESTINATION)], parts.RETURN),
    parts.rule([isNew, parts.inSet(context, 'ipvsIps', parts.ONE_DESTINATION)], rejection(context)),
  ]
}

function rejection({ options }: SetRulesContext): SetRuleTarget {
  // What iptables and ip6tables do for a plain `-j REJECT`.
  return { kind: 'REJECT', rejectWith: options.ipFamily === 4 ? DEFAULT_REJECT : 'icmp6-port-unreachable' }
}

/** A process that connects to a load-balancer address gets that address as its source: ranges can not tell it. */
function outFilterRules({ servicePorts, node }: SetRulesContext): SetRule[] {
  return servicePorts.flatMap((info) => {
    if (info.loadBalancerSourceRanges.length === 0 || isNodeAllowed(info, node)) return []
    const protocol = protocolOf(info)
    return info.loadBalancerVips.map((address) => {
      const cidr = rangeOf(address)
      const { port } = info
      return parts.rule(
        [
          { kind: 'source', cidr, isInverted: false },
          { kind: 'ipvs', address, protocol, port },
        ],
        parts.DROP,
      )
    })
  })
}
