/** One thing that a run takes for granted, told with where it comes from. */
import type { Distribution } from '../base/distribution.js'
import { SET_BY_SCENARIO } from '../results/results-schema.js'
import { describeDistribution } from './describe-distribution.js'

export interface Assumption {
  readonly preset: string
  readonly name: string
  /** With its unit. */
  readonly value: string
  readonly source: string
}

const DEFAULT = 'default of svcsim'

/** A value that the scenario has set where it differs from the usual one. */
export function assumption(preset: string, name: string, value: string, usual: string): Assumption {
  return { preset, name, value, source: value === usual ? DEFAULT : SET_BY_SCENARIO }
}

/** As `assumption`, of a time. */
export function timeAssumption(
  preset: string,
  name: string,
  time: Distribution,
  usual: Distribution,
): Assumption {
  return assumption(preset, name, describeDistribution(time), describeDistribution(usual))
}
