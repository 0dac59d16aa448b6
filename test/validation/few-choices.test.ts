/**
 * Balancers that choose by how busy targets are, all of them or a few drawn: held against exact chains and fluid limits
 * (test/data/validation/theory.json) and published figures (published-load-balancers.json).
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { estimate } from '../../src/metrics/estimate.js'
import type { AlgorithmName } from '../../src/routing/algorithms.js'
import { algorithm, choicesOf, connection, countsOf, streamDraw } from '../routing/balancing.js'
import { estimateOf, meanResponse, type QueueRun, runQueueSystem, UNIT_NS } from './queue-system.js'

interface Case {
  readonly id: string
  readonly family: string
  // Parameters differ from family to family.
  readonly parameters: Readonly<Record<string, number>> & { readonly policy_key?: string }
  readonly expected: Readonly<Record<string, number>>
  readonly tolerance: { readonly all?: number; readonly mean?: number }
}

function casesOf(family: string): Case[] {
  const text = readFileSync(new URL('../data/validation/theory.json', import.meta.url), 'utf8')
  const cases: readonly Case[] = JSON.parse(text).cases
  return cases.filter((each) => each.family === family)
}

const POLICIES: Readonly<Record<string, AlgorithmName>> = {
  jsq: 'leastConnections',
  p2: 'powerOfChoices',
  p2r: 'powerOfChoicesWithReplacement',
  jiq: 'joinIdleQueue',
}

const EXPONENTIAL = '{ distribution: exponential, mean: 1ms }'

/** Mean response time of pods of one server each, at a utilisation, by an algorithm. */
function meanOf(
  {
    pods,
    utilisation,
    name,
    choices = 2,
  }: { pods: number; utilisation: number; name: AlgorithmName; choices?: number },
  run: QueueRun,
) {
  const system = { arrivalRate: pods * utilisation, pods, serviceTime: EXPONENTIAL, algorithm: name, choices }
  return runQueueSystem(system, run)
}

function expectMean(value: number, halfWidth: number, expected: number, relative: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(Math.max(relative * expected, 1.5 * halfWidth))
}

describe('two picks among busy and idle hosts', () => {
  const shares = (name: AlgorithmName, counts: readonly number[]) => {
    const balancer = algorithm(name, counts.length, { drawBelow: streamDraw('picks') })
    for (const [target, count] of counts.entries())
      for (let open = 0; open < count; open++) balancer.opened(target)
    return countsOf(choicesOf(balancer, 100_000), counts.length).map((count) => count / 100_000)
  }

  it.each(casesOf('p2c_selection'))('$id', ({ parameters, expected, tolerance }) => {
    const { hosts, busy_hosts } = parameters
    const counts = Array.from({ length: hosts }, (_, host) => (host < busy_hosts ? 1 : 0))
    const picked = shares('powerOfChoicesWithReplacement', counts)
    for (const [host, count] of counts.entries()) {
      const wanted = count === 1 ? expected.prob_each_busy_host : expected.prob_each_idle_host
      expect(Math.abs(picked[host] - wanted)).toBeLessThanOrEqual(tolerance.all ?? 0)
    }
  })

  it.each([
    [
      [0, 0, 1],
      [0.4445, 0.4445, 0.111],
    ],
    [
      [0, 1],
      [0.75, 0.25],
    ],
  ])('of hosts with %j connections are as in the test of Envoy (P-LB-10)', (counts, wanted) => {
    const picked = shares('powerOfChoicesWithReplacement', counts)
    for (const [host, share] of picked.entries()) expect(Math.abs(share - wanted[host])).toBeLessThan(0.01)
  })

  it('never fall on the busiest host where they differ and it is alone', () => {
    expect(shares('powerOfChoices', [0, 0, 1])[2]).toBe(0)
  })
})

describe('connections that stay', () => {
  it.each(casesOf('static_choices'))('$id', ({ parameters, expected, tolerance }) => {
    const pods = 4_000
    const tuning = { choices: parameters.choices }
    const balancer = algorithm('powerOfChoicesWithReplacement', pods, {
      drawBelow: streamDraw('stay'),
      tuning,
    })
    const counts = new Array<number>(pods).fill(0)
    for (let index = 0; index < pods * parameters.connections_per_pod; index++) {
      const target = balancer.choose(connection(index))
      balancer.opened(target)
      counts[target]++
    }
    for (const [name, share] of Object.entries(expected)) {
      const least = Number(name.replace('fraction_at_least_', ''))
      const seen = counts.filter((count) => count >= least).length / pods
      expect(Math.abs(seen - share), name).toBeLessThanOrEqual(tolerance.all ?? 0)
    }
  })
})

describe('few pods, exactly', () => {
  const RUN: QueueRun = { replications: 10, requests: 60_000, warmUpRequests: 5_000, seed: 20_260_301 }

  it.each(casesOf('dispatch_exact'))('$id', ({ parameters, expected, tolerance }) => {
    const { pods, utilization_per_pod: utilisation, policy_key = '' } = parameters
    const runs = meanOf({ pods, utilisation, name: POLICIES[policy_key] }, RUN)
    const { value, halfWidth95 } = estimateOf(runs, meanResponse)
    expectMean(value ?? 0, halfWidth95 ?? 0, expected.mean_response_time, tolerance.mean ?? 0)
    const wait = estimate(runs.map(({ calls }) => (calls[0].responseTimes.meanNs() ?? 0) / UNIT_NS - 1))
    expectMean(wait.value ?? 0, wait.halfWidth95 ?? 0, expected.mean_wait, tolerance.mean ?? 0)
  })
})

describe('very many pods', () => {
  it.each(casesOf('supermarket_limit'))('$id', ({ parameters, expected, tolerance }) => {
    const { utilization_per_pod: utilisation, choices } = parameters
    const isNearlyFull = utilisation > 0.95
    const run: QueueRun = {
      replications: 2,
      requests: isNearlyFull ? 600_000 : 150_000,
      warmUpRequests: isNearlyFull ? 300_000 : 30_000,
      seed: 20_260_302,
    }
    const runs = meanOf({ pods: 500, utilisation, name: 'powerOfChoices', choices }, run)
    const { value } = estimateOf(runs, meanResponse)
    expect(Math.abs((value ?? 0) - expected.mean_response_time)).toBeLessThanOrEqual(
      (tolerance.all ?? 0) * expected.mean_response_time,
    )
  })
})

describe('ten pods at nine tenths of their capacity (P-LB-15)', () => {
  const RUN: QueueRun = { replications: 8, requests: 150_000, warmUpRequests: 30_000, seed: 20_260_303 }
  // The row of roundRobin, 5.6603, is T-round_robin_split-03 of theory.test.ts: the same pods, arrivals and service times.
  const ladder: readonly (readonly [AlgorithmName, number])[] = [
    ['random', 10],
    ['powerOfChoicesWithReplacement', 3.113],
    ['powerOfChoices', 2.982],
    ['joinIdleQueue', 2.401],
    ['leastConnections', 1.912],
  ]

  it.each(ladder)('take as long as published by %s: %s', (name, mean) => {
    const { value, halfWidth95 } = estimateOf(meanOf({ pods: 10, utilisation: 0.9, name }, RUN), meanResponse)
    expectMean(value ?? 0, halfWidth95 ?? 0, mean, 0.01)
  })
})
