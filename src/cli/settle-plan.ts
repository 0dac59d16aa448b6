/** Runs a plan until its thresholds are decided and its figure is precise, if the options ask for that; see `experiment/settle`. */
import type { ExperimentPlan } from '../experiment/plan.js'
import type { RunOptions } from '../experiment/run-experiment.js'
import { runUntilSettled } from '../experiment/settle/run-until-settled.js'
import type { Goals } from '../experiment/settle/settle-point.js'
import { namesAtPoints } from '../experiment/thresholds/figure-names.js'
import { resolveFigure } from '../experiment/thresholds/resolve-figure.js'
import type { Results } from '../results/results-schema.js'
import { usageError } from './exit-codes.js'
import { optionPlace } from './load-plan.js'
import type { JudgingOptions, SettlingOptions } from './options.js'

type Options = JudgingOptions & SettlingOptions & { readonly quiet?: boolean }

/** The options that settle how many replications there are, as they are written in the command that repeats a run. */
export function settlingArguments({
  precision,
  watch,
  onUndecided,
  maxReplications,
}: Options): readonly string[] {
  if (precision === undefined && onUndecided !== 'extend') return []
  return [
    ...(precision === undefined ? [] : ['--precision', String(precision)]),
    ...(watch === undefined ? [] : ['--watch', watch]),
    ...(onUndecided === 'extend' ? ['--on-undecided', 'extend'] : []),
    '--max-replications',
    String(maxReplications),
  ]
}

/** @throws InputError USAGE if an option has nothing that it is about */
export function checkSettling({ precision, watch }: Options): void {
  if (watch !== undefined && precision === undefined)
    throw usageError('--watch goes with --precision', 'add --precision 2%')
}

/**
 * How a plan is run until it is settled; undefined: nothing of the kind is asked for.
 *
 * @throws InputError METRIC_UNKNOWN, NAME_UNKNOWN for `--watch`
 */
export function settlingRun(
  plan: ExperimentPlan,
  options: Options,
): ((runOptions: RunOptions) => Promise<Results>) | undefined {
  const isSettling = options.precision !== undefined || options.onUndecided === 'extend'
  if (!isSettling) return undefined
  const goals = goalsOf(plan, options)
  return (runOptions) => runUntilSettled(plan, goals, runOptions)
}

function goalsOf(plan: ExperimentPlan, { precision, watch, onUndecided, maxReplications }: Options): Goals {
  return {
    thresholds: plan.thresholds ?? [],
    isExtending: onUndecided === 'extend',
    maxReplications,
    precision: precision === undefined ? undefined : { ratio: precision, figure: watchedFigure(plan, watch) },
  }
}

/** A metric alone is that of the first client group. */
function watchedFigure({ points }: ExperimentPlan, watch: string | undefined) {
  const place = watch === undefined ? undefined : optionPlace('--watch', watch)
  const [figure] = resolveFigure(watch ?? 'responseTime.mean', namesAtPoints(points), place)
  return figure
}
