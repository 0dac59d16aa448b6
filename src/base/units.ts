/**
 * Numbers with units as people write them (`250ms`, `400/s`, `500m`, `1Gi`) and as they read them (`4.21 ms`).
 *
 * Reading is strict: ASCII digits only, no sign, no hexadecimal, no `_`, nothing that is infinite, vanishes to zero
 * or leaves the exact integers. Every pattern is linear in the length of the text, which is limited besides.
 * Writing knows no locale: decimal point, comma between thousands.
 * Sources: Go `time.ParseDuration`; Kubernetes `resource.Quantity`.
 */
import type { Nanoseconds } from './nanoseconds.js'

/** Longest text that is looked at. */
const MAX_TEXT_LENGTH = 64

const NS_PER_UNIT: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  // U+00B5 (micro sign) and U+03BC (Greek mu), as in Go.
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])

const DURATION_PART = /([0-9]+)(?:\.([0-9]+))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y
const DECIMAL = /^[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?$/
const QUANTITY = /^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?[0-9]{1,3}))?$/

const SECONDS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
])

/** Powers of ten of the decimal suffixes. */
const DECIMAL_EXPONENT: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
])

const BINARY_FACTOR: ReadonlyMap<string, number> = new Map([
  ['Ki', 1_024],
  ['Mi', 1_048_576],
  ['Gi', 1_073_741_824],
  ['Ti', 1_099_511_627_776],
  ['Pi', 1_125_899_906_842_624],
  ['Ei', 1_024 * 1_125_899_906_842_624],
])

/**
 * Reads a length of time.
 *
 * @param text - one or more decimal numbers, each with a unit of `ns us µs ms s m h`, as `1m30s` or `1.5s`; or `0`
 * @returns nanoseconds, below 2^53; undefined if the text is none, or is no whole number of nanoseconds
 */
export function parseDuration(text: string): Nanoseconds | undefined {
  if (text.length > MAX_TEXT_LENGTH || text === '') return undefined
  if (text === '0') return 0 as Nanoseconds
  let sumNs = 0n
  DURATION_PART.lastIndex = 0
  for (let end = 0; end < text.length; end = DURATION_PART.lastIndex) {
    const part = DURATION_PART.exec(text)
    if (part === null) return undefined
    const partNs = wholeNanoseconds(part[1] ?? '', part[2] ?? '', part[3] ?? '')
    if (partNs === undefined) return undefined
    sumNs += partNs
  }
  return sumNs > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : (Number(sumNs) as Nanoseconds)
}

function wholeNanoseconds(whole: string, fraction: string, unit: string): bigint | undefined {
  const unitNs = NS_PER_UNIT.get(unit) ?? 0n
  const denominator = BigInt(`1${'0'.repeat(fraction.length)}`)
  const numerator = BigInt(whole + fraction) * unitNs
  return numerator % denominator === 0n ? numerator / denominator : undefined
}

/**
 * Reads a rate.
 *
 * @param text - a decimal number, alone (per second) or followed by `/s`, `/m` or `/h`
 * @returns events per second, 0 to 2^53 - 1, the nearest double; undefined if the text is none
 */
export function parseRate(text: string): number | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined
  const slash = text.indexOf('/')
  const numberText = slash < 0 ? text : text.slice(0, slash)
  const seconds = slash < 0 ? 1 : SECONDS_PER_UNIT.get(text.slice(slash + 1))
  if (seconds === undefined || !DECIMAL.test(numberText)) return undefined
  return representable(numberText, 1, seconds)
}

/**
 * Reads a Kubernetes quantity.
 *
 * @param text - a decimal number, alone or with a suffix: `n u m k M G T P E`, `Ki Mi Gi Ti Pi Ei`, `e3`
 * @returns its value, 0 to 2^53 - 1, the nearest double; undefined if the text is none
 */
export function parseQuantity(text: string): number | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined
  const match = QUANTITY.exec(text)
  if (match === null) return undefined
  const [, digits, binarySuffix, decimalSuffix, exponent] = match
  const factor = binarySuffix === undefined ? 1 : (BINARY_FACTOR.get(binarySuffix) ?? Number.NaN)
  const power = decimalSuffix === undefined ? (exponent ?? '0') : DECIMAL_EXPONENT.get(decimalSuffix)
  return representable(`${digits}e${power}`, factor, 1)
}

/**
 * Thousandths of a CPU, rounded up, as Kubernetes counts them; what only the nearest double has beyond a whole one is none.
 *
 * @param cpus - above 0
 * @returns a whole number, at least 1
 */
