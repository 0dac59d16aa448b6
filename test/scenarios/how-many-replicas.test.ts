/** Every command of scenarios/HOW-MANY-REPLICAS.md does what the page says. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.js'
import { readResults } from '../../src/results/results-json.js'
import { fakeSurroundings } from '../cli/fake-surroundings.js'

const PAGE = fs.readFileSync(
  path.resolve(import.meta.dirname, '../../scenarios/HOW-MANY-REPLICAS.md'),
  'utf8',
)
const COMMANDS = [...PAGE.matchAll(/^ {4}npx svcsim (.*)$/gm)].map(([, command = '']) => command)

/** Arguments as a shell would part them. */
function argumentsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain)
}

it('has a command for each step', () => {
  expect(COMMANDS.map((command) => command.split(' ', 1)[0])).toEqual([
    'check',
    'run',
    'solve',
    'solve',
    'run',
  ])
})

it.each(COMMANDS)('svcsim %s', async (command) => {
  const surroundings = fakeSurroundings()
  const isJson = !command.startsWith('check')
  const argv = [...argumentsOf(command), ...(isJson ? ['--format', 'json'] : [])]
  expect(await runCommandLine(argv, surroundings)).toBe(0)
  if (!command.includes('--minimise')) return
  const { solve } = readResults(surroundings.stdout.text, 'results')
  expect(PAGE).toContain(`The answer is ${solve?.answer}.`)
})
