/**
 * Every case of test/data/validation/theory.json whose mechanism the model has by now, family by family. A figure passes
 * within the tolerance stated in the file, or within three standard errors where those are larger.
 */
import { describe, expect, it } from 'vitest'
import { estimate } from '../../src/metrics/estimate.js'
import type { ReplicationMeasures } from '../../src/metrics/replication-collector.js'
import {
  type AffinitySystem,
  pooledReturnRatio,
  runAffinitySystem,
  threeStandardErrors,
} from './affinity-system.js'
import { type QueueRun, type QueueSystem, runQueueSystem, units } from './queue-system.js'
import {
  casesOf,
  expectFigure,
  meanResponse,
  type QueueFigure,
  quantile,
  scaled,
  type TheoryCase,
  utilisation,
} from './theory-cases.js'

interface QueueCase {
  readonly system: QueueSystem
  /** Mean service time in the units of the case. */
  readonly meanServiceTime: number
}

function exponential(mean: string): string {
  return `{ distribution: exponential, mean: ${mean} }`
}

const queueFamilies: Readonly<Record<string, (parameters: Readonly<Record<string, number>>) => QueueCase>> = {
  mm1: ({ arrival_rate, service_rate }) => {
    const to = scaled(1 / service_rate)
    return {
      meanServiceTime: 1 / service_rate,
      system: { arrivalRate: to.rate(arrival_rate), serviceTime: exponential(units(1)) },
    }
  },
  mmc: ({ arrival_rate, service_rate_per_server, servers }) => {
    const to = scaled(1 / service_rate_per_server)
    const system = { arrivalRate: to.rate(arrival_rate), servers, serviceTime: exponential(units(1)) }
    return { meanServiceTime: 1 / service_rate_per_server, system }
  },
  md1: ({ arrival_rate, service_time }) => ({
    meanServiceTime: service_time,
    system: { arrivalRate: scaled(service_time).rate(arrival_rate), serviceTime: units(1) },
  }),
  mg1_lognormal: ({ arrival_rate, mean_service_time, service_scv }) => ({
    meanServiceTime: mean_service_time,
    system: {
      arrivalRate: scaled(mean_service_time).rate(arrival_rate),
      serviceTime: `{ distribution: lognormal, mean: ${units(1)}, cv: ${Math.sqrt(service_scv)} }`,
    },
  }),
  mg1_hyperexp: ({ arrival_rate, mean_service_time, service_scv }) => ({
    meanServiceTime: mean_service_time,
    system: {
      arrivalRate: scaled(mean_service_time).rate(arrival_rate),
      serviceTime: `{ distribution: hyperexponential, mean: ${units(1)}, cv: ${Math.sqrt(service_scv)} }`,
    },
  }),
  mg1_erlang: ({ arrival_rate, mean_service_time, erlang_stages }) => ({
    meanServiceTime: mean_service_time,
    system: {
      arrivalRate: scaled(mean_service_time).rate(arrival_rate),
      serviceTime: `{ distribution: erlang, mean: ${units(1)}, stages: ${erlang_stages} }`,
    },
  }),
  mg1_bimodal: ({ arrival_rate, fast_service_time, slow_service_time, slow_fraction }) => {
    const mean = fast_service_time * (1 - slow_fraction) + slow_service_time * slow_fraction
    const to = scaled(mean)
    const values = `[${to.time(fast_service_time)}, ${to.time(slow_service_time)}]`
    const serviceTime = `{ distribution: empirical, values: ${values}, weights: [${1 - slow_fraction}, ${slow_fraction}] }`
    return { meanServiceTime: mean, system: { arrivalRate: to.rate(arrival_rate), serviceTime } }
  },
  dm1_paced_client: ({ arrival_rate, service_rate }) => {
    const to = scaled(1 / service_rate)
    const system = {
      arrivalRate: to.rate(arrival_rate),
      gap: to.time(1 / arrival_rate),
      serviceTime: exponential(units(1)),
    }
    return { meanServiceTime: 1 / service_rate, system }
  },
  h2m1_bursty_client: ({ arrival_rate, service_rate, interarrival_scv }) => {
    const to = scaled(1 / service_rate)
    const gap = `{ distribution: hyperexponential, mean: ${to.time(1 / arrival_rate)}, cv: ${Math.sqrt(interarrival_scv)} }`
    return {
      meanServiceTime: 1 / service_rate,
      system: { arrivalRate: to.rate(arrival_rate), gap, serviceTime: exponential(units(1)) },
    }
  },
  round_robin_split: ({ total_arrival_rate, service_rate, pods }) => ({
    meanServiceTime: 1 / service_rate,
    system: {
      arrivalRate: scaled(1 / service_rate).rate(total_arrival_rate),
      pods,
      algorithm: 'roundRobin',
      serviceTime: exponential(units(1)),
    },
  }),
  mm1k: ({ arrival_rate, service_rate, capacity_including_in_service }) => ({
    meanServiceTime: 1 / service_rate,
    system: {
      arrivalRate: scaled(1 / service_rate).rate(arrival_rate),
      queueCapacity: capacity_including_in_service - 1,
      serviceTime: exponential(units(1)),
    },
  }),
  mmck: ({ arrival_rate, service_rate_per_server, servers, capacity_including_in_service }) => ({
    meanServiceTime: 1 / service_rate_per_server,
    system: {
      arrivalRate: scaled(1 / service_rate_per_server).rate(arrival_rate),
      servers,
      queueCapacity: capacity_including_in_service - servers,
      serviceTime: exponential(units(1)),
    },
  }),
}

