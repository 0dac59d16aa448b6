import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/base/digest.js'
import { renderReport } from '../../src/report/render-report.js'
import type { Results } from '../../src/results/results-schema.js'
import { sampleResults, sampleSweep } from '../results/sample-results.js'
import { crossedSweep, pairedSweep } from './sweeps.js'

const folder = new URL('../data/report/', import.meta.url)

/** Compares with the committed text; `UPDATE=1` rewrites it. */
function expectGolden(name: string, text: string): void {
  const file = new URL(name, folder)
  const { UPDATE } = process.env
  if (UPDATE === '1') {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, text)
  }
  expect(existsSync(file) ? readFileSync(file, 'utf8') : `${name} is missing; UPDATE=1 writes it`).toBe(text)
}

const CASES: readonly [string, Results][] = [
  ['run', sampleResults()],
  ['sweep', sampleSweep()],
  ['crossed', crossedSweep()],
  ['paired', pairedSweep()],
]

describe('reports say what they have said before', () => {
  it.each(CASES)('%s as text', async (name, results) => {
    const [file, ...others] = await renderReport(results, 'text')
    expect(others).toEqual([])
    expectGolden(`${name}.txt`, file?.text ?? '')
  })

  it.each(CASES)('%s as Markdown', async (name, results) => {
    const [file] = await renderReport(results, 'md', { indexName: `${name}.md` })
    expect(file?.name).toBe(`${name}.md`)
    expectGolden(`${name}.md`, file?.text ?? '')
  })

  it.each(CASES)('%s as charts of the same bytes in every process', async (name, results) => {
    const [, ...charts] = await renderReport(results, 'md')
    const [, ...again] = await renderReport(results, 'md')
    expect(again).toStrictEqual(charts)
    const digests = charts.map((chart) => `${sha256Hex(chart.text)}  ${chart.name}\n`)
    expectGolden(`${name}.sha256`, digests.join(''))
  })

  it('lists all assumptions where that is asked for', async () => {
    const [file] = await renderReport(sampleResults(), 'text', { isShowingAssumptions: true })
    expect(file?.text).toContain(
      'iptables-nft.ruleCost             23 ns  measured on Linux 6.1, ground-truth/cost_services',
    )
    const [page] = await renderReport(sampleResults(), 'md', { isShowingAssumptions: true })
    expect(page?.text).not.toContain('<summary>Assumptions')
    expect(page?.text).toContain(
      '| iptables-nft.ruleCost | 23 ns | measured on Linux 6.1, ground-truth/cost\\_services |',
    )
  })
})

describe('the files of a Markdown report', () => {
  it('are the page and every picture that it shows, under safe names', async () => {
    for (const [, results] of CASES) {
      const [page, ...charts] = await renderReport(results, 'md')
      expect(page?.name).toBe('README.md')
      const shown = [...(page?.text ?? '').matchAll(/\]\((charts\/[^)]+)\)/g)].map(([, path]) => path)
      expect(shown).toEqual(charts.map(({ name }) => name))
      for (const { name } of charts) expect(name).toMatch(/^charts\/[a-z0-9-]{1,80}\.svg$/)
    }
  })

  it('hold one chart per call of a run, whatever the calls are named', async () => {
    const [, ...charts] = await renderReport(sampleResults(), 'md')
    expect(charts.map(({ name }) => name)).toEqual([
      'charts/percentiles.svg',
      'charts/parts-browsers-counter-np.svg',
      'charts/parts-counter-redis.svg',
      'charts/connections-browsers-counter-np.svg',
    ])
  })

  it('hold ten paired lines in one chart', async () => {
    const [, ...charts] = await renderReport(pairedSweep(), 'md')
    expect(charts.map(({ name }) => name)).toEqual([
      'charts/response-time.svg',
      'charts/failed-requests.svg',
      'charts/stickiness.svg',
      'charts/connections-per-pod.svg',
    ])
  })
})
