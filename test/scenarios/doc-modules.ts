/**
 * The TypeScript of a page as one module, whose blocks go on from each other: checked against the declarations of the built
 * program, and run with it.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import ts from 'typescript'
import { type DocPage, ROOT } from './doc-page.js'

const BUILT = path.join(ROOT, '.build')

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  typeRoots: [path.join(ROOT, 'node_modules/@types')],
  strict: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
}

/** Imports lead into the built program: `svcsim` to its beginning, `./x.js` to the folder of the page. */
function moduleText({ file, blocks }: DocPage): string {
  const folder = path.join(BUILT, path.relative('src', path.dirname(file)))
  return blocks
    .filter(({ language }) => language === 'ts')
    .flatMap(({ lines }) => lines)
    .join('\n')
    .replaceAll(/ from 'svcsim'/g, ` from '${BUILT}/index.js'`)
    .replaceAll(/ from '(\.[^']+)'/g, (_, to: string) => ` from '${path.resolve(folder, to)}'`)
}

/**
 * Compiles and runs the modules of all pages.
 *
 * @returns what the compiler complains of, and what the run has printed as an error; both empty if all is well
 */
export function runModules(pages: readonly DocPage[]): { complaints: readonly string[]; errors: string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'svcsim-modules-'))
  try {
    const files = pages.map((page) => {
      const file = path.join(folder, `${page.file.replaceAll('/', '-')}.mts`)
      fs.writeFileSync(file, moduleText(page))
      return file
    })
    const program = ts.createProgram(files, OPTIONS)
    const complaints = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics]
    return { complaints: complaints.map(complaintText), errors: errorsOf(files) }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

function complaintText({ file, start = 0, messageText }: ts.Diagnostic): string {
  const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1
  const name = path.basename(file?.fileName ?? '')
  return `${name}, line ${line} of its code: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
}

function errorsOf(files: readonly string[]): string {
  const imports = files.map((file) => `await import(${JSON.stringify(file.replace(/\.mts$/, '.mjs'))})`)
  const argv = ['--input-type=module', '--eval', imports.join('\n')]
  return spawnSync(process.execPath, argv, { cwd: ROOT, encoding: 'utf8' }).stderr
}
