/** Random tables of one node, and random things that happen to it: small pools, so that everything meets everything. */
import fc from 'fast-check'
import { parseCidr } from '../../../src/base/ip-address.js'
import { ipvsTables } from '../../../src/kubernetes/ipvs/ipvs-tables.js'
import {
  defaultProxyOptions,
  endpointText,
  type LocalTrafficDetector,
  type NodeInfo,
  type ProxyEndpoint,
  type ProxyOptions,
  type ServicePortInfo,
} from '../../../src/kubernetes/proxy-inputs.js'
import type { IpvsTables } from '../../../src/netfilter/ipvs/ipvs-tables.js'
import type { SchedulerName } from '../../../src/netfilter/ipvs/virtual-server.js'

export function range(text: string) {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new Error(text)
  return cidr
}

export const NODE: NodeInfo = {
  name: 'a',
  zone: '',
  address: '192.168.0.2',
  localAddresses: ['192.168.0.2', '10.244.0.1'],
  podCidr: '10.244.0.0/24',
}

export const LOCAL = ['192.168.0.2', '10.244.0.1', '127.0.0.0/8'].map(range)
export const INTERFACES = ['lo', 'eth0', 'cni0', 'veth1']

const CLUSTER_IPS = ['10.96.0.10', '10.96.0.11']
const EXTERNAL_IPS = ['203.0.113.9', '192.168.0.2']
const BALANCER_IPS = ['203.0.113.20', '203.0.113.21']
const POD_IPS = ['10.244.0.5', '10.244.0.6', '10.244.1.7', '192.168.0.2', '10.244.1.8']
const PORTS = [80, 30_080, 53]
export const SOURCES = [
  ...POD_IPS,
  '127.0.0.1',
  '198.51.100.1',
  '198.51.100.2',
  '10.0.0.9',
  '203.0.113.20',
  '10.96.0.10',
]
export const DESTINATIONS = [
  ...CLUSTER_IPS,
  ...EXTERNAL_IPS,
  ...BALANCER_IPS,
  '10.244.0.1',
  '10.244.0.5',
  '8.8.8.8',
]
export const DESTINATION_PORTS = [...PORTS, 8080, 32_000]

