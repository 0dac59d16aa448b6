import { describe, expect, test } from 'vitest'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { decodeTrace, encodeTrace, recordWorkload } from '../../src/experiment/record-workload.js'
import { runExperiment } from '../../src/experiment/run-experiment.js'
import { replicationInSlices, runReplication } from '../../src/experiment/run-replication.js'
import { shopInputs } from './inputs.js'

describe('recordWorkload', () => {
  test('keeps every request up to the horizon with its client and service times', () => {
    const plan = loadExperiment(shopInputs())
    const { groups, scenario, seed } = recordWorkload(plan.points[0], plan.seed)
    expect([scenario, seed]).toEqual(['shop', 1])
    expect(groups.map(({ name, clientCount, slots }) => [name, clientCount, slots])).toEqual([
      ['browsers', 20, ['browsers/web', 'browsers/web/redis']],
      ['batch', 3, ['batch/web', 'batch/web/redis']],
    ])
    const [{ timesNs, clients, demandsNs }] = groups
    expect(timesNs.length).toBeGreaterThan(250)
    expect(Math.max(...timesNs)).toBeLessThan(3_000_000_000)
    expect(new Set(clients).size).toBe(20)
    expect(new Set(demandsNs[1])).toEqual(new Set([1_000_000]))
  })

  test.each([1, 2, 77])('replayed, it gives the results of the run with seed %i', async (seed) => {
    const inputs = shopInputs({ settings: [`seed=${seed}`] })
    const plan = loadExperiment(inputs)
    const trace = decodeTrace(encodeTrace(recordWorkload(plan.points[0], seed)), 'shop.msgpack')
    const drawn = await runExperiment(plan)
    const replayed = await runExperiment(loadExperiment({ ...inputs, trace }))
    expect(replayed.points).toEqual(drawn.points)
  })

  test('is the same to the bit under every number of replicas', () => {
    const { points, seed } = loadExperiment(shopInputs({ axes: ['web.replicas=1..8'] }))
    const encoded = points.map((point) =>
      Buffer.from(encodeTrace(recordWorkload(point, seed))).toString('hex'),
    )
    expect(new Set(encoded).size).toBe(1)
  })

  test('is the demand that the run meets under every number of replicas', async () => {
    const inputs = shopInputs({ axes: ['web.replicas=1..4'] })
    const plan = loadExperiment(inputs)
    const trace = recordWorkload(plan.points[0], plan.seed)
    const drawn = await runExperiment(plan)
    const replayed = await runExperiment(loadExperiment({ ...inputs, trace }))
    expect(replayed.points).toEqual(drawn.points)
    expect(new Set(drawn.points.map(({ calls }) => calls[0].outcomes.issued)).size).toBe(1)
  })
})

test.each([1, 2, 7, 1_000])('a replication in %i slices is the replication', (sliceCount) => {
  const { points, seed } = loadExperiment(shopInputs())
  const options = { seed, replication: 3, trace: undefined }
  const sliceNs = 3_000_000_000 / sliceCount
  const slices = replicationInSlices(points[0], options, Math.floor(sliceNs))
  const ends: number[] = []
  let slice = slices.next(0)
  while (slice.done !== true) {
    ends.push(slice.value.nowNs)
    slice = slices.next(Math.floor(sliceNs * (ends.length + 1)))
  }
  expect(ends).toEqual(
    Array.from({ length: sliceCount - 1 }, (_, index) => Math.floor(sliceNs * (index + 1))),
  )
  expect(slice.value).toEqual(runReplication(points[0], options))
})
