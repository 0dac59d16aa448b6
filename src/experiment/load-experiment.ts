/**
 * From texts to a plan: every design point of a sweep gets a scenario and manifests with its own settings, and the cluster
 * that the control plane makes of them. Pure: the same texts give the same plan.
 *
 * All that can be wrong is found here, in one pass over the scenario, the manifests and all points.
 */
import { type Diagnostic, InputError, type Origin } from '../base/diagnostics.js'
import { type ReadScenario, scenarioReader } from '../input/read-scenario.js'
import type { Scenario, ScenarioSpec } from '../input/scenario-schema.js'
import { type Axis, axesOf, type Setting } from '../input/settings.js'
import { compileCluster } from '../kubernetes/compile-cluster.js'
import { rulesOfNodes } from '../kubernetes/node-rules.js'
import { type RulesOfNodes, rememberingRules } from '../kubernetes/remembered-rules.js'
import { PointChecker } from './check-points.js'
import { tableErrors } from './check-table.js'
import { type Combination, combinationsOf } from './combinations.js'
import { drawFrom } from './draws.js'
import { GatheredFindings } from './gathered-findings.js'
import { inputsDigest, type PointInputs } from './inputs-digest.js'
import { ManifestReader } from './manifest-reader.js'
import type { DesignPoint, ExperimentInputs, ExperimentPlan, SweepLayout, WrittenThreshold } from './plan.js'
import type { Threshold } from './thresholds/figure.js'
import { namesAtPoints } from './thresholds/figure-names.js'
import { readThresholds } from './thresholds/read-thresholds.js'

export type { ExperimentInputs } from './plan.js'

/** What all points must agree on: results hold it once. */
const SHARED_FIELDS = [
  'seed',
  'replications',
  'warmUp',
  'horizon',
  'manifests',
  'workload',
  'thresholds',
  'sweep',
] as const

/** The scenario before any axis, and where its fields stand. */
interface Base {
  readonly scenario: Scenario
  readonly origin: Origin
}

/** A point, or what is wrong with it. */
interface LoadedPoint {
  readonly point?: DesignPoint
  readonly inputs?: PointInputs
  readonly found: readonly Diagnostic[]
}

/** What is used again at every point. */
interface Tools extends Readers {
  readonly inputs: ExperimentInputs
  readonly base: Base
  readonly checker: PointChecker
  readonly writeRules: RulesOfNodes
}

/** They parse the texts once. */
interface Readers {
  readonly readScenario: (settings: readonly Setting[]) => ReadScenario
  readonly manifests: ManifestReader
}

/**
 * Settles everything before a run.
 *
 * @returns points in the order of the axes, the last one fastest
 * @throws InputError with all errors of scenario, settings, manifests, trace and table
 * @remarks O(points · cluster); manifests are parsed once, and read once for all points that do not change them
 */
export function loadExperiment(inputs: ExperimentInputs): ExperimentPlan {
  const readers = readersOf(inputs)
  const base = readBase(inputs, readers)
  const { spec } = base.scenario
  const axes = axesInForce(inputs, spec)
  const combinations = combinationsOf(axes)
  const { points, pointInputs, found } = loadPoints(
    combinations,
    toolsFor(combinations, inputs, base, readers),
  )
  const sweep = layoutOf(axes, inputs, spec)
  if (sweep?.table !== undefined) found.addForAll(tableErrors(sweep.table, sweep.axes, points, base.origin))
  const thresholds = thresholdsOf(inputs, base, points, found)
  found.throwErrors()
  return {
    points,
    seed: spec.seed,
    replications: spec.replications,
    sweep,
    trace: inputs.trace,
    ...(thresholds.length === 0 ? {} : { thresholds }),
    digest: inputsDigest(pointInputs, inputs.trace),
    command: inputs.command,
    warnings: found.warnings,
  }
}

/** The design points of an experiment, one by one. */
export interface PointLoader {
  readonly pointCount: number
  /**
   * Makes one point, as `loadExperiment` does.
   *
   * @param index - below `pointCount`
   * @throws InputError with the errors of the point; what all points must agree on is not looked at
   */
  load(index: number): DesignPoint
}

/**
 * Makes single points of an experiment that `loadExperiment` has found to be without errors, on a machine that needs only some.
 *
 * @throws InputError with the errors of scenario and manifests
 */
export function pointLoader(inputs: ExperimentInputs): PointLoader {
  const readers = readersOf(inputs)
  const base = readBase(inputs, readers)
  const combinations = combinationsOf(axesInForce(inputs, base.scenario.spec))
  const tools = toolsFor(combinations, inputs, base, readers)
  return {
    pointCount: combinations.length,
    load(index) {
      const { point, found } = loadPoint(combinations[index], index, tools)
      if (point === undefined) throw new InputError(found)
      return point
    },
  }
}

function readersOf({ scenarioFile, manifestFiles }: ExperimentInputs): Readers {
  return { readScenario: scenarioReader(scenarioFile), manifests: new ManifestReader(manifestFiles) }
}