const endpoints = fc
  .uniqueArray(
    fc.record({
      address: fc.constantFrom(...POD_IPS),
      port: fc.constantFrom(80, 8080),
      isReady: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5, selector: (each) => `${each.address}:${each.port}` },
  )
  .map((raw) =>
    raw
      .map(
        ({ address, port, isReady }): ProxyEndpoint => ({
          address,
          port,
          nodeName: address.startsWith('10.244.1.') ? 'b' : 'a',
          ready: isReady,
          serving: isReady,
          terminating: false,
          hintedZones: [],
          hintedNodes: [],
        }),
      )
      .sort((one, other) => (endpointText(one) < endpointText(other) ? -1 : 1)),
  )

const servicePort: fc.Arbitrary<ServicePortInfo> = fc.record({
  name: fc.constant('shop/web'),
  protocol: fc.constantFrom('TCP' as const, 'TCP' as const, 'UDP' as const, 'SCTP' as const),
  clusterIp: fc.constantFrom(...CLUSTER_IPS),
  port: fc.constantFrom(...PORTS),
  nodePort: fc.constantFrom(undefined, 30_080, 32_000),
  externalIps: fc.subarray(EXTERNAL_IPS),
  loadBalancerVips: fc.subarray(BALANCER_IPS),
  loadBalancerSourceRanges: fc
    .constantFrom([], [], ['198.51.100.1/32'], ['10.0.0.0/8', '192.168.0.0/24'])
    .map((texts) => texts.map(range)),
  isInternalPolicyLocal: fc.boolean(),
  isExternalPolicyLocal: fc.boolean(),
  affinityTimeoutSeconds: fc.constantFrom(undefined, 1, 30, 90, 10_800),
  healthCheckNodePort: fc.constantFrom(undefined, 32_000),
  endpoints,
})

const detector = fc.constantFrom<LocalTrafficDetector>(
  { kind: 'clusterCidr', cidr: range('10.244.0.0/16') },
  { kind: 'nodeCidr' },
  { kind: 'bridgeInterface', name: 'cni0' },
  { kind: 'interfacePrefix', prefix: 'veth' },
  { kind: 'none' },
)

/** What an administrator could change by hand in what kube-proxy has written. */
interface Changes {
  readonly weights: readonly number[]
  readonly isWeighted: boolean
  readonly isHashingPorts: boolean
  readonly isFallingBack: boolean
}

const changes: fc.Arbitrary<Changes> = fc.record({
  weights: fc.array(fc.constantFrom(0, 1, 1, 2, 3, 4, 6, 200), { minLength: 5, maxLength: 5 }),
  isWeighted: fc.boolean(),
  isHashingPorts: fc.boolean(),
  isFallingBack: fc.boolean(),
})

/** What kube-proxy of `NODE` works from. */
export interface ProxyState {
  readonly servicePorts: readonly ServicePortInfo[]
  readonly options: ProxyOptions
}

/** Service ports and settings, with one scheduler. */
export function randomProxyState(scheduler: SchedulerName): fc.Arbitrary<ProxyState> {
  return fc
    .tuple(fc.array(servicePort, { minLength: 1, maxLength: 2 }), detector, fc.boolean())
    .map(([servicePorts, localTrafficDetector, isMasqueradingAll]) => {
      const defaults = defaultProxyOptions(range('10.244.0.0/16'))
      const options = { ...defaults, localTrafficDetector, isMasqueradingAll, ipvsScheduler: scheduler }
      return { servicePorts, options }
    })
}

/** Tables of `NODE`, changed by hand, for any choice of endpoints: bit n of `kept` says whether the n-th of each stays. */
export function randomIpvsTables(scheduler: SchedulerName): fc.Arbitrary<(kept: number) => IpvsTables> {
  return fc.tuple(randomProxyState(scheduler), changes).map(([state, changed]) => (kept: number) => {
    const servicePorts = state.servicePorts.map((info) => ({
      ...info,
      endpoints: info.endpoints.filter((_, index) => ((kept >> index) & 1) === 1),
    }))
    const [tables] = ipvsTables(servicePorts, [NODE], state.options)
    return { ...tables, virtualServers: tables.virtualServers.map((each) => withChanges(each, changed)) }
  })
}

function withChanges(
  server: IpvsTables['virtualServers'][number],
  { weights, isWeighted, isHashingPorts, isFallingBack }: Changes,
) {
  const realServers = server.realServers.map((each, index) =>
    isWeighted ? { ...each, weight: weights[index % weights.length] } : each,
  )
  return { ...server, isHashingPorts, isFallingBack, realServers }
}

/** For `randomIpvsTables`. */
export const ALL_ENDPOINTS = 0b11111

/**
 * A packet, or the end of a connection, or new tables; each some time after the last, mostly at whole tens of seconds, as
 * are the times at which something is due, or 1 ns later (`isLate`). Most packets are first ones to a
 * virtual server (`isAimed`), most of these to the one at `target` 0 from one of two clients.
 */
export const happenings = fc.array(
  fc.record({
    kind: fc.constantFrom('packet', 'packet', 'packet', 'packet', 'end', 'end', 'end', 'tables'),
    sinceLastNs: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(0, 0, 10e9, 60e9, 120e9) },
      { weight: 1, arbitrary: fc.constantFrom(30e9, 50e9, 110e9, 300e9, 1_800e9, 86_400e9) },
    ),
    isLate: fc.oneof(
      { weight: 15, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    isAimed: fc.constantFrom(true, true, true, true, true, false),
    target: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7),
    way: fc.constantFrom('receive' as const, 'receive' as const, 'send' as const),
    protocol: fc.constantFrom('tcp' as const, 'tcp' as const, 'udp' as const, 'sctp' as const),
    source: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('198.51.100.1', '10.244.0.5') },
      { weight: 1, arbitrary: fc.constantFrom(...SOURCES) },
    ),
    sourcePort: fc.integer({ min: 1, max: 65_535 }),
    destination: fc.constantFrom(...DESTINATIONS),
    destinationPort: fc.constantFrom(...DESTINATION_PORTS),
    mark: fc.constantFrom(0, 0, 0x4000, 0x80000000),
    states: fc.constantFrom(
      ['NEW'] as const,
      ['NEW'] as const,
      ['NEW'] as const,
      ['ESTABLISHED', 'DNAT'] as const,
    ),
    inInterface: fc.constantFrom(undefined, ...INTERFACES),
    end: fc.constantFrom('closed' as const, 'closed' as const, 'reset' as const),
    which: fc.nat(),
    kept: fc.constantFrom(ALL_ENDPOINTS, ALL_ENDPOINTS, 0b11110, 0b10101, 0b01011, 0),
    isOther: fc.constantFrom(false, false, false, true),
  }),
  { minLength: 20, maxLength: 60 },
)
