/** Service ports, a node and settings for tests, as short as can be. */
import { type Cidr, parseCidr } from '../../../src/base/ip-address.js'
import {
  defaultProxyOptions,
  type NodeInfo,
  type ProxyEndpoint,
  type ProxyOptions,
  type ServicePortInfo,
} from '../../../src/kubernetes/proxy-inputs.js'

/** A Service port: what differs from one of TCP at port 80, with ready endpoints at 8080. */
export interface PortSpec {
  readonly name: string
  readonly clusterIp: string
  readonly nodePort?: number
  readonly affinityTimeoutSeconds?: number | undefined
  readonly isExternalPolicyLocal?: boolean
  readonly targetPort?: number
  /** Addresses of pods on no node, or with their node as `ADDRESS NODE`. */
  readonly endpoints: readonly string[]
}

export const NODE: NodeInfo = {
  name: 'n1',
  zone: '',
  address: '192.168.0.1',
  localAddresses: ['192.168.0.1'],
  podCidr: '10.0.0.0/24',
}

export const OPTIONS: ProxyOptions = defaultProxyOptions(cidr('10.0.0.0/8'))

export function port(spec: PortSpec): ServicePortInfo {
  return {
    name: spec.name,
    protocol: 'TCP',
    clusterIp: spec.clusterIp,
    port: 80,
    nodePort: spec.nodePort,
    externalIps: [],
    loadBalancerVips: [],
    loadBalancerSourceRanges: [],
    isInternalPolicyLocal: false,
    isExternalPolicyLocal: spec.isExternalPolicyLocal ?? false,
    affinityTimeoutSeconds: spec.affinityTimeoutSeconds,
    healthCheckNodePort: undefined,
    endpoints: spec.endpoints.map((text) => endpoint(text, spec.targetPort ?? 8_080)),
  }
}

/** Addresses with the nodes that they are on. */
export function endpoints(addresses: readonly string[], nodes: readonly string[]): readonly string[] {
  return addresses.map((address, index) => `${address} ${nodes[index]}`)
}

function endpoint(text: string, port: number): ProxyEndpoint {
  const [address, nodeName] = text.split(' ')
  return {
    address,
    port,
    nodeName,
    ready: true,
    serving: true,
    terminating: false,
    hintedZones: [],
    hintedNodes: [],
  }
}

export function cidr(text: string): Cidr {
  const range = parseCidr(text)
  if (range === undefined) throw new Error(text)
  return range
}
