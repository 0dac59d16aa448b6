/** Errors or warnings of one reading, as many as people read; what comes after them is not even worked out. */
import type { Diagnostic } from '../base/diagnostics.js'
import { shortened } from './words.js'

/** Messages quote names and values, which can be as long as a file. */
const MAX_MESSAGE_LENGTH = 500

/** Keeps the first ones, in order. */
export class DiagnosticList {
  readonly #kept: Diagnostic[] = []
  #isCut = false

  /** @param maxCount - how many are kept; at least 1 */
  constructor(
    readonly severity: Diagnostic['severity'],
    readonly maxCount: number,
  ) {}

  get isEmpty(): boolean {
    return this.#kept.length === 0
  }

  /** Will the next one be left out? */
  get isFull(): boolean {
    return this.#kept.length >= this.maxCount
  }

  /** @param make - gives the diagnostic; not called if the list is full */
  add(make: () => Diagnostic): void {
    if (this.isFull) this.cut()
    else this.#kept.push(withShortMessage(make()))
  }

  /** Says that something was not looked at since the list is full. */
  cut(): void {
    this.#isCut = true
  }

  /** Adds those of another list, which may have been cut. */
  addAll(diagnostics: readonly Diagnostic[]): void {
    for (const each of diagnostics) {
      if (each.code === 'MORE_LEFT_OUT') this.cut()
      else this.add(() => each)
    }
  }

  /** Those that were kept; MORE_LEFT_OUT is the last where there may be more. */
  all(): readonly Diagnostic[] {
    if (!this.#isCut) return this.#kept
    const message = `These are the first ${this.#kept.length} ${this.severity}s; there may be more`
    const hint = 'mend them, and run again'
    return [...this.#kept, { severity: this.severity, code: 'MORE_LEFT_OUT', message, hint }]
  }
}

function withShortMessage(diagnostic: Diagnostic): Diagnostic {
  if (diagnostic.message.length <= MAX_MESSAGE_LENGTH) return diagnostic
  return { ...diagnostic, message: shortened(diagnostic.message, MAX_MESSAGE_LENGTH) }
}