function toolsFor(
  { length: pointCount }: readonly Combination[],
  inputs: ExperimentInputs,
  base: Base,
  readers: Readers,
): Tools {
  // Telling arguments apart is no work for a single point.
  const writeRules = pointCount > 1 ? rememberingRules() : rulesOfNodes
  return { ...readers, inputs, base, checker: new PointChecker(inputs.trace), writeRules }
}

/** Errors of the scenario and of the manifests are told together. */
function readBase({ settings, trace }: ExperimentInputs, { readScenario, manifests }: Readers): Base {
  const errors: Diagnostic[] = []
  const base = attempt(errors, () => readScenario(settings))
  attempt(errors, () => manifests.read(settings, base?.scenario.spec.cluster))
  if (base?.scenario.spec.workload !== undefined && trace === undefined) {
    const message = `The recorded workload "${base.scenario.spec.workload.trace}" was not handed over`
    errors.push({ severity: 'error', code: 'TRACE_INVALID', message })
  }
  if (base === undefined || errors.length > 0) throw new InputError(errors)
  return base
}

function axesInForce({ axes }: ExperimentInputs, { sweep }: ScenarioSpec): readonly Axis[] {
  if (axes.length > 0) return axes
  return sweep === undefined ? [] : axesOf(sweep)
}

/** Those of the scenario first; what is wrong with them is added to what was found. */
function thresholdsOf(
  { thresholds = [] }: ExperimentInputs,
  { scenario, origin }: Base,
  points: readonly DesignPoint[],
  found: GatheredFindings,
): readonly Threshold[] {
  const written = [...writtenThresholds(scenario, origin), ...thresholds]
  // Without a point there are no names, and errors enough.
  if (written.length === 0 || points.length === 0 || found.hasErrors) return []
  const errors: Diagnostic[] = []
  const read = attempt(errors, () => readThresholds(written, namesAtPoints(points)))
  found.addForAll(errors)
  return read ?? []
}

/** The thresholds of a scenario, with their places. */
function writtenThresholds({ spec }: Scenario, origin: Origin): readonly WrittenThreshold[] {
  return (spec.thresholds ?? []).map((text, index) => ({
    text,
    place: origin.place(['spec', 'thresholds', index]),
  }))
}

/** A table belongs to the axes of the scenario. */
function layoutOf(
  axes: readonly Axis[],
  inputs: ExperimentInputs,
  { sweep }: ScenarioSpec,
): SweepLayout | undefined {
  if (axes.length === 0) return undefined
  return { axes: axes.map((axis) => axis.name), table: inputs.axes.length > 0 ? undefined : sweep?.table }
}

function loadPoints(combinations: readonly Combination[], tools: Tools) {
  const points: DesignPoint[] = []
  const pointInputs: PointInputs[] = []
  const found = new GatheredFindings()
  for (const [index, combination] of combinations.entries()) {
    const loaded = loadPoint(combination, index, tools)
    found.add(combination.labels, loaded.found)
    if (loaded.point !== undefined) points.push(loaded.point)
    if (loaded.inputs !== undefined) pointInputs.push(loaded.inputs)
    if (found.isFull) break
  }
  return { points, pointInputs, found }
}

function loadPoint(
  { labels, settings }: Combination,
  index: number,
  { inputs, base, readScenario, manifests, checker, writeRules }: Tools,
): LoadedPoint {
  const all = [...inputs.settings, ...settings]
  const errors: Diagnostic[] = []
  const read = attempt(errors, () => readScenario(all))
  const objects = attempt(errors, () => manifests.read(all, read?.scenario.spec.cluster))
  if (read === undefined || objects === undefined) return { found: errors }
  const { scenario, origin } = read
  const draw = drawFrom(base.scenario.spec.seed)
  errors.push(...sharedFieldErrors(scenario, base))
  const cluster = attempt(errors, () =>
    compileCluster(objects.manifests, scenario, draw, { scenario: origin, writeRules }),
  )
  if (cluster === undefined) return { found: errors }
  const point = { settings: labels, cluster, scenario, source: { inputs, index } }
  return {
    point,
    inputs: { manifests: objects.manifests, scenario },
    found: [...errors, ...checker.errors(point), ...read.warnings, ...objects.warnings, ...cluster.warnings],
  }
}

/** Seed, horizon and the like can be set, but not varied. */
function sharedFieldErrors({ spec }: Scenario, base: Base): Diagnostic[] {
  return SHARED_FIELDS.filter(
    (field) => JSON.stringify(spec[field]) !== JSON.stringify(base.scenario.spec[field]),
  ).map((field) => ({
    severity: 'error',
    code: 'SETTING_PATH',
    message: `"${field}" can not be varied by an axis: all points of a sweep share it`,
    hint: field === 'seed' ? 'for other random numbers use --replications' : 'set it for all points',
  }))
}

/** The value of an action, or undefined and its complaints. */
function attempt<T>(errors: Diagnostic[], action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    errors.push(...error.diagnostics)
    return undefined
  }
}
