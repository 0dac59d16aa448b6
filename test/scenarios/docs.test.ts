/**
 * Every command of the documentation runs, in the order of its page, and every output shown below one is what it prints.
 * `UPDATE=1` rewrites the outputs. A command without an output only has to end well, after a short horizon; plain runs of
 * shipped scenarios are left to golden.test.ts.
 */
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeProgram } from '../../src/cli/program.js'
import { fakeSurroundings } from '../cli/fake-surroundings.js'
import { isExcerptOf, renewedExcerpt } from './doc-excerpt.js'
import { type DocBlock, type DocPage, docPages, pageText, ROOT } from './doc-page.js'
import { commandsOf, DocFolder, type Ran } from './doc-shell.js'

const PAGES = docPages()

/** What a page takes for granted: files that the reader would have. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  'README.md': [
    'mkdir my-manifests',
    'cp scenarios/counter/counter.yaml my-manifests/',
    'svcsim rules scenarios/counter --node node-a > dump.txt',
  ],
  'src/experiment/README.md': [
    ...['before', 'after'].flatMap((folder) => [
      `mkdir ${folder}`,
      `cp scenarios/counter/counter.yaml scenarios/counter/scenario.yaml ${folder}/`,
      `svcsim run ${folder} --per-replication --replications 2 --set horizon=7s --output ${folder}.json`,
    ]),
  ],
}

const GOLDEN = /^svcsim run (scenarios\/[\w-]+)(?:\/([\w-]+)\.yaml)?$/
const SIMULATES = /^svcsim (run|sweep|solve|compare) (?!.*\.json)/
const SHORT = ['--set', 'horizon=8s']
const FEW = ['--replications', '1']
/** Options that stand twice count as they stand last. */
const SMALL = [...SHORT, '--rate', '100..200/s', '--replicas', '2..3', '--max-replications', '6']

interface Step {
  readonly page: string
  readonly command: string
  /** Texts that are shown of its output, and files that are written before it. */
  readonly excerpts: readonly DocBlock[]
  readonly files: readonly DocBlock[]
}

/** A block of YAML that belongs to a file says so in its first line. */
const FILE_LINE = /^# (\S+\.yaml)(, at its end)?$/

/** The commands of a page in their order, each with the blocks that belong to it. */
function stepsOf({ file, blocks }: DocPage): readonly Step[] {
  const steps: { page: string; command: string; excerpts: DocBlock[]; files: DocBlock[] }[] = []
  let files: DocBlock[] = []
  let last: (typeof steps)[number] | undefined
  for (const block of blocks) {
    if (block.language === 'text') last?.excerpts.push(block)
    if (block.language === 'yaml' && FILE_LINE.test(block.lines[0])) files.push(block)
    if (block.language !== 'sh') continue
    const commands = commandsOf(block).filter((command) => !command.startsWith('npm '))
    steps.push(...commands.map((command) => ({ page: file, command, excerpts: [], files })))
    last = steps.findLast(({ command }) => command.startsWith('svcsim '))
    files = []
  }
  return steps
}

/** Runs whose bytes are committed already. */
function isGolden({ command, excerpts }: Step): boolean {
  const [, folder, file] = GOLDEN.exec(command) ?? []
  if (folder === undefined || excerpts.length > 0) return false
  const expected = file === undefined ? 'expected.json' : `${file}.expected.json`
  return fs.existsSync(path.join(ROOT, folder, expected))
}

function extraOptions({ command, excerpts }: Step): readonly string[] {
  if (excerpts.length > 0) return []
  if (command.startsWith('svcsim bench')) return FEW
  if (command.startsWith('svcsim capacity')) return SMALL
  return SIMULATES.test(command) ? SHORT : []
}

/** What does not depend on files of its page runs once for all pages. */
const shared = new Map<string, Promise<Ran>>()

function ranOnce(folder: DocFolder, step: Step): Promise<Ran> {
  const { command } = step
  const extra = extraOptions(step)
  const isShared = command.includes(' scenarios/') && !command.includes('--output')
  const key = [command, ...extra].join(' ')
  const known = isShared ? shared.get(key) : undefined
  const ran = known ?? folder.run(command, extra)
  if (isShared) shared.set(key, ran)
  return ran
}