/** A warm-up of ten relaxation times or more: a queue at ρ 0.95 forgets its beginning in 1,500 requests, the others in 600. */
function queueRun(warmUpRequests: number): QueueRun {
  return { replications: 12, requests: 60_000, warmUpRequests, seed: 20_260_201 }
}

/** Of systems with more than one queue, and of losses. */
const QUEUE_RUN = queueRun(6_000)

function runOf({ expected }: TheoryCase): QueueRun {
  return queueRun((expected.utilization ?? 0) >= 0.94 ? 15_000 : 6_000)
}

/**
 * Connections take no time here, so that a station with one pod sees the same requests at the same instants whether they share
 * connections or not, at half of the work. One family has a connection for each request.
 */
function connectionOf({ family }: TheoryCase, { pods }: QueueSystem): { connection?: 'keepAlive' } {
  return pods === undefined && family !== 'mm1' ? { connection: 'keepAlive' } : {}
}

describe('stations with one queue', () => {
  it.each(casesOf(...Object.keys(queueFamilies)))('$id', (given) => {
    const { family, parameters, expected, tolerance } = given
    const { system, meanServiceTime } = queueFamilies[family](parameters as Readonly<Record<string, number>>)
    const runs = runQueueSystem({ ...system, ...connectionOf(given, system) }, runOf(given))
    const toNs = scaled(meanServiceTime).ns
    for (const [name, value] of Object.entries(expected)) {
      const figure = queueFigures[name]
      if (figure === undefined) continue
      const inNs = figure.isTime ? toNs(value) : value
      expectFigure(runs.map(figure.of), inNs, tolerance[figure.tolerance] ?? 0)
    }
  })
})

function issued({ calls }: ReplicationMeasures): number {
  return Object.values(calls[0].outcomes).reduce((sum, count) => sum + count, 0)
}

const meanWait: QueueFigure = {
  of: ({ calls }) => calls[0].partMeansNs.queue,
  isTime: true,
  tolerance: 'mean',
}

/** What the metrics of the file are called here. */
const queueFigures: Readonly<Record<string, QueueFigure>> = {
  mean_response_time: meanResponse,
  mean_response_time_accepted: meanResponse,
  mean_wait: meanWait,
  mean_wait_accepted: meanWait,
  p50_response_time: quantile(0.5),
  p90_response_time: quantile(0.9),
  p95_response_time: quantile(0.95),
  p99_response_time: quantile(0.99),
  blocking_probability: {
    of: (run) => run.calls[0].outcomes.rejected / issued(run),
    isTime: false,
    tolerance: 'probability',
  },
  utilization: utilisation,
}

