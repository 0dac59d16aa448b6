/**
 * Small results made by hand, for tests of results and reports: every field is set, the numbers are plausible and
 * agree with each other, and nothing is simulated.
 */
import {
  type CallResult,
  type Estimate,
  type NodeResult,
  type PodResult,
  type PointResult,
  RESULTS_SCHEMA_VERSION,
  type Results,
  type Spread,
} from '../../src/results/results-schema.js'

export const MS = 1_000_000

/** A figure with its half width. */
export function estimate(value: number | null, halfWidth95: number | null = null): Estimate {
  return { value, halfWidth95 }
}

/** Counts at pods `<workload>-0`, `-1` … on nodes node-a, node-b, node-c in turn. */
export function spread(
  counts: readonly number[],
  overrides: Partial<Spread> = {},
  workload = 'counter',
): Spread {
  const nodes = ['node-a', 'node-b', 'node-c']
  const sum = counts.reduce((total, each) => total + each, 0)
  const squares = counts.reduce((total, each) => total + each * each, 0)
  const mean = sum / counts.length
  return {
    perPod: counts.map((count, index) => ({
      pod: `${workload}-${index}`,
      node: nodes[index % 3] ?? '',
      count,
    })),
    maxOverMean: estimate(sum === 0 ? null : Math.max(...counts) / mean, 0.011),
    coefficientOfVariation: estimate(0.02, 0.004),
    jainIndex: estimate(sum === 0 ? null : (sum * sum) / (counts.length * squares), 0.0004),
    idlePods: estimate(counts.filter((each) => each === 0).length, 0),
    chiSquare: 1.52,
    pValue: 0.4677,
    ...overrides,
  }
}

/** A call of browsers by node port: 12,000 requests of 5 replications, of which 12 timed out. */
export function sampleCall(overrides: Partial<CallResult> = {}): CallResult {
  return {
    caller: 'browsers',
    service: 'counter-np',
    port: 3000,
    via: 'nodePort',
    outcomes: {
      issued: 12_000,
      completed: 11_985,
      refused: 0,
      timedOut: 12,
      reset: 0,
      rejected: 0,
      unfinished: 3,
    },
    offeredPerSec: estimate(40, 0.31),
    completedPerSec: estimate(39.95, 0.32),
    responseTime: {
      count: 11_985,
      mean: estimate(27.4 * MS, 0.21 * MS),
      min: estimate(20.1 * MS, 0.01 * MS),
      p50: estimate(25.9 * MS, 0.15 * MS),
      p90: estimate(34.6 * MS, 0.4 * MS),
      p95: estimate(38.2 * MS, 0.5 * MS),
      p99: estimate(46.3 * MS, 1.24 * MS),
      p999: estimate(58.8 * MS, 3.9 * MS),
      max: estimate(71.5 * MS, 6.2 * MS),
      histogram: { bitsPerOctave: 7, buckets: [2345, 2360, 2371, 2480], counts: [4_000, 5_000, 2_900, 85] },
    },
    parts: {
      dns: estimate(0, 0),
      connect: estimate(0.4 * MS, 0.01 * MS),
      rules: estimate(0.012 * MS, 0.0001 * MS),
      network: estimate(20.2 * MS, 0.02 * MS),
      queue: estimate(0.9 * MS, 0.11 * MS),
      service: estimate(4.988 * MS, 0.08 * MS),
      downstream: estimate(0.9 * MS, 0.02 * MS),
      retry: estimate(0, 0),
    },
    connections: spread([4_012, 3_921, 4_064]),
    requests: spread([4_010, 3_915, 4_060]),
    stickiness: {
      clients: 100,
      returningConnections: 11_500,
      returnRatio: estimate(0.331, 0.006),
      modalShare: estimate(0.412, 0.008),
      brokenSessions: estimate(1, 0),
    },
    attemptsPerRequest: estimate(1, 0),
    rulesPerConnection: estimate(11.25, 0.04),
    ...overrides,
  }
}

/** A pod that is two thirds busy. */
export function samplePod(pod: string, node: string, overrides: Partial<PodResult> = {}): PodResult {
  const workload = pod.replace(/-\d+$/, '')
  return {
    pod,
    node,
    workload,
    served: 3_995,
    rejected: 0,
    utilisation: estimate(0.067, 0.002),
    meanQueueLength: estimate(0.0121, 0.003),
    ...overrides,
  }
}

/** A node that forwards a little. */
export function sampleNode(node: string, zone: string, overrides: Partial<NodeResult> = {}): NodeResult {
  return {
    node,
    zone,
    firstPackets: 4_000,
    rulesEvaluated: 45_000,
    utilisation: estimate(0.0004, 0.00001),
    drops: { rules: 0, backlog: 0, conntrackFull: 0, noMasqueradePort: 0 },
    conntrackPeak: 2_000,
    conntrackMax: 131_072,
    masqueradePortsPeak: 40,
    ...overrides,
  }
}

