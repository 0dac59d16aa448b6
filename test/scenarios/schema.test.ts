/** The schema beside the scenarios, which their first lines name, is what `svcsim schema` prints. `UPDATE=1` rewrites it. */
import fs from 'node:fs'
import path from 'node:path'
import { Ajv } from 'ajv'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { runCommandLine } from '../../src/cli/command-line.js'
import { fakeSurroundings } from '../cli/fake-surroundings.js'

const FOLDER = path.resolve(import.meta.dirname, '../../scenarios')
const SCHEMA = path.join(FOLDER, 'scenario.schema.json')

function shippedScenarios(): string[] {
  return fs
    .readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      fs.readdirSync(path.join(FOLDER, name)).map((file) => path.join(FOLDER, name, file)),
    )
    .filter((file) => file.endsWith('.yaml') && /^kind: Scenario$/m.test(fs.readFileSync(file, 'utf8')))
}

it('is printed by svcsim schema', async () => {
  const surroundings = fakeSurroundings()
  await runCommandLine(['schema'], surroundings)
  if (process.env.UPDATE === '1') fs.writeFileSync(SCHEMA, surroundings.stdout.text)
  expect(surroundings.stdout.text).toBe(fs.readFileSync(SCHEMA, 'utf8'))
})

it('is named in the first line of every shipped scenario, and accepts it', () => {
  const validate = new Ajv({ strict: false }).compile(JSON.parse(fs.readFileSync(SCHEMA, 'utf8')))
  const scenarios = shippedScenarios()
  expect(scenarios.length).toBeGreaterThanOrEqual(4)
  for (const file of scenarios) {
    const text = fs.readFileSync(file, 'utf8')
    const named = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? ''
    expect(path.resolve(path.dirname(file), named)).toBe(SCHEMA)
    validate(parse(text))
    expect(validate.errors).toBe(null)
  }
})
