/** Results with what is known over time and of ways, and sweeps of a load, made by hand from the sample. */
import type { CallWays, OverTime, PointResult, Results } from '../../src/results/results-schema.js'
import { estimate, MS, sampleCall, samplePoint, sampleResults, storeCall } from '../results/sample-results.js'

/** Six intervals of 10 s after a warm-up of 1 s; the counters are busy, redis is not. */
export const SAMPLE_OVER_TIME: OverTime = {
  intervalNs: 10_000 * MS,
  pods: ['counter-0', 'counter-1', 'counter-2', 'redis-0'].map((pod, index) => ({
    pod,
    utilisation: index === 3 ? Array(6).fill(0.01) : [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
    requests: index === 3 ? Array(6).fill(0.01) : [0.1, 0.2, 0.4, 0.8, 1.6, 3.2 + index],
    placesPeak: [1, 2, 2, 3, 4, 7 + index],
    places: 130,
  })),
  nodes: ['node-a', 'node-b', 'node-c'].map((node, index) => ({
    node,
    conntrackPeak: [10, 20, 30, 40, 50, 65_536 + index],
    masqueradePortsPeak: [0, 0, 0, 0, 0, 40],
    masqueradePortsMax: 64_512,
    backlogPeak: [0, 0, 0, 0, 0, 0],
    backlogMax: 2_000,
  })),
  clientPortsPeak: [0, 10, 20, 30, 40, 50],
  clientPortsMax: 28_232,
}

/** By a load balancer to nodes a and b. */
const SAMPLE_WAYS: CallWays = {
  from: ['outside'],
  machines: [''],
  counts: [
    [0, 0, 0, 0, 4_012],
    [0, 0, 1, 1, 3_921],
    [0, 0, 1, 2, 4_064],
  ],
}

/** A single run. */
export function resultsOverTime(overTime: OverTime = SAMPLE_OVER_TIME): Results {
  const calls = [sampleCall({ ways: SAMPLE_WAYS, service: 'counter-lb', via: 'loadBalancer' }), storeCall()]
  return sampleResults({ points: [samplePoint({ overTime, calls })] })
}

/** p99 at rates of 100/s to 400/s and 1 or 2 replicas; one is overloaded from 200/s on, two at 400/s. */
export function loadSweep(kneeMs = 900): Results {
  const rates = [100, 200, 300, 400]
  return sampleResults({
    sweep: { axes: ['clients.browsers.arrivals.rate', 'counter.replicas'] },
    points: rates.flatMap((rate) => [1, 2].map((replicas) => loadPoint(rate, replicas, kneeMs))),
  })
}

function loadPoint(rate: number, replicas: number, kneeMs: number): PointResult {
  const isOverloaded = rate > 150 * replicas
  const base = sampleCall()
  const p99 = estimate((isOverloaded ? kneeMs + rate : 40 + rate / 10 / replicas) * MS, 3 * MS)
  const instability = { offered: { workload: 'counter', utilisation: rate / (150 * replicas) } }
  return samplePoint({
    settings: [
      { axis: 'clients.browsers.arrivals.rate', value: `${rate}/s` },
      { axis: 'counter.replicas', value: String(replicas) },
    ],
    calls: [
      sampleCall({
        responseTime: { ...base.responseTime, p99 },
        ...(isOverloaded ? { instability } : {}),
      }),
    ],
    thresholds: [
      {
        threshold: 'client.browsers.responseTime.p99 < 250ms',
        metric: 'client.browsers.responseTime.p99',
        unit: 'duration',
        operator: '<',
        limit: 250 * MS,
        ...p99,
        verdict: isOverloaded ? 'failed' : 'passed',
      },
    ],
  })
}