describe('loss systems (Erlang B)', () => {
  // The case of 131,072 servers is a connection table, not a pod.
  const small = casesOf('mmcc_erlang_b').filter(({ parameters }) => Number(parameters.servers) <= 1_000)
  it.each(small)('$id', ({ parameters, expected, tolerance }) => {
    const { servers, offered_load_erlangs: arrivalRate } = parameters as Readonly<Record<string, number>>
    const system: QueueSystem = {
      arrivalRate,
      servers,
      queueCapacity: 0,
      serviceTime: exponential(units(1)),
      connection: 'keepAlive',
    }
    const runs = runQueueSystem(system, QUEUE_RUN)
    const blocking = runs.map((run) => run.calls[0].outcomes.rejected / issued(run))
    expectFigure(blocking, expected.blocking_probability, tolerance.probability ?? 0)
  })
})

describe('a random split over pods of two speeds', () => {
  // Only even splits are what kube-proxy makes.
  const even = casesOf('heterogeneous_split').filter(({ parameters }) =>
    (parameters.classes as { probability: number }[]).every(({ probability }) => probability === 0.5),
  )
  it.each(even)('$id', ({ parameters, expected, tolerance }) => {
    const { total_arrival_rate, classes } = parameters as {
      total_arrival_rate: number
      classes: { service_rate: number }[]
    }
    const meanServiceTime = 1 / classes[0].service_rate
    const system = {
      arrivalRate: scaled(meanServiceTime).rate(total_arrival_rate),
      pods: 2,
      serviceTime: exponential(units(1)),
      speed: `{ "1": ${classes[1].service_rate / classes[0].service_rate} }`,
    }
    // p99 is that of the slower pod alone, and scatters widely: twelve replications are too few to tell.
    const runs = runQueueSystem(system, { ...QUEUE_RUN, replications: 48 })
    const toNs = scaled(meanServiceTime).ns
    expectFigure(runs.map(meanResponse.of), toNs(expected.mean_response_time), tolerance.mean ?? 0)
    expectFigure(runs.map(quantile(0.99).of), toNs(expected.p99_response_time), tolerance.percentile ?? 0)
  })
})

const onNodePort = 'via: nodePort, entryNodes: [node-0]'

describe('spread of connections over pods, chosen at random', () => {
  it.each(casesOf('connection_spread'))('$id', ({ parameters, expected }) => {
    const { connections, pods } = parameters as Readonly<Record<string, number>>
    const replications = connections > 10_000 ? 10 : 300
    const clients = `count: 1, ${onNodePort}, arrivals: { rate: 10/s, process: paced }`
    const horizonS = (connections + 0.5) / 10
    const runs = runAffinitySystem(
      { replicas: pods, nodes: 1, clients, warmUpS: 0, horizonS },
      replications,
      20_260_301,
    )
    const counts = runs.map(({ calls }) => calls[0].connections)
    for (const each of counts) expect(each.reduce((sum, count) => sum + count, 0)).toBe(connections)
    const mean = connections / pods
    expectFigure(
      counts.map((each) => Math.max(...each) / mean),
      expected.expected_max_over_mean,
      0.01,
    )
    const idle = estimate(counts.map((each) => each.filter((count) => count === 0).length))
    const threeErrors = Math.max(0.01, 1.5 * (idle.halfWidth95 ?? 0))
    expect(Math.abs((idle.value ?? Number.NaN) - expected.expected_idle_pods)).toBeLessThanOrEqual(
      threeErrors,
    )
  })
})

function affinityRatio(system: AffinitySystem, replications: number, seed: number, expected: number): void {
  const { ratio, returning } = pooledReturnRatio(runAffinitySystem(system, replications, seed))
  expect(Math.abs(ratio - expected)).toBeLessThanOrEqual(threeStandardErrors(expected, returning) + 1e-12)
}

