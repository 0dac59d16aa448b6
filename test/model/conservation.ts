/**
 * What every run must keep, whatever the scenario: nobody is lost, nothing is left open that nobody uses, times add up.
 * Throws where a run does not, naming what.
 */
import { fixedWarmUpNs } from '../../src/input/warm-up-schema.js'
import { ReplicationCollector } from '../../src/metrics/replication-collector.js'
import { eligiblePods } from '../../src/model/call-sites.js'
import { MAX_NODES_ON_WAY } from '../../src/model/connection-pool.js'
import type { LoadBalancer } from '../../src/model/load-balancer.js'
import { type Observer, Outcome, PARTS, type RequestRecord } from '../../src/model/records.js'
import type { World } from '../../src/model/world.js'
import { type Observed, observe } from './observed.js'

function require(isKept: boolean, what: string, context: object): void {
  if (!isKept) throw new Error(`${what}: ${JSON.stringify(context)}`)
}

/** Runs a world and checks all that its records must keep. @param also - stands between the model and what is checked */
export function runConserved(
  world: World,
  between: (observer: Observer) => Observer = (same) => same,
): Observed {
  const issued = countIssued(world)
  countBalanced(world)
  const seen: RequestRecord[] = []
  const collector = collectorOf(world)
  const checked: Observer = {
    connectionReached: (record) => collector.connectionReached(record),
    requestEnded(record) {
      seen.push({ ...record })
      collector.requestEnded(record)
    },
  }
  const observed = observe(world, between(checked))
  const { calls } = collector.measures(observed.totals)
  for (const [site, count] of issued.entries()) {
    const ended = seen.filter((record) => record.call === site).length
    require(ended === count, 'issued is not the sum of outcomes', { site, count, ended })
    const sum = Object.values(calls[site].outcomes).reduce((total, each) => total + each)
    require(sum === count, 'the figures do not hold every request', { site, count, sum })
  }
  for (const record of seen) checkRecord(record, world)
  checkPods(observed)
  return observed
}

/** Time averages of pods are of what they have: servers, places, time. */
function checkPods({ world, totals }: Observed): void {
  const { windowNs } = totals
  for (const [index, pod] of totals.pods.entries()) {
    const { servers, queueCapacity } = world.graph.behaviours.ofPod[index]
    const areas = [pod.busyAreaNs, pod.queueAreaNs, pod.throttledNs]
    const most = [servers * windowNs, queueCapacity * windowNs, pod.hasCpuLimit ? windowNs : 0]
    const isPossible = areas.every((area, at) => Number.isSafeInteger(area) && area >= 0 && area <= most[at])
    require(isPossible, 'a pod was busier than it can be', { index, ...pod })
  }
}

/** Counts the requests opened within the window, by call site. */
function countIssued(world: World): number[] {
  const { requests, scenario } = world
  const counts = world.graph.sites.map(() => 0)
  const open = requests.open.bind(requests)
  requests.open = (call, client, parent, intendedNs) => {
    if (intendedNs >= fixedWarmUpNs(scenario.spec)) counts[call.site.index]++
    return open(call, client, parent, intendedNs)
  }
  return counts
}

/** By world: connections, or requests of proxies, that each choice of each load balancer has open. */
const balanced = new WeakMap<World, Map<LoadBalancer, Int32Array>>()

/** Counts what the algorithms of load balancers are told. */
function countBalanced(world: World): void {
  const counts = new Map<LoadBalancer, Int32Array>()
  balanced.set(world, counts)
  for (const { loadBalancer } of world.entries) {
    if (loadBalancer === undefined || counts.has(loadBalancer)) continue
    const targetCount = loadBalancer.targets.length
    const count = new Int32Array(loadBalancer.machines.length * targetCount)
    counts.set(loadBalancer, count)
    for (const [index, { algorithm }] of loadBalancer.machines.entries()) {
      const opened = algorithm.opened.bind(algorithm)
      const closed = algorithm.closed.bind(algorithm)
      algorithm.opened = (target) => {
        count[index * targetCount + target]++
        opened(target)
      }
      algorithm.closed = (target) => {
        count[index * targetCount + target]--
        closed(target)
      }
    }
  }
}

function collectorOf({ graph, cluster, scenario }: World): ReplicationCollector {
  const settings = graph.sites.map((site) => ({
    callerCount: site.group?.count ?? cluster.pods.length,
    eligiblePods: eligiblePods(cluster, site).map((pod) => pod.index),
  }))
  return new ReplicationCollector(
    settings,
    cluster.pods.length,
    fixedWarmUpNs(scenario.spec),
    scenario.spec.horizon,
  )
}

