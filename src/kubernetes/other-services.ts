/**
 * Services of a large cluster that no manifest holds: they take no part in anything, but every node has their rules.
 *
 * Each is of type ClusterIP with one port, 80, by name `other-00000`, `other-00001` …, with cluster IPs that nobody else
 * has and endpoints that are no pods. kube-proxy writes Services in no particular order; here half of them come before
 * the Services of the manifests and half after, so that these are in the middle, as they are on average.
 */
import type { Cidr, IpFamily } from '../base/ip-address.js'
import { addressAt, parseCidr } from '../base/ip-address.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import { hostAt, hostCount, prefixLengthFor } from './cluster-ranges.js'
import type { Findings } from './findings.js'
import type { ProxyEndpoint, ServicePortInfo } from './proxy-inputs.js'

/** Addresses of their endpoints: nobody's. Sources: RFC 2544 (198.18.0.0/15), RFC 9637 (3fff::/20). */
const ENDPOINT_RANGES = { 4: '198.18.0.0/15', 6: '3fff::/20' } as const
const ENDPOINT_RANGE_SIZE = 131_072
const PORT = 80

/** Service ports to be written before those of the manifests, and after them. */
export interface OtherServices {
  readonly before: readonly ServicePortInfo[]
  readonly after: readonly ServicePortInfo[]
}

/**
 * Makes them.
 *
 * @param taken - cluster IPs of the Services of the manifests
 */
export function otherServices(
  { cluster }: Pick<ScenarioSpec, 'cluster'>,
  serviceCidr: Cidr,
  taken: ReadonlySet<string>,
  findings: Findings,
): OtherServices {
  const { count, endpoints } = cluster.otherServices
  const addresses = freeAddresses(count, serviceCidr, taken)
  if (addresses.length < count) {
    findings.error({
      code: 'ADDRESS_RANGE_FULL',
      message: `cluster.serviceCidr ${serviceCidr.text} has not enough addresses for ${count} other Services`,
      place: findings.place('spec', 'cluster', 'otherServices', 'count'),
      hint: `write a range of /${prefixLengthFor(count + taken.size + 3, serviceCidr.family)} or larger`,
    })
  }
  const all = addresses.map((clusterIp, index) =>
    servicePort(index, clusterIp, endpoints, serviceCidr.family),
  )
  const half = Math.floor(all.length / 2)
  return { before: all.slice(0, half), after: all.slice(half) }
}

/** The last addresses of the range: the first are for the Services of the manifests. */
function freeAddresses(count: number, range: Cidr, taken: ReadonlySet<string>): string[] {
  const free: string[] = []
  for (let position = hostCount(range) - 1; position > 0 && free.length < count; position -= 1) {
    const address = hostAt(range, position)
    if (!taken.has(address)) free.push(address)
  }
  return free
}

function servicePort(
  index: number,
  clusterIp: string,
  endpointCount: number,
  family: IpFamily,
): ServicePortInfo {
  return {
    name: `other/other-${String(index).padStart(5, '0')}`,
    protocol: 'TCP',
    clusterIp,
    port: PORT,
    nodePort: undefined,
    externalIps: [],
    loadBalancerVips: [],
    loadBalancerSourceRanges: [],
    isInternalPolicyLocal: false,
    isExternalPolicyLocal: false,
    affinityTimeoutSeconds: undefined,
    healthCheckNodePort: undefined,
    endpoints: Array.from({ length: endpointCount }, (_, each) =>
      endpoint(index * endpointCount + each, family),
    ),
  }
}

/** Several Services may share an endpoint's address, as pods of a real cluster do; never one Service. */
function endpoint(number: number, family: IpFamily): ProxyEndpoint {
  const range = parseCidr(ENDPOINT_RANGES[family])
  const address = range === undefined ? '' : addressAt(range, number % ENDPOINT_RANGE_SIZE).text
  return {
    address,
    port: 8_080,
    nodeName: undefined,
    ready: true,
    serving: true,
    terminating: false,
    hintedZones: [],
    hintedNodes: [],
  }
}
