/** One alternative of a comparison: a design point of some results. */

import { isQuantile, metricAt } from '../../results/metric-catalogue.js'
import type { CallResult, PerReplication, PointResult, Results } from '../../results/results-schema.js'
import { UTILISATION } from '../../results/watched-metrics.js'
import type { Sample } from './difference.js'

export interface Alternative {
  readonly name: string
  readonly results: Results
  readonly point: PointResult
}

/** Every point of results is an alternative: named as the whole, or by its settings where there are several. */
export function alternativesOf(name: string, results: Results): readonly Alternative[] {
  return results.points.map((point) => ({ name: pointName(name, point), results, point }))
}

function pointName(name: string, { settings }: PointResult): string {
  const text = settings.map(({ axis, value }) => `${axis}=${value}`).join(' ')
  return text === '' ? name : `${name} ${text}`
}

/** Do replications of the same number meet the same random numbers, and are they kept? */
export function arePaired(baseline: Alternative, other: Alternative): boolean {
  const [left, right] = [baseline.results, other.results]
  return (
    baseline.point.perReplication !== undefined &&
    other.point.perReplication !== undefined &&
    left.seed === right.seed &&
    left.replications === right.replications &&
    left.tool.modelVersion === right.tool.modelVersion
  )
}

/** A watched figure of a call. */
export function callSample({ results, point }: Alternative, call: CallResult, metric: string): Sample {
  const values = point.perReplication?.calls[point.calls.indexOf(call)]?.[metric]
  const { value, halfWidth95 } = metricAt(metric).of(call)
  // Quantiles are of all requests together, whatever was kept.
  if (isQuantile(metric)) return { mean: value, values, halfWidth95, replications: results.replications }
  return sampleOf(value, halfWidth95, values, results.replications)
}

/** The utilisation of a workload; undefined where the alternative has no such pods. */
export function utilisationSample({ results, point }: Alternative, workload: string): Sample | undefined {
  const pods = point.pods.filter((pod) => pod.workload === workload)
  if (pods.length === 0) return undefined
  const kept: PerReplication['workloads'][number] | undefined = point.perReplication?.workloads.find(
    (each) => each.workload === workload,
  )
  const known = pods.flatMap((pod) => pod[UTILISATION].value ?? [])
  const mean = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) / known.length
  // Pods of one workload are alike and busy together: their intervals do not give one of their mean.
  const halfWidth95 = pods.length === 1 ? pods[0][UTILISATION].halfWidth95 : null
  return sampleOf(mean, halfWidth95, kept?.utilisation, results.replications)
}

/** Means are of single replications where they were kept, so that figures and differences agree. */
function sampleOf(
  mean: number | null,
  halfWidth95: number | null,
  values: readonly (number | null)[] | undefined,
  replications: number,
): Sample {
  const known = values?.filter((value) => value !== null) ?? []
  if (known.length === 0) return { mean, values, halfWidth95, replications }
  const kept = known.reduce((sum, value) => sum + value, 0) / known.length
  return { mean: kept, values, halfWidth95, replications }
}
