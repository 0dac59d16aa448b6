/**
 * Results of `svcsim capacity`, made by hand: four rates by one to six replicas, losses, alternatives, formulas and limits.
 * Each replica can do 220 requests/s; p99 is 40 ms, and 20.5 ms more for each tenth above 60 % busy.
 */
import type { CapacityCell, CapacityResult } from '../../src/results/capacity-schema.js'
import type { PointResult, Results, ThresholdResult } from '../../src/results/results-schema.js'
import {
  estimate,
  MS,
  sampleCall,
  sampleNode,
  samplePod,
  samplePoint,
  sampleResults,
  spread,
} from '../results/sample-results.js'

export const RATES = [100, 200, 400, 700] as const
export const REPLICAS = [1, 2, 3, 4, 5, 6] as const

const AXES = ['browsers.rate', 'counter.replicas', 'case'] as const
const PER_REPLICA = 220

/** What is different from the rule at one point. */
interface Special {
  readonly name?: string
  readonly p99Ms?: number
  readonly returnRatio?: number
  readonly maxOverMean?: number
  readonly rules?: number
}

/** p99 in ms: what the rule says. */
function p99Ms(rate: number, replicas: number): number {
  const busy = rate / (PER_REPLICA * replicas)
  return 40 + 205 * Math.max(0, busy - 0.6)
}

/** One point with five replications. */
export function capacityPoint(rate: number, replicas: number, special: Special = {}): PointResult {
  const p99 = special.p99Ms ?? p99Ms(rate, replicas)
  const base = sampleCall()
  const counts = Array.from({ length: replicas }, (_, index) => 1_000 + (index === 0 ? 100 : 0))
  const isEven = replicas === 1
  const call = sampleCall({
    responseTime: { ...base.responseTime, p99: estimate(p99 * MS, 2 * MS) },
    connections: spread(counts, {
      maxOverMean: estimate(isEven ? 1 : (special.maxOverMean ?? 1.18), isEven ? 0 : 0.02),
    }),
    stickiness: {
      ...base.stickiness,
      returnRatio: estimate(special.returnRatio ?? Math.round(1_000 / replicas) / 1_000, isEven ? 0 : 0.01),
    },
    rulesPerConnection: estimate(special.rules ?? 11 + replicas, 0.04),
  })
  const busy = Math.min(1, rate / (PER_REPLICA * replicas))
  const isWithin = p99 + 2 < 80
  const isBeyond = p99 - 2 > 80
  const thresholds: ThresholdResult[] = [
    {
      threshold: 'client.browsers.responseTime.p99 < 80ms',
      metric: 'client.browsers.responseTime.p99',
      unit: 'duration',
      operator: '<',
      limit: 80 * MS,
      value: p99 * MS,
      halfWidth95: 2 * MS,
      verdict: isWithin ? 'passed' : isBeyond ? 'failed' : 'undecided',
    },
    {
      threshold: 'client.browsers.errors < 0.1%',
      metric: 'client.browsers.errors',
      unit: 'ratio',
      operator: '<',
      limit: 0.001,
      value: 0,
      halfWidth95: 0,
      verdict: 'passed',
    },
  ]
  return samplePoint({
    settings: [
      { axis: AXES[0], value: `${rate}/s` },
      { axis: AXES[1], value: String(replicas) },
      { axis: AXES[2], value: special.name ?? 'as written' },
    ],
    replications: isWithin || isBeyond ? 5 : 40,
    calls: [call],
    pods: Array.from({ length: replicas }, (_, index) =>
      samplePod(`counter-${index}`, ['node-a', 'node-b', 'node-c'][index % 3], {
        utilisation: estimate(Math.min(1, busy * (index === 0 ? 1.1 : 1)), 0.01),
      }),
    ),
    nodes: [sampleNode('node-a', 'zone-1'), sampleNode('node-b', 'zone-2')],
    thresholds,
  })
}

/** Cells by the rule: overloaded from all that the pods can do, implied where a neighbour tells it. */
function gridOf(points: PointResult[]): CapacityCell[] {
  return RATES.flatMap((rate) =>
    REPLICAS.map((replicas): CapacityCell => {
      const base = { ratePerSec: rate, replicas }
      if (rate >= PER_REPLICA * replicas) return { ...base, verdict: 'failed', basis: 'overloaded' }
      // One above what is enough was simulated; more than that is implied.
      const least = REPLICAS.find((each) => rate < PER_REPLICA * each && p99Ms(rate, each) + 2 < 80) ?? 6
      if (replicas > least + 1) return { ...base, verdict: 'passed', basis: 'implied' }
      const point = capacityPoint(rate, replicas)
      const verdict = point.thresholds?.[0]?.verdict ?? 'failed'
      points.push(point)
      return { ...base, verdict, basis: 'simulated', point: points.length - 1 }
    }),
  )
}

