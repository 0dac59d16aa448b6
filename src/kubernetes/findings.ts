/**
 * Errors and warnings of one compilation, gathered so that the user sees all of them at once.
 */
import { closestName } from '../base/closest-name.js'
import type { Diagnostic, Origin, SourcePlace } from '../base/diagnostics.js'
import { InputError } from '../base/diagnostics.js'

/** How many names a hint lists when none is near. */
const LISTED_NAME_COUNT = 10

/** How many hints look through all names: thousands of misspelt names must not cost thousands of searches. */
const SEARCHED_HINT_COUNT = 50

type Detail = Pick<Diagnostic, 'code' | 'message'> & {
  readonly place?: SourcePlace | undefined
  readonly hint?: string | undefined
}

/** Gathers diagnostics in the order of their finding; what was said once is not said again. */
export class Findings {
  readonly #errors = new Map<string, Diagnostic>()
  readonly #warnings = new Map<string, Diagnostic>()
  #searchesLeft = SEARCHED_HINT_COUNT

  /** @param scenario - where the fields of the scenario stand; undefined: unknown, messages then have no place */
  constructor(readonly scenario: Origin | undefined) {}

  error(detail: Detail): void {
    add(this.#errors, 'error', detail)
  }

  warn(detail: Detail): void {
    add(this.#warnings, 'warning', detail)
  }

  /** The place of a field of the scenario, if known. */
  place(...path: readonly (string | number)[]): SourcePlace | undefined {
    return this.scenario?.place(path)
  }

  /**
   * The hint for a name that does not exist: the one that was meant, else those that there are.
   *
   * @param known - gives the names that exist; asked only while hints are still looked for
   * @param plural - what the names are of, e.g. `nodes`
   */
  nameHint(wanted: string, known: () => Iterable<string>, plural: string): string | undefined {
    if (!this.isSearching()) return undefined
    const names = [...new Set(known())]
    const closest = closestName(wanted, names)
    if (closest !== undefined) return `did you mean "${closest}"?`
    if (names.length === 0) return `there are no ${plural}`
    const listed = names.slice(0, LISTED_NAME_COUNT).join(', ')
    return `${plural} are: ${listed}${names.length > LISTED_NAME_COUNT ? ' …' : ''}`
  }

  /** Whether one more hint may search through everything; each question counts as one. */
  isSearching(): boolean {
    this.#searchesLeft -= 1
    return this.#searchesLeft >= 0
  }

  /** Errors found so far. */
  get errorCount(): number {
    return this.#errors.size
  }

  get warnings(): readonly Diagnostic[] {
    return [...this.#warnings.values()]
  }

  /** @throws InputError with every error found so far, if there is any */
  throwErrors(): void {
    if (this.#errors.size > 0) throw new InputError([...this.#errors.values()])
  }
}

function add(diagnostics: Map<string, Diagnostic>, severity: Diagnostic['severity'], detail: Detail): void {
  const { code, message, place, hint } = detail
  const key = `${code} ${message} ${place?.file}:${place?.line}`
  if (diagnostics.has(key)) return
  diagnostics.set(key, {
    severity,
    code,
    message,
    ...(place === undefined ? {} : { place }),
    ...(hint === undefined ? {} : { hint }),
  })
}
