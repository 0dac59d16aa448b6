/**
 * How pods work, against theory: processor sharing, CPU limits, calls in parallel. Cases of theory.json, with the tolerance
 * stated there or three standard errors; and laws that hold whatever the numbers.
 */
import { describe, expect, it } from 'vitest'
import { bucketMiddle } from '../../src/base/histogram-buckets.js'
import { recordWorkload } from '../../src/experiment/record-workload.js'
import { runReplication } from '../../src/experiment/run-replication.js'
import type { ReplicationMeasures } from '../../src/metrics/replication-collector.js'
import { HISTOGRAM_BITS } from '../../src/metrics/response-histogram.js'
import { Outcome } from '../../src/model/records.js'
import { simulate } from '../../src/model/simulation.js'
import { fanOutPoint } from './fan-out-system.js'
import { type QueueRun, type QueueSystem, queuePoint, runQueueSystem, units } from './queue-system.js'
import { casesOf, expectFigure, meanResponse, quantile, scaled, utilisation } from './theory-cases.js'

/** Connections take no time here; where they are shared, a pod sees the same requests at the same instants at half of the work. */
const RUN: QueueRun = { replications: 12, requests: 40_000, warmUpRequests: 10_000, seed: 20_260_401 }

function exponential(mean: string): string {
  return `{ distribution: exponential, mean: ${mean} }`
}

function numberInSystem({ totals }: ReplicationMeasures): number {
  const [pod] = totals.pods
  return (pod.busyAreaNs + pod.queueAreaNs) / totals.windowNs
}

/** Of response times, in ns², by the buckets that they fell into: within 0.2 % of each time. */
function variance({ calls }: ReplicationMeasures): number {
  const { buckets, counts } = calls[0].responseTimes.entries()
  const meanNs = calls[0].responseTimes.meanNs() ?? Number.NaN
  const count = counts.reduce((sum, each) => sum + each, 0)
  const squares = buckets.reduce((sum, bucket, at) => {
    const differenceNs = bucketMiddle(bucket, HISTOGRAM_BITS) - meanNs
    return sum + counts[at] * differenceNs * differenceNs
  }, 0)
  return squares / count
}

/** Mean of response time over service time, of requests that need any. */
function meanSlowdown(system: QueueSystem, seed: number): number {
  const point = queuePoint(system, { ...RUN, requests: 20_000, warmUpRequests: 5_000 })
  const trace = recordWorkload(point, seed)
  const { timesNs, demandsNs } = trace.groups[0]
  const demandAt = new Map(Array.from(timesNs, (timeNs, at) => [timeNs, demandsNs[0][at]]))
  let [sum, count] = [0, 0]
  const { cluster, scenario } = point
  simulate(
    { cluster, scenario, seed, replication: 0, trace },
    {
      connectionReached() {},
      requestEnded({ outcome, intendedNs, responseTimeNs }) {
        const demandNs = demandAt.get(intendedNs) ?? 0
        if (outcome !== Outcome.completed || demandNs === 0) return
        sum += responseTimeNs / demandNs
        count++
      },
    },
  )
  return sum / count
}

describe('one server that all requests share, exponential service (theory.json)', () => {
  it.each(casesOf('mm1_ps'))('$id', ({ parameters, expected, tolerance }) => {
    const { arrival_rate, service_rate } = parameters as Readonly<Record<string, number>>
    const to = scaled(1 / service_rate)
    const system: QueueSystem = {
      arrivalRate: to.rate(arrival_rate),
      serviceTime: exponential(units(1)),
      discipline: 'ps',
      connection: 'keepAlive',
    }
    const runs = runQueueSystem(system, RUN)
    const { mean = 0, percentile = 0 } = tolerance
    expectFigure(runs.map(utilisation.of), expected.utilization, mean)
    expectFigure(runs.map(meanResponse.of), to.ns(expected.mean_response_time), mean)
    expectFigure(runs.map(quantile(0.5).of), to.ns(expected.p50_response_time), percentile)
    expectFigure(runs.map(quantile(0.99).of), to.ns(expected.p99_response_time), percentile)
    expectFigure(runs.map(numberInSystem), expected.mean_number_in_system, mean)
    expectFigure(runs.map(variance), to.ns(to.ns(expected.variance_response_time)), mean)
    const slowdowns = Array.from({ length: 8 }, (_, index) => meanSlowdown(system, 7_000 + index))
    expectFigure(slowdowns, expected.mean_slowdown, mean)
  })
})

