/**
 * The elements that one Service port has in the sets and maps of kube-proxy's table: where traffic to each of its
 * addresses goes, and what meets traffic that has nowhere to go.
 * Source: kubernetes pkg/proxy/nftables/proxier.go, `syncProxyRules`.
 */
import type { MapVerdict, NftMapElement } from '../../netfilter/nftables/ruleset.js'
import type { FilterVerdict, ServicePortDecisions } from '../iptables/service-port-decisions.js'
import { REJECT_CHAIN } from './object-names.js'
import type { PortContext } from './port-context.js'
import { DROP, goTo } from './statements.js'

/** Elements by the set or map that they belong to. */
export interface PortElements {
  readonly clusterIp: string
  readonly serviceIps: readonly NftMapElement[]
  readonly serviceNodePorts: readonly NftMapElement[]
  readonly firewallIps: readonly NftMapElement[]
  readonly noEndpointServices: readonly NftMapElement[]
  readonly noEndpointNodePorts: readonly NftMapElement[]
}

/**
 * The elements of one Service port on one node. With policy Local and no local endpoints, an external address has both:
 * what the external chain does not take up for pods and the node meets the other verdict.
 */
export function portElements(context: PortContext, decisions: ServicePortDecisions): PortElements {
  const { info, names, hasFirewall } = context
  const { hasAny, internalChain, internalVerdict, externalVerdict } = decisions
  const toExternal = hasAny ? goTo(names.external) : undefined
  const external = [...info.externalIps, ...info.loadBalancerVips]
  const atPort = (addresses: readonly string[], verdict: MapVerdict | undefined, comment?: string) =>
    addresses.flatMap((address) => element(context, address, info.port, verdict, comment))
  const atNodePort = (verdict: MapVerdict | undefined, comment?: string) =>
    info.nodePort === undefined ? [] : element(context, undefined, info.nodePort, verdict, comment)
  return {
    clusterIp: info.clusterIp,
    serviceIps: [
      ...atPort([info.clusterIp], internalChain === undefined ? undefined : goTo(internalChain)),
      ...atPort(external, toExternal),
    ],
    serviceNodePorts: atNodePort(toExternal),
    firewallIps: hasFirewall ? atPort(info.loadBalancerVips, goTo(names.firewall)) : [],
    noEndpointServices: [
      ...atPort([info.clusterIp], endOf(internalVerdict), info.name),
      ...atPort(external, endOf(externalVerdict), info.name),
    ],
    noEndpointNodePorts: atNodePort(endOf(externalVerdict), info.name),
  }
}

/** Nothing is there where there is no verdict. */
function element(
  { protocol }: PortContext,
  address: string | undefined,
  port: number,
  verdict: MapVerdict | undefined,
  comment?: string,
): NftMapElement[] {
  return verdict === undefined ? [] : [{ address, protocol, port, verdict, comment }]
}

/** `reject` is no verdict, so a chain stands for it. */
function endOf(verdict: FilterVerdict | undefined): MapVerdict | undefined {
  if (verdict === undefined) return undefined
  return verdict.kind === 'REJECT' ? goTo(REJECT_CHAIN) : DROP
}
