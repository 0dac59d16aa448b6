/**
 * The entries that Service ports put into kube-proxy's ipsets: those that all nodes share, and those of one node.
 * Source: kubernetes pkg/proxy/ipvs/proxier.go, `syncProxyRules`; pkg/proxy/ipvs/ipset/ipset.go, `Entry.String`.
 */
import { cidrContains, parseIpAddress } from '../../base/ip-address.js'
import type { NodeInfo, ServicePortInfo } from '../proxy-inputs.js'
import { SET_KEYS, type SetKey } from './set-definitions.js'
import { protocolOf } from './virtual-servers.js'

/** Entries by set, in the order of the Service ports, without repetition. */
export type SetEntries = Readonly<Record<SetKey, Set<string>>>

function noEntries(): SetEntries {
  return Object.fromEntries(SET_KEYS.map((key) => [key, new Set<string>()])) as Record<SetKey, Set<string>>
}

/** What does not depend on the node. */
export function sharedSetEntries(servicePorts: readonly ServicePortInfo[]): SetEntries {
  const entries = noEntries()
  for (const info of servicePorts) {
    entries.clusterIp.add(addressEntry(info, info.clusterIp))
    const externalIps = info.isExternalPolicyLocal ? entries.externalIpLocal : entries.externalIp
    for (const address of info.externalIps) externalIps.add(addressEntry(info, address))
    for (const address of info.loadBalancerVips) addLoadBalancerEntries(entries, info, address)
  }
  return entries
}

function addLoadBalancerEntries(entries: SetEntries, info: ServicePortInfo, address: string): void {
  const entry = addressEntry(info, address)
  entries.loadBalancer.add(entry)
  if (info.isExternalPolicyLocal) entries.loadBalancerLocal.add(entry)
  if (info.loadBalancerSourceRanges.length === 0) return
  entries.loadBalancerFirewall.add(entry)
  for (const range of info.loadBalancerSourceRanges) {
    entries.loadBalancerSourceCidr.add(`${entry},${range.text}`)
  }
}

/**
 * What depends on the node.
 *
 * @param nodePortIps - addresses that node ports listen on; without any, node ports and health checks are skipped
 * @param boundAddresses - addresses on kube-ipvs0
 */
export function nodeSetEntries(
  servicePorts: readonly ServicePortInfo[],
  node: NodeInfo,
  nodePortIps: readonly string[],
  boundAddresses: readonly string[],
): SetEntries {
  const entries = noEntries()
  for (const address of boundAddresses) entries.ipvsIps.add(address)
  for (const info of servicePorts) {
    addLoopBackEntries(entries, info, node)
    if (isNodeAllowed(info, node)) {
      for (const address of info.loadBalancerVips) {
        entries.loadBalancerSourceIp.add(`${addressEntry(info, address)},${address}`)
      }
    }
    if (info.nodePort !== undefined && nodePortIps.length === 0) continue
    if (info.nodePort !== undefined) addNodePortEntries(entries, info, info.nodePort, nodePortIps)
    if (info.healthCheckNodePort !== undefined) {
      entries.healthCheckNodePort.add(String(info.healthCheckNodePort))
    }
  }
  return entries
}

/** Every endpoint of the node, whatever its state: traffic from it to itself is masqueraded. */
function addLoopBackEntries(entries: SetEntries, info: ServicePortInfo, node: NodeInfo): void {
  for (const { address, port, nodeName } of info.endpoints) {
    if (nodeName === node.name) {
      entries.loopBack.add(`${address},${protocolOf(info)}:${port},${address}`)
    }
  }
}

function addNodePortEntries(
  entries: SetEntries,
  info: ServicePortInfo,
  nodePort: number,
  nodePortIps: readonly string[],
): void {
  const protocol = protocolOf(info)
  const [all, local] = NODE_PORT_SETS[protocol]
  const texts =
    protocol === 'sctp' ? nodePortIps.map((address) => `${address},sctp:${nodePort}`) : [String(nodePort)]
  for (const text of texts) {
    entries[all].add(text)
    if (info.isExternalPolicyLocal) entries[local].add(text)
  }
}

const NODE_PORT_SETS = {
  tcp: ['nodePortTcp', 'nodePortLocalTcp'],
  udp: ['nodePortUdp', 'nodePortLocalUdp'],
  sctp: ['nodePortSctp', 'nodePortLocalSctp'],
} as const satisfies Record<string, readonly [SetKey, SetKey]>

/** Do the source ranges, if there are any, hold the node itself? */
export function isNodeAllowed({ loadBalancerSourceRanges }: ServicePortInfo, { address }: NodeInfo): boolean {
  const node = parseIpAddress(address)
  return node !== undefined && loadBalancerSourceRanges.some((range) => cidrContains(range, node))
}

function addressEntry(info: ServicePortInfo, address: string): string {
  return `${address},${protocolOf(info)}:${info.port}`
}