/** 400 requests/s take 3 replicas; node-a can not be lost. */
export function capacityResults(changes: Partial<CapacityResult> = {}): Results {
  const points: PointResult[] = []
  const cells = gridOf(points)
  const add = (point: PointResult) => points.push(point) - 1
  const pointOf = (rate: number, replicas: number) =>
    cells.find((cell) => cell.ratePerSec === rate && cell.replicas === replicas)?.point ?? 0
  const alternative = (name: string, path: string, value: string, special: Special) => ({
    name,
    isAsWritten: false,
    settings: [{ path, value }],
    points: [3, 4].map((replicas) => ({
      replicas,
      point: add(capacityPoint(400, replicas, { name, ...special })),
      meanChange: estimate(0.4 * MS, 0.6 * MS),
      p99Change: estimate((special.p99Ms ?? 40) * MS - p99Ms(400, replicas) * MS, 0.7 * MS),
    })),
  })
  const capacity: CapacityResult = {
    client: 'browsers',
    service: 'counter-np',
    port: 3000,
    workload: 'counter',
    ratePath: AXES[0],
    replicasPath: AXES[1],
    objectives: ['client.browsers.responseTime.p99 < 80ms', 'client.browsers.errors < 0.1%'],
    rates: [...RATES],
    replicas: [...REPLICAS],
    maxReplications: 40,
    isMonotone: true,
    details: { ratePerSec: 400, replicas: 3 },
    cells,
    leastReplicas: [
      {
        ratePerSec: 100,
        replicas: 1,
        point: pointOf(100, 1),
        greatestRatePerSec: 100,
        failsPerSec: 200,
        connectionsUse: 0.2,
      },
      {
        ratePerSec: 200,
        replicas: 2,
        point: pointOf(200, 2),
        greatestRatePerSec: 200,
        failsPerSec: 400,
        connectionsUse: 0.2,
      },
      {
        ratePerSec: 400,
        replicas: 3,
        point: pointOf(400, 3),
        greatestRatePerSec: 400,
        failsPerSec: 700,
        connectionsUse: 0.2,
      },
      {
        ratePerSec: 700,
        replicas: 5,
        point: pointOf(700, 5),
        greatestRatePerSec: 700,
        failsPerSec: null,
        connectionsUse: 0.3,
      },
    ],
    greatestRates: REPLICAS.map((replicas) => {
      const holds = RATES.filter((rate) =>
        cells.some(
          (cell) => cell.ratePerSec === rate && cell.replicas === replicas && cell.verdict === 'passed',
        ),
      ).at(-1)
      return {
        replicas,
        holdsPerSec: holds ?? null,
        failsPerSec: RATES.find((rate) => rate > (holds ?? 0)) ?? null,
        saturatedPerSec: PER_REPLICA * replicas,
      }
    }),
    losses: [
      {
        kind: 'pod',
        name: 'counter-0',
        takes: ['counter-0'],
        replicas: 4,
        points: [add(capacityPoint(400, 4, { name: 'counter-0 lost', p99Ms: 61 }))],
        entryNodes: [],
        lastPods: [],
      },
      {
        kind: 'node',
        name: 'node-a',
        takes: ['counter-0', 'redis-0'],
        replicas: null,
        points: [],
        entryNodes: [],
        lastPods: ['redis'],
      },
      {
        kind: 'node',
        name: 'node-b',
        takes: ['counter-1'],
        replicas: 5,
        points: [
          add(capacityPoint(400, 4, { name: 'node-b lost', p99Ms: 95 })),
          add(capacityPoint(400, 5, { name: 'node-b lost', p99Ms: 62 })),
        ],
        entryNodes: [],
        lastPods: [],
      },
    ],
    leftOut: ['The loss of a zone is not told: there is only one zone.'],
    alternatives: [
      {
        name: 'as written',
        isAsWritten: true,
        settings: [],
        points: [3, 4].map((replicas) => ({ replicas, point: pointOf(400, replicas) })),
      },
      alternative('sessionAffinity: ClientIP', 'counter-np.sessionAffinity', 'ClientIP', {
        p99Ms: 75,
        returnRatio: 1,
        maxOverMean: 1.6,
        rules: 20,
      }),
      alternative('proxy mode ipvs', 'proxy.mode', 'ipvs', { p99Ms: 41.3, rules: 3 }),
    ],
    formulas: {
      holdingNs: 5 * MS,
      isCpuBound: false,
      serversPerPod: 1,
      overheadNs: 20.5 * MS,
      objective: 'client.browsers.responseTime.p99 < 80ms',
      rows: [
        { ratePerSec: 100, usual: 1, pooled: 1, split: 1, simulated: 1 },
        { ratePerSec: 200, usual: 2, pooled: 2, split: 2, simulated: 2 },
        { ratePerSec: 400, usual: 3, pooled: 2, split: 3, simulated: 3 },
        { ratePerSec: 700, usual: 5, pooled: 4, split: 4, simulated: 5 },
      ],
      busiest: {
        pod: 'counter-0',
        utilisation: 0.733,
        meanUtilisation: 0.667,
        connectionsOverMean: 1.18,
      },
    },
    limits: [
      { resource: 'pods', name: 'counter', use: 0.667, fullPerSec: 600, isExtrapolated: false },
      { resource: 'connections', name: 'node-a', use: 0.31, fullPerSec: 1_290, isExtrapolated: true },
      { resource: 'packets', name: 'node-a', use: 0.0002, fullPerSec: 2_000_000, isExtrapolated: false },
    ],
    ...changes,
  }
  return sampleResults({
    scenario: {
      ...sampleResults().scenario,
      name: 'counter',
      description: 'How many counters do browsers need?',
    },
    command:
      "svcsim capacity scenarios/counter --rate 100..700/s --replicas 1..6 --slo 'p99 < 80ms' --slo 'errors < 0.1%'",
    sweep: { axes: [...AXES] },
    capacity,
    points,
  })
}
