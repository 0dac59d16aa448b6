/**
 * From a Service to the Service ports that kube-proxy works from: which count, which addresses, which policies.
 * Sources: kubernetes pkg/proxy/serviceport.go, `newBaseServiceInfo`; pkg/proxy/util/utils.go, `ShouldSkipService`.
 */
import type { Cidr, IpFamily } from '../base/ip-address.js'
import { parseCidr, parseIpAddress } from '../base/ip-address.js'
import type { Protocol, ServiceObject } from '../input/kubernetes-objects.js'
import { servicePortName } from './iptables/chain-names.js'
import type { ProxyEndpoint, ServicePortInfo } from './proxy-inputs.js'

/** What kube-proxy asks of a Service, after all addresses and node ports were assigned. */
export interface ProxiedService
  extends Pick<
    ServiceObject,
    | 'type'
    | 'sessionAffinity'
    | 'sessionAffinityTimeoutSeconds'
    | 'internalTrafficPolicy'
    | 'externalTrafficPolicy'
    | 'externalIps'
    | 'loadBalancerSourceRanges'
  > {
  readonly namespace: string
  readonly name: string
  /** Empty or `None`: kube-proxy has nothing to do with the Service. */
  readonly clusterIp: string
  readonly loadBalancerVips: readonly string[]
  readonly healthCheckNodePort: number | undefined
  readonly ports: readonly ProxiedServicePort[]
}

/** One port of a `ProxiedService`. */
export interface ProxiedServicePort {
  readonly name: string
  readonly protocol: Protocol
  readonly port: number
  readonly nodePort: number | undefined
  /** Sorted as `ServicePortInfo.endpoints`. */
  readonly endpoints: readonly ProxyEndpoint[]
}

/**
 * The Service ports that kube-proxy of one address family serves, in the order of the Service's ports.
 *
 * @returns empty for a headless Service and for ExternalName
 * @remarks Addresses and ranges of the other family are dropped, and so is text that is no address.
 */
export function servicePortInfos(service: ProxiedService, family: IpFamily): ServicePortInfo[] {
  const clusterIp = addressText(service.clusterIp, family)
  if (service.type === 'ExternalName' || clusterIp === undefined) return []
  const shared = {
    clusterIp,
    externalIps: addressTexts(service.externalIps, family),
    loadBalancerVips: addressTexts(service.loadBalancerVips, family),
    loadBalancerSourceRanges: ranges(service.loadBalancerSourceRanges, family),
    isInternalPolicyLocal: service.internalTrafficPolicy === 'Local',
    isExternalPolicyLocal: service.externalTrafficPolicy === 'Local' && isExternalByType(service),
    affinityTimeoutSeconds:
      service.sessionAffinity === 'ClientIP' ? service.sessionAffinityTimeoutSeconds : undefined,
    healthCheckNodePort: answersHealthChecks(service) ? service.healthCheckNodePort : undefined,
  }
  return service.ports.map((port) => ({
    ...shared,
    name: servicePortName(service.namespace, service.name, port.name),
    protocol: port.protocol,
    port: port.port,
    nodePort: port.nodePort,
    endpoints: port.endpoints,
  }))
}

/** Externally accessible as the API means it. */
function isExternalByType({ type, externalIps }: ProxiedService): boolean {
  return type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && externalIps.length > 0)
}

function answersHealthChecks({ type, externalTrafficPolicy }: ProxiedService): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
}

function addressText(text: string, family: IpFamily): string | undefined {
  const address = parseIpAddress(text)
  return address?.family === family ? address.text : undefined
}

function addressTexts(texts: readonly string[], family: IpFamily): string[] {
  return texts.flatMap((text) => addressText(text, family) ?? [])
}

function ranges(texts: readonly string[], family: IpFamily): Cidr[] {
  return texts.flatMap((text) => {
    // kube-proxy trims blanks and reads leading zeros, in the prefix length too; an address alone is no range to it.
    const range = text.includes('/') ? parseCidr(text.trim().replace(/\/0+(?=[0-9])/, '/')) : undefined
    return range?.family === family ? [range] : []
  })
}