/** Rewrites the lines of a block in its page, which keeps its other lines. */
function rewrite(page: string, block: DocBlock, renewed: readonly string[]): void {
  const before = pageText(page)
  const shown = (lines: readonly string[]) => `\n${['```text', ...lines, '```'].join('\n')}\n`
  fs.writeFileSync(
    path.join(ROOT, page),
    before.replace(shown(block.lines), () => shown(renewed)),
  )
}

function expectExcerpt(page: string, block: DocBlock, output: string): void {
  const isShown = isExcerptOf(block.lines, output)
  if (process.env.UPDATE === '1' && !isShown) {
    rewrite(page, block, renewedExcerpt(block.lines, output))
    return
  }
  // The whole output helps to see what has changed.
  expect(isShown ? '' : `${page}:${block.firstLine + 1} shows other lines than\n${output}`).toBe('')
}

function applyFile(folder: DocFolder, { lines }: DocBlock): void {
  const [, file = '', atEnd] = FILE_LINE.exec(lines[0]) ?? []
  const text = `${lines.slice(1).join('\n')}\n`
  if (atEnd === undefined) folder.write(file, text)
  else folder.append(file, text)
}

const withCommands = PAGES.filter((page) => stepsOf(page).length > 0)

describe.each(withCommands.map((page) => [page.file, stepsOf(page)] as const))('%s', (file, steps) => {
  let folder: DocFolder
  beforeAll(async () => {
    folder = new DocFolder()
    for (const command of BEFORE[file] ?? []) await folder.run(command)
  })
  afterAll(() => folder.remove())

  it.each(steps)('$command', async (step) => {
    for (const each of step.files) applyFile(folder, each)
    if (isGolden(step)) return
    const { exitCode, output } = await ranOnce(folder, step)
    expect(exitCode, output).toBe(0)
    for (const excerpt of step.excerpts) expectExcerpt(file, excerpt, output)
  })
})

describe('the documentation', () => {
  it('is found, with its commands', () => {
    const steps = withCommands.flatMap(stepsOf)
    expect(withCommands.length).toBeGreaterThan(10)
    expect(steps.filter(({ excerpts }) => excerpts.length > 0).length).toBeGreaterThan(2)
  })

  it('says of each block what it is', () => {
    const known = ['sh', 'text', 'ts', 'yaml', 'plain']
    for (const { file, blocks } of PAGES)
      for (const { language, firstLine } of blocks) expect(known, `${file}:${firstLine}`).toContain(language)
  })

  it('names scripts of npm that exist', () => {
    const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'))
    const named = PAGES.flatMap(({ file }) => [...pageText(file).matchAll(/\bnpm run ([\w:]+)/g)])
    expect(named.length).toBeGreaterThan(5)
    for (const [, script] of named) expect(Object.keys(scripts)).toContain(script)
  })

  it('names verbs that exist, with options that they have', () => {
    const ignored = () => {}
    const { commands } = makeProgram(fakeSurroundings(), ignored, ignored)
    const rows = [...pageText('README.md').matchAll(/^\| `svcsim (\w+).*$/gm)]
    expect(rows.map(([, verb]) => verb)).toEqual(expect.arrayContaining(['run', 'solve', 'trace']))
    for (const [row, verb] of rows) {
      const help = commands.find((each) => each.name() === verb)?.helpInformation() ?? ''
      for (const [option] of row.matchAll(/--[a-z][\w-]*/g)) expect(help, verb).toContain(option)
    }
  })

  it('has a page for each folder of src, with scope, sources and validation', () => {
    const folders = fs.readdirSync(path.join(ROOT, 'src'), { withFileTypes: true })
    for (const { name } of folders.filter((entry) => entry.isDirectory())) {
      const page = pageText(`src/${name}/README.md`)
      expect(page, name).toMatch(/^(## |\*\*)Validation/m)
      // The command line is no model.
      if (name === 'cli') continue
      expect(page, name).toMatch(/^((## |\*\*)(Scope|What is modelled)|Limits[:.])/m)
      expect(page, name).toMatch(/^((## |\*\*)Sources|Sources: )/m)
    }
  })

  it('links only to files that exist', () => {
    const links = PAGES.flatMap(({ file }) =>
      [...pageText(file).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link]) => ({ file, link })),
    )
    const missing = links.filter(
      ({ file, link }) => !link.includes(':') && !fs.existsSync(path.join(ROOT, path.dirname(file), link)),
    )
    expect(links.length).toBeGreaterThan(50)
    expect(missing).toEqual([])
  })
})
