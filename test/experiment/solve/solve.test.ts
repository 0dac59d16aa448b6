import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/base/diagnostics.js'
import { loadExperiment } from '../../../src/experiment/load-experiment.js'
import { runExperiment } from '../../../src/experiment/run-experiment.js'
import { planSolve, type SolveQuestion, solve } from '../../../src/experiment/solve/solve.js'
import { parseSolveRange, type SolveRange } from '../../../src/experiment/solve/solve-range.js'
import { shopInputs } from '../inputs.js'

function range(text: string, step?: string): SolveRange {
  const parsed = parseSolveRange(text, step)
  if (parsed === undefined) throw new Error(text)
  return parsed
}

/** A shop of which one pod can not serve the browsers: four servers of 5 ms and a call, 700 requests a second. */
const inputs = (...thresholds: string[]) => ({
  ...shopInputs({
    settings: [
      'clients.browsers.arrivals.rate=700/s',
      'warmUp=200ms',
      'horizon=1200ms',
      'pods.web.queueCapacity=64',
    ],
  }),
  thresholds: thresholds.map((text) => ({ text })),
})

const replicas: SolveQuestion = {
  path: 'web.replicas',
  goal: 'minimise',
  range: range('1..12'),
  maxReplications: 40,
}

describe('solving', () => {
  it('finds the replicas that a sweep finds, and says what it tried', async () => {
    const given = inputs('client.browsers.p99 < 100ms')
    const { solve: answer, points, sweep } = await solve(planSolve(given, replicas))
    const all = await runExperiment(
      loadExperiment({
        ...given,
        settings: [...given.settings, { path: 'replications', value: 5 }],
        axes: [
          {
            name: 'web.replicas',
            values: [1, 2, 3, 4, 5].map((value) => ({
              label: String(value),
              settings: [{ path: 'web.replicas', value }],
            })),
          },
        ],
      }),
    )
    const least = all.points.find(({ thresholds }) => thresholds?.[0]?.verdict === 'passed')?.settings[0]
      ?.value
    expect(answer).toMatchObject({
      goal: 'minimise',
      path: 'web.replicas',
      range: '1..12',
      answer: least,
      isMonotone: true,
    })
    expect(Number(least)).toBeGreaterThan(1)
    expect(sweep).toEqual({ axes: ['web.replicas'] })
    expect(answer?.tried.slice(0, 2)).toEqual([
      { value: '1', verdict: 'failed' },
      { value: '12', verdict: 'passed' },
    ])
    // Points by value, each as a sweep would have it: common random numbers.
    expect(points.map(({ settings }) => Number(settings[0]?.value))).toEqual(
      answer?.tried.map(({ value }) => Number(value)).sort((a, b) => a - b),
    )
    expect(points[0]?.calls).toEqual(all.points[0]?.calls)
  })

  it('finds the largest rate', async () => {
    const question: SolveQuestion = {
      path: 'clients.browsers.arrivals.rate',
      goal: 'maximise',
      range: range('100..3000/s', '100'),
      maxReplications: 20,
    }
    const { solve: answer } = await solve(
      planSolve(inputs('client.browsers.outcomes.failedRatio < 1%'), question),
    )
    const rate = Number(answer?.answer?.replace('/s', ''))
    // Two pods of four servers, some 7 ms a request with its call: about 1,100 a second.
    expect(rate).toBeGreaterThan(600)
    expect(rate).toBeLessThan(1_500)
    expect(answer?.tried[0]?.value).toBe('3000/s')
  })

  it('says so where no value keeps the threshold, and where the first does', async () => {
    const none = (await solve(planSolve(inputs('client.browsers.min < 1ns'), replicas))).solve
    expect([none?.answer, none?.tried.map(({ verdict }) => verdict)]).toEqual([
      null,
      ['failed', 'failed', 'failed'],
    ])
    const all = (await solve(planSolve(inputs('client.browsers.min > 1ns'), replicas))).solve
    expect(all).toMatchObject({
      answer: '1',
      remark: 'It is the first of the range: a smaller one may do as well.',
    })
  })

  it('says so where more is worse again', async () => {
    // A share of returning connections falls with the replicas; a threshold the wrong way round passes at the first alone.
    const { solve: answer } = await solve(
      planSolve(inputs('client.browsers.stickiness.returnRatio > 90%'), replicas),
    )
    expect([answer?.answer, answer?.isMonotone]).toEqual(['1', false])
    expect(answer?.remark).toContain('The answer is not monotone: 1 passes and 2, 6 fails')
  })

  it('tells all errors of both ends before it runs anything', () => {
    const codes = (question: SolveQuestion, ...thresholds: string[]) => {
      try {
        planSolve(inputs(...thresholds), question)
        return []
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        return error.diagnostics.map(({ code }) => code)
      }
    }
    expect(codes({ ...replicas, path: 'clients.nobody.count' }, 'p99 < 1s')).toEqual(['SETTING_PATH'])
    expect(codes(replicas, 'p98 < 1s', 'x')).toEqual(['METRIC_UNKNOWN', 'THRESHOLD_SYNTAX'])
  })
})
