/** The cross product of the axes of a sweep. */
import { InputError } from '../base/diagnostics.js'
import type { Axis, Setting } from '../input/settings.js'
import type { PointSetting } from './plan.js'

/** Every point holds a cluster of its own. */
export const MAX_POINTS = 10_000

/** One value of every axis. */
export interface Combination {
  readonly labels: readonly PointSetting[]
  /** In the order of the axes. */
  readonly settings: readonly Setting[]
}

/**
 * Every combination of values.
 *
 * @returns the last axis fastest; one combination of nothing if there are no axes
 * @throws InputError LIMIT_EXCEEDED if there are more than 10,000; NAME_DUPLICATE if axes or values of one share a name
 */
export function combinationsOf(axes: readonly Axis[]): readonly Combination[] {
  checkNames(axes)
  const count = axes.reduce((product, axis) => product * axis.values.length, 1)
  if (count > MAX_POINTS) {
    throw sweepError(
      'LIMIT_EXCEEDED',
      `The sweep has ${count} points, more than ${MAX_POINTS}`,
      'take fewer values',
    )
  }
  return axes.reduce<readonly Combination[]>(crossed, [{ labels: [], settings: [] }])
}

function crossed(combinations: readonly Combination[], axis: Axis): readonly Combination[] {
  return combinations.flatMap(({ labels, settings }) =>
    axis.values.map((value) => ({
      labels: [...labels, { axis: axis.name, value: value.label }],
      settings: [...settings, ...value.settings],
    })),
  )
}

/** Points are told apart by the names of axes and values. */
function checkNames(axes: readonly Axis[]): void {
  const double = firstDouble(axes.map((axis) => axis.name))
  if (double !== undefined) throw sweepError('NAME_DUPLICATE', `Two axes of the sweep are named "${double}"`)
  for (const { name, values } of axes) {
    const label = firstDouble(values.map((value) => value.label))
    if (label !== undefined)
      throw sweepError('NAME_DUPLICATE', `Axis "${name}" has the value "${label}" twice`)
  }
}

function firstDouble(names: readonly string[]): string | undefined {
  const seen = new Set<string>()
  return names.find((name) => seen.size === seen.add(name).size)
}

function sweepError(code: 'LIMIT_EXCEEDED' | 'NAME_DUPLICATE', message: string, hint?: string): InputError {
  return new InputError([{ severity: 'error', code, message, ...(hint === undefined ? {} : { hint }) }])
}