describe('clients that come back', () => {
  it.each(casesOf('no_affinity'))('$id', ({ parameters, expected }) => {
    const replicas = Number(parameters.pods)
    const clients = `count: 10, ${onNodePort}, arrivals: { rate: 100/s }`
    const system = { replicas, nodes: 1, clients, warmUpS: 0, horizonS: 200 }
    affinityRatio(system, 1, 20_260_302, expected.prob_same_pod_consecutive)
  })

  const ways: Readonly<Record<string, { clients: string; algorithm: string }>> = {
    random: { clients: 'via: loadBalancer', algorithm: 'random' },
    round_robin: { clients: 'via: nodePort, entryPolicy: roundRobin', algorithm: 'roundRobin' },
    client_hash: { clients: 'via: loadBalancer', algorithm: 'sourceHash' },
  }

  it.each(casesOf('client_ip_affinity_nodes'))('$id', ({ parameters, expected }) => {
    const {
      pods,
      nodes,
      connections,
      load_balancer_node_choice: choice,
    } = parameters as {
      pods: number
      nodes: number
      connections: number
      load_balancer_node_choice: string
    }
    const { clients: way, algorithm } = ways[choice]
    const clients = `count: 50, ${way}, arrivals: { rate: 50/s, process: paced, order: inTurn }`
    const system = {
      replicas: pods,
      affinityTimeoutS: 86_400,
      nodes,
      clients,
      algorithm,
      warmUpS: 0,
      horizonS: connections + 0.01,
    }
    const runs = runAffinitySystem(system, 60, 20_260_303)
    const ratios = runs.map(({ calls }) => calls[0].stickiness.returnRatio)
    expectFigure(ratios, expected.prob_same_pod_consecutive, 1e-12)
  })

  it.each(casesOf('affinity_timeout'))('$id', ({ parameters, expected }) => {
    const {
      pods,
      nodes,
      mean_gap_seconds: gapS,
      timeout_seconds,
    } = parameters as Readonly<Record<string, number>>
    const count = 20
    const clients = `count: ${count}, via: loadBalancer, arrivals: { rate: ${count / gapS}/s }`
    const system = {
      replicas: pods,
      affinityTimeoutS: timeout_seconds,
      nodes,
      clients,
      algorithm: 'random',
      warmUpS: 0,
      horizonS: gapS * 400,
    }
    const ratios = runAffinitySystem(system, 20, 20_260_304).map(
      ({ calls }) => calls[0].stickiness.returnRatio,
    )
    expectFigure(ratios, expected.prob_same_pod_consecutive, 0)
  })

  it.each(casesOf('xt_recent_overflow'))('$id', ({ parameters, expected }) => {
    const { pods, active_clients: count } = parameters as Readonly<Record<string, number>>
    const clients = `count: ${count}, ${onNodePort}, arrivals: { rate: 1000/s }`
    const system = { replicas: pods, affinityTimeoutS: 86_400, nodes: 1, clients, warmUpS: 40, horizonS: 100 }
    const ratios = runAffinitySystem(system, 4, 20_260_305).map(
      ({ calls }) => calls[0].stickiness.returnRatio,
    )
    const { value } = estimate(ratios)
    expect(Math.abs((value ?? Number.NaN) - expected.prob_same_pod_consecutive)).toBeLessThanOrEqual(0.01)
  })
})

describe('externalTrafficPolicy with unequal numbers of pods on nodes', () => {
  it.each(casesOf('external_traffic_policy'))('$id', ({ parameters, expected }) => {
    const podsPerNode = parameters.pods_per_node as number[]
    const placement = podsPerNode.flatMap((count, node) =>
      Array.from({ length: count }, () => `node-${node}`),
    )
    const base = {
      replicas: placement.length,
      placement,
      nodes: podsPerNode.length,
      clients: 'count: 100, via: loadBalancer, arrivals: { rate: 1000/s }',
      algorithm: 'roundRobin',
      warmUpS: 0,
      horizonS: 30,
    }
    const shares = (externalTrafficPolicy: 'Cluster' | 'Local') => {
      const { connections } = runAffinitySystem({ ...base, externalTrafficPolicy }, 1, 20_260_306)[0].calls[0]
      const total = connections.reduce((sum, count) => sum + count, 0)
      return { total, shares: connections.map((count) => count / total) }
    }
    const expectShare = (share: number, law: number, total: number) =>
      expect(Math.abs(share - law)).toBeLessThanOrEqual(threeStandardErrors(law, total))
    const cluster = shares('Cluster')
    for (const share of cluster.shares)
      expectShare(share, expected.cluster_policy_share_per_pod, cluster.total)
    const local = shares('Local')
    for (const [pod, share] of local.shares.entries()) {
      const node = Number(placement[pod].slice('node-'.length))
      expectShare(share, expected[`local_policy_share_per_pod_on_node_${node + 1}`], local.total)
    }
  })
})
