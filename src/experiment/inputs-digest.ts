/**
 * What an experiment was made from, as one short text: two experiments of one digest, seed, number of replications and
 * version have the same results.
 *
 * It covers the scenarios and manifests of all design points as settled (defaults filled in, settings applied) and the
 * recorded workload. It does not depend on names, order and layout of files, on comments, or on the order of keys.
 */
import { sortedJson } from '../base/canonical-json.js'
import { sha256Hex } from '../base/digest.js'
import type { Manifests } from '../input/kubernetes-objects.js'
import type { Scenario } from '../input/scenario-schema.js'
import type { WorkloadTrace } from '../workload/workload-trace.js'
import type { DesignPoint } from './plan.js'

/** What one design point is compiled from. */
export interface PointInputs {
  readonly manifests: Manifests
  readonly scenario: Scenario
}

/**
 * SHA-256, 64 lower-case hexadecimal digits.
 *
 * @param points - in the order of the plan; points may share a value, which then costs once
 */
export function inputsDigest(points: readonly PointInputs[], trace: WorkloadTrace | undefined): string {
  const digests = new Map<object, string>()
  const digestOf = (value: object): string => {
    const digest = digests.get(value) ?? sha256Hex(sortedJson(plainData(value)))
    digests.set(value, digest)
    return digest
  }
  const inputs = points.map(({ manifests, scenario }) => [
    digestOf(manifests),
    sha256Hex(sortedJson(plainData(withoutNames(scenario)))),
  ])
  return sha256Hex(
    sortedJson({ points: inputs, workload: trace === undefined ? null : digestOf(trace.groups) }),
  )
}

/** The same of one point by its scenario and settled cluster. */
export function pointDigest({ scenario, cluster }: Pick<DesignPoint, 'scenario' | 'cluster'>): string {
  const { nodes, pods, services } = cluster
  return sha256Hex(sortedJson(plainData({ scenario: withoutNames(scenario), nodes, pods, services })))
}

/** Seed and replications stand beside the digest in results; the others are names of files, and the points themselves. */
export function withoutNames({ metadata, spec }: Scenario): object {
  const {
    seed: _seed,
    replications: _replications,
    manifests: _manifests,
    workload: _workload,
    sweep: _sweep,
    ...rest
  } = spec
  return { metadata, spec: rest }
}

/** The value as JSON can hold it: maps as sorted lists of entries; without `origin`, which is about places in files. */
export function plainData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map) return [...value].map(([key, each]) => [key, plainData(each)]).sort(byKey)
  if (value instanceof Float64Array || value instanceof Uint32Array) return [...value]
  if (Array.isArray(value)) return value.map(plainData)
  const entries = Object.entries(value).filter(([key, each]) => key !== 'origin' && each !== undefined)
  return Object.fromEntries(entries.map(([key, each]) => [key, plainData(each)]))
}

function byKey([left]: readonly unknown[], [right]: readonly unknown[]): number {
  return String(left) < String(right) ? -1 : 1
}
