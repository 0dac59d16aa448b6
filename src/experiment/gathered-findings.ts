/**
 * Errors and warnings of many design points as the user wants to read them: each once, and what is not the case at every
 * point with the settings of the first point where it is.
 */
import { type Diagnostic, InputError } from '../base/diagnostics.js'
import type { PointSetting } from './plan.js'

/** Errors that are told, and likewise warnings. */
const MAX_TOLD = 100

interface Finding {
  readonly diagnostic: Diagnostic
  readonly firstPoint: readonly PointSetting[]
  pointCount: number
}

/** Gathers what is found point by point. */
export class GatheredFindings {
  readonly #findings = new Map<string, Finding>()
  #pointCount = 0

  /** Takes what was found at the next point. */
  add(settings: readonly PointSetting[], diagnostics: readonly Diagnostic[]): void {
    this.#pointCount++
    const keys = new Set<string>()
    for (const diagnostic of diagnostics) {
      const key = keyOf(diagnostic)
      const known = this.#findings.get(key)
      if (known === undefined) this.#findings.set(key, { diagnostic, firstPoint: settings, pointCount: 1 })
      else if (!keys.has(key)) known.pointCount++
      keys.add(key)
    }
  }

  /** Takes what holds at all points. */
  addForAll(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) {
      this.#findings.set(keyOf(diagnostic), { diagnostic, firstPoint: [], pointCount: this.#pointCount })
    }
  }

  /** So many errors that more are of no use. */
  get isFull(): boolean {
    return this.#told('error').length >= MAX_TOLD
  }

  get hasErrors(): boolean {
    return this.#told('error').length > 0
  }

  /** @throws InputError with all errors, if there is any */
  throwErrors(): void {
    const errors = this.#told('error')
    if (errors.length > 0) throw new InputError(errors.slice(0, MAX_TOLD))
  }

  get warnings(): readonly Diagnostic[] {
    return this.#told('warning').slice(0, MAX_TOLD)
  }

  #told(severity: Diagnostic['severity']): Diagnostic[] {
    const findings = [...this.#findings.values()].filter(({ diagnostic }) => diagnostic.severity === severity)
    return findings.map((finding) => this.#withPoint(finding))
  }

  #withPoint({ diagnostic, firstPoint, pointCount }: Finding): Diagnostic {
    if (pointCount === this.#pointCount || firstPoint.length === 0) return diagnostic
    const where = firstPoint.map(({ axis, value }) => `${axis}=${value}`).join(', ')
    const more = pointCount === 1 ? '' : `, and at ${pointCount - 1} more points`
    return { ...diagnostic, message: `${diagnostic.message} (at ${where}${more})` }
  }
}

function keyOf({ code, message, place }: Diagnostic): string {
  return JSON.stringify([code, message, place?.file, place?.line, place?.column])
}
