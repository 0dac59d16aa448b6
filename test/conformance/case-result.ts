/**
 * What became of one conformance case.
 */

/** One flow, golden dump, topology case or extra case. */
export interface CaseResult {
  readonly name: string
  /** Why it failed; empty: it passed. */
  readonly reasons: readonly string[]
  /** Lines that show how the result came about, for a failed case. */
  readonly details: readonly string[]
}

/** A case that passed, or failed for these reasons. */
export function caseResult(
  name: string,
  reasons: readonly string[],
  details: readonly string[] = [],
): CaseResult {
  return { name, reasons, details }
}

/**
 * Runs one case; an error fails the case and no other.
 *
 * @param check - gives the reasons of failure
 */
export function guarded(name: string, check: () => readonly string[]): CaseResult {
  try {
    return caseResult(name, check())
  } catch (error) {
    return caseResult(name, [messageOf(error)])
  }
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Compares two values of JSON; the order of keys does not count. */
export function difference(what: string, expected: unknown, actual: unknown): string[] {
  const [left, right] = [canonicalText(expected), canonicalText(actual)]
  return left === right ? [] : [`${what}: expected ${left}, got ${right}`]
}

/** JSON with sorted keys. */
export function canonicalText(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, (_key, each: unknown) =>
    isRecord(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  )
  return text ?? 'nothing'
}

/** Is it an object of JSON? */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
