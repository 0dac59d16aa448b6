/** The values among which an answer is sought: `1..50`, `100..2000/s` with a step. Exact in decimals: 0.1 has no rest. */

/** Values at equal distances, the first and (where the step leads there) the last included. */
export interface SolveRange {
  /** As the user wrote it. */
  readonly text: string
  /** With its unit. */
  readonly step: string
  /** In increasing order; numbers, or texts with their unit. */
  readonly values: readonly (number | string)[]
}

const MAX_VALUES = 100_000
/** Steps of a range with a unit, unless the user gives one. */
const USUAL_STEPS = 100

const RANGE = /^(\d{1,9}(?:\.\d{1,6})?)\.\.(\d{1,9}(?:\.\d{1,6})?)(\/[smh]|ns|us|ms|s|m|h|%)?$/
const STEP = /^(\d{1,9}(?:\.\d{1,6})?)(\/[smh]|ns|us|ms|s|m|h|%)?$/
/** Millionths: every number above has whole ones. */
const SCALE = 1_000_000

/**
 * Reads a range.
 *
 * @param stepText - `1` by default; where the range has a unit, a hundredth of its width
 * @returns undefined if it is none, ends before it begins, or has more than 100,000 values
 */
export function parseSolveRange(text: string, stepText?: string): SolveRange | undefined {
  const [, firstText, lastText, unit = ''] = RANGE.exec(text.trim()) ?? []
  if (firstText === undefined || lastText === undefined) return undefined
  const [first, last] = [scaled(firstText), scaled(lastText)]
  const step = stepText === undefined ? usualStep(first, last, unit) : givenStep(stepText, unit)
  if (step === undefined || step <= 0 || last < first) return undefined
  const count = Math.floor((last - first) / step) + 1
  if (count > MAX_VALUES) return undefined
  const values = Array.from({ length: count }, (_, index) => valueAt(first + index * step, unit))
  return { text: text.trim(), step: `${step / SCALE}${unit}`, values }
}

function usualStep(first: number, last: number, unit: string): number {
  if (unit === '') return SCALE
  return Math.max(1, Math.floor((last - first) / USUAL_STEPS))
}

/** The unit of the range, or none. */
function givenStep(text: string, unit: string): number | undefined {
  const [, number, stepUnit = unit] = STEP.exec(text.trim()) ?? []
  return number === undefined || stepUnit !== unit ? undefined : scaled(number)
}

function scaled(text: string): number {
  return Math.round(Number(text) * SCALE)
}

function valueAt(millionths: number, unit: string): number | string {
  const number = millionths / SCALE
  return unit === '' ? number : `${number}${unit}`
}
