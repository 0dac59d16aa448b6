/**
 * The words of one line of an iptables dump, with their columns, and the errors that point at them.
 *
 * Blanks part words; double quotes hold them together, and inside of quotes a backslash keeps the next character.
 * Source: iptables 1.8.9, iptables/xshared.c, add_param_to_argv.
 */
import type { Diagnostic, SourcePlace } from '../../base/diagnostics.js'
import type { DiagnosticCode } from '../../base/error-codes.js'

/** A word of a line; a quoted one is never an option. */
export interface Word {
  readonly text: string
  /** Counts from 1. */
  readonly column: number
  /** Characters that it takes in the line, quotes included; at least 1. */
  readonly length: number
  readonly isQuoted: boolean
}

/** An option of a rule. */
export interface Option {
  readonly word: Word
  readonly name: string
  /** After `!`. */
  readonly isInverted: boolean
}

/** One line of the user's text. */
export interface Line {
  readonly file: string
  /** Counts from 1. */
  readonly number: number
  readonly text: string
}

/** Thrown inside of the reader at the first error of a line, and caught where lines are read. */
export class LineError extends Error {
  override readonly name = 'LineError'
  constructor(readonly diagnostic: Diagnostic) {
    super(diagnostic.message)
  }
}

/** The words of a line, taken from left to right. */
export class WordReader {
  readonly #words: readonly Word[]
  #next = 0

  /** @throws LineError if a quote is not closed */
  constructor(readonly line: Line) {
    this.#words = splitWords(line)
  }

  /** How many words are taken. */
  get position(): number {
    return this.#next
  }

  /** Puts words back, so that so many are taken. */
  rewind(position: number): void {
    this.#next = position
  }

  /** The text of the line from one word up to the last one taken. */
  textFrom(position: number): string {
    const first = this.#words[position]
    const last = this.#words[this.#next - 1]
    return this.line.text.slice(first.column - 1, last.column - 1 + last.length)
  }

  /** The next word, left where it is; undefined at the end of the line. */
  peek(): Word | undefined {
    return this.#words[this.#next]
  }

  /** The word after the next one. */
  peekSecond(): Word | undefined {
    return this.#words[this.#next + 1]
  }

  /** Takes the next word. */
  take(): Word | undefined {
    const word = this.#words[this.#next]
    this.#next += 1
    return word
  }

  /** Takes the next word if it is this one, unquoted. */
  takeIf(text: string): Word | undefined {
    return this.#isAt(this.#next, [text]) ? this.take() : undefined
  }

  /** Takes an option, with a `!` before it if there is one, if it is one of these. */
  takeOption(names: readonly string[]): Option | undefined {
    const isInverted = this.#isAt(this.#next, ['!'])
    if (!this.#isAt(this.#next + (isInverted ? 1 : 0), names)) return undefined
    if (isInverted) this.take()
    const word = this.take()
    return word === undefined ? undefined : { word, name: word.text, isInverted }
  }

  /**
   * Takes the value of an option.
   *
   * @throws LineError if the line ends before it
   */
  value(option: Word): Word {
    return this.take() ?? this.fail('NF_SYNTAX', option, `"${option.text}" lacks its value`)
  }

  #isAt(index: number, texts: readonly string[]): boolean {
    const word = this.#words[index]
    return word !== undefined && !word.isQuoted && texts.includes(word.text)
  }

  /** @throws LineError always */
  fail(code: DiagnosticCode, at: Word | undefined, message: string, hint?: string): never {
    throw lineError(this.line, code, at, message, hint)
  }
}

/** An error at a word, or at the start of the line where there is none. */
export function lineError(
  line: Line,
  code: DiagnosticCode,
  at: Word | undefined,
  message: string,
  hint?: string,
): LineError {
  const place: SourcePlace = {
    file: line.file,
    line: line.number,
    column: at?.column ?? 1,
    length: at?.length ?? Math.max(1, line.text.length),
    excerpt: line.text,
  }
  return new LineError({ severity: 'error', code, message, place, ...(hint === undefined ? {} : { hint }) })
}

function splitWords(line: Line): Word[] {
  const words: Word[] = []
  const { text } = line
  let at = 0
  while (at < text.length) {
    if (isBlank(text[at])) {
      at += 1
      continue
    }
    const start = at
    at = endOfWord(line, start)
    const raw = text.slice(start, at)
    const isQuoted = raw.includes('"')
    const word = isQuoted ? unquote(raw) : raw
    words.push({ text: word, column: start + 1, length: raw.length, isQuoted })
  }
  return words
}

function endOfWord(line: Line, start: number): number {
  const { text } = line
  let isInQuotes = false
  let at = start
  for (; at < text.length && (isInQuotes || !isBlank(text[at])); at += 1) {
    if (text[at] === '"') isInQuotes = !isInQuotes
    else if (isInQuotes && text[at] === '\\') at += 1
  }
  if (isInQuotes) {
    const word = { text: '', column: start + 1, length: text.length - start, isQuoted: true }
    throw lineError(line, 'NF_SYNTAX', word, 'a quote is not closed')
  }
  return at
}

function unquote(raw: string): string {
  let word = ''
  let isInQuotes = false
  for (let at = 0; at < raw.length; at += 1) {
    if (raw[at] === '"') {
      isInQuotes = !isInQuotes
      continue
    }
    if (isInQuotes && raw[at] === '\\') at += 1
    word += raw[at]
  }
  return word
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t'
}
