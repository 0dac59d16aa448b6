/** Commands of a page, run in a folder of their own that holds the scenarios, as a user would in a checkout. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { runCommandLine } from '../../src/cli/command-line.js'
import { fakeSurroundings } from '../cli/fake-surroundings.js'
import { type DocBlock, ROOT } from './doc-page.js'

/** Folders that commands of the pages name. */
const COPIED = ['scenarios']
/** What commands read; the bytes that goldens hold stay out. */
const NOT_COPIED = /expected\.json$/

export interface Ran {
  readonly exitCode: number
  /** Notes, then data: what a terminal shows. */
  readonly output: string
}

/** The commands of a block, without comments and `npx`. */
export function commandsOf({ lines }: DocBlock): readonly string[] {
  return lines
    .map((line) => line.replace(/(^|\s+)#.*$/, '').trim())
    .filter((line) => line !== '')
    .flatMap((line) => line.split(' && '))
    .map((command) => command.replace(/^npx /, ''))
}

/** A temporary checkout. */
export class DocFolder {
  readonly #root = fs.mkdtempSync(path.join(os.tmpdir(), 'svcsim-docs-'))

  constructor() {
    for (const folder of COPIED)
      fs.cpSync(path.join(ROOT, folder), path.join(this.#root, folder), {
        recursive: true,
        filter: (file) => !NOT_COPIED.test(file),
      })
  }

  /**
   * Runs `svcsim …`, `mkdir FOLDER` or `cp FILE… TARGET`; `> FILE` at the end keeps the output.
   *
   * @param extra - options that the page does not show
   * @throws Error for any other command
   */
  async run(command: string, extra: readonly string[] = []): Promise<Ran> {
    const [program, ...words] = argumentsOf(command)
    if (program === 'svcsim') return this.#runSvcsim([...words, ...extra])
    if (program === 'mkdir') fs.mkdirSync(this.#at(words[0]))
    else if (program === 'cp') this.#copy(words)
    else throw new Error(`pages can not run "${command}"`)
    return { exitCode: 0, output: '' }
  }

  /** Writes a file that a page shows. */
  write(file: string, text: string): void {
    fs.writeFileSync(this.#at(file), text)
  }

  append(file: string, text: string): void {
    fs.appendFileSync(this.#at(file), text)
  }

  remove(): void {
    fs.rmSync(this.#root, { recursive: true, force: true })
  }

  async #runSvcsim(words: readonly string[]): Promise<Ran> {
    const redirect = words.indexOf('>')
    const argv = redirect === -1 ? words : words.slice(0, redirect)
    const surroundings = fakeSurroundings({ cwd: this.#root })
    const exitCode = await runCommandLine([...argv], surroundings)
    if (redirect !== -1) this.write(words[redirect + 1], surroundings.stdout.text)
    return { exitCode, output: surroundings.stderr.text + surroundings.stdout.text }
  }

  #copy(words: readonly string[]): void {
    const target = this.#at(words.at(-1) ?? '')
    const isFolder = fs.existsSync(target) && fs.statSync(target).isDirectory()
    for (const file of words.slice(0, -1))
      fs.copyFileSync(this.#at(file), isFolder ? path.join(target, path.basename(file)) : target)
  }

  #at(file: string): string {
    return path.join(this.#root, file)
  }
}

/** Arguments as a shell would part them. */
function argumentsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain)
}
