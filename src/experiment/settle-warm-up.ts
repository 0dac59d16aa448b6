/**
 * Finds the warm-up of a plan that leaves it open (`warmUp: mser5`): a pilot run of each design point, of the same horizon
 * and with random numbers of its own, says by MSER-5 when its start is over. The longest of all points is taken for every
 * replication of every point, so that all measure the same window. The pilots are not part of the results.
 *
 * The warm-up is fixed before the first measured request: what is measured has no say in what is cut off.
 */
import { setImmediate } from 'node:timers/promises'
import type { Diagnostic } from '../base/diagnostics.js'
import { nanoseconds } from '../base/nanoseconds.js'
import type { Scenario } from '../input/scenario-schema.js'
import { MSER5 } from '../input/warm-up-schema.js'
import { type WarmUpFinding, WarmUpSeries } from '../metrics/warm-up-series.js'
import { buildCallGraph } from '../model/call-sites.js'
import { simulateInSlices } from '../model/simulation.js'
import type { DesignPoint, ExperimentPlan } from './plan.js'

/** Number of the replication that is the pilot: no experiment has as many. */
type WarmUp = Scenario['spec']['warmUp']

const PILOT_REPLICATION = 1_000_000_000

/** The event loop gets a turn after each of these parts of a pilot run. */
const SLICES = 256

/**
 * Settles the warm-up.
 *
 * @returns the same plan if its warm-up was given
 * @throws InvariantError if the model contradicts itself; the reason of the signal
 */
export async function settleWarmUp(
  plan: ExperimentPlan,
  signal: AbortSignal | undefined,
): Promise<ExperimentPlan> {
  if (plan.points[0].scenario.spec.warmUp !== MSER5) return plan
  const findings: WarmUpFinding[] = []
  for (const point of plan.points) findings.push(await pilotRun(plan, point, signal))
  return withWarmUp(plan, findings)
}

/** Another plan of the same scenario with the warm-up that was found for one. */
export function withWarmUpOf(settled: ExperimentPlan, plan: ExperimentPlan): ExperimentPlan {
  if (settled.hasFoundWarmUp !== true) return plan
  const { warmUp } = settled.points[0].scenario.spec
  return {
    ...plan,
    hasFoundWarmUp: true,
    points: plan.points.map((point) => withFixedWarmUp(point, warmUp)),
  }
}

/** The point with a warm-up, ns. */
export function withFixedWarmUp(point: DesignPoint, warmUp: WarmUp): DesignPoint {
  const { scenario } = point
  return { ...point, scenario: { ...scenario, spec: { ...scenario.spec, warmUp } } }
}

/** The plan with its pilots' findings: the longest warm-up, and a warning where a pilot was too short to tell. */
function withWarmUp(plan: ExperimentPlan, findings: readonly WarmUpFinding[]): ExperimentPlan {
  const warmUp = nanoseconds(findings.reduce((most, { warmUpNs }) => Math.max(most, warmUpNs), 0))
  return {
    ...plan,
    hasFoundWarmUp: true,
    points: plan.points.map((point, index) => ({
      ...point,
      scenario: { ...point.scenario, spec: { ...point.scenario.spec, warmUp } },
      pilotWarmUpNs: findings[index].warmUpNs,
    })),
    warnings: findings.some(({ isTooShort }) => isTooShort)
      ? [...plan.warnings, tooShortWarning(plan)]
      : plan.warnings,
  }
}

function tooShortWarning({ points }: ExperimentPlan): Diagnostic {
  const where = points.length === 1 ? 'The run' : 'The run of some point'
  return {
    severity: 'warning',
    code: 'WARM_UP_UNCERTAIN',
    message: `${where} is too short to tell where its warm-up ends: response times still change in the second half, or there are too few requests`,
    hint: 'make the horizon longer',
  }
}

async function pilotRun(
  { seed, trace }: ExperimentPlan,
  { cluster, scenario }: DesignPoint,
  signal: AbortSignal | undefined,
): Promise<WarmUpFinding> {
  const horizonNs = scenario.spec.horizon
  const { sites } = buildCallGraph(cluster, scenario)
  const series = new WarmUpSeries(
    sites.map(({ group }) => group !== undefined),
    horizonNs,
  )
  const pilot = { ...scenario, spec: { ...scenario.spec, warmUp: nanoseconds(0) } }
  const sliceNs = Math.ceil(horizonNs / SLICES)
  const options = { cluster, scenario: pilot, seed, replication: PILOT_REPLICATION, trace }
  const slices = simulateInSlices(options, series, sliceNs)
  for (let slice = slices.next(sliceNs); slice.done !== true; ) {
    await setImmediate()
    signal?.throwIfAborted()
    slice = slices.next(slice.value.nowNs + sliceNs)
  }
  return series.finding()
}
