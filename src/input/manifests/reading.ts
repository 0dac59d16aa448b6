/**
 * What one reading of the manifests finds: errors, each at its place, and warnings, each told once for a kind and field.
 */
import type { Diagnostic, SourcePlace } from '../../base/diagnostics.js'
import type { DiagnosticCode } from '../../base/error-codes.js'
import type { Limits } from '../limits.js'
import type { SourceFile } from '../source-file.js'
import { type MapEntry, placeOf, placeOfKey, type TreeNode } from '../tree.js'

/** First and last node port of the cluster, both included. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

interface Tally {
  readonly code: DiagnosticCode
  readonly what: string
  readonly hint: string
  readonly first: MapEntry | TreeNode
  count: number
}

/** One reading. Changed as the readers of the kinds go through the objects. */
export class Reading {
  private readonly found: Diagnostic[] = []
  private readonly tallies = new Map<string, Tally>()
  private droppedErrors = 0

  constructor(
    readonly limits: Limits,
    readonly nodePortRange: PortRange,
    errors: readonly Diagnostic[],
  ) {
    this.found.push(...errors)
  }

  /** Notes an error at a value, or at a key. Places are not worked out for errors that nobody will see. */
  error(code: DiagnosticCode, message: string, at: MapEntry | TreeNode, hint?: string): void {
    if (this.found.length >= this.limits.diagnostics) {
      this.droppedErrors += 1
      return
    }
    const place = placeOfEither(at)
    this.found.push({
      severity: 'error',
      code,
      message,
      place,
      ...(hint === undefined ? {} : { hint }),
    })
  }

  /** Notes errors that were found elsewhere. */
  errors(diagnostics: readonly Diagnostic[]): void {
    this.found.push(...diagnostics)
  }

  /**
   * Notes something that is told once, with the number of times and the first place.
   *
   * @param what - the statement without its number; what is counted together has the same
   */
  tally(code: DiagnosticCode, what: string, at: MapEntry | TreeNode, hint: string): void {
    const key = `${code} ${what}`
    const known = this.tallies.get(key)
    if (known === undefined) this.tallies.set(key, { code, what, hint, first: at, count: 1 })
    else known.count += 1
  }

  get hasErrors(): boolean {
    return this.found.length > 0
  }

  /** All errors, in the order in which they were found; above the limit one more tells their number. */
  allErrors(): readonly Diagnostic[] {
    if (this.droppedErrors === 0) return this.found
    const message = `There are ${this.droppedErrors} more errors`
    const hint = 'mend those above first'
    return [...this.found, { severity: 'error', code: 'LIMIT_EXCEEDED', message, hint }]
  }

  /** All warnings, in the order of their first places. */
  allWarnings(): readonly Diagnostic[] {
    return [...this.tallies.values()].map(({ code, what, hint, first, count }) => ({
      severity: 'warning',
      code,
      message: count === 1 ? what : `${what} (${count} times; here first)`,
      hint,
      place: placeOfEither(first),
    }))
  }
}

function placeOfEither(at: MapEntry | TreeNode): SourcePlace {
  return 'key' in at ? placeOfKey(at) : placeOf(at)
}

/** Is this the text of a setting (`--set`, an axis of a sweep) and no file? */
export function isSetting(file: SourceFile): boolean {
  return file.path === SETTING_PATH
}

/** What settings are called in places, having no file. */
export const SETTING_PATH = '<setting>'
