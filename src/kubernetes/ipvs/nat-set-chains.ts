/**
 * Table nat of kube-proxy in mode ipvs: it translates no destination, and only says what is to be masqueraded.
 * Source: kubernetes pkg/proxy/ipvs/proxier.go, `writeIptablesRules`, `ipsetWithIptablesChain`, `iptablesJumpChain`.
 */
import type { IpProtocol } from '../../netfilter/iptables/rule.js'
import type { SetChain, SetRule, SetRuleMatch, SetRuleTarget } from '../../netfilter/ipvs/set-rule.js'
import { LOOPBACK_RANGES, rangeOf } from '../iptables/rule-parts.js'
import type { SetKey } from './set-definitions.js'
import type { SetRulesContext } from './set-rule-parts.js'
import * as parts from './set-rule-parts.js'

const MARK_FOR_MASQUERADE: SetRuleTarget = parts.jump(parts.KUBE_MARK_MASQ)

/** The chains of table nat, built-in ones first. */
export function natSetChains(context: SetRulesContext): SetChain[] {
  const toServices = jumpTo(parts.KUBE_SERVICES, 'kubernetes service portals')
  const toPostrouting = jumpTo(parts.KUBE_POSTROUTING, 'kubernetes postrouting rules')
  return [
    parts.builtInChain('PREROUTING', [toServices]),
    parts.builtInChain('INPUT', []),
    parts.builtInChain('OUTPUT', [toServices]),
    parts.builtInChain('POSTROUTING', [toPostrouting]),
    parts.chain(parts.KUBE_SERVICES, serviceRules(context)),
    parts.chain(parts.KUBE_POSTROUTING, postroutingRules(context)),
    parts.chain(parts.KUBE_NODE_PORT, nodePortRules(context)),
    parts.chain(parts.KUBE_LOAD_BALANCER, loadBalancerRules(context)),
    parts.chain(parts.KUBE_MARK_MASQ, [markRule(context)]),
  ]
}

function jumpTo(chain: string, label: string): SetRule {
  return parts.rule([parts.comment(label)], parts.jump(chain))
}

function serviceRules(context: SetRulesContext): SetRule[] {
  const { options } = context
  const loopback = rangeOf(LOOPBACK_RANGES[options.ipFamily])
  const toLoadBalancer = parts.jump(parts.KUBE_LOAD_BALANCER)
  return [
    parts.rule([{ kind: 'source', cidr: loopback, isInverted: false }], parts.RETURN),
    ...ifEntries(context, 'loadBalancer', (isThere) => [parts.rule(isThere, toLoadBalancer)]),
    ...clusterIpRules(context),
    ...ifEntries(context, 'externalIp', (isThere) => [
      parts.rule(isThere, MARK_FOR_MASQUERADE),
      ...externalIpRules(isThere),
    ]),
    ...ifEntries(context, 'externalIpLocal', externalIpRules),
    parts.rule([parts.IS_FOR_NODE], parts.jump(parts.KUBE_NODE_PORT)),
    ...acceptRules(context),
  ]
}

/** Rules for packets to an entry of a set of addresses and ports, if it has any. */
function ifEntries(
  context: SetRulesContext,
  key: SetKey,
  rulesOf: (isThere: readonly SetRuleMatch[]) => SetRule[],
): SetRule[] {
  return context.hasEntries(key) ? rulesOf(parts.inLabelledSet(context, key, parts.DESTINATION)) : []
}

function clusterIpRules(context: SetRulesContext): SetRule[] {
  return ifEntries(context, 'clusterIp', (isThere) => {
    if (context.options.isMasqueradingAll) return [parts.rule(isThere, MARK_FOR_MASQUERADE)]
    const isNotFromPod = parts.isNotFromPod(context)
    if (isNotFromPod !== undefined) return [parts.rule([...isThere, isNotFromPod], MARK_FOR_MASQUERADE)]
    // A process that connects to an address of kube-ipvs0 gets that address as its source.
    const comesFromThere = parts.inLabelledSet(context, 'clusterIp', ['src', 'dst'])
    return [parts.rule(comesFromThere, MARK_FOR_MASQUERADE)]
  })
}

/** What comes from other machines is accepted, and what goes to an address of this one. */
function externalIpRules(isThere: readonly SetRuleMatch[]): SetRule[] {
  const isFromElsewhere: readonly SetRuleMatch[] = [
    { kind: 'physdev' },
    { kind: 'addrtype', side: 'source', type: 'LOCAL', isInverted: true },
  ]
  return [
    parts.rule([...isThere, ...isFromElsewhere], parts.ACCEPT),
    parts.rule([...isThere, parts.IS_FOR_NODE], parts.ACCEPT),
  ]
}

/** The last rules, so that no rule of others gets what IPVS is to have. */
function acceptRules(context: SetRulesContext): SetRule[] {
  const keys = ['clusterIp', 'loadBalancer'] as const
  return keys
    .filter((key) => context.hasEntries(key))
    .map((key) => parts.rule([parts.inSet(context, key, parts.DESTINATION)], parts.ACCEPT))
}

function loadBalancerRules(context: SetRulesContext): SetRule[] {
  return [
    ...ifEntries(context, 'loadBalancerLocal', (isThere) => [parts.rule(isThere, parts.RETURN)]),
    parts.rule([], MARK_FOR_MASQUERADE),
  ]
}

/** By protocol: the set of policy Local, which must be asked first, and the set of all. */
const NODE_PORT_SETS: readonly (readonly [IpProtocol, SetKey, SetKey])[] = [
  ['tcp', 'nodePortLocalTcp', 'nodePortTcp'],
  ['udp', 'nodePortLocalUdp', 'nodePortUdp'],
  ['sctp', 'nodePortLocalSctp', 'nodePortSctp'],
]

function nodePortRules(context: SetRulesContext): SetRule[] {
  const ruleOf = (protocol: IpProtocol, key: SetKey, target: SetRuleTarget): SetRule[] => {
    if (!context.hasEntries(key)) return []
    const directions = protocol === 'sctp' ? parts.DESTINATION : parts.ONE_DESTINATION
    const isProtocol: SetRuleMatch = { kind: 'protocol', protocol, isInverted: false }
    return [parts.rule([isProtocol, ...parts.inLabelledSet(context, key, directions)], target)]
  }
  return NODE_PORT_SETS.flatMap(([protocol, local, all]) => [
    ...ruleOf(protocol, local, parts.RETURN),
    ...ruleOf(protocol, all, MARK_FOR_MASQUERADE),
  ])
}

function postroutingRules(context: SetRulesContext): SetRule[] {
  const isHairpin = parts.inLabelledSet(context, 'loopBack', parts.DESTINATION_AND_SOURCE)
  const { isMasqueradeFullyRandom } = context.options
  return [
    // This rule never asks for random ports, whatever iptables knows.
    ...(context.hasEntries('loopBack')
      ? [parts.rule(isHairpin, { kind: 'MASQUERADE', isFullyRandom: false })]
      : []),
    parts.rule([parts.isMarked(context, true)], parts.RETURN),
    parts.rule([], { kind: 'MARK', value: parts.masqueradeBit(context), mask: 0, option: 'xor-mark' }),
    parts.rule([parts.comment('kubernetes service traffic requiring SNAT')], {
      kind: 'MASQUERADE',
      isFullyRandom: isMasqueradeFullyRandom,
    }),
  ]
}

function markRule(context: SetRulesContext): SetRule {
  const bit = parts.masqueradeBit(context)
  return parts.rule([], { kind: 'MARK', value: bit, mask: bit, option: 'or-mark' })
}
