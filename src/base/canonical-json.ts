/**
 * JSON with one text per value, so that equal results are equal bytes.
 *
 * Stricter than `JSON.stringify`: what JSON has no word for (NaN, Infinity, undefined, functions, bigint, symbols,
 * objects of a class, holes in arrays) is refused instead of dropped or turned into null; -0 is written as 0.
 * Numbers are the shortest text that reads back as the same double (ECMA-262 Number::toString), line ends are `\n`.
 * Left out: cycles are not looked for, but nesting deeper than 1,000 levels is refused.
 */

const MAX_DEPTH = 1_000

/** What one call of a writer carries along. */
interface Writer {
  readonly isSorted: boolean
  /** Spaces per level; empty: all on one line. */
  readonly step: string
  /** Keys and indices from the root to the value being written. */
  readonly path: (string | number)[]
}

/**
 * Writes a value as JSON, keys in the order in which they were put in. (ECMA-262 moves keys that look like array
 * indices to the front; names that the user chose belong into arrays or a `Map`, not into keys.)
 *
 * @param indent - spaces per level, 0 (all on one line) to 10
 * @returns the text, without a line break at the end
 * @throws TypeError if the value, or one inside it, has no JSON; the message names its path
 */
export function canonicalJson(value: unknown, indent = 0): string {
  return valueText({ isSorted: false, step: ' '.repeat(indent), path: [] }, value)
}

/**
 * Writes a value as JSON on one line, keys in the order of their UTF-16 code units: for digests of values whose
 * keys have no meaningful order.
 *
 * @throws TypeError as `canonicalJson`
 */
export function sortedJson(value: unknown): string {
  return valueText({ isSorted: true, step: '', path: [] }, value)
}

function valueText(writer: Writer, value: unknown): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    case 'number':
      if (!Number.isFinite(value)) throw refusal(writer, String(value))
      return String(value)
    case 'object':
      return value === null ? 'null' : containerText(writer, value)
    default:
      throw refusal(writer, typeof value)
  }
}

function containerText(writer: Writer, value: object): string {
  if (writer.path.length >= MAX_DEPTH) throw refusal(writer, 'a cycle, or deep nesting')
  if (Array.isArray(value)) return bracketed(writer, '[', elementTexts(writer, value), ']')
  if (!isPlainObject(value)) throw refusal(writer, 'an object of a class')
  return bracketed(writer, '{', memberTexts(writer, value), '}')
}

function elementTexts(writer: Writer, elements: readonly unknown[]): string[] {
  const texts: string[] = []
  for (const [index, element] of elements.entries()) texts.push(childText(writer, index, element))
  return texts
}

function memberTexts(writer: Writer, value: Readonly<Record<string, unknown>>): string[] {
  const keys = Object.keys(value)
  // The default order of sort() is that of UTF-16 code units.
  if (writer.isSorted) keys.sort()
  const colon = writer.step === '' ? ':' : ': '
  return keys.map((key) => JSON.stringify(key) + colon + childText(writer, key, value[key]))
}

function childText(writer: Writer, key: string | number, value: unknown): string {
  writer.path.push(key)
  const text = valueText(writer, value)
  writer.path.pop()
  return text
}

function bracketed(writer: Writer, open: string, parts: readonly string[], close: string): string {
  if (parts.length === 0) return open + close
  if (writer.step === '') return open + parts.join(',') + close
  const outer = `\n${writer.step.repeat(writer.path.length)}`
  const inner = outer + writer.step
  return open + inner + parts.join(`,${inner}`) + outer + close
}

/** An object without a prototype, or with that of `{}`, of whatever realm. */
function isPlainObject(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function refusal(writer: Writer, what: string): TypeError {
  const path = writer.path.slice(0, 20).map((key) => `[${JSON.stringify(key)}]`)
  return new TypeError(`no JSON for ${what} at $${path.join('')}`)
}