export function milliCpus(cpus: number): number {
  return Math.max(1, Math.ceil(cpus * 1_000 - 1e-6))
}

/** The value of a decimal text times a power of two, over a divisor, if it lies within the exact integers. */
function representable(decimalText: string, factor: number, divisor: number): number | undefined {
  const value = (Number(decimalText) * factor) / divisor
  if (!(value <= Number.MAX_SAFE_INTEGER)) return undefined
  const isVanished = value === 0 && /^[0.]*[1-9]/.test(decimalText)
  return isVanished ? undefined : value
}

/** Units for people: from `from` ns on, one of them is `ns` ns long. */
const DISPLAY_UNITS = [
  { name: 'h', ns: 3_600_000_000_000, from: 7_200_000_000_000 },
  { name: 'min', ns: 60_000_000_000, from: 120_000_000_000 },
  { name: 's', ns: 1_000_000_000, from: 1_000_000_000 },
  { name: 'ms', ns: 1_000_000, from: 1_000_000 },
  { name: '\u00b5s', ns: 1_000, from: 1_000 },
  { name: 'ns', ns: 1, from: 0 },
] as const

/**
 * A length of time for people: `4.21 ms`, `10 s`, `3 h`.
 *
 * @param ns - nanoseconds, not necessarily whole; negative for a difference
 * @param digits - significant digits, 1 to 15; trailing zeros are left out
 * @throws RangeError if the number is not finite
 */
export function formatDuration(ns: number, digits = 3): string {
  assertFinite(ns)
  const size = Math.abs(ns)
  if (size === 0) return '0 s'
  // Rounding may reach the next unit: 999.9996 ms is 1 s. Every `from` has few digits, so rounding keeps the order.
  const rounded = Number(size.toPrecision(digits))
  const unit = DISPLAY_UNITS.find(({ from }) => rounded >= from) ?? DISPLAY_UNITS[5]
  return `${formatNumber(ns / unit.ns, digits)} ${unit.name}`
}

/**
 * A number for people: `0.0123`, `12.3`, `12,346`. Digits before the decimal point are never cut.
 *
 * @param digits - significant digits, 1 to 15; trailing zeros are left out
 * @throws RangeError if the number is not finite
 */
export function formatNumber(value: number, digits = 3): string {
  assertFinite(value)
  const size = Math.abs(value)
  if (size === 0) return '0'
  const text = size >= 1e15 || size < 1e-6 ? size.toPrecision(digits) : fixedText(size, digits)
  return `${value < 0 ? '-' : ''}${text}`
}

/** Plain decimal text with commas, for 1e-6 to 1e15. */
function fixedText(size: number, digits: number): string {
  const rounded = size.toPrecision(digits)
  // An exponent appears when there are more digits before the point than were asked for.
  const plain = rounded.includes('e') ? size.toFixed(0) : withoutTrailingZeros(rounded)
  const point = plain.indexOf('.')
  return point < 0 ? withCommas(plain) : withCommas(plain.slice(0, point)) + plain.slice(point)
}

function withoutTrailingZeros(text: string): string {
  if (!text.includes('.')) return text
  let end = text.length
  while (text.charAt(end - 1) === '0') end -= 1
  return text.slice(0, text.charAt(end - 1) === '.' ? end - 1 : end)
}

function withCommas(digits: string): string {
  let text = digits.slice(-3)
  for (let end = digits.length - 3; end > 0; end -= 3)
    text = `${digits.slice(Math.max(0, end - 3), end)},${text}`
  return text
}

/**
 * A count for people: `1,234,567`.
 *
 * @param count - an integer within the exact ones
 * @throws RangeError if it is anything else
 */
export function formatCount(count: number): string {
  if (!Number.isSafeInteger(count)) throw new RangeError(`not a count: ${count}`)
  return `${count < 0 ? '-' : ''}${withCommas(String(Math.abs(count)))}`
}

/**
 * A ratio as a percentage for people: 0.1234 is `12.3 %`. What is not the whole never reads `100 %`.
 *
 * @param digits - significant digits, 1 to 15; more are written just below 100 %
 * @throws RangeError if the number is not finite
 */
export function formatPercent(ratio: number, digits = 3): string {
  let text = formatNumber(ratio * 100, digits)
  for (let more = digits + 1; text === '100' && ratio !== 1 && more <= 15; more += 1) {
    text = formatNumber(ratio * 100, more)
  }
  return `${text} %`
}

function assertFinite(value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`)
}
