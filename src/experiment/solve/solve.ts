/**
 * The least or greatest value of one field with which a scenario keeps its thresholds. Every value is a design point; all share
 * the seed, so that they meet the same demand (common random numbers), and each gets replications until it is decided.
 */
import type { Axis } from '../../input/settings.js'
import type { Results, SolveResult } from '../../results/results-schema.js'
import { openExecutor } from '../executors/open-executor.js'
import { type ExperimentInputs, loadExperiment } from '../load-experiment.js'
import type { DesignPoint, ExperimentPlan } from '../plan.js'
import { type RunOptions, runReplications } from '../run-experiment.js'
import { SettlingProgress, settledResults } from '../settle/run-until-settled.js'
import { type Goals, type SettledPoint, settlePoint } from '../settle/settle-point.js'
import { settleWarmUp, withWarmUpOf } from '../settle-warm-up.js'
import { pointVerdict } from '../thresholds/point-verdict.js'
import { findLeast, type LeastFound } from './find-least.js'
import type { SolveRange } from './solve-range.js'

/** What is sought. */
export interface SolveQuestion {
  /** The field, as in `--set`. */
  readonly path: string
  readonly goal: 'minimise' | 'maximise'
  readonly range: SolveRange
  /** No value gets more, unless the scenario asks for more. */
  readonly maxReplications: number
}

/** A question whose both ends were checked. */
export interface SolvePlan {
  readonly question: SolveQuestion
  readonly inputs: ExperimentInputs
  /** Of both ends of the range: seed, thresholds, digest, warnings. */
  readonly ends: ExperimentPlan
}

/**
 * Checks a scenario at both ends of the range.
 *
 * @param inputs - thresholds are those of the question; the scenario's own count too
 * @throws InputError as `loadExperiment`
 */
export function planSolve(inputs: ExperimentInputs, question: SolveQuestion): SolvePlan {
  const { values } = question.range
  const ends = values.length === 1 ? values : [values[0], values[values.length - 1]]
  return { question, inputs, ends: loadExperiment({ ...inputs, axes: [axisOf(question.path, ends)] }) }
}

/**
 * Seeks the answer.
 *
 * @returns results of every value tried, by value, with the section `solve`
 * @throws InputError if a value between the ends makes no scenario; as `runExperiment`
 */
export async function solve(plan: SolvePlan, options: RunOptions = {}): Promise<Results> {
  const { question } = plan
  const ends = await settleWarmUp(plan.ends, options.signal)
  const points = new Map<number, SettledPoint & { readonly point: DesignPoint }>()
  const progress = new SettlingProgress(options)
  const goals = goalsOf(plan)
  const executor = options.executor ?? openExecutor(options)
  const tryValue = async (candidate: number) => {
    const valuePlan = withWarmUpOf(ends, planAt(plan, valueIndex(question, candidate)))
    const [point] = valuePlan.points
    const settled = await settlePoint(valuePlan, point, goals, ends.replications, (range) => {
      const runOptions = progress.optionsFor(range.to - range.from, 1)
      return runReplications(valuePlan, 0, range, { ...runOptions, executor })
    })
    points.set(valueIndex(question, candidate), { ...settled, point })
    return pointVerdict(settled.result)
  }
  const found = await findLeast(question.range.values.length, tryValue).finally(async () => {
    if (executor !== options.executor) await executor.close()
  })
  const byValue = [...points].sort(([left], [right]) => left - right).map(([, point]) => point)
  const results = settledResults({ ...ends, points: byValue.map(({ point }) => point) }, byValue)
  return { ...results, solve: solveResult(plan, found) }
}

function goalsOf({ ends, question }: SolvePlan): Goals {
  return {
    thresholds: ends.thresholds ?? [],
    isExtending: true,
    isOneFailureEnough: true,
    precision: undefined,
    maxReplications: question.maxReplications,
  }
}

/** Candidates run from the most wanted value: the least, or the greatest. */
function valueIndex({ goal, range }: SolveQuestion, candidate: number): number {
  return goal === 'minimise' ? candidate : range.values.length - 1 - candidate
}

/** The plan of one value. */
function planAt({ inputs, question }: SolvePlan, index: number): ExperimentPlan {
  return loadExperiment({ ...inputs, axes: [axisOf(question.path, [question.range.values[index]])] })
}

function axisOf(path: string, values: readonly (number | string)[]): Axis {
  return {
    name: path,
    values: values.map((value) => ({ label: String(value), settings: [{ path, value }] })),
  }
}

function solveResult({ question, ends }: SolvePlan, found: LeastFound): SolveResult {
  const { path, goal, range } = question
  const label = (candidate: number) => String(range.values[valueIndex(question, candidate)])
  const remark = remarksOf(question, found, label).join(' ')
  return {
    path,
    goal,
    range: range.text,
    step: range.step,
    until: (ends.thresholds ?? []).map(({ text }) => text),
    answer: found.answer === undefined ? null : label(found.answer),
    isMonotone: found.isMonotone,
    ...(remark === '' ? {} : { remark }),
    tried: found.tried.map(({ index, verdict }) => ({ value: label(index), verdict })),
  }
}

function remarksOf(
  { goal, maxReplications }: SolveQuestion,
  { answer, isMonotone, tried }: LeastFound,
  label: (candidate: number) => string,
): string[] {
  const remarks: string[] = []
  if (answer === 0) {
    remarks.push(
      `It is the ${goal === 'minimise' ? 'first' : 'last'} of the range: a ${goal === 'minimise' ? 'smaller' : 'larger'} one may do as well.`,
    )
  }
  if (!isMonotone) {
    const failed = tried.filter(({ index, verdict }) => verdict === 'failed' && index > (answer ?? 0))
    const names = failed.map(({ index }) => label(index)).join(', ')
    remarks.push(
      `The answer is not monotone: ${label(answer ?? 0)} passes and ${names} fails, so other values may pass and fail as well.`,
    )
  }
  const undecided = tried.filter(({ verdict }) => verdict === 'undecided').map(({ index }) => label(index))
  if (undecided.length > 0) {
    remarks.push(
      `Undecided after ${maxReplications} replications, and taken as not passed: ${undecided.join(', ')}; --max-replications allows more.`,
    )
  }
  return remarks
}
