/**
 * Alternatives against the first of them, figure by figure: differences with their intervals, and which of them are real.
 *
 * "Real" is by Holm–Bonferroni over all tests of the comparison, every figure of every call and workload against every
 * alternative; a figure that is equal in all replications is no test. Intervals are those of each figure by itself.
 */
import { InputError } from '../../base/diagnostics.js'
import { MODEL_VERSION, VERSION } from '../../base/version.js'
import {
  COMPARISON_SCHEMA_VERSION,
  type ComparedFigure,
  type ComparedSubject,
  type Comparison,
  type Difference,
  SIGNIFICANCE,
} from '../../results/comparison-schema.js'
import { isQuantile, metricAt } from '../../results/metric-catalogue.js'
import { UTILISATION, WATCHED_METRICS } from '../../results/watched-metrics.js'
import { type Alternative, arePaired, callSample, utilisationSample } from './alternative.js'
import { type MeasuredDifference, pairedDifference, type Sample, unpairedDifference } from './difference.js'
import { holmBonferroni } from './holm.js'
import { matchCalls } from './match-calls.js'

/**
 * Compares.
 *
 * @param alternatives - two or more, of different names; the first is the baseline
 * @param command - repeats the comparison
 * @throws InputError NAME_DUPLICATE if two share a name
 */
export function compareAlternatives(alternatives: readonly Alternative[], command: string): Comparison {
  checkNames(alternatives)
  return compareGroups([{ where: '', alternatives }], [], command)
}

/** Alternatives at one setting of a sweep. */
export interface ComparedGroup {
  /** `web.replicas 2`, which stands behind the names of what is compared; empty where there is one group. */
  readonly where: string
  /** Two or more, as many and in the same order in every group. */
  readonly alternatives: readonly Alternative[]
}

/**
 * Compares within each group, and takes all tests together.
 *
 * @param groups - one or more
 * @param unmatched - what has no partner, beside what is found in the groups
 */
export function compareGroups(
  groups: readonly ComparedGroup[],
  unmatched: readonly string[],
  command: string,
): Comparison {
  const compared = groups.map(comparedGroup)
  const { judged, testCount } = withVerdicts(compared.flatMap(({ subjects }) => subjects))
  const [{ alternatives }] = groups
  return {
    schemaVersion: COMPARISON_SCHEMA_VERSION,
    tool: { name: 'svcsim', version: VERSION, modelVersion: MODEL_VERSION },
    command,
    alternatives: alternatives.map(({ name, results }, index) => ({
      name,
      scenario: results.scenario.name,
      digest: results.scenario.digest,
      seed: results.seed,
      replications: results.replications,
      warmUpNs: results.warmUpNs,
      horizonNs: results.horizonNs,
      isPaired: compared.every(({ pairs }) => pairs[index]),
      command: results.command,
    })),
    significance: SIGNIFICANCE,
    testCount,
    hasRealDifference: judged.some(({ figures }) =>
      figures.some((figure) => figure.alternatives.some(({ verdict }) => verdict === 'real')),
    ),
    subjects: judged,
    unmatched: [...compared.flatMap((each) => each.unmatched), ...unmatched],
    warnings: alternatives.flatMap(({ name, results }) =>
      results.warnings.map(({ code, message }) => ({ alternative: name, code, message })),
    ),
  }
}

