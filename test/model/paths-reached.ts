/**
 * Which of all ways that the model knows a run took: how requests ended and why, what connections, names, load balancers,
 * nodes and pods did. Seen from records, and from what the parts of the world are asked, which changes nothing.
 */
import { BALANCER_PRESETS } from '../../src/input/load-balancer-schema.js'
import { IPVS_SCHEDULERS } from '../../src/input/proxy-schema.js'
import { DROP_CAUSES, OUTCOMES, Outcome, type RequestRecord } from '../../src/model/records.js'
import type { World } from '../../src/model/world.js'
import type { Observed } from './observed.js'

/** Pods do not go away during a run, so that no connection is reset. */
const REACHABLE_OUTCOMES = OUTCOMES.filter((name) => name !== 'reset')
const FAILURES = ['refused', 'timedOut', 'rejected'] as const

/** Every way, as `topic: what`. */
export const PATHS: readonly string[] = [
  ...REACHABLE_OUTCOMES.map((name) => `outcome: ${name}`),
  'timedOut: before a pod was reached',
  'timedOut: while a pod worked',
  'timedOut: given up by TCP',
  'rejected: by a load balancer',
  ...DROP_CAUSES.map((cause) => `drop: ${cause}`),
  ...FAILURES.map((name) => `retry: after ${name}`),
  'retry: in vain',
  'client: no port left',
  'client: first packet repeated',
  'pool: perRequest',
  'pool: keepAlive, used again',
  'pool: multiplexed, used again',
  'pool: waited in line',
  'pool: idle too long',
  'pool: too many requests',
  'pool: too old',
  'way: clusterIP',
  'way: nodePort',
  'way: loadBalancer',
  'way: headless',
  'affinity: ClientIP',
  'dns: a time',
  'dns: by queries',
  'dns: cache of the node',
  'dns: fixed ports',
  'dns: repeated',
  'dns: upstream',
  'dns: dropped by CoreDNS',
  'dns: refused',
  'dns: timed out',
  ...BALANCER_PRESETS.map((preset) => `balancer: ${preset}`),
  'balancer: passThrough',
  'balancer: proxy',
  'proxy: iptables',
  'proxy: nftables',
  'proxy: ipvs',
  ...IPVS_SCHEDULERS.map((scheduler) => `ipvs: ${scheduler}`),
  'pod: servers shared',
  'pod: throttled',
  'pod: slow at first',
  'pod: queue full',
  'pod: listen backlog full',
  'calls: one after another',
  'calls: in parallel',
  'calls: failed',
  'link: loss',
  'link: bandwidth',
  'family: IPv4',
  'family: IPv6',
]

const NEVER_IN_LINE = -7

/** Watches a world that is about to run. Ask the set once it has. */
export function watchPaths(world: World): (observed: Observed) => ReadonlySet<string> {
  const paths = new Set<string>()
  watchRequests(world, paths)
  watchConnections(world, paths)
  watchNames(world, paths)
  const { links, stations, ports } = world
  onResult(links, 'loses', (isLost) => isLost && paths.add('link: loss'))
  onResult(ports, 'take', (port) => port < 0 && paths.add('client: no port left'))
  for (const station of stations)
    onResult(station, 'reserve', (isFree) => isFree || paths.add('pod: listen backlog full'))
  return (observed) => {
    noteTotals(observed, paths)
    noteSettings(observed, paths)
    for (const record of observed.requests) noteRecord(record, observed, paths)
    noteReuse(observed, paths)
    return paths
  }
}

type MethodOf<T, Name extends keyof T> = Extract<T[Name], (...args: never[]) => unknown>

/** Calls `note` with what a method returns, and what it was given. */
function onResult<T, Name extends keyof T>(
  object: T,
  name: Name,
  note: (result: ReturnType<MethodOf<T, Name>>, ...args: Parameters<MethodOf<T, Name>>) => unknown,
): void {
  const method = (object[name] as MethodOf<T, Name>).bind(object)
  const watched = (...args: Parameters<MethodOf<T, Name>>) => {
    const result = method(...args) as ReturnType<MethodOf<T, Name>>
    note(result, ...args)
    return result
  }
  object[name] = watched as T[Name]
}

/** Calls `note` before a method runs. */
function before<T, Name extends keyof T>(
  object: T,
  name: Name,
  note: (...args: Parameters<MethodOf<T, Name>>) => unknown,
): void {
  const method = (object[name] as MethodOf<T, Name>).bind(object)
  const watched = (...args: Parameters<MethodOf<T, Name>>) => {
    note(...args)
    return method(...args)
  }
  object[name] = watched as T[Name]
}

function watchRequests({ requests }: World, paths: Set<string>): void {
  onResult(requests, 'open', (row, _call, _client, parent) => {
    requests.nextWaiting[row] = NEVER_IN_LINE
    if (parent < 0) return
    const callsOut = requests.callsOut[parent]
    if (callsOut > 1) paths.add('calls: in parallel')
    else if (requests.callsMade[parent] > 0) paths.add('calls: one after another')
  })
  onResult(requests, 'openRetry', (row, failed) => {
    requests.nextWaiting[row] = NEVER_IN_LINE
    const outcome = requests.outcome[failed]
    const name = outcome === Outcome.refused || outcome === Outcome.rejected ? OUTCOMES[outcome] : 'timedOut'
    paths.add(`retry: after ${name}`)
  })
  before(requests, 'closeIfDone', (row) => {
    if (requests.nextWaiting[row] !== NEVER_IN_LINE) paths.add('pool: waited in line')
  })
}

