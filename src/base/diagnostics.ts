/**
 * What svcsim has to say about the user's input: errors and warnings with a stable code, a place and a cure.
 * `base/error-codes.ts` lists every code; `input/render-diagnostics.ts` writes them as text.
 */
import type { DiagnosticCode } from './error-codes.js'

/** A place in the user's text. Lines and columns count from 1; `length` is in UTF-16 code units. */
export interface SourcePlace {
  /** The file as the user named it; `<stdin>` or `<command line>` where there is none. */
  readonly file: string
  readonly line: number
  readonly column: number
  /** How much to underline; at least 1. */
  readonly length: number
  /** The whole line at that place, without its line break; shown below the message. */
  readonly excerpt: string
}

/** Where the fields of one object (a Service, the scenario) stand in the user's text. */
export interface Origin {
  readonly file: string
  /**
   * The place of a field's value, or of the nearest enclosing field that exists.
   *
   * @param path - keys and indices from the object's root, e.g. `['spec', 'ports', 0, 'nodePort']`
   */
  place(path: readonly (string | number)[]): SourcePlace
}

/**
 * An origin that finds places by a function. What is sent to another thread goes without that function, so that objects with an
 * origin can be sent as they are; the copy of their origin has its file and no places.
 */
export function originFrom(file: string, place: Origin['place']): Origin {
  return new FoundOrigin(file, place)
}

class FoundOrigin implements Origin {
  readonly #place: Origin['place']

  constructor(
    readonly file: string,
    place: Origin['place'],
  ) {
    this.#place = place
  }

  place(path: readonly (string | number)[]): SourcePlace {
    return this.#place(path)
  }
}

/** One error or warning. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  readonly code: DiagnosticCode
  /** One statement of what is wrong, without a final full stop; names in double quotes. */
  readonly message: string
  readonly place?: SourcePlace
  /** The cure, or what was expected; may hold a "did you mean". Written beside the caret. */
  readonly hint?: string
}

/** The user's to mend. Carries every error found in one pass; the order is that of the input. */
export class InputError extends Error {
  override readonly name = 'InputError'
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((each) => `${each.code}: ${each.message}`).join('\n'))
  }
}

/** Ours to mend: something that can not be, has been. `context` names what is needed to replay it. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'

  /** @param reason - what has been; the message is this and the context */
  constructor(
    readonly reason: string,
    readonly context: Readonly<Record<string, string | number>> = {},
  ) {
    super(`${reason}${describe(context)}`)
  }
}

function describe(context: Readonly<Record<string, string | number>>): string {
  const parts = Object.entries(context).map(([key, value]) => `${key}=${value}`)
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}
