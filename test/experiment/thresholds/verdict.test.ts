import { describe, expect, it } from 'vitest'
import { loadExperiment } from '../../../src/experiment/load-experiment.js'
import { runExperiment } from '../../../src/experiment/run-experiment.js'
import { runReplication } from '../../../src/experiment/run-replication.js'
import { combineCalls } from '../../../src/experiment/thresholds/combine-calls.js'
import { singleResults } from '../../../src/experiment/thresholds/judged-point.js'
import { verdictOf } from '../../../src/experiment/thresholds/verdict.js'
import { shopInputs } from '../inputs.js'

describe('a verdict', () => {
  // The interval is 8 to 12.
  const estimate = { value: 10, halfWidth95: 2 }
  it.each([
    ['<', 13, 'passed'],
    ['<', 12, 'undecided'],
    ['<', 9, 'undecided'],
    ['<', 8, 'failed'],
    ['<=', 12, 'passed'],
    ['<=', 8, 'undecided'],
    ['<=', 7.9, 'failed'],
    ['>', 7, 'passed'],
    ['>', 8, 'undecided'],
    ['>', 12, 'failed'],
    ['>=', 8, 'passed'],
    ['>=', 12, 'undecided'],
    ['>=', 12.1, 'failed'],
  ] as const)('of 10 ± 2 %s %d is %s', (operator, limit, verdict) => {
    expect(verdictOf(estimate, operator, limit)).toBe(verdict)
  })

  it('needs an interval and a value', () => {
    expect(verdictOf({ value: 10, halfWidth95: null }, '<', 1_000)).toBe('undecided')
    expect(verdictOf({ value: null, halfWidth95: null }, '<', 1_000)).toBe('undecided')
  })
})

describe('thresholds in results', () => {
  const judged = async (replications: number, ...texts: string[]) => {
    const inputs = shopInputs({ settings: [`replications=${replications}`] })
    const plan = loadExperiment({ ...inputs, thresholds: texts.map((text) => ({ text })) })
    const [point] = (await runExperiment(plan)).points
    return point
  }

  it('equal the figures of the report, with its interval', async () => {
    const point = await judged(3, 'client.batch.p99 < 1s', 'service.redis.stickiness.returnRatio <= 100%')
    const [batch, redis] = point?.thresholds ?? []
    const calls = point?.calls ?? []
    expect(batch).toMatchObject(calls.find(({ caller }) => caller === 'batch')?.responseTime.p99 ?? {})
    expect(redis).toMatchObject(
      calls.find(({ service }) => service === 'redis')?.stickiness.returnRatio ?? {},
    )
    expect([batch?.verdict, redis?.verdict]).toEqual(['passed', 'passed'])
  })

  it('are undecided after one replication, which the note says', async () => {
    const [threshold] = (await judged(1, 'client.batch.p99 < 1h'))?.thresholds ?? []
    expect(threshold).toMatchObject({
      verdict: 'undecided',
      halfWidth95: null,
      note: 'one replication has no interval: run with --replications 5 or more',
    })
  })

  it('average counts over replications, and figures over the pods of a workload', async () => {
    const point = await judged(3, 'pods.web.served > 1', 'pods.web.utilisation < 99%')
    const [served, utilisation] = point?.thresholds ?? []
    const pods = point?.pods.filter(({ workload }) => workload === 'web') ?? []
    const total = pods.reduce((sum, pod) => sum + pod.served, 0)
    const mean = pods.reduce((sum, pod) => sum + (pod.utilisation.value ?? 0), 0) / pods.length
    expect(pods).toHaveLength(2)
    expect(served?.value).toBeCloseTo(total / 3, 9)
    expect(utilisation?.value).toBeCloseTo(mean, 12)
  })

  it('leave out what a point of a sweep does not have', async () => {
    const inputs = shopInputs({ axes: ['web.replicas=1..3'], settings: ['replications=2'] })
    const plan = loadExperiment({ ...inputs, thresholds: [{ text: 'pods.web-1.utilisation < 99%' }] })
    const { points } = await runExperiment(plan)
    expect(points.map((point) => point.thresholds?.length)).toEqual([0, 1, 1])
  })
})

describe('the calls to one Service', () => {
  const [point] = loadExperiment(shopInputs()).points
  const measures = runReplication(point, { seed: 1, replication: 0, trace: undefined })
  const [result] = singleResults(point, [measures])
  const [browsers, batch] = ['browsers', 'batch'].map((name) =>
    result?.calls.find(({ caller }) => caller === name),
  )
  if (browsers === undefined || batch === undefined) throw new Error('the shop has two client groups')
  const both = combineCalls([browsers, batch])

  it('are one call, whose requests are those of all callers', () => {
    expect(both.outcomes.issued).toBe(browsers.outcomes.issued + batch.outcomes.issued)
    expect(both.offeredPerSec.value).toBe(
      (browsers.offeredPerSec.value ?? 0) + (batch.offeredPerSec.value ?? 0),
    )
    const sum = [browsers, batch].reduce(
      (total, each) => total + each.responseTime.count * (each.responseTime.mean.value ?? 0),
      0,
    )
    expect(both.responseTime.mean.value).toBeCloseTo(sum / both.responseTime.count, 3)
    expect(both.connections.perPod.map(({ count }) => count)).toEqual(
      browsers.connections.perPod.map(
        ({ count }, index) => count + (batch.connections.perPod[index]?.count ?? 0),
      ),
    )
    expect(both.stickiness.clients).toBe(23)
  })

  it('have the quantiles of all requests together', () => {
    const { p50, p99, max, min } = both.responseTime
    const times = [browsers, batch].map((each) => each.responseTime)
    expect(max.value).toBe(Math.max(...times.map((each) => each.max.value ?? 0)))
    expect(min.value).toBe(Math.min(...times.map((each) => each.min.value ?? 0)))
    for (const [name, value] of [
      ['p50', p50.value],
      ['p99', p99.value],
    ] as const) {
      const parts = times.map((each) => each[name].value ?? 0)
      expect(value).toBeGreaterThanOrEqual(Math.min(...parts))
      expect(value).toBeLessThanOrEqual(Math.max(...parts))
    }
    // The requests of one call, twice, have the quantiles of the call.
    const doubled = combineCalls([browsers, browsers]).responseTime
    for (const name of ['p50', 'p90', 'p99', 'p999'] as const) {
      expect(doubled[name].value).toBe(browsers.responseTime[name].value)
    }
  })
})
