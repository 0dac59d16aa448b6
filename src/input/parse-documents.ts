/**
 * Reads YAML and JSON from untrusted text: in bounded time and memory, with a code and a place for every refusal.
 *
 * A file is cut at its `---` lines. Each document goes to the quick reader (plain-block.ts) and, where that one does not
 * take it, to the complete reader (full-yaml.ts). A file with `%` directives or `...` lines goes to the complete reader
 * as a whole. Lone carriage returns and control characters are refused, which YAML does not allow either.
 */
import { type Diagnostic, InputError } from '../base/diagnostics.js'
import { DiagnosticList } from './diagnostic-list.js'
import { readFullYaml } from './full-yaml.js'
import { LIMITS, type Limits } from './limits.js'
import { readPlainDocument } from './plain-block.js'
import type { PlainState } from './plain-state.js'
import { refuse } from './reading-limits.js'
import { BYTE_ORDER_MARK, contentStart, type SourceFile } from './source-file.js'
import type { TreeNode } from './tree.js'

export interface ParsedFiles {
  /** The roots of all documents that hold something, in the order of the files and their text. */
  readonly documents: readonly TreeNode[]
  /** The first `limits.diagnostics`, in that order too. A document with an error is left out above. */
  readonly errors: readonly Diagnostic[]
}

/**
 * Reads the documents of several files.
 *
 * @returns documents and errors; never throws because of the text
 * @remarks About 0.1 µs a character for ordinary manifests; see full-yaml.ts for others.
 */
export function parseDocuments(files: readonly SourceFile[], limits: Limits = LIMITS): ParsedFiles {
  const reader = new FileReader(limits)
  for (const file of files) reader.read(file)
  return { documents: reader.documents, errors: reader.errors.all() }
}

/**
 * Offset of the first character that may not stand in a document, or -1. A carriage return must end a line; a byte order
 * mark, as it comes from files put together, would become part of a key.
 */
function firstUnprintable(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const charCode = text.charCodeAt(at)
    if (charCode >= 0x20 && charCode < 0x7f) continue
    if (charCode === 0x0a || charCode === 0x09 || charCode === 0x85) continue
    if (charCode >= 0xa0 && charCode < 0xfffe && charCode !== BYTE_ORDER_MARK) continue
    if (charCode === 0x0d && text.charCodeAt(at + 1) === 0x0a) continue
    return at
  }
  return -1
}

/** Work of the complete reader for a document in itself, in characters. */
const DOCUMENT_CHARACTERS = 64

const NEEDS_FULL_YAML = /^\ufeff?(?:%|\.\.\.(?:\s|$))/m

class FileReader {
  readonly documents: TreeNode[] = []
  readonly errors: DiagnosticList
  private characters = 0
  private fullYamlCharacters = 0
  private nodeCount = 0

  constructor(private readonly limits: Limits) {
    this.errors = new DiagnosticList('error', limits.diagnostics)
  }

  read(file: SourceFile): void {
    this.collectErrors(() => this.readFile(file))
  }

  private readFile(file: SourceFile): void {
    this.checkText(file)
    this.nodeCount = 0
    const start = contentStart(file)
    if (NEEDS_FULL_YAML.test(file.text)) {
      this.readFully(file, start, file.text.length, start)
      return
    }
    for (let from = start; from < file.text.length; ) {
      const to = nextDocument(file.text, from)
      this.collectErrors(() => this.readDocument(file, from, to))
      from = to
    }
  }

  private collectErrors(read: () => void): void {
    if (this.errors.isFull) {
      this.errors.cut()
      return
    }
    try {
      read()
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.errors.addAll(error.diagnostics)
    }
  }

  private checkText(file: SourceFile): void {
    const { fileCharacters, totalCharacters } = this.limits
    this.characters += file.text.length
    if (file.text.length > fileCharacters) {
      const message = `The file has more than ${fileCharacters} characters`
      refuse(file, 0, 'TEXT_TOO_LARGE', message, 'split it into smaller files')
    }
    if (this.characters > totalCharacters) {
      const message = `The files have more than ${totalCharacters} characters in all`
      refuse(
        file,
        0,
        'TEXT_TOO_LARGE',
        message,
        'leave out the manifests that the question does not depend on',
      )
    }
    const at = firstUnprintable(file.text, contentStart(file))
    if (at < 0) return
    const codePoint = file.text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')
    const message = `The file holds the character U+${codePoint}, which does not belong in text`
    refuse(file, at, 'TEXT_NOT_PRINTABLE', message, 'remove it, and save the file as UTF-8 text')
  }

  private readDocument(file: SourceFile, from: number, to: number): void {
    const { text } = file
    const start = behindMarker(text, from)
    const { nodeCount, limits } = this
    const state: PlainState = { file, text, start, end: to, limits, at: start, depth: 0, nodeCount }
    const root = readPlainDocument(state)
    if (root === undefined) {
      this.readFully(file, from, to, state.at)
      return
    }
    this.nodeCount = state.nodeCount
    if (root !== 'empty') this.documents.push(root)
  }

  /** @param stop - where the quick reader gave up */
  private readFully(file: SourceFile, from: number, to: number, stop: number): void {
    const { fullYamlCharacters, fullYamlTotalCharacters } = this.limits
    if (this.fullYamlCharacters > fullYamlTotalCharacters) return
    this.fullYamlCharacters += to - from + DOCUMENT_CHARACTERS
    const isLongDocument = to - from > fullYamlCharacters
    if (isLongDocument || this.fullYamlCharacters > fullYamlTotalCharacters) {
      const size = isLongDocument ? fullYamlCharacters : fullYamlTotalCharacters
      const message = `This is not plain YAML, of which no more than ${size} characters are read`
      const hint = 'mend it if it is a mistake; else write it without anchors, aliases, tags and tabs'
      refuse(file, stop, 'YAML_NOT_PLAIN', message, hint)
    }
    const { roots, errors, nodeCount } = readFullYaml(file, from, to, this.limits, this.nodeCount)
    this.nodeCount = nodeCount
    this.errors.addAll(errors)
    for (const root of roots) this.documents.push(root)
  }
}

/** Offset of the `---` line that begins the next document, or the end of the text. */
function nextDocument(text: string, from: number): number {
  for (let at = text.indexOf('\n---', from); at >= 0; at = text.indexOf('\n---', at + 1)) {
    if (isMarker(text, at + 1)) return at + 1
  }
  return text.length
}

function isMarker(text: string, at: number): boolean {
  if (!text.startsWith('---', at)) return false
  // Blanks of YAML only: `\s` has others, such as U+2028.
  return at + 3 === text.length || /[ \t\r\n]/.test(text.charAt(at + 3))
}

/** Offset behind the `---` line of a document, where nothing but a comment stands on it. */
function behindMarker(text: string, from: number): number {
  if (!isMarker(text, from)) return from
  const lineEnd = text.indexOf('\n', from)
  const rest = text.slice(from + 3, lineEnd < 0 ? text.length : lineEnd)
  if (!/^ *(?: #.*)?\r?$/.test(rest)) return from
  return lineEnd < 0 ? text.length : lineEnd + 1
}
