/**
 * Every shipped scenario, run in full, gives the bytes that are committed beside it: `expected.json` for scenario.yaml,
 * `NAME.expected.json` for NAME.yaml. `UPDATE=1` rewrites them; a difference is explained in CHANGELOG.md.
 */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.js'
import { fakeSurroundings } from '../cli/fake-surroundings.js'

const ROOT = path.resolve(import.meta.dirname, '../../scenarios')

interface GoldenScenario {
  /** As the user would name it. */
  readonly name: string
  readonly expectedFile: string
}

function goldenScenarios(): GoldenScenario[] {
  return fs
    .readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: folder }) =>
      fs
        .readdirSync(path.join(ROOT, folder))
        .filter((file) => file.endsWith('.yaml') && isScenario(path.join(ROOT, folder, file)))
        .map((file) => goldenScenario(folder, file)),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function isScenario(file: string): boolean {
  return /^kind: Scenario$/m.test(fs.readFileSync(file, 'utf8'))
}

function goldenScenario(folder: string, file: string): GoldenScenario {
  const isMain = file === 'scenario.yaml'
  const expected = isMain ? 'expected.json' : file.replace(/\.yaml$/, '.expected.json')
  const name = isMain ? `scenarios/${folder}` : `scenarios/${folder}/${file}`
  return { name, expectedFile: path.join(ROOT, folder, expected) }
}

async function jsonOf(name: string, ...options: string[]): Promise<string> {
  const surroundings = fakeSurroundings()
  const exitCode = await runCommandLine(
    ['run', name, '--format', 'json', '--quiet', ...options],
    surroundings,
  )
  expect(surroundings.stderr.text).toBe('')
  expect(exitCode).toBe(0)
  return surroundings.stdout.text
}

describe('shipped scenarios', () => {
  it.each(goldenScenarios())('$name gives the bytes that are committed', async ({ name, expectedFile }) => {
    const results = await jsonOf(name)
    if (process.env.UPDATE === '1') fs.writeFileSync(expectedFile, results)
    // Compared as a whole, but not shown as a whole.
    expect(results === fs.readFileSync(expectedFile, 'utf8')).toBe(true)
  })

  it('the counter gives the same bytes twice, and others with another seed', async () => {
    const first = await jsonOf('scenarios/counter')
    expect(await jsonOf('scenarios/counter')).toBe(first)
    expect(await jsonOf('scenarios/counter', '--seed', '2')).not.toBe(first)
  })
})
