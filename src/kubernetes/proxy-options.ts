/** kube-proxy's settings, from the scenario's words (those of KubeProxyConfiguration) to what its rules depend on. */
import { type Cidr, parseCidr } from '../base/ip-address.js'
import type { ProxySettings, ScenarioSpec } from '../input/scenario-schema.js'
import type { ClusterRanges } from './cluster-ranges.js'
import type { Findings } from './findings.js'
import type { Draw } from './number-pool.js'
import { defaultProxyOptions, type LocalTrafficDetector, type ProxyOptions } from './proxy-inputs.js'

/** How many orders a node can draw. */
const ORDER_KEYS = 0x1_0000_0000

/**
 * Findings: ADDRESS_RANGE for node-port addresses that are no range.
 *
 * @param draw - stream `node/<name>/ipvs-order`, one draw for each node, where mode ipvs shuffles real servers
 */
export function proxyOptionsOf(
  { proxy }: Pick<ScenarioSpec, 'proxy'>,
  ranges: ClusterRanges,
  draw: Draw,
  findings: Findings,
): ProxyOptions {
  return {
    ...defaultProxyOptions(ranges.podCidr),
    isMasqueradingAll: proxy.masqueradeAll,
    localTrafficDetector: detectorOf(proxy, ranges.podCidr),
    nodePortAddresses: proxy.nodePortAddresses.flatMap((text, index) => rangeAt(text, index, findings)),
    hasLocalhostNodePorts: proxy.localhostNodePorts,
    masqueradeBit: proxy.masqueradeBit,
    serviceCidrs: [ranges.serviceCidr],
    ipvsScheduler: proxy.ipvsScheduler,
    ipvsOrderKeyOf:
      (proxy.ipvsShuffleRealServers ?? true)
        ? (nodeName) => draw(`node/${nodeName}/ipvs-order`, ORDER_KEYS)
        : undefined,
    isConntrackLiberal: proxy.conntrackTcpBeLiberal,
    largeClusterEndpointCount: proxy.largeClusterEndpoints,
  }
}

function detectorOf({ detectLocalMode, detectLocal }: ProxySettings, podCidr: Cidr): LocalTrafficDetector {
  switch (detectLocalMode) {
    case 'ClusterCIDR':
      return { kind: 'clusterCidr', cidr: podCidr }
    case 'NodeCIDR':
      return { kind: 'nodeCidr' }
    case 'BridgeInterface':
      return { kind: 'bridgeInterface', name: detectLocal.bridgeInterface }
    case 'InterfaceNamePrefix':
      return { kind: 'interfacePrefix', prefix: detectLocal.interfaceNamePrefix }
    case 'None':
      return { kind: 'none' }
  }
}

/** kube-proxy passes over ranges of the other family, so they are no error. */
function rangeAt(text: string, index: number, findings: Findings): Cidr[] {
  const range = parseCidr(text)
  if (range !== undefined) return [range]
  findings.error({
    code: 'ADDRESS_RANGE',
    message: `proxy.nodePortAddresses has "${text}", which is no range of addresses`,
    place: findings.place('spec', 'proxy', 'nodePortAddresses', index),
    hint: 'write ranges such as 192.168.0.0/24',
  })
  return []
}
