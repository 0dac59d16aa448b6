/**
 * What an unquoted YAML scalar means: the core schema of YAML 1.2, checked for exactness.
 *
 * kubectl reads YAML 1.1, in which some texts mean something else: `on` and `yes` are true, `014` is twelve, `1_000`
 * is a number. Such a text has a flaw: whoever reads the field refuses it, and says how to write it unmistakably.
 * So has a number that a double does not hold exactly (`1e400`, `12345678901234567890`) and `.inf`, `.nan`, which JSON
 * and so Kubernetes does not have. A scalar with a flaw keeps its text as value, so it is never taken for a number.
 * Sources: YAML 1.2.2 section 10.3.2; kubernetes-sigs/yaml goyaml.v2/resolve.go, Go strconv.ParseInt with base 0.
 */
import type { Flaw, Scalar } from './tree.js'

export interface PlainScalar {
  readonly value: Scalar
  readonly flaw: Flaw | undefined
}

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ['', null],
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
])

const YAML_1_1_BOOLEANS: ReadonlySet<string> = new Set(
  'y Y yes Yes YES on On ON n N no No NO off Off OFF'.split(' '),
)
/** `false` is the longest. */
const MAX_WORD_LENGTH = 5

const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const DECIMAL = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const HEXADECIMAL = /^0x[0-9a-fA-F]+$/
const OCTAL = /^0o[0-7]+$/
/** Integers of Go (YAML 1.1) that YAML 1.2 reads as text: signed or upper-case prefixes, binary. */
const GO_INTEGER = /^[-+]?0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)$/
/** A leading zero makes it octal in YAML 1.1 where all digits are below 8. */
const LEADING_ZERO = /^[-+]?0[0-7]+$/

/** Longest text that is looked at as a number; longer ones are text or not exact anyway. */
const MAX_NUMBER_LENGTH = 400

/** The meaning of an unquoted scalar. Linear in the length of the text. */
export function resolvePlain(text: string): PlainScalar {
  if (text.length <= MAX_WORD_LENGTH) {
    const word = WORDS.get(text)
    if (word !== undefined) return { value: word, flaw: undefined }
    if (YAML_1_1_BOOLEANS.has(text)) return { value: text, flaw: 'word' }
  }
  return isNumberStart(text.charCodeAt(0)) ? resolveNumber(text) : { value: text, flaw: undefined }
}

/** Can an unquoted scalar with this first character be a number: digit, `-`, `+` or `.`? */
function isNumberStart(charCode: number): boolean {
  return (charCode >= 0x30 && charCode <= 0x39) || charCode === 0x2d || charCode === 0x2b || charCode === 0x2e
}

function resolveNumber(text: string): PlainScalar {
  if (NOT_FINITE.test(text)) return { value: text, flaw: 'number' }
  if (DECIMAL.test(text)) return resolveDecimal(text)
  if (HEXADECIMAL.test(text) || OCTAL.test(text)) return exactInteger(text)
  if (isNumberInGo(text)) return { value: text, flaw: 'word' }
  return { value: text, flaw: undefined }
}

function resolveDecimal(text: string): PlainScalar {
  if (LEADING_ZERO.test(text) && Number.parseInt(text, 8) !== Number.parseInt(text, 10)) {
    return { value: text, flaw: 'word' }
  }
  const value = Number(text)
  if (text.length > MAX_NUMBER_LENGTH || !Number.isFinite(value) || !isExact(text, value)) {
    return { value: text, flaw: 'number' }
  }
  // Adding 0 turns -0 into 0.
  return { value: value + 0, flaw: undefined }
}

function exactInteger(text: string): PlainScalar {
  const value = Number(text)
  return Number.isSafeInteger(value) ? { value, flaw: undefined } : { value: text, flaw: 'number' }
}

/** Go drops underscores wherever they stand before it looks for a number. */
function isNumberInGo(text: string): boolean {
  if (text.length > MAX_NUMBER_LENGTH) return false
  if (GO_INTEGER.test(text)) return true
  if (!text.includes('_')) return false
  const withoutUnderscores = text.replaceAll('_', '')
  return DECIMAL.test(withoutUnderscores) || GO_INTEGER.test(withoutUnderscores)
}

/** Does the double's shortest text say the same number as the user's text? */
function isExact(text: string, value: number): boolean {
  const said = decimalOf(text)
  const held = decimalOf(String(Math.abs(value)))
  return said.digits === held.digits && said.exponent === held.exponent
}

/** A decimal text as its digits without zeros at either end, and the power of ten of the last one. */
function decimalOf(text: string): { readonly digits: string; readonly exponent: number } {
  const match = /^[-+]?([0-9]*)\.?([0-9]*)(?:[eE]([-+]?[0-9]+))?$/.exec(text)
  const [, whole = '', fraction = '', power = '0'] = match ?? []
  const digits = withoutLeadingZeros(whole + fraction)
  const trimmed = withoutTrailingZeros(digits)
  if (trimmed === '') return { digits: '', exponent: 0 }
  return { digits: trimmed, exponent: Number(power) - fraction.length + (digits.length - trimmed.length) }
}

function withoutLeadingZeros(digits: string): string {
  let start = 0
  while (digits.charAt(start) === '0') start += 1
  return digits.slice(start)
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits.charAt(end - 1) === '0') end -= 1
  return digits.slice(0, end)
}
