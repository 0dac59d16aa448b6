/**
 * The virtual servers of one Service port on one node: one for each address by which it can be reached.
 *
 * Policy Local leads to the endpoints of the node; if it has none, to those of the cluster, as far as any way to the
 * Service port uses them (unlike the other modes, which drop). Endpoints come in the order of their text, in which kube-proxy up to
 * 1.28 adds them; for later versions see `shuffle-real-servers.ts`.
 * Source: kubernetes pkg/proxy/ipvs/proxier.go, `syncProxyRules`, `syncEndpoint`.
 */
import type { IpProtocol } from '../../netfilter/iptables/rule.js'
import type { RealServer, VirtualServer } from '../../netfilter/ipvs/virtual-server.js'
import { categorizeEndpoints } from '../endpoint-categories.js'
import {
  type NodeInfo,
  type ProxyEndpoint,
  type ProxyOptions,
  type ServicePortInfo,
  usesLocalEndpoints,
} from '../proxy-inputs.js'

/** What kube-proxy gives every endpoint. */
const WEIGHT = 1

/** Gives the virtual servers of one Service port for one node after another. */
export type VirtualServersOfNode = (
  node: NodeInfo,
  nodePortIps: readonly string[],
) => readonly VirtualServer[]

/** Real servers for the two kinds of traffic. */
interface RealServers {
  readonly internal: readonly RealServer[]
  readonly external: readonly RealServer[]
}

/** @returns a function that remembers what nodes share; its results must not be changed */
export function virtualServersOf(info: ServicePortInfo, options: ProxyOptions): VirtualServersOfNode {
  const serversOf = realServersOf(info)
  const write = virtualServerWriter(info, options)
  let shared: readonly VirtualServer[] | undefined
  return (node, nodePortIps) => {
    const servers = serversOf(node)
    const fixed = shared ?? fixedVirtualServers(info, servers, write)
    if (isSameOnEveryNode(info)) shared = fixed
    const { nodePort } = info
    if (nodePort === undefined) return fixed
    return [...fixed, ...nodePortIps.map((address) => write(address, nodePort, servers.external))]
  }
}

function fixedVirtualServers(
  info: ServicePortInfo,
  { internal, external }: RealServers,
  write: VirtualServerWriter,
): readonly VirtualServer[] {
  return [
    write(info.clusterIp, info.port, internal),
    ...info.externalIps.map((address) => write(address, info.port, external)),
    ...info.loadBalancerVips.map((address) => write(address, info.port, external)),
  ]
}

type VirtualServerWriter = (
  address: string,
  port: number,
  realServers: readonly RealServer[],
) => VirtualServer

function virtualServerWriter(info: ServicePortInfo, options: ProxyOptions): VirtualServerWriter {
  return (address, port, realServers) => ({
    protocol: protocolOf(info),
    address,
    port,
    scheduler: options.ipvsScheduler,
    isHashingPorts: options.ipvsScheduler === 'mh',
    isFallingBack: false,
    persistenceSeconds: info.affinityTimeoutSeconds,
    realServers,
  })
}

/** The protocol of a Service port as iptables and IPVS write it. */
export function protocolOf({ protocol }: ServicePortInfo): IpProtocol {
  return ({ TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const)[protocol]
}

function realServersOf(info: ServicePortInfo): (node: NodeInfo) => RealServers {
  let shared: RealServers | undefined
  return (node) => {
    if (shared !== undefined) return shared
    const servers = chooseRealServers(info, node)
    if (isSameOnEveryNode(info)) shared = servers
    return servers
  }
}

function chooseRealServers(info: ServicePortInfo, node: NodeInfo): RealServers {
  const { cluster = [], local = [] } = categorizeEndpoints(info, node)
  const everywhere = cluster.map(realServer)
  const here = local.length > 0 ? local.map(realServer) : everywhere
  return {
    internal: info.isInternalPolicyLocal ? here : everywhere,
    external: info.isExternalPolicyLocal ? here : everywhere,
  }
}

function realServer({ address, port }: ProxyEndpoint): RealServer {
  return { address, port, weight: WEIGHT, forwarding: 'masquerading' }
}

function isSameOnEveryNode(info: ServicePortInfo): boolean {
  return (
    !usesLocalEndpoints(info) &&
    info.endpoints.every((each) => each.hintedZones.length === 0 && each.hintedNodes.length === 0)
  )
}
