/**
 * The cluster as the control plane has settled it: nodes, pods on them, Services with their endpoints, names.
 * A value: made once by `compileCluster`, never changed. Indices are positions in the lists of this object.
 */
import type { Diagnostic } from '../base/diagnostics.js'
import type { IpFamily } from '../base/ip-address.js'
import type { Protocol, ServiceObject } from '../input/kubernetes-objects.js'
import type { DnsRecords } from './dns-records.js'
import type { NodeRules } from './node-rules.js'

/** One node of the cluster. */
export interface ClusterNode {
  readonly index: number
  readonly name: string
  /** Label `topology.kubernetes.io/zone`; empty where the node has none. */
  readonly zone: string
  readonly labels: ReadonlyMap<string, string>
  /** The node's own address (InternalIP). */
  readonly address: string
  /** The node's address on the side of its pods: what masqueraded packets to its own pods carry. */
  readonly gatewayAddress: string
  readonly podCidr: string
  readonly isReady: boolean
  readonly isSchedulable: boolean
  /** Processors that forward packets. */
  readonly cpuCount: number
}

/** One pod, on its node. */
export interface ClusterPod {
  readonly index: number
  /** `counter-0`, `counter-1` … for the pods of a workload; the Pod's own name otherwise. */
  readonly name: string
  readonly namespace: string
  /** Name of the Deployment or the like that owns it; empty for a Pod written by hand. */
  readonly workload: string
  /** Position among the pods of its workload, from 0. */
  readonly ordinal: number
  /** How many pods of this name there were before it: above 0 only of those that start during the run. */
  readonly life: number
  readonly labels: ReadonlyMap<string, string>
  readonly nodeIndex: number
  readonly address: string
  /** At the beginning. */
  readonly isReady: boolean
  /** Sum of the CPU limits of its containers, thousandths of a CPU; undefined: none has one. */
  readonly cpuLimitMilli: number | undefined
}

/** One address and port behind a Service port, as its EndpointSlices say. */
export interface Endpoint {
  readonly address: string
  readonly port: number
  /** Undefined: an endpoint written by hand that is no pod of this cluster. */
  readonly podIndex: number | undefined
  /** Undefined: not on a node of this cluster. */
  readonly nodeIndex: number | undefined
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly hintedZones: readonly string[]
  readonly hintedNodes: readonly string[]
}

/** One port of a Service, with what is behind it. */
export interface ClusterServicePort {
  readonly name: string
  readonly protocol: Protocol
  readonly port: number
  readonly nodePort: number | undefined
  /** Sorted by `address:port` as plain text, which is kube-proxy's rule order. */
  readonly endpoints: readonly Endpoint[]
}

/** One Service, with its addresses. */
export interface ClusterService {
  readonly index: number
  readonly name: string
  readonly namespace: string
  /** The object as read: policies, affinity, source ranges. */
  readonly object: ServiceObject
  /** `None` for a headless Service, empty for ExternalName. */
  readonly clusterIp: string
  /** Virtual addresses of the load balancer (ipMode VIP), assigned where the manifest has none. */
  readonly loadBalancerAddresses: readonly string[]
  /** Where load balancers ask for local endpoints: type LoadBalancer with externalTrafficPolicy Local only. */
  readonly healthCheckNodePort: number | undefined
  readonly ports: readonly ClusterServicePort[]
}

/**
 * What becomes of packets to a pod. up: it works; draining: it takes no new connections; exit, crash: its port is closed, and
 * connections were closed or reset; the others: it is cut off, and packets to it are swallowed beyond its node, or end there in
 * the way named.
 */
export type PodState =
  | 'up'
  | 'draining'
  | 'exit'
  | 'crash'
  | 'swallowed'
  | 'noRoute'
  | 'unreachable'
  | 'blackhole'
  | 'noArpReply'

/** What happens at one moment of the run. */
export interface ClusterChange {
  readonly atNs: number
  readonly pods: readonly { readonly podIndex: number; readonly state: PodState }[]
  readonly nodes: readonly { readonly nodeIndex: number; readonly isLost: boolean }[]
  /** The Services with the endpoints that they have from now on; undefined: as before. Those that stay are the same objects. */
  readonly services: readonly ClusterService[] | undefined
}

/** Everything that the control plane has settled. */
export interface Cluster {
  readonly nodes: readonly ClusterNode[]
  /** Those of the beginning, then those that start during the run. */
  readonly pods: readonly ClusterPod[]
  /** With the endpoints of the beginning. */
  readonly services: readonly ClusterService[]
  /** What happens during the run, in order of time; empty: nothing. */
  readonly changes: readonly ClusterChange[]
  /** What becomes of packets to a pod that is not there yet, or no more. */
  readonly goneState: PodState
  /** By pod index: is it there at the beginning? */
  readonly isThereAtFirst: readonly boolean[]
  readonly dns: DnsRecords
  readonly ipFamily: IpFamily
  /** The range of all pod addresses: kube-proxy's detector of local traffic. */
  readonly podCidr: string
  /** By name of the node: the order in which its kube-proxy adds real servers; undefined: another mode, or they are sorted. */
  readonly ipvsOrderKeys: ReadonlyMap<string, number> | undefined
  /** By node index: what kube-proxy programs on that node at the beginning. */
  readonly nodeRules: readonly NodeRules[]
  readonly warnings: readonly Diagnostic[]
}
