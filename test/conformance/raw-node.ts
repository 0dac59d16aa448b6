/**
 * The node of a conformance case: which node, which addresses, how its kube-proxy is set up.
 */
import { type Cidr, type IpFamily, parseCidr } from '../../src/base/ip-address.js'
import {
  defaultProxyOptions,
  type LocalTrafficDetector,
  type NodeInfo,
  type ProxyOptions,
} from '../../src/kubernetes/proxy-inputs.js'

/** As the README of the data describes it; the fields after `masqueradeAll` are those of single files. */
export interface RawNode {
  readonly name: string
  readonly proxyMode?: 'iptables' | 'nftables'
  readonly ipFamily?: 'IPv4' | 'IPv6'
  readonly nodeIP?: string
  readonly ips?: readonly string[]
  readonly podCIDRs?: readonly string[] | null
  readonly localTrafficDetector?: RawDetector | null
  readonly nodePortAddresses?: readonly string[] | null
  readonly localhostNodePorts?: boolean
  readonly masqueradeAll?: boolean
  readonly serviceCIDRs?: readonly string[] | null
  readonly labels?: Readonly<Record<string, string>> | null
  readonly zone?: string
  readonly podCIDR?: string
  readonly masqueradeBit?: number
  readonly largeClusterEndpointsThreshold?: number
}

/** How pods are told; the names of the last fields are those of KubeProxyConfiguration, and short ones. */
export interface RawDetector {
  readonly mode: string
  readonly cidr?: string
  readonly bridgeInterface?: string
  readonly interface?: string
  readonly interfaceName?: string
  readonly interfaceNamePrefix?: string
  readonly prefix?: string
}

/** The one that the proxier of a case serves. */
export function familyOf(node: Pick<RawNode, 'ipFamily'>): IpFamily {
  return node.ipFamily === 'IPv6' ? 6 : 4
}

/** Which node, with which addresses. */
export function nodeInfo(node: RawNode): NodeInfo {
  return {
    name: node.name,
    zone: node.zone ?? node.labels?.['topology.kubernetes.io/zone'] ?? '',
    address: node.nodeIP ?? '',
    localAddresses: node.ips ?? (node.nodeIP === undefined ? [] : [node.nodeIP]),
    podCidr: podRangeOfNode(node)?.text ?? '',
  }
}

/** Counters exist in upstream's tests, `--random-fully` does not. */
export function proxyOptions(node: RawNode): ProxyOptions {
  const family = familyOf(node)
  return {
    ...defaultProxyOptions(range(family === 6 ? '::/0' : '0.0.0.0/0')),
    isMasqueradingAll: node.masqueradeAll ?? false,
    localTrafficDetector: detectorOf(node),
    nodePortAddresses: nodePortAddressesOf(node),
    hasLocalhostNodePorts: node.localhostNodePorts ?? true,
    isMasqueradeFullyRandom: false,
    serviceCidrs: (node.serviceCIDRs ?? []).flatMap((text) =>
      text.split(',').map((each) => range(each.trim())),
    ),
    ...(node.masqueradeBit === undefined ? {} : { masqueradeBit: node.masqueradeBit }),
    ...(node.largeClusterEndpointsThreshold === undefined
      ? {}
      : { largeClusterEndpointCount: node.largeClusterEndpointsThreshold }),
  }
}

/** Every address that the node answers to, loopback included. */
export function localRanges(node: RawNode): Cidr[] {
  return [...nodeInfo(node).localAddresses, '127.0.0.0/8', '::1'].map(range)
}

/** Ranges that pods have, as far as the case says. */
export function podRanges(node: RawNode): Cidr[] {
  const texts = [...(node.podCIDRs ?? []), node.podCIDR, node.localTrafficDetector?.cidr]
  return texts.flatMap((text) => (text === undefined ? [] : text.split(',').map(range)))
}

function detectorOf(node: RawNode): LocalTrafficDetector {
  const detector = node.localTrafficDetector
  if (detector === null || detector === undefined) return { kind: 'none' }
  switch (detector.mode) {
    case 'ClusterCIDR': {
      const cidr = ofFamily(node, (detector.cidr ?? (node.podCIDRs ?? []).join(',')).split(','))
      return cidr === undefined ? { kind: 'none' } : { kind: 'clusterCidr', cidr }
    }
    case 'NodeCIDR':
      return podRangeOfNode(node) === undefined ? { kind: 'none' } : { kind: 'nodeCidr' }
    case 'BridgeInterface':
      return { kind: 'bridgeInterface', name: interfaceOf(detector) }
    case 'InterfaceNamePrefix':
      return { kind: 'interfacePrefix', prefix: interfaceOf(detector) }
    default:
      throw new Error(`localTrafficDetector.mode "${detector.mode}" is not understood`)
  }
}

function podRangeOfNode(node: RawNode): Cidr | undefined {
  const texts = [node.localTrafficDetector?.cidr, node.podCIDR].flatMap((text) => text?.split(',') ?? [])
  return ofFamily(node, texts)
}

/** kube-proxy of each family takes its own of two ranges. */
function ofFamily(node: RawNode, texts: readonly string[]): Cidr | undefined {
  return texts
    .filter((text) => text.trim() !== '')
    .map((text) => range(text.trim()))
    .find((each) => each.family === familyOf(node))
}

function interfaceOf(detector: RawDetector): string {
  const name =
    detector.bridgeInterface ??
    detector.interfaceNamePrefix ??
    detector.interfaceName ??
    detector.interface ??
    detector.prefix
  if (name === undefined || name === '') throw new Error('localTrafficDetector names no interface')
  return name
}

/** `primary` stands for the node's own address. */
function nodePortAddressesOf(node: RawNode): Cidr[] {
  return (node.nodePortAddresses ?? []).flatMap((text) => {
    if (text !== 'primary') return [range(text)]
    return node.nodeIP === undefined ? [] : [range(node.nodeIP)]
  })
}

/** @throws Error if the text is no range of addresses */
export function range(text: string): Cidr {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new Error(`"${text}" is no range of addresses`)
  return cidr
}