describe('requests of one size among others that share a server (theory.json)', () => {
  /** Laws of the other requests, all of mean 1. */
  const laws = {
    constant: units(1),
    exponential: exponential(units(1)),
    'hyperexponential, cv 2': `{ distribution: hyperexponential, mean: ${units(1)}, cv: 2 }`,
  }
  const rows = casesOf('mg1_ps_conditional').flatMap((each) =>
    Object.entries(laws).map(([law, serviceTime]) => ({ ...each, law, serviceTime })),
  )

  it.each(rows)('$id, others $law', ({ parameters, expected, tolerance, serviceTime }) => {
    const { utilization, service_requirement: size } = parameters as Readonly<Record<string, number>>
    // A tenth of the load is of the size asked for; the size is half of the others' mean.
    const sizeUnits = 0.5
    const runs = runQueueSystem(
      {
        arrivalRate: (0.1 * utilization) / sizeUnits,
        serviceTime: units(sizeUnits),
        discipline: 'ps',
        connection: 'keepAlive',
        others: { arrivalRate: 0.9 * utilization, serviceTime },
      },
      // Each of this size comes with four and a half others.
      { ...RUN, requests: 8_000, warmUpRequests: 2_000 },
    )
    const inNs = (caseTime: number) => (caseTime / size) * sizeUnits * 1e6
    const { mean = 0 } = tolerance
    expectFigure(runs.map(meanResponse.of), inNs(expected.mean_response_time_of_that_size), mean)
    const slowdowns = runs.map((run) => (meanResponse.of(run) ?? Number.NaN) / (sizeUnits * 1e6))
    expectFigure(slowdowns, expected.mean_slowdown, mean)
  })
})

describe('servers that all requests share', () => {
  it('have as many requests as servers of one request each, where service is exponential', () => {
    // M/M/4 at ρ 0.75, whatever the order of service: E[T] = 1.509433962
    const serviceTime = exponential(units(1))
    const runs = runQueueSystem({ arrivalRate: 3, servers: 4, serviceTime, discipline: 'ps' }, RUN)
    expectFigure(runs.map(meanResponse.of), 1.509433962e6, 0.01)
  })

  it('turn away as many requests, where service is exponential', () => {
    // M/M/1/10 at ρ 0.8: π_10 = 0.02349285758
    const serviceTime = exponential(units(1))
    const system: QueueSystem = { arrivalRate: 0.8, queueCapacity: 9, serviceTime, discipline: 'ps' }
    const shares = runQueueSystem(system, RUN).map(({ calls: [{ outcomes }] }) => {
      return outcomes.rejected / (outcomes.rejected + outcomes.completed)
    })
    expectFigure(shares, 0.02349285758, 0.005)
  })
})

describe('a pod with a CPU limit', () => {
  it.each(['fcfs', 'ps'] as const)('completes limit / CPU time at most, %s', (discipline) => {
    // 0.3 CPUs for requests of 1 ms: 300 a second, of the 600 that are asked for.
    const system: QueueSystem = {
      arrivalRate: 0.6,
      servers: 2,
      queueCapacity: 20,
      serviceTime: exponential(units(1)),
      discipline,
      cpuLimit: '300m',
    }
    const runs = runQueueSystem(system, RUN)
    const perSec = runs.map(({ calls, totals }) => (calls[0].outcomes.completed / totals.windowNs) * 1e9)
    expectFigure(perSec, 300, 0.005)
  })

  it('stands still for the rest of each period where it never lacks work', () => {
    // One server, 30 ms of each 100.
    const system: QueueSystem = {
      arrivalRate: 2,
      queueCapacity: 20,
      serviceTime: exponential(units(1)),
      cpuLimit: '300m',
    }
    const ratios = runQueueSystem(system, RUN).map(
      ({ totals }) => totals.pods[0].throttledNs / totals.windowNs,
    )
    expectFigure(ratios, 0.7, 0.001)
  })
})

describe('calls in parallel (theory.json)', () => {
  it.each(casesOf('fan_out_latency'))('$id', ({ parameters, expected, tolerance }) => {
    const { fan_out, mean_leaf_latency } = parameters as Readonly<Record<string, number>>
    const to = scaled(mean_leaf_latency)
    const point = fanOutPoint(fan_out, exponential(units(1)))
    const runs = Array.from({ length: 12 }, (_, replication) =>
      runReplication(point, { seed: 20_260_402, replication, trace: undefined }),
    )
    const { mean = 0, percentile = 0 } = tolerance
    expectFigure(runs.map(meanResponse.of), to.ns(expected.mean_max), mean)
    expectFigure(runs.map(quantile(0.5).of), to.ns(expected.p50_max), percentile)
    expectFigure(runs.map(quantile(0.99).of), to.ns(expected.p99_max), percentile)
    expect(runs.every(({ calls }) => calls[0].outcomes.rejected === 0)).toBe(true)
  })
})