/** The calls and workloads of one group, before verdicts. */
function comparedGroup({ where, alternatives }: ComparedGroup) {
  const pairs = alternatives.map((each) => arePaired(alternatives[0], each))
  const { matched, unmatched } = matchCalls(alternatives.map(({ point }) => point.calls))
  const { workloads, missing } = sharedWorkloads(alternatives)
  const placed = (name: string) => (where === '' ? name : `${name}, ${where}`)
  const subjects = [
    ...matched.map(({ name, calls }): ComparedSubject => {
      const isUnstable = (_: Alternative, index: number) => calls[index].instability !== undefined
      const figures = WATCHED_METRICS.map((metric) =>
        figureOf(
          metric,
          metricAt(metric).unit,
          alternatives.map((each, index) => callSample(each, calls[index], metric)),
          pairs,
        ),
      )
      const unstable = alternatives.filter(isUnstable).map((each) => each.name)
      return { kind: 'call', name: placed(name), unstable, figures: figures.filter(isObserved) }
    }),
    ...workloads.map((name): ComparedSubject => {
      const samples = alternatives.flatMap((each) => utilisationSample(each, name) ?? [])
      return {
        kind: 'workload',
        name: placed(name),
        unstable: [],
        figures: [figureOf(UTILISATION, 'ratio', samples, pairs)],
      }
    }),
  ]
  return { subjects, pairs, unmatched: [...unmatched, ...missing].map(placed) }
}

function checkNames(alternatives: readonly Alternative[]): void {
  const names = new Set<string>()
  for (const { name } of alternatives) {
    if (names.has(name)) {
      const message = `Two alternatives are named "${name}"`
      const hint = "name variants: --variant 'NAME: PATH=VALUE'"
      throw new InputError([{ severity: 'error', code: 'NAME_DUPLICATE', message, hint }])
    }
    names.add(name)
  }
}

function sharedWorkloads(alternatives: readonly Alternative[]) {
  const sets = alternatives.map(({ point }) => new Set(point.pods.map(({ workload }) => workload)))
  const all = [...new Set(sets.flatMap((each) => [...each]))]
  const isShared = (workload: string) => sets.every((each) => each.has(workload))
  return { workloads: all.filter(isShared), missing: all.filter((each) => !isShared(each)) }
}

function figureOf(
  metric: string,
  unit: ComparedFigure['unit'],
  [baseline, ...others]: readonly Sample[],
  pairs: readonly boolean[],
): ComparedFigure {
  return {
    metric,
    unit,
    baseline: baseline.mean,
    alternatives: others.map((other, index) => {
      const isPaired = pairs[index + 1] && baseline.values !== undefined && other.values !== undefined
      const measured = isPaired
        ? pairedDifference(baseline.values, other.values, togetherOf(metric, baseline, other))
        : unpairedDifference(baseline, other)
      return { value: other.mean, ...withoutVerdict(measured) }
    }),
  }
}

/** Of quantiles, the difference between those of all requests together. */
function togetherOf(metric: string, baseline: Sample, other: Sample): number | undefined {
  if (!isQuantile(metric) || baseline.mean === null || other.mean === null) return undefined
  return other.mean - baseline.mean
}

/** A verdict before tests are taken together. */
function withoutVerdict({ isEqual, ...measured }: MeasuredDifference): Omit<Difference, 'value'> {
  if (isEqual) return { ...measured, verdict: 'equal' }
  const { low95, high95 } = measured
  if (low95 === null || high95 === null) return { ...measured, verdict: 'unknown' }
  return { ...measured, verdict: low95 > 0 || high95 < 0 ? 'possible' : 'none' }
}

function isObserved({ baseline, alternatives }: ComparedFigure): boolean {
  return baseline !== null || alternatives.some(({ value }) => value !== null)
}

function withVerdicts(subjects: readonly ComparedSubject[]) {
  const pValues = subjects.flatMap(({ figures }) =>
    figures.flatMap((figure) => figure.alternatives.flatMap(({ pValue }) => pValue ?? [])),
  )
  const verdicts = holmBonferroni(pValues, SIGNIFICANCE)
  let next = 0
  const judged = subjects.map((subject) => ({
    ...subject,
    figures: subject.figures.map((figure) => ({
      ...figure,
      alternatives: figure.alternatives.map((each): Difference => {
        if (each.pValue === null) return each
        return verdicts[next++] ? { ...each, verdict: 'real' } : each
      }),
    })),
  }))
  return { judged, testCount: pValues.length }
}