/** The call that the counter makes to its store for each request. */
export function storeCall(): CallResult {
  return sampleCall({
    caller: 'counter',
    service: 'redis',
    port: 6379,
    via: 'clusterIP',
    outcomes: {
      issued: 11_997,
      completed: 11_997,
      refused: 0,
      timedOut: 0,
      reset: 0,
      rejected: 0,
      unfinished: 0,
    },
    responseTime: {
      ...sampleCall().responseTime,
      count: 11_997,
      p50: estimate(0.8 * MS, 0.01 * MS),
      p99: estimate(2.4 * MS, 0.05 * MS),
      histogram: { bitsPerOctave: 7, buckets: [1600], counts: [11_997] },
    },
    connections: spread([3], { chiSquare: null, pValue: null }, 'redis'),
    requests: spread([11_997], { chiSquare: null, pValue: null }, 'redis'),
    stickiness: {
      clients: 3,
      returningConnections: 0,
      returnRatio: estimate(null),
      modalShare: estimate(1, 0),
      brokenSessions: estimate(0, 0),
    },
    attemptsPerRequest: estimate(1, 0),
    rulesPerConnection: estimate(5, 0),
  })
}

/** One point: browsers on three counters, which call one store. */
export function samplePoint(overrides: Partial<PointResult> = {}): PointResult {
  return {
    settings: [],
    calls: [sampleCall(), storeCall()],
    pods: [
      samplePod('counter-0', 'node-a'),
      samplePod('counter-1', 'node-b', {
        utilisation: estimate(0.82, 0.01),
        meanQueueLength: estimate(3.4, 0.7),
      }),
      samplePod('counter-2', 'node-c'),
      samplePod('redis-0', 'node-a', { served: 11_997, utilisation: estimate(0.01, 0.0002) }),
    ],
    nodes: [sampleNode('node-a', 'zone-1'), sampleNode('node-b', 'zone-1'), sampleNode('node-c', 'zone-2')],
    ...overrides,
  }
}

/** A single run of five replications. */
export function sampleResults(overrides: Partial<Results> = {}): Results {
  return {
    schemaVersion: RESULTS_SCHEMA_VERSION,
    tool: { name: 'svcsim', version: '0.1.0', modelVersion: 1 },
    scenario: {
      name: 'counter-nodeport',
      description: 'Does a browser that comes in by node port stay on its pod?',
      digest: '4f2d9c6b1a0e8f7d5c3b2a190817263544536271809fabcdef0123456789abcd',
    },
    seed: 1,
    replications: 5,
    warmUpNs: 1_000 * MS,
    horizonNs: 61_000 * MS,
    command: 'svcsim run scenarios/counter-nodeport/scenario.yaml --seed 1 --replications 5',
    assumptions: [
      {
        preset: 'iptables-nft',
        name: 'ruleCost',
        value: '23 ns',
        source: 'measured on Linux 6.1, ground-truth/cost_services',
      },
      {
        preset: 'iptables-nft',
        name: 'conntrackEntryCost',
        value: '1.1 µs',
        source: 'measured on Linux 6.1',
      },
      { preset: 'links', name: 'outside', value: '10 ms', source: 'set by the scenario' },
      {
        preset: 'links',
        name: 'sameZone',
        value: '150 µs',
        source: 'published: AWS, same availability zone',
      },
    ],
    warnings: [
      {
        code: 'FIELD_IGNORED',
        message: 'spec.ipFamilies is not modelled and was left out',
        place: 'counter.yaml:12:3',
      },
    ],
    points: [samplePoint()],
    ...overrides,
  }
}

const WAYS = [
  { way: 'ClusterIP', via: 'clusterIP', service: 'counter', extraMs: 0, sticky: 0 },
  { way: 'NodePort', via: 'nodePort', service: 'counter-np', extraMs: 20, sticky: 0 },
  { way: 'LoadBalancer', via: 'loadBalancer', service: 'counter-lb', extraMs: 21, sticky: 1 },
] as const

/** Replicas 1 to 6 by three ways in: p99 falls with replicas, the return ratio is 1/R but for the sticky way. */
export function sampleSweep(overrides: Partial<Results> = {}): Results {
  const replicaCounts = [1, 2, 3, 4, 5, 6]
  const points = replicaCounts.flatMap((replicas) => WAYS.map((way) => sweepPoint(replicas, way)))
  return sampleResults({
    scenario: {
      ...sampleResults().scenario,
      name: 'ways-in',
      description: 'How many replicas, and by which way in?',
    },
    command: 'svcsim sweep scenarios/ways-in/scenario.yaml --seed 1 --replications 5',
    sweep: { axes: ['replicas', 'way in'] },
    points,
    ...overrides,
  })
}

function sweepPoint(
  replicas: number,
  { way, via, service, extraMs, sticky }: (typeof WAYS)[number],
): PointResult {
  const counts = Array.from(
    { length: replicas },
    (_, index) => Math.floor(12_000 / replicas) + (index % 2 === 0 ? 40 : -40),
  )
  const base = sampleCall()
  const returnRatio = sticky === 1 ? 1 : Math.round(1000 / replicas) / 1000
  const call = sampleCall({
    via,
    service,
    responseTime: {
      ...base.responseTime,
      p50: estimate((extraMs + 6 + 6 / replicas) * MS, 0.2 * MS),
      p99: estimate((extraMs + 12 + 60 / replicas) * MS, (6 / replicas) * MS),
    },
    connections: spread(counts),
    requests: spread(counts),
    stickiness: {
      ...base.stickiness,
      returnRatio: estimate(returnRatio, replicas === 1 || sticky === 1 ? 0 : 0.01),
      brokenSessions: estimate(replicas === 1 || sticky === 1 ? 0 : 1, 0),
    },
  })
  return samplePoint({
    settings: [
      { axis: 'replicas', value: String(replicas) },
      { axis: 'way in', value: way },
    ],
    calls: [call],
  })
}
