/**
 * The rules by which traffic enters the chains of one Service port: by cluster IP, external IP, load-balancer address
 * and node port; and those that refuse or drop it.
 * Source: kubernetes pkg/proxy/iptables/proxier.go, `syncProxyRules`.
 */
import { DEFAULT_REJECT, type Match, type Rule, type Target } from '../../netfilter/iptables/rule.js'
import type { PortContext } from './port-context.js'
import {
  comment,
  countedBy,
  destinationIn,
  destinationIs,
  destinationPort,
  isLocal,
  isLoopbackServed,
  jump,
  LOOPBACK_RANGES,
  protocolIs,
  rangeOf,
  rule,
} from './rule-parts.js'
import type { FilterVerdict, ServicePortDecisions } from './service-port-decisions.js'

/** Rules of one Service port in the chains that all Services share, in kube-proxy's order. */
export interface EntryRules {
  /** nat, KUBE-SERVICES */
  readonly natServices: readonly Rule[]
  /** nat, KUBE-NODEPORTS */
  readonly natNodePorts: readonly Rule[]
  /** filter, KUBE-SERVICES */
  readonly filterServices: readonly Rule[]
  /** filter, KUBE-EXTERNAL-SERVICES */
  readonly filterExternalServices: readonly Rule[]
  /** filter, KUBE-NODEPORTS */
  readonly filterNodePorts: readonly Rule[]
  /** filter, KUBE-PROXY-FIREWALL */
  readonly filterFirewall: readonly Rule[]
}

/** Writes the entry rules of one Service port. */
export function entryRules(context: PortContext, decisions: ServicePortDecisions): EntryRules {
  return {
    natServices: natServiceRules(context, decisions),
    natNodePorts: natNodePortRules(context, decisions),
    filterServices: clusterIpVerdictRules(context, decisions),
    filterExternalServices: externalVerdictRules(context, decisions),
    filterNodePorts: healthCheckRules(context),
    filterFirewall: decisions.hasFirewallChain ? firewallDropRules(context) : [],
  }
}

/** `-m comment … -m P -p P -d ADDRESS --dport PORT`, the test of a Service address. */
export function addressedTo(context: PortContext, label: string, address: string): Match[] {
  return [
    comment(label),
    protocolIs(context.protocol),
    destinationIs(address),
    destinationPort(context.info.port),
  ]
}

function natServiceRules(context: PortContext, decisions: ServicePortDecisions): Rule[] {
  const { info, names } = context
  const rules: Rule[] = []
  const enter = (label: string, address: string, chain: string) =>
    rules.push(rule(addressedTo(context, `${info.name} ${label}`, address), jump(chain)))
  if (decisions.internalChain !== undefined) enter('cluster IP', info.clusterIp, decisions.internalChain)
  if (!decisions.hasExternalChain) return rules
  for (const address of info.externalIps) enter('external IP', address, names.external)
  const balancedChain = decisions.hasFirewallChain ? names.firewall : names.external
  for (const address of info.loadBalancerVips) enter('loadbalancer IP', address, balancedChain)
  return rules
}

function natNodePortRules(context: PortContext, decisions: ServicePortDecisions): Rule[] {
  const { info, names, protocol, options } = context
  if (info.nodePort === undefined || !decisions.hasExternalChain) return []
  const label = [comment(info.name), protocolIs(protocol)]
  const port = destinationPort(info.nodePort)
  const target = jump(names.external)
  const anyAddress = rule([...label, port], target)
  if (!isLoopbackServed(options) || !options.hasNfacct) return [anyAddress]
  const loopback = destinationIn(rangeOf(LOOPBACK_RANGES[4]))
  return [rule([...label, loopback, port, countedBy('localhost_nps_accepted_pkts')], target), anyAddress]
}

function clusterIpVerdictRules(context: PortContext, decisions: ServicePortDecisions): Rule[] {
  const verdict = decisions.internalVerdict
  if (verdict === undefined) return []
  const matches = addressedTo(context, verdict.comment, context.info.clusterIp)
  return [rule(matches, verdictTarget(verdict))]
}

function externalVerdictRules(context: PortContext, decisions: ServicePortDecisions): Rule[] {
  const verdict = decisions.externalVerdict
  if (verdict === undefined) return []
  const { info, protocol } = context
  const target = verdictTarget(verdict)
  const rules = [...info.externalIps, ...info.loadBalancerVips].map((address) =>
    rule(addressedTo(context, verdict.comment, address), target),
  )
  if (info.nodePort === undefined) return rules
  const nodePortMatches = [
    comment(verdict.comment),
    isLocal('destination'),
    protocolIs(protocol),
    destinationPort(info.nodePort),
  ]
  return [...rules, rule(nodePortMatches, target)]
}

/** A bare `-j REJECT`, whatever the family: iptables answers as port-unreachable of its own ICMP. */
function verdictTarget(verdict: FilterVerdict): Target {
  return verdict.kind === 'DROP' ? { kind: 'DROP' } : { kind: 'REJECT', rejectWith: DEFAULT_REJECT }
}

function firewallDropRules(context: PortContext): Rule[] {
  const { info, names } = context
  const label = `${info.name} traffic not accepted by ${names.firewall}`
  return info.loadBalancerVips.map((address) => rule(addressedTo(context, label, address), { kind: 'DROP' }))
}

/** Lets the load balancer's question through to kube-proxy, even where the node has no endpoint. */
function healthCheckRules({ info }: PortContext): Rule[] {
  if (info.healthCheckNodePort === undefined) return []
  const matches = [
    comment(`${info.name} health check node port`),
    protocolIs('tcp'),
    destinationPort(info.healthCheckNodePort),
  ]
  return [rule(matches, { kind: 'ACCEPT' })]
}
