/** Exact probabilities as a trace writes them. */
import { type Fraction, fractionRatio, ONE, times } from '../../base/fraction.js'
import type { TraceProbability } from '../../results/trace-schema.js'

/** With more draws than this its digits would fill pages, and the tree of ways has every factor. */
const MAX_EXACT_DRAWS = 100

/** A chance, and how many draws it is made of. */
export interface Chance {
  readonly fraction: Fraction
  readonly draws: number
}

export const CERTAIN: Chance = { fraction: ONE, draws: 0 }

/** The chance that both happen. */
export function both(one: Chance, other: Chance): Chance {
  return { fraction: times(one.fraction, other.fraction), draws: one.draws + other.draws }
}

/** For the trace. */
export function probabilityOf({ fraction, draws }: Chance): TraceProbability {
  const isExact = draws <= MAX_EXACT_DRAWS
  return {
    ratio: fractionRatio(fraction),
    numerator: isExact ? fraction.numerator.toString() : null,
    denominator: isExact ? fraction.denominator.toString() : null,
    draws,
  }
}
