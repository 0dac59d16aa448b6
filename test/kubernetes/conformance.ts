/**
 * Reads the data of `test/data/conformance`: raw API objects, without defaults, as upstream's tests build them.
 */
import { readFileSync } from 'node:fs'
import { type Cidr, type IpFamily, parseCidr } from '../../src/base/ip-address.js'
import type { Protocol } from '../../src/input/kubernetes-objects.js'
import type { EndpointSlice, SliceEndpoint } from '../../src/kubernetes/endpoint-slices.js'
import { foldSlices, servicePortKey } from '../../src/kubernetes/fold-slices.js'
import {
  defaultProxyOptions,
  type NodeInfo,
  type ProxyOptions,
  type ServicePortInfo,
} from '../../src/kubernetes/proxy-inputs.js'
import { servicePortInfos } from '../../src/kubernetes/service-port-infos.js'

const FOLDER = new URL('../data/conformance/', import.meta.url)

export function conformanceUrl(path: string): URL {
  return new URL(path, FOLDER)
}

export function readText(path: string): string {
  return readFileSync(conformanceUrl(path), 'utf8')
}

export function readJson<T>(path: string): T {
  return JSON.parse(readText(path)) as T
}

/** The node of a case: which node, and how its kube-proxy is set up. */
export interface RawNode {
  readonly name: string
  readonly ipFamily: 'IPv4' | 'IPv6'
  readonly nodeIP: string
  readonly ips: readonly string[]
  readonly localTrafficDetector: { readonly mode: 'ClusterCIDR'; readonly cidr: string } | null
  readonly nodePortAddresses: readonly string[] | null
  readonly localhostNodePorts: boolean
  readonly masqueradeAll: boolean
}

interface RawMeta {
  readonly name: string
  readonly namespace: string
  readonly labels?: Readonly<Record<string, string>>
}

interface RawService {
  readonly kind: 'Service'
  readonly metadata: RawMeta
  readonly spec: {
    readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'
    readonly clusterIP?: string
    readonly ports?: readonly {
      readonly name?: string
      readonly protocol: Protocol
      readonly port?: number
      readonly nodePort?: number
    }[]
    readonly externalIPs?: readonly string[]
    readonly loadBalancerSourceRanges?: readonly string[]
    readonly internalTrafficPolicy?: 'Cluster' | 'Local'
    readonly externalTrafficPolicy?: 'Cluster' | 'Local'
    readonly sessionAffinity?: 'None' | 'ClientIP'
    readonly sessionAffinityConfig?: { readonly clientIP: { readonly timeoutSeconds: number } }
    readonly healthCheckNodePort?: number
  }
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly ipMode?: string }[]
    }
  }
}

export interface RawSlice {
  readonly kind: 'EndpointSlice'
  readonly metadata: RawMeta
  readonly addressType: 'IPv4' | 'IPv6'
  readonly endpoints?: readonly {
    readonly addresses: readonly string[]
    readonly conditions?: {
      readonly ready?: boolean
      readonly serving?: boolean
      readonly terminating?: boolean
    }
    readonly nodeName?: string
  }[]
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol: Protocol }[]
}

export type RawObject = RawService | RawSlice

export function nodeInfo(node: RawNode): NodeInfo {
  return { name: node.name, zone: '', address: node.nodeIP, localAddresses: node.ips, podCidr: '' }
}

/** Counters exist in upstream's tests, `--random-fully` does not. */
export function proxyOptions(node: RawNode): ProxyOptions {
  const detector = node.localTrafficDetector
  const options = defaultProxyOptions(
    range(detector?.cidr ?? (node.ipFamily === 'IPv6' ? '::/0' : '0.0.0.0/0')),
  )
  return {
    ...options,
    isMasqueradingAll: node.masqueradeAll,
    localTrafficDetector: detector === null ? { kind: 'none' } : options.localTrafficDetector,
    nodePortAddresses: (node.nodePortAddresses ?? []).map(range),
    hasLocalhostNodePorts: node.localhostNodePorts,
    isMasqueradeFullyRandom: false,
  }
}

/** The Service ports of some raw objects, Services by namespace and name. */
export function servicePortsOf(objects: readonly RawObject[], family: IpFamily): ServicePortInfo[] {
  const endpoints = foldSlices(objects.filter((each) => each.kind === 'EndpointSlice').map(slice), family)
  return objects
    .filter((each) => each.kind === 'Service')
    .sort((left, right) => (fullName(left) < fullName(right) ? -1 : 1))
    .flatMap(({ metadata, spec, status }) =>
      servicePortInfos(
        {
          namespace: metadata.namespace,
          name: metadata.name,
          type: spec.type ?? 'ClusterIP',
          clusterIp: spec.clusterIP ?? '',
          externalIps: spec.externalIPs ?? [],
          loadBalancerVips: (status?.loadBalancer?.ingress ?? []).flatMap((each) => each.ip ?? []),
          loadBalancerSourceRanges: spec.loadBalancerSourceRanges ?? [],
          internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster',
          externalTrafficPolicy: spec.externalTrafficPolicy ?? 'Cluster',
          sessionAffinity: spec.sessionAffinity ?? 'None',
          sessionAffinityTimeoutSeconds: spec.sessionAffinityConfig?.clientIP.timeoutSeconds ?? 10_800,
          healthCheckNodePort: spec.healthCheckNodePort,
          ports: (spec.ports ?? []).map(({ name = '', protocol, port = 0, nodePort }) => ({
            name,
            protocol,
            port,
            nodePort,
            endpoints: endpoints.get(servicePortKey(metadata.namespace, metadata.name, name, protocol)) ?? [],
          })),
        },
        family,
      ),
    )
}

export function slice(raw: RawSlice): EndpointSlice {
  return {
    namespace: raw.metadata.namespace,
    serviceName: raw.metadata.labels?.['kubernetes.io/service-name'] ?? '',
    addressType: raw.addressType,
    ports: (raw.ports ?? []).map(({ name = '', port, protocol }) => ({ name, port, protocol })),
    endpoints: (raw.endpoints ?? []).map(
      (each): SliceEndpoint => ({
        addresses: each.addresses,
        ready: each.conditions?.ready ?? true,
        serving: each.conditions?.serving ?? true,
        terminating: each.conditions?.terminating ?? false,
        nodeName: each.nodeName,
        zone: undefined,
        hintedZones: [],
        hintedNodes: [],
        podIndex: undefined,
      }),
    ),
  }
}

export function family(node: RawNode): IpFamily {
  return node.ipFamily === 'IPv6' ? 6 : 4
}

function fullName(object: RawObject): string {
  return `${object.metadata.namespace}/${object.metadata.name}`
}

export function range(text: string): Cidr {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new Error(`not a range: ${text}`)
  return cidr
}
