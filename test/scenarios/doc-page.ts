/**
 * The pages that people read, and the blocks of code in them: fenced ones with a language, and indented ones.
 * An indented block is a shell's if its first line begins like a command; else it is a formula or a sample.
 */
import fs from 'node:fs'
import path from 'node:path'

/** The root of the repository. */
export const ROOT = path.resolve(import.meta.dirname, '../..')

export interface DocBlock {
  /** `sh`, `text`, `ts`, `yaml` …; `sh` or `plain` for an indented one. */
  readonly language: string
  readonly lines: readonly string[]
  /** Index of its first line in the page; the fence is the one before. */
  readonly firstLine: number
}

export interface DocPage {
  /** From the root of the repository. */
  readonly file: string
  readonly blocks: readonly DocBlock[]
}

const FOLDERS = ['scenarios', 'src']
const PAGES = ['README.md', 'reports/README.md', '.github/CONTRIBUTING.md']
const FENCE = /^```(\S*)$/
const INDENTED = /^ {4}\S/
const COMMAND = /^(npx |npm |svcsim |mkdir |cp )/

/** Every page of the documentation, by path. */
export function docPages(): readonly DocPage[] {
  const found = FOLDERS.flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => path.join(folder, file)),
  )
  return [...PAGES, ...found].sort().map((file) => ({ file, blocks: blocksOf(pageText(file)) }))
}

export function pageText(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), 'utf8')
}

/** The blocks of a page in their order. */
export function blocksOf(text: string): readonly DocBlock[] {
  const lines = text.split('\n')
  const blocks: DocBlock[] = []
  for (let at = 0; at < lines.length; at++) {
    const fence = FENCE.exec(lines[at])
    if (fence === null && !INDENTED.test(lines[at])) continue
    const block = fence === null ? indentedBlock(lines, at) : fencedBlock(lines, at + 1, fence[1])
    blocks.push(block)
    at = block.firstLine + block.lines.length
  }
  return blocks
}

function fencedBlock(lines: readonly string[], firstLine: number, language: string): DocBlock {
  const end = lines.indexOf('```', firstLine)
  if (end === -1) throw new Error(`the fence in line ${firstLine} has no end`)
  return { language, lines: lines.slice(firstLine, end), firstLine }
}

function indentedBlock(lines: readonly string[], firstLine: number): DocBlock {
  const after = lines.slice(firstLine).findIndex((line) => !line.startsWith('    '))
  const end = after === -1 ? lines.length : firstLine + after
  const block = lines.slice(firstLine, end).map((line) => line.slice(4))
  return { language: COMMAND.test(block[0]) ? 'sh' : 'plain', lines: block, firstLine }
}
