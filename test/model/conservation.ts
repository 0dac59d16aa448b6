/**
 * What every run must keep, whatever the scenario: nobody is lost, nothing is left open that nobody uses, times add up.
 * Throws where a run does not, naming what.
 */
import { fixedWarmUpNs } from '../../src/input/warm-up-schema.js'
import { ReplicationCollector } from '../../src/metrics/replication-collector.js'
import { eligiblePods } from '../../src/model/call-sites.js'
import { MAX_NODES_ON_WAY } from '../../src/model/connection-pool.js'
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

function checkRecord(record: RequestRecord, { graph, scenario, entries, dns }: World): void {
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
  require(outcome !== Outcome.reset, 'reset', record)
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

/** Once every request has ended and every pod is idle: only idle connections are left, tracked on the nodes that they pass. */
export function assertDrained({ world, requests }: Observed): void {
  const { work, connections, nodes, stations } = world
  const unfinished = requests.filter((record) => record.outcome === Outcome.unfinished).length
  require(unfinished === 0, 'unfinished requests', { unfinished })
  require(world.requests.openCount === 0, 'rows of requests are left', { rows: world.requests.openCount })
  const { lookups, queries, flows } = world.dns ?? {}
  require(!lookups?.openCount, 'look-ups of names are left', { lookups: lookups?.openCount })
  require(!queries?.openCount, 'queries are left', { queries: queries?.openCount })
  require(!flows?.openCount, 'UDP flows are left', { flows: flows?.openCount })
  for (const station of stations)
    require(station.numberInSystem === 0, 'a pod still has requests', { number: station.numberInSystem })
  for (const each of work)
    require((each?.count ?? 0) === 0, 'a pod still has work', { number: each?.count ?? 0 })
  const tracked = new Array<number>(nodes.length).fill(0)
  let idle = 0
  for (const [row, isIdle] of connections.isIdle.entries()) {
    if (isIdle === 0) continue
    idle++
    const first = row * MAX_NODES_ON_WAY
    for (const node of connections.nodes.subarray(first, first + connections.nodeCount[row])) tracked[node]++
  }
  require(connections.openCount === idle, 'connections are left that nobody can use', {
    open: connections.openCount,
    idle,
  })
  for (const [index, node] of nodes.entries()) {
    const { entryCount } = node.connections.table
    require(entryCount === tracked[index], 'connection tracking is not of the open connections', {
      index,
      entryCount,
      tracked: tracked[index],
    })
  }
}
