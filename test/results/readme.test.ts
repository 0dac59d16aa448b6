import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { callMetrics, type Metric } from '../../src/results/metric-catalogue.js'
import { callAtPodMetrics, nodeMetrics, podMetrics } from '../../src/results/station-metrics.js'

const file = new URL('../../src/results/README.md', import.meta.url)
const BEGIN = '<!-- metrics: written from metric-catalogue.ts by UPDATE=1 -->\n'
const END = '<!-- end of metrics -->'

type Row = Pick<Metric, 'path' | 'unit' | 'definition'>

function table(title: string, metrics: readonly Row[]): string {
  const rows = metrics.map(
    ({ path, unit, definition }) => `| \`${path}\` | ${unit} | ${definition.replaceAll('*', '\\*')} |`,
  )
  return [`### ${title}`, '', '| metric | unit | definition |', '| --- | --- | --- |', ...rows, ''].join('\n')
}

describe('the page about results', () => {
  it('defines every metric as the catalogue does', () => {
    const tables = [
      table('Of a call', callMetrics),
      table('Of a call at one pod (CSV only)', callAtPodMetrics),
      table('Of a pod', podMetrics),
      table('Of a node', nodeMetrics),
    ].join('\n')
    const page = readFileSync(file, 'utf8')
    const [before = '', rest = ''] = page.split(BEGIN)
    const [, after = ''] = rest.split(END)
    const expected = `${before}${BEGIN}\n${tables}\n${END}${after}`
    const { UPDATE } = process.env
    if (UPDATE === '1') writeFileSync(file, expected)
    expect(readFileSync(file, 'utf8')).toBe(expected)
  })
})