function watchConnections({ connections, graph, simulator }: World, paths: Set<string>): void {
  before(connections, 'close', (row) => {
    const { pool } = graph.sites[connections.site[row]]
    if (connections.synCount[row] > 0) paths.add('client: first packet repeated')
    if (pool.kind === 'perRequest' || connections.isEstablished[row] === 0) return
    if (connections.requestCount[row] >= pool.maxRequests) paths.add('pool: too many requests')
    if (connections.idleUntilNs[row] === simulator.now) paths.add('pool: idle too long')
    if (simulator.now - connections.openedNs[row] >= pool.maxAgeNs) paths.add('pool: too old')
  })
}

function watchNames({ dns }: World, paths: Set<string>): void {
  if (dns === undefined) return
  onResult(dns.queries, 'open', (row) => {
    if (dns.queries.attempt[row] > 1) paths.add('dns: repeated')
    if (dns.names.isForwarded(dns.queries.name[row])) paths.add('dns: upstream')
  })
}

function noteTotals({ world, totals }: Observed, paths: Set<string>): void {
  for (const { drops } of totals.nodes)
    for (const cause of DROP_CAUSES) if (drops[cause] > 0) paths.add(`drop: ${cause}`)
  const { ofPod } = world.graph.behaviours
  for (const [index, pod] of totals.pods.entries()) {
    const answersNames = world.dns?.counts[index] !== undefined
    if (pod.rejected > 0) paths.add(answersNames ? 'dns: dropped by CoreDNS' : 'pod: queue full')
    if (pod.throttledNs > 0) paths.add('pod: throttled')
    if (ofPod[index].discipline === 'ps' && pod.queueAreaNs > 0) paths.add('pod: servers shared')
  }
}

/** Settings that are for all requests count if a request was completed with them. */
function noteSettings({ world, requests }: Observed, paths: Set<string>): void {
  if (!requests.some(({ outcome }) => outcome === Outcome.completed)) return
  const { spec } = world.scenario
  paths.add(`family: ${spec.cluster.ipFamily}`)
  if (requests.some(({ rulesNs, outcome }) => rulesNs > 0 && outcome === Outcome.completed)) {
    paths.add(`proxy: ${spec.proxy.mode}`)
    if (spec.proxy.mode === 'ipvs') paths.add(`ipvs: ${spec.proxy.ipvsScheduler}`)
  }
}

function noteRecord(record: RequestRecord, { world }: Observed, paths: Set<string>): void {
  const { graph, entries } = world
  const site = graph.sites[record.call]
  const { outcome } = record
  const isProxied = entries[record.call].loadBalancer?.isProxy === true
  paths.add(`outcome: ${OUTCOMES[outcome]}`)
  if (outcome === Outcome.completed) noteCompleted(record, world, paths)
  else if (site.group === undefined) paths.add('calls: failed')
  if (outcome === Outcome.rejected && isProxied && record.pod < 0) paths.add('rejected: by a load balancer')
  if (outcome === Outcome.timedOut) {
    paths.add(record.pod < 0 ? 'timedOut: before a pod was reached' : 'timedOut: while a pod worked')
    const isGivenUp = record.responseTimeNs < site.timeoutNs && site.retry === undefined
    if (isGivenUp && record.dnsQueries === 0) paths.add('timedOut: given up by TCP')
  }
  if (record.attempts > 1 && outcome !== Outcome.completed) paths.add('retry: in vain')
  if (record.dnsQueries > 0) noteQueries(record, world, paths)
}

function noteQueries(record: RequestRecord, { scenario }: World, paths: Set<string>): void {
  const { nodeCache, sourcePorts } = scenario.spec.dns
  const isNameUnknown = record.pod < 0 && record.connectNs === 0 && record.rulesNs === 0
  paths.add('dns: by queries')
  if (nodeCache.enabled) paths.add('dns: cache of the node')
  if (sourcePorts === 'fixed') paths.add('dns: fixed ports')
  if (isNameUnknown && record.outcome === Outcome.refused) paths.add('dns: refused')
  if (isNameUnknown && record.outcome === Outcome.timedOut) paths.add('dns: timed out')
}

function noteCompleted(record: RequestRecord, world: World, paths: Set<string>): void {
  const { graph, entries, scenario } = world
  const { service, via, requestBytes, responseBytes } = graph.sites[record.call]
  const { loadBalancer } = entries[record.call]
  paths.add(`way: ${via}`)
  if (service.object.sessionAffinity === 'ClientIP' && via !== 'headless') paths.add('affinity: ClientIP')
  if (loadBalancer !== undefined) {
    paths.add(`balancer: ${scenario.spec.loadBalancers[service.name].preset}`)
    paths.add(`balancer: ${loadBalancer.settings.mode}`)
  }
  if (record.dnsNs > 0 && world.dns === undefined) paths.add('dns: a time')
  const hasBandwidth = Object.keys(scenario.spec.links.bandwidth).length > 0
  if (hasBandwidth && requestBytes + responseBytes > 0) paths.add('link: bandwidth')
  const { slowStart } = graph.behaviours.ofPod[record.pod]
  if (slowStart !== undefined && slowStart.factor < 1 && record.intendedNs < slowStart.duration)
    paths.add('pod: slow at first')
}

/** A connection was used again where more requests were completed than connections made. */
function noteReuse({ world, requests, connections }: Observed, paths: Set<string>): void {
  for (const { index, pool } of world.graph.sites) {
    const isHere = ({ call }: { readonly call: number }) => call === index
    const completed = requests.filter((each) => isHere(each) && each.outcome === Outcome.completed).length
    if (completed === 0) continue
    if (pool.kind === 'perRequest') paths.add('pool: perRequest')
    else if (completed > connections.filter(isHere).length) paths.add(`pool: ${pool.kind}, used again`)
  }
}
