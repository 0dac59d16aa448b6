/** `svcsim capacity`: how many replicas a Service takes, by rate, and what stands beside that answer. */
import { findCapacity } from '../../experiment/capacity/capacity.js'
import { type CapacityQuestion, planCapacity } from '../../experiment/capacity/capacity-plan.js'
import { type GridRate, parseRateGrid } from '../../experiment/capacity/rate-grid.js'
import type { ExperimentInputs } from '../../experiment/load-experiment.js'
import { parseSolveRange } from '../../experiment/solve/solve-range.js'
import type { ReportFormat } from '../../report/render-report.js'
import type { Results } from '../../results/results-schema.js'
import { deliverResults, outputTarget } from '../deliver-results.js'
import { ThresholdFailed, usageError } from '../exit-codes.js'
import { loadInputs, refuseAxes, withCommand, writtenThreshold } from '../load-plan.js'
import type { ExecutionOptions, InputOptions, OutputOptions } from '../options.js'
import { runPlan } from '../run-plan.js'
import type { Surroundings } from '../surroundings.js'

export interface CapacityOptions extends CapacityInputOptions, OutputOptions {}

/** What the question is made of. */
export interface CapacityInputOptions extends InputOptions, Pick<ExecutionOptions, 'workers' | 'queue'> {
  readonly rate: string
  readonly rateStep?: string
  readonly replicas: string
  readonly slo?: readonly string[]
  readonly at?: string
  readonly client?: string
  readonly workload?: string
  readonly maxReplications: number
}

/** What goes into a folder: a page to look at, a page for a repository, and the figures. */
const FOLDER_FORMATS: readonly ReportFormat[] = ['html', 'md', 'json', 'csv']

/** @throws InputError, OutputError, ClosedPipe, Interruption, Fault; ThresholdFailed if no number of replicas is enough */
export async function capacityVerb(
  scenario: string,
  options: CapacityOptions,
  surroundings: Surroundings,
): Promise<void> {
  refuseAxes('capacity', scenario, options)
  if (options.output !== undefined) outputTarget(options.output, surroundings.cwd)
  const results = await capacityResults(scenario, options, surroundings)
  await deliverResults(results, options, surroundings, { folderFormats: FOLDER_FORMATS })
  if (results.capacity?.details.replicas === null)
    throw new ThresholdFailed('no number of replicas that was tried keeps the objectives')
}

/**
 * Looks for the capacity, and delivers it to nobody.
 *
 * @throws InputError, Interruption, Fault
 */
export async function capacityResults(
  scenario: string,
  options: CapacityInputOptions,
  surroundings: Surroundings,
): Promise<Results> {
  const question = questionOf(options)
  const loaded = await loadInputs(scenario, options, surroundings)
  if (loaded.trace !== undefined) {
    throw usageError(
      'a recorded workload has the rate that it has',
      'leave out --trace and spec.workload: capacity draws requests at each rate',
    )
  }
  const inputs: ExperimentInputs = {
    ...loaded,
    thresholds: (options.slo ?? []).map((text) => writtenThreshold('--slo', text)),
  }
  const plan = planCapacity(inputs, question)
  if (plan.ends.thresholds === undefined) {
    throw usageError('there is no objective to keep', "say what is to hold with --slo 'p99 < 250ms'")
  }
  const given = { ...options, resultArguments: capacityArguments(options) }
  const ends = withCommand('capacity', plan.ends, loaded.files, given, surroundings)
  return runPlan(ends, options, surroundings, (runOptions) => findCapacity({ ...plan, ends }, runOptions))
}

/** @throws InputError USAGE */
function questionOf(options: CapacityInputOptions): CapacityQuestion {
  const { rate, rateStep, at, client, workload, maxReplications } = options
  const rates = parseRateGrid(rate, rateStep)
  if (rates === undefined) {
    const given = rateStep === undefined ? `"${rate}"` : `"${rate}" in steps of "${rateStep}"`
    throw usageError(
      `--rate ${given} is no range of 1 to 1,000 rates above 0`,
      'write FIRST..LAST as 100..2000/s, with --rate-step in the same unit',
    )
  }
  return {
    rates,
    replicas: replicaCounts(options.replicas),
    maxReplications,
    ...(at === undefined ? {} : { detailsAt: detailsAt(at, rates) }),
    ...(client === undefined ? {} : { client }),
    ...(workload === undefined ? {} : { workload }),
  }
}

function replicaCounts(text: string): readonly number[] {
  const counts = parseSolveRange(text)?.values.flatMap((value) =>
    Number.isSafeInteger(value) ? Number(value) : [],
  )
  if (counts === undefined || counts.length === 0 || counts[0] === 0)
    throw usageError(`--replicas "${text}" is no range of numbers from 1`, 'write FIRST..LAST as 1..20')
  return counts
}

function detailsAt(text: string, rates: readonly GridRate[]): GridRate {
  const [rate] = parseRateGrid(text) ?? []
  const [first, last] = [rates[0], rates[rates.length - 1]]
  if (rate === undefined || rate.perSec < first.perSec || rate.perSec > last.perSec)
    throw usageError(`--at "${text}" is no rate from ${first.text} to ${last.text}`, 'write it as 400/s')
  return rate
}

/** The options that change results, as they are written. */
export function capacityArguments(options: CapacityInputOptions): string[] {
  const { rate, rateStep, replicas, slo = [], at, client, workload, maxReplications } = options
  const optional = { '--rate-step': rateStep, '--at': at, '--client': client, '--workload': workload }
  return [
    '--rate',
    rate,
    '--replicas',
    replicas,
    ...slo.flatMap((text) => ['--slo', text]),
    ...Object.entries(optional).flatMap(([name, value]) => (value === undefined ? [] : [name, value])),
    '--max-replications',
    String(maxReplications),
  ]
}