function checkRecord(record: RequestRecord, { cluster, graph, scenario, entries, dns }: World): void {
  const { timeoutNs, retry } = graph.sites[record.call]
  const { outcome, responseTimeNs, intendedNs } = record
  const { horizon } = scenario.spec
  const warmUp = fixedWarmUpNs(scenario.spec)
  const partsNs = PARTS.map((part) => record[`${part}Ns`])
  const sumNs = partsNs.reduce((total, each) => total + each)
  require(partsNs.every((each) => Number.isSafeInteger(each) && each >= 0), 'a part is no time', record)
  require(intendedNs >= warmUp && intendedNs < horizon, 'intended outside of the window', record)
  require(intendedNs + responseTimeNs <= horizon, 'ended after the horizon', record)
  require(responseTimeNs <= timeoutNs, 'ended after its time-out', record)
  const isEventful = cluster.changes.length > 0
  require(outcome !== Outcome.reset || isEventful, 'reset', record)
  if (outcome === Outcome.completed) {
    require(sumNs === responseTimeNs, 'parts do not add up', record)
    require(record.pod >= 0, 'completed by nobody', record)
  }
  // A load balancer at which connections end answers with an error for targets that it does not reach.
  const mayBeRejectedBefore = entries[record.call].loadBalancer?.isProxy === true
  if (outcome === Outcome.rejected && !mayBeRejectedBefore)
    require(record.pod >= 0, 'rejected by nobody', record)
  require(dns !== undefined || record.dnsQueries === 0, 'queries that nobody sends', record)
  const mayGiveUp = retry !== undefined || scenario.spec.tcp.synRetries !== undefined || dns !== undefined
  if (outcome === Outcome.timedOut)
    require(responseTimeNs === timeoutNs ||
      (mayGiveUp && responseTimeNs < timeoutNs), 'timed out too early', record)
  if (outcome === Outcome.unfinished)
    require(intendedNs + responseTimeNs === horizon, 'unfinished too early', record)
}

/**
 * Once every request has ended and every pod is idle, and times of tables are over: nothing is to come, and only idle
 * connections are left, with what is theirs on the nodes that they pass, at load balancers, in pools and of ports.
 */
export function assertDrained({ world, requests }: Observed): void {
  const { work, stations, simulator, ports } = world
  const unfinished = requests.filter((record) => record.outcome === Outcome.unfinished).length
  require(unfinished === 0, 'unfinished requests', { unfinished })
  require(world.requests.openCount === 0, 'rows of requests are left', { rows: world.requests.openCount })
  require(!world.requests.isWaiting.includes(1), 'requests are left in line', {})
  const { lookups, queries, flows } = world.dns ?? {}
  require(!lookups?.openCount, 'look-ups of names are left', { lookups: lookups?.openCount })
  require(!queries?.openCount, 'queries are left', { queries: queries?.openCount })
  require(!flows?.openCount, 'UDP flows are left', { flows: flows?.openCount })
  for (const { numberInSystem: number, reservedCount: reserved } of stations) {
    require(number === 0, 'a pod still has requests', { number })
    require(reserved === 0, 'places of a pod stay reserved', { reserved })
  }
  for (const each of work)
    require((each?.count ?? 0) === 0, 'a pod still has work', { number: each?.count ?? 0 })
  const idle = idleConnections(world)
  const open = world.connections.openCount
  require(open === idle.length, 'connections are left that nobody can use', { open, idle: idle.length })
  const portCount = ports.openCount
  require(portCount === idle.length, 'ports of clients are left', { portCount, idle: idle.length })
  checkPlaces(world, idle)
  checkNodes(world, idle)
  checkBalancers(world, idle)
  require(simulator.pendingCount === 0, 'events are left', { events: simulator.pendingCount })
}

/** Rows of idle connections. */
function idleConnections({ connections }: World): number[] {
  return [...connections.isIdle.keys()].filter((row) => connections.isIdle[row] === 1)
}

function checkPlaces({ connections, callers }: World, idle: readonly number[]): void {
  const taken = new Int32Array(callers.count)
  for (const row of idle) taken[connections.caller[row]]++
  for (const [caller, places] of connections.placesTaken.entries())
    require(places === taken[caller], 'places of a pool are not those of its connections', {
      caller,
      places,
      connections: taken[caller],
    })
}

function checkNodes({ connections, nodes, simulator }: World, idle: readonly number[]): void {
  const tracked = nodes.map(() => ({ entries: 0, masqueraded: 0, bound: 0 }))
  for (const row of idle) {
    const first = row * MAX_NODES_ON_WAY
    for (let at = first; at < first + connections.nodeCount[row]; at++) {
      const of = tracked[connections.nodes[at]]
      const { table } = nodes[connections.nodes[at]].connections
      of.entries++
      if (table.isMasqueraded(connections.entryAt(at))) of.masqueraded++
      if (connections.bindings[at] >= 0) of.bound++
    }
  }
  for (const [index, node] of nodes.entries()) {
    const { table, portsInUse } = node.connections
    const places = node.connections.countAt(simulator.now)
    const { entryCount } = table
    const { boundConnections } = node
    const of = tracked[index]
    const found = { index, entryCount, places, portsInUse, boundConnections, ...of }
    require(entryCount === of.entries, 'connection tracking is not of the open connections', found)
    require(places === of.entries, 'places of the table are kept too long', found)
    require(portsInUse === of.masqueraded, 'ports to masquerade are left', found)
    require(boundConnections === of.bound, 'IPVS holds connections that are not open', found)
  }
}

function checkBalancers(world: World, idle: readonly number[]): void {
  const { connections, entries } = world
  for (const [balancer, counts] of balanced.get(world) ?? []) {
    const expected = new Int32Array(counts.length)
    for (const row of idle) {
      const choice = connections.balancerTarget[row]
      if (choice >= 0 && entries[connections.site[row]].loadBalancer === balancer) expected[choice]++
    }
    require(counts.join() === expected.join(), 'a load balancer counts connections that are not open', {
      counts: [...counts],
      expected: [...expected],
    })
  }
}
