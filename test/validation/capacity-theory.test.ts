/** The number of replicas that theory asks for: Erlang C behind a perfect balancer, more where pods are chosen at random. */
import { expect, it } from 'vitest'
import { findCapacity } from '../../src/experiment/capacity/capacity.js'
import { planCapacity } from '../../src/experiment/capacity/capacity-plan.js'
import { parseRateGrid } from '../../src/experiment/capacity/rate-grid.js'
import { type QueueSystem, queuePoint } from './queue-system.js'

/** Two erlang at 100/s: each pod has one server, which is held for 20 ms on average. */
const SYSTEM: QueueSystem = {
  arrivalRate: 0.1,
  serviceTime: '{ distribution: exponential, mean: 20ms }',
  pods: 3,
}
const RUN = { replications: 6, requests: 6_000, warmUpRequests: 500, seed: 7 }

/** The least number for a mean below 26.2 ms, at 50/s and 100/s. */
async function leastReplicas(algorithm?: string) {
  const { source } = queuePoint(algorithm === undefined ? SYSTEM : { ...SYSTEM, algorithm }, RUN)
  if (source === undefined) throw new Error('no source')
  const inputs = { ...source.inputs, thresholds: [{ text: 'mean < 26.2ms' }] }
  const rates = parseRateGrid('50..100/s', '50/s') ?? []
  const replicas = Array.from({ length: 12 }, (_, index) => index + 1)
  const { capacity } = await findCapacity(planCapacity(inputs, { rates, replicas, maxReplications: 96 }))
  return capacity
}

it('behind a balancer that sees the shortest queue it is that of Erlang C', async () => {
  const capacity = await leastReplicas('leastConnections')
  // M/M/3 has a mean of 28.9 ms, M/M/4 of 21.7 ms; with one erlang M/M/2 has 26.7 ms, M/M/3 20.9 ms.
  expect(capacity?.leastReplicas.map(({ replicas }) => replicas)).toEqual([3, 4])
  expect(capacity?.formulas?.rows.map(({ pooled }) => pooled)).toEqual([3, 4])
})

it('with a random choice it is larger, by what the split of the arrivals says', async () => {
  const capacity = await leastReplicas()
  // Each pod is M/M/1: 20 ms / (1 − 2/n) is 26.7 ms with eight and 25.7 ms with nine; with one erlang 26.7 ms and 25 ms.
  expect(capacity?.leastReplicas.map(({ replicas }) => replicas)).toEqual([5, 9])
  expect(capacity?.formulas?.rows.map(({ split }) => split)).toEqual([5, 9])
  expect(capacity?.formulas?.rows.map(({ pooled }) => pooled)).toEqual([3, 4])
})
