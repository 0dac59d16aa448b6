import { describe, expect, it } from 'vitest'
import {
  estimateOf,
  meanResponse,
  type QueueRun,
  type QueueSystem,
  runQueueSystem,
  units,
} from './queue-system.js'

/**
 * Queues with closed forms. Thirty replications with fixed seeds; the 95 % interval of the mean response time must contain
 * the formula's value. The formula stands above each row; λ arrivals per unit, μ = 1.
 */
interface KnownAnswer {
  readonly name: string
  readonly system: QueueSystem
  readonly meanResponse: number
  readonly rejectedRatio?: number
}

const answers: KnownAnswer[] = [
  {
    // E[T] = 1 / (μ − λ)
    name: 'M/M/1 at ρ 0.8',
    system: { arrivalRate: 0.8, serviceTime: `{ distribution: exponential, mean: ${units(1)} }` },
    meanResponse: 5,
  },
  {
    // E[T] = 1/μ + C(c, a) / (cμ − λ), Erlang C = 0.5094339623
    name: 'M/M/4 at ρ 0.75',
    system: { arrivalRate: 3, servers: 4, serviceTime: `{ distribution: exponential, mean: ${units(1)} }` },
    meanResponse: 1.509433962,
  },
  {
    // Pollaczek-Khinchine: E[W] = ρ / (2 (1 − ρ)) · 1/μ
    name: 'M/D/1 at ρ 0.8',
    system: { arrivalRate: 0.8, serviceTime: units(1) },
    meanResponse: 3,
  },
  {
    // Pollaczek-Khinchine: E[W] = λ E[S²] / (2 (1 − ρ)), E[S²] = 1 + cv² = 3.25
    name: 'M/G/1 with lognormal service of cv 1.5 at ρ 0.6',
    system: { arrivalRate: 0.6, serviceTime: `{ distribution: lognormal, mean: ${units(1)}, cv: 1.5 }` },
    meanResponse: 3.4375,
  },
  {
    // E[S²] = (k + 1) / k = 1.5
    name: 'M/E2/1 at ρ 0.7',
    system: { arrivalRate: 0.7, serviceTime: `{ distribution: erlang, mean: ${units(1)}, stages: 2 }` },
    meanResponse: 2.75,
  },
  {
    // L / (λ (1 − π_K)), π_i = ρ^i / Σ ρ^j, K = 10; π_K of the arrivals are turned away
    name: 'M/M/1/10 at ρ 0.8, which turns away 2.349 % of its arrivals',
    system: {
      arrivalRate: 0.8,
      queueCapacity: 9,
      serviceTime: `{ distribution: exponential, mean: ${units(1)} }`,
    },
    meanResponse: 3.797097504,
    rejectedRatio: 0.02349285758,
  },
  {
    // A random split of a Poisson stream: R independent M/M/1 of λ / R
    name: "kube-proxy's random split over 5 pods at ρ 0.7",
    system: { arrivalRate: 3.5, pods: 5, serviceTime: `{ distribution: exponential, mean: ${units(1)} }` },
    meanResponse: 3.333333333,
  },
  {
    // D/M/1: 1 / (μ (1 − σ)), σ = exp(−(1 − σ) / ρ)
    name: 'D/M/1 at ρ 0.8',
    system: {
      arrivalRate: 0.8,
      gap: units(1.25),
      serviceTime: `{ distribution: exponential, mean: ${units(1)} }`,
    },
    meanResponse: 2.69273084,
  },
]

const RUN: QueueRun = { replications: 30, requests: 40_000, warmUpRequests: 8_000, seed: 20_260_101 }

/**
 * Connections take no time here: stations with one pod see the same requests at the same instants whether these share connections or
 * not, at half of the work. The first row has a connection for each request.
 */
function connectionOf({ system }: KnownAnswer, index: number): Pick<QueueSystem, 'connection'> {
  return index > 0 && system.pods === undefined ? { connection: 'keepAlive' } : {}
}

describe('mean response times of queues with closed forms', () => {
  it.each(answers.map((answer, index) => ({ ...answer, index })))('$name', ({ index, ...answer }) => {
    const runs = runQueueSystem({ ...answer.system, ...connectionOf(answer, index) }, RUN)
    const { value, halfWidth95 } = estimateOf(runs, meanResponse)
    expect(Math.abs((value ?? Number.NaN) - answer.meanResponse)).toBeLessThanOrEqual(halfWidth95 ?? 0)
    if (answer.rejectedRatio === undefined) return
    const rejected = estimateOf(runs, ({ calls: [call] }) => {
      const issued = Object.values(call.outcomes).reduce((sum, count) => sum + count, 0)
      return call.outcomes.rejected / issued
    })
    expect(Math.abs((rejected.value ?? Number.NaN) - answer.rejectedRatio)).toBeLessThanOrEqual(
      rejected.halfWidth95 ?? 0,
    )
  })
})
