/**
 * The package `yaml` under guard. By itself it is not safe with hostile text: it builds an error object for each of
 * 100,000 quotes, and deep nesting overflows the stack, which can end the process. So its parser is watched token by
 * token for depth, and errors stop it early. Scalars are left as texts (schema `failsafe`), and keys are not compared.
 */
import { Composer, type Document, Lexer, Parser } from 'yaml'
import type { Diagnostic } from '../base/diagnostics.js'
import type { Limits } from './limits.js'
import { refuseDepth } from './reading-limits.js'
import { placeAt, type SourceFile } from './source-file.js'

/** Errors of one document that are told; the first is nearly always the cause of the others. */
const MAX_ERRORS = 5

/** Errors and warnings after which the package is stopped. */
const MAX_REPORTS = 20
const MAX_WARNINGS = 1_000

/** One document, or what is wrong with it. */
export type GuardedDocument =
  | { readonly kind: 'document'; readonly document: Document.Parsed }
  | { readonly kind: 'wrong'; readonly errors: readonly Diagnostic[] }

interface YamlError {
  readonly code: string
  readonly pos: readonly [number, number]
  readonly message: string
}

/**
 * The documents of a stretch of text; or, in place of the first that is wrong, its errors, and then no more.
 * Offsets in the documents count from `start`.
 *
 * @throws InputError YAML_TOO_DEEP
 */
export function* guardedDocuments(
  file: SourceFile,
  start: number,
  end: number,
  limits: Limits,
): Generator<GuardedDocument> {
  const errors: YamlError[] = []
  try {
    for (const document of composedDocuments(file, start, end, limits, errors)) {
      if (document.errors.length > 0) {
        yield { kind: 'wrong', errors: diagnosticsOf(file, start, document.errors) }
        return
      }
      yield { kind: 'document', document }
    }
  } catch (error) {
    if (!(error instanceof TooManyErrors)) throw error
    yield { kind: 'wrong', errors: diagnosticsOf(file, start, errors) }
  }
}

function* composedDocuments(
  file: SourceFile,
  start: number,
  end: number,
  limits: Limits,
  errors: YamlError[],
): Generator<Document.Parsed> {
  const parser = new Parser()
  const composer = quietComposer(errors)
  for (const lexeme of new Lexer().lex(file.text.slice(start, end))) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') noteError(errors, positionOf(token), 'UNEXPECTED_TOKEN', token.message)
      yield* composer.next(token)
    }
    if (collectionCount(parser) > limits.nesting) refuseDepth(file, start + parser.offset, limits)
  }
  for (const token of parser.end()) yield* composer.next(token)
  yield* composer.end()
}

/** How many maps and lists are open. The stack also holds the document, and a scalar at times. */
function collectionCount(parser: Parser): number {
  const { stack } = parser
  return stack.length - 1 - (stack[stack.length - 1]?.type.endsWith('scalar') ? 1 : 0)
}

/** Ends the package's work on a document that is wrong anyway. */
class TooManyErrors extends Error {}

function noteError(errors: YamlError[], pos: readonly [number, number], code: string, message: string): void {
  errors.push({ code, message, pos })
  if (errors.length >= MAX_REPORTS) throw new TooManyErrors()
}

/**
 * A composer that gives up after some errors or warnings. The package has no such option; so its handler, a private
 * field, is replaced. Should a later version name the field otherwise, reading gets slow for hostile text but stays right.
 */
function quietComposer(errors: YamlError[]): Composer {
  const options = {
    schema: 'failsafe',
    resolveKnownTags: false,
    uniqueKeys: false,
    prettyErrors: false,
  } as const
  const composer = new Composer(options)
  const reporter = composer as unknown as { onError: (...parameters: ErrorParameters) => void }
  const report = reporter.onError
  let warningCount = 0
  reporter.onError = (...parameters) => {
    const [source, code, message, isWarning] = parameters
    if (isWarning === true) warningCount += 1
    if (isWarning !== true || warningCount > MAX_WARNINGS)
      noteError(errors, positionOf(source), code, message)
    report(...parameters)
  }
  return composer
}

type ErrorParameters = [source: ErrorSource, code: string, message: string, isWarning?: boolean]
type ErrorSource = number | readonly number[] | { readonly offset: number; readonly source?: string }

function positionOf(source: ErrorSource): [number, number] {
  if (typeof source === 'number') return [source, source + 1]
  if ('offset' in source) return [source.offset, source.offset + (source.source?.length ?? 1)]
  return [source[0] ?? 0, source[1] ?? 0]
}

function diagnosticsOf(file: SourceFile, start: number, errors: readonly YamlError[]): Diagnostic[] {
  return errors.slice(0, MAX_ERRORS).map((error) => {
    const [from, to] = error.pos
    const place = placeAt(file, start + from, start + Math.max(from, to))
    const message = shortened(error.message)
    return { severity: 'error', code: 'YAML_SYNTAX', message, hint: 'this is where reading stopped', place }
  })
}

/** The package quotes the text at fault, whatever its length. */
export function shortened(message: string): string {
  return message.length > 200 ? `${message.slice(0, 200)}…` : message
}
