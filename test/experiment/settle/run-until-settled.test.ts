import { describe, expect, it } from 'vitest'
import { loadExperiment } from '../../../src/experiment/load-experiment.js'
import { runExperiment } from '../../../src/experiment/run-experiment.js'
import { runUntilSettled } from '../../../src/experiment/settle/run-until-settled.js'
import type { Goals } from '../../../src/experiment/settle/settle-point.js'
import { namesAtPoints } from '../../../src/experiment/thresholds/figure-names.js'
import { resolveFigure } from '../../../src/experiment/thresholds/resolve-figure.js'
import { resultsToJson } from '../../../src/results/results-json.js'
import { shopInputs } from '../inputs.js'

const NO_GOALS: Goals = { thresholds: [], isExtending: false, precision: undefined, maxReplications: 100 }

function planOf(threshold?: string, axes: string[] = []) {
  const inputs = shopInputs({ axes, settings: ['warmUp=200ms', 'horizon=1s'] })
  return loadExperiment({ ...inputs, thresholds: threshold === undefined ? [] : [{ text: threshold }] })
}

/** The mean response time of the batch clients. */
function precisionOf(ratio: number) {
  const [figure] = resolveFigure('client.batch.mean', namesAtPoints(planOf().points))
  if (figure === undefined) throw new Error('no figure')
  return { figure, ratio }
}

describe('replications', () => {
  it('go on until the precision is reached, and are those of a run of as many', async () => {
    const plan = planOf()
    const settled = await runUntilSettled(plan, { ...NO_GOALS, precision: precisionOf(0.05) })
    const { precision } = settled.points[0]
    expect(settled.replications).toBeGreaterThan(10)
    expect(precision?.isReached).toBe(true)
    expect((precision?.halfWidth95 ?? 1) / (precision?.value ?? 1)).toBeLessThanOrEqual(0.05)
    const plain = await runExperiment({ ...plan, replications: settled.replications })
    expect(resultsToJson({ ...settled, points: [{ ...settled.points[0], precision: undefined }] })).toBe(
      resultsToJson(plain),
    )
  })

  it('end at the most that is allowed, which the results say; progress tells how far the precision has come', async () => {
    const notes = new Set<string | undefined>()
    const goals = { ...NO_GOALS, precision: precisionOf(0.0001), maxReplications: 12 }
    const settled = await runUntilSettled(planOf(), goals, { onProgress: ({ note }) => notes.add(note) })
    const [before, after] = [...notes]
    expect(before).toBe(undefined)
    expect(after).toMatch(/^half-width \d+(\.\d+)? % of 0.01 %$/)
    expect([settled.replications, settled.points[0]?.precision?.isReached]).toEqual([12, false])
  })

  it('go on until a threshold is decided', async () => {
    const first = await runExperiment({ ...planOf('client.batch.mean < 1s'), replications: 5 })
    const { value, halfWidth95 } = first.points[0]?.thresholds?.[0] ?? {}
    // A limit that five replications can not decide: nine tenths of a half-width above the mean.
    const limit = Math.round((value ?? 0) + 0.9 * (halfWidth95 ?? 0))
    const plan = planOf(`client.batch.mean < ${limit}ns`)
    const settled = await runUntilSettled(plan, {
      ...NO_GOALS,
      thresholds: plan.thresholds ?? [],
      isExtending: true,
      maxReplications: 160,
    })
    expect(settled.replications).toBeGreaterThan(5)
    expect(settled.points[0]?.thresholds?.[0]?.verdict).not.toBe('undecided')
  })

  it('differ from point to point of a sweep: points with more than the fewest say so', async () => {
    const plan = planOf(undefined, ['clients.batch.arrivals.rate=5/s,200/s'])
    const { replications, points } = await runUntilSettled(plan, {
      ...NO_GOALS,
      precision: precisionOf(0.08),
    })
    const counts = points.map((point) => point.replications ?? replications)
    expect(Math.min(...counts)).toBe(replications)
    expect(counts[0]).toBeGreaterThan(counts[1] ?? 0)
  })

  it('tell their progress up to the end', async () => {
    const ratios: number[] = []
    await runUntilSettled(
      planOf(),
      { ...NO_GOALS, precision: precisionOf(0.05) },
      { onProgress: ({ ratio }) => ratios.push(ratio) },
    )
    expect(Math.max(...ratios)).toBe(1)
    expect(ratios.every((ratio) => ratio > 0 && ratio <= 1)).toBe(true)
  })

  it('stop when they are told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(runUntilSettled(planOf(), NO_GOALS, { signal })).rejects.toThrow('enough')
  })
})
