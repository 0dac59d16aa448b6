/** Errors as plain data, so that what goes wrong in a thread or on another machine arrives as what it is. */
import { type Diagnostic, InputError, InvariantError } from '../../base/diagnostics.js'

/** An error, to be sent. */
export type PortableError =
  | { readonly kind: 'input'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'invariant'
      readonly reason: string
      readonly context: Readonly<Record<string, string | number>>
      readonly stack: string
    }
  | { readonly kind: 'other'; readonly message: string; readonly stack: string }

/** Takes an error apart; what is no error becomes one. */
export function portableError(error: unknown): PortableError {
  if (error instanceof InputError) return { kind: 'input', diagnostics: error.diagnostics }
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  if (error instanceof InvariantError) {
    return { kind: 'invariant', reason: error.reason, context: error.context, stack }
  }
  return { kind: 'other', message: error instanceof Error ? error.message : String(error), stack }
}

/** Puts it together again: same class, same message, the stack of where it happened. */
export function errorOf(portable: PortableError): Error {
  if (portable.kind === 'input') return new InputError(portable.diagnostics)
  const error =
    portable.kind === 'invariant'
      ? new InvariantError(portable.reason, portable.context)
      : new Error(portable.message)
  if (portable.stack !== '') error.stack = portable.stack
  return error
}
