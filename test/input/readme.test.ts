/** The page of this folder says what the source says. `UPDATE=1` rewrites its tables. */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../../src/base/error-codes.js'
import { formatCount } from '../../src/base/units.js'
import { LIMITS } from '../../src/input/limits.js'
import { type FieldTable, TABLES_BY_TYPE } from '../../src/input/manifests/field-tables.js'
import { KINDS } from '../../src/input/read-manifests.js'
import { renderDiagnostics } from '../../src/input/render-diagnostics.js'
import { scenarioJsonSchema } from '../../src/input/scenario-json-schema.js'
import { findings } from './reading.js'

const file = new URL('../../src/input/README.md', import.meta.url)

/** The page with another text between the marks of a section. */
function withSection(page: string, name: string, source: string, text: string): string {
  const begin = `<!-- ${name}: written from ${source} by UPDATE=1 -->\n`
  const end = `<!-- end of ${name} -->`
  const [before = '', rest = ''] = page.split(begin)
  const [, after = ''] = rest.split(end)
  return `${before}${begin}\n${text}\n${end}${after}`
}

function expectSection(name: string, source: string, text: string): void {
  const expected = withSection(readFileSync(file, 'utf8'), name, source, text)
  if (process.env.UPDATE === '1') writeFileSync(file, expected)
  expect(readFileSync(file, 'utf8')).toBe(expected)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('')
}

function namesOf({ uses }: FieldTable, use: 'read' | 'ignored' | 'silent'): string {
  const names = [...uses].filter(([, each]) => each === use).map(([name]) => name)
  return names.length === 0 ? '–' : names.join(', ')
}

describe('the page about input', () => {
  it('lists the kinds that are read, with their versions', () => {
    const rows = [...KINDS].map(([kind, { apiVersion }]) => [kind, `\`${apiVersion}\``])
    expectSection('kinds', 'read-manifests.ts', table(['kind', 'apiVersion'], rows))
  })

  it('lists every field, and what becomes of it', () => {
    const rows = Object.entries(TABLES_BY_TYPE).map(([type, fields]: [string, FieldTable]) => [
      type,
      namesOf(fields, 'read'),
      namesOf(fields, 'ignored'),
      namesOf(fields, 'silent'),
    ])
    const head = ['type', 'read', 'not modelled', 'no effect']
    expectSection('fields', 'manifests/field-tables.ts', table(head, rows))
  })

  it('lists the fields of a scenario', () => {
    const { properties } = JSON.parse(JSON.stringify(scenarioJsonSchema())).properties.spec
    const rows = Object.entries(properties as Record<string, { description?: string }>).map(
      ([name, field]) => [`\`${name}\``, field.description ?? ''],
    )
    expect(rows.filter(([, description]) => description === '')).toEqual([])
    expectSection('spec', 'scenario-schema.ts', table(['field of spec', 'meaning'], rows))
  })

  it('lists every error code with its meaning and cure', () => {
    const rows = Object.entries(ERROR_CODES).map(([code, { meaning, cure }]) => [
      `\`${code}\``,
      meaning,
      cure,
    ])
    expectSection('codes', 'base/error-codes.ts', table(['code', 'meaning', 'cure'], rows))
  })

  it('shows an error as it is written', () => {
    const text = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  type: NodPort\n'
    const [error] = findings(text).filter(({ code }) => code === 'FIELD_VALUE')
    const shown = renderDiagnostics([error]).trimEnd().replace(/^/gm, '    ')
    expect(readFileSync(file, 'utf8')).toContain(`\n${shown}\n`)
  })

  it('gives every limit its value', () => {
    const rows = readFileSync(file, 'utf8').match(/^\| `\w+` \| [\d,]+ \|/gm)
    expect(rows).toEqual(
      Object.entries(LIMITS).map(([name, value]) => `| \`${name}\` | ${formatCount(value)} |`),
    )
  })
})
