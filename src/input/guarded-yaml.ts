/**
 * The package `yaml` under guard. By itself it is not safe with hostile text: it builds an error object for each of
 * 100,000 quotes, and deep nesting overflows the stack, which can end the process. So its parser is watched token by
 * token for depth, and errors stop it early. Scalars are left as texts (schema `failsafe`), and keys are not compared.
 */
import { Composer, type Document, isMap, isScalar, isSeq, Lexer, Parser } from 'yaml'
import type { Diagnostic } from '../base/diagnostics.js'
import type { Limits } from './limits.js'
import { refuseDepth } from './reading-limits.js'
import { placeAt, type SourceFile } from './source-file.js'
import { shortened } from './words.js'
import { hintAt, isTemplate, syntaxHint } from './yaml-hints.js'

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
        const found = document.errors.map((error) => withOpeningQuote(error, document.contents))
        yield { kind: 'wrong', errors: diagnosticsOf(file, start, found) }
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

/** The first errors, one a line: the others on a line follow from it. */
function diagnosticsOf(file: SourceFile, start: number, errors: readonly YamlError[]): Diagnostic[] {
  const byLine = new Map<number, Diagnostic>()
  for (const error of errors) {
    if (byLine.size >= MAX_ERRORS) break
    const [from, to] = error.pos
    const place = placeAt(file, start + from, start + Math.max(from, to))
    if (byLine.has(place.line)) continue
    // The package quotes the text at fault, whatever its length.
    const message = shortened(error.message, 200)
    const hint = hintAt(place, syntaxHint(error.code, message))
    byLine.set(place.line, { severity: 'error', code: 'YAML_SYNTAX', message, hint, place })
  }
  const found = [...byLine.values()]
  // What else is wrong with a template follows from its not being rendered.
  const inTemplate = found.find(({ place }) => place !== undefined && isTemplate(place))
  return inTemplate === undefined ? found : [inTemplate]
}

const OPEN_QUOTE = /^Missing closing (["'])quote/

/** The package finds out at the end of the text that a quote is open: the place to show is where it was opened. */
function withOpeningQuote(error: YamlError, contents: unknown): YamlError {
  const match = OPEN_QUOTE.exec(error.message)
  if (match === null) return error
  const message = `A quote ${match[1]} is not closed`
  const at = startOfScalarTo(contents, error.pos[0])
  return { code: error.code, message, pos: at === undefined ? error.pos : [at, at + 1] }
}

/** Where the scalar begins that ends at an offset; undefined if there is none below the node. */
function startOfScalarTo(node: unknown, end: number): number | undefined {
  if (isScalar(node)) return node.range?.[1] === end ? node.range[0] : undefined
  const parts = isMap(node)
    ? node.items.flatMap((pair) => [pair.key, pair.value])
    : isSeq(node)
      ? node.items
      : []
  for (const part of parts.reverse()) {
    const start = startOfScalarTo(part, end)
    if (start !== undefined) return start
  }
  return undefined
}
