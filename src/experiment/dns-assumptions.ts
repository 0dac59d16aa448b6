/** What is taken for granted of names: the time of a look-up, or all that queries to CoreDNS depend on. */
import { formatDuration } from '../base/units.js'
import type { DnsSettings } from '../input/dns-schema.js'
import { type Scenario, scenarioSchema } from '../input/scenario-schema.js'
import { LIMIT_CONSTANTS, limitsOf } from '../model/limits.js'
import { SET_BY_SCENARIO } from '../results/results-schema.js'
import { type Assumption, assumption, timeAssumption } from './assumption.js'

const DEFAULT_DNS: DnsSettings = scenarioSchema.shape.spec.shape.dns.parse(undefined)

const SCALING = 'published: coredns/deployment, kubernetes/Scaling_CoreDNS.md'
const RESOLV_CONF = 'resolv.conf(5)'
const NODE_CACHE = 'Corefile of kubernetes cluster/addons/dns/nodelocaldns'

/** Where defaults come from that are not svcsim's own. */
const SOURCES: Readonly<Record<string, string>> = {
  'server.servers': `${SCALING}: two processors`,
  'server.serviceTime': `${SCALING}: 33,669 queries per second on two processors, both busy`,
  'server.upstreamTime': 'published: mercemay.top, ndots:5 and the DNS tax: 14 ms outside of the cluster',
  'server.cacheTime': 'Corefile of kubeadm: cache 30',
  replicas: 'kubeadm',
  ndots: 'resolv.conf of kubelet',
  timeout: RESOLV_CONF,
  attempts: RESOLV_CONF,
  aaaa: 'getaddrinfo of glibc',
  singleRequest: RESOLV_CONF,
  'nodeCache.ttl': NODE_CACHE,
  'nodeCache.negativeTtl': NODE_CACHE,
}

/** In a fixed order: those of the mode in force only. */
export function dnsAssumptions(scenario: Scenario): Assumption[] {
  const { dns } = scenario.spec
  const cacheTime = text('cacheTime', ({ cacheTime: time }) => formatDuration(time), dns)
  if (dns.mode === 'constant')
    return [timeAssumption('dns', 'lookupTime', dns.lookupTime, DEFAULT_DNS.lookupTime), cacheTime]
  return [
    text('mode', ({ mode }) => mode, dns),
    cacheTime,
    ...serverAssumptions(dns),
    text('replicas', ({ replicas }) => String(replicas), dns),
    ...resolverAssumptions(dns),
    ...cacheAssumptions(dns),
    ...trackingAssumptions(scenario),
  ]
}

function serverAssumptions(dns: DnsSettings): Assumption[] {
  const { server: usual } = DEFAULT_DNS
  const time = (name: 'serviceTime' | 'upstreamTime') =>
    sourced(timeAssumption('dns', `server.${name}`, dns.server[name], usual[name]))
  return [
    text('server.servers', ({ server }) => String(server.servers), dns),
    text('server.queueCapacity', ({ server }) => String(server.queueCapacity), dns),
    time('serviceTime'),
    time('upstreamTime'),
    text('server.cacheTime', ({ server }) => formatDuration(server.cacheTime), dns),
  ]
}

function resolverAssumptions(dns: DnsSettings): Assumption[] {
  return [
    text('ndots', ({ ndots }) => String(ndots), dns),
    text('searchDomains', ({ searchDomains }) => searchDomains.join(', ') || 'those of the cluster', dns),
    text('aaaa', ({ aaaa }) => String(aaaa), dns),
    text('singleRequest', ({ singleRequest }) => String(singleRequest), dns),
    text('sourcePorts', ({ sourcePorts }) => sourcePorts, dns),
    text('timeout', ({ timeout }) => formatDuration(timeout), dns),
    text('attempts', ({ attempts }) => String(attempts), dns),
  ]
}

function cacheAssumptions(dns: DnsSettings): Assumption[] {
  const enabled = text('nodeCache.enabled', ({ nodeCache }) => String(nodeCache.enabled), dns)
  if (!dns.nodeCache.enabled) return [enabled]
  return [
    enabled,
    text('nodeCache.ttl', ({ nodeCache }) => formatDuration(nodeCache.ttl), dns),
    text('nodeCache.negativeTtl', ({ nodeCache }) => formatDuration(nodeCache.negativeTtl), dns),
  ]
}

function trackingAssumptions(scenario: Scenario): Assumption[] {
  const inForce = limitsOf(scenario)
  return (['conntrackUdp', 'conntrackUdpStream'] as const).map((name) => ({
    preset: 'limits',
    name,
    value: formatDuration(inForce[name]),
    source: scenario.spec.limits[name] === undefined ? LIMIT_CONSTANTS[name].source : SET_BY_SCENARIO,
  }))
}

function text(name: string, read: (dns: DnsSettings) => string, dns: DnsSettings): Assumption {
  return sourced(assumption('dns', name, read(dns), read(DEFAULT_DNS)))
}

function sourced(made: Assumption): Assumption {
  const source = SOURCES[made.name]
  return made.source === SET_BY_SCENARIO || source === undefined ? made : { ...made, source }
}
