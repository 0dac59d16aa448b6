/** The rates at which capacity is looked for: at most a dozen round ones between two ends, the ends included. */
import { parseRate } from '../../base/units.js'
import { parseSolveRange } from '../solve/solve-range.js'

/** One rate. */
export interface GridRate {
  /** As a scenario has it: `400/s`. */
  readonly text: string
  readonly perSec: number
}

const RANGE = /^(\d{1,9}(?:\.\d{1,6})?)(?:\.\.(\d{1,9}(?:\.\d{1,6})?))?(\/[smh])$/
/** Steps from the first rate to the last one, at most, unless the user gives a step. */
const MOST_STEPS = 10
/** First digits of round steps. */
const ROUND_STEPS = [1, 2, 5]
/** Numbers are counted in millionths: every one that `RANGE` takes has whole ones. */
const SCALE = 1_000_000
const MAX_RATES = 1_000

/**
 * Reads `100..2000/s`, or a single rate.
 *
 * @param stepText - as `50/s`; a round one by default
 * @returns in increasing order; undefined if the text is no range of rates above 0, or has more than 1,000
 */
export function parseRateGrid(text: string, stepText?: string): readonly GridRate[] | undefined {
  const [, first, last = first, unit = ''] = RANGE.exec(text.trim()) ?? []
  if (first === undefined || Number(first) === 0) return undefined
  const step = stepText ?? `${roundStep(Number(first), Number(last))}${unit}`
  const values = parseSolveRange(`${first}..${last}${unit}`, step)?.values
  if (values === undefined || values.length > MAX_RATES) return undefined
  const rates = values.map((value) => gridRate(String(value)))
  const end = gridRate(`${last}${unit}`)
  return rates.some(({ perSec }) => perSec === end.perSec) ? rates : [...rates, end]
}

/** The grid with one more rate, at its place. */
export function withRate(rates: readonly GridRate[], rate: GridRate): readonly GridRate[] {
  if (rates.some(({ perSec }) => perSec === rate.perSec)) return rates
  return [...rates, rate].sort((left, right) => left.perSec - right.perSec)
}

/** At most nine round rates between two of a grid; undefined where they have more digits than a rate is written with. */
export function ratesBetween(low: GridRate, high: GridRate): readonly GridRate[] | undefined {
  const rates = parseRateGrid(`${low.perSec}..${high.perSec}/s`)
  return rates?.filter(({ perSec }) => perSec > low.perSec && perSec < high.perSec)
}

function gridRate(text: string): GridRate {
  return { text, perSec: parseRate(text) ?? 0 }
}

function roundStep(first: number, last: number): number {
  const least = Math.max(1, Math.round(((last - first) * SCALE) / MOST_STEPS))
  for (let power = 1; ; power *= 10) {
    for (const digit of ROUND_STEPS) if (digit * power >= least) return (digit * power) / SCALE
  }
}
