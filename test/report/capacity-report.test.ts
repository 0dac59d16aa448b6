import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/base/digest.js'
import { renderReport } from '../../src/report/render-report.js'
import { readResults, resultsToJson } from '../../src/results/results-json.js'
import type { Results } from '../../src/results/results-schema.js'
import { capacityResults } from './capacity-results.js'
import { expectGoldenText } from './golden-text.js'
import { HOSTILE_TEXTS } from './hostile.js'
import { hostileCapacity } from './hostile-capacity.js'
import { parseXml } from './parse-xml.js'

async function firstText(
  results: Results,
  format: 'text' | 'csv' | 'md' | 'html' | 'openmetrics',
): Promise<string> {
  const [file] = await renderReport(results, format)
  return file?.text ?? ''
}

/** All hostile texts, several in one name: a page with all its charts takes long. */
const GROUPS = [0, 1, 2, 3].map((group) => [HOSTILE_TEXTS.filter((_, at) => at % 4 === group).join(' ')])

/** C0 but the line break, DEL and C1, invisible and bidirectional controls, lone surrogates. */
const UNPRINTABLE = /(?!\n)\p{Cc}|[\u200b-\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/u

/** The page without its style and its script, which are ours. */
function content(page: string): string {
  return page.replace(/<style>.*?<\/style>/s, '').replace(/<script>.*<\/script>/s, '')
}

describe('a report on capacity', () => {
  it('says what it has said before, as text', async () => {
    expectGoldenText('capacity.txt', await firstText(capacityResults(), 'text'))
  })

  it('says what it has said before, as Markdown with charts', async () => {
    const [page, ...charts] = await renderReport(capacityResults(), 'md')
    expectGoldenText('capacity.md', page?.text ?? '')
    const shown = [...(page?.text ?? '').matchAll(/\]\((charts\/[^)]+)\)/g)].map(([, path]) => path)
    expect(shown).toEqual(charts.map(({ name }) => name))
    expectGoldenText(
      'capacity.sha256',
      charts.map((chart) => `${sha256Hex(chart.text)}  ${chart.name}\n`).join(''),
    )
  })

  it('is made of results that are read again as they were written', async () => {
    const again = readResults(resultsToJson(capacityResults()), 'results.json')
    expect(await firstText(again, 'html')).toBe(await firstText(capacityResults(), 'html'))
  })

  it('takes the place of the report of a sweep', async () => {
    const { capacity: _, ...sweep } = capacityResults()
    expect(await firstText(sweep, 'text')).toMatch(/^18 points: /m)
    expect(await firstText(capacityResults(), 'text')).not.toMatch(/^18 points: /m)
  })

  it('has one row for each figure of each point in CSV', async () => {
    const results = capacityResults()
    const rows: readonly Record<string, string>[] = parse(await firstText(results, 'csv'), { columns: true })
    const p99 = rows.filter(({ metric }) => metric === 'responseTime.p99')
    expect(
      p99.map((row) => [row['browsers.rate'], row['counter.replicas'], row.case, Number(row.value)]),
    ).toEqual(
      results.points.map(({ settings, calls }) => [
        ...settings.map(({ value }) => value),
        calls[0].responseTime.p99.value,
      ]),
    )
  })

  it('has its points in the distributions and in OpenMetrics as well', async () => {
    const results = capacityResults()
    expect(await renderReport(results, 'hgrm')).toHaveLength(results.points.length)
    expect(await firstText(results, 'openmetrics')).toMatch(/# EOF\n$/)
  })
})

describe('the page on capacity', () => {
  it('leads with the answer; charts and tables stand in the sections that they belong to', async () => {
    const page = content(await firstText(capacityResults(), 'html'))
    const places = [
      '<h1>At 400 requests/s from browsers, counter needs 3 replicas',
      'class="keys"',
      '<h2>How many replicas',
      'data-chart="replicas-and-rates"',
      'The least number of replicas for each rate</caption>',
      '<h2>At 400 requests/s',
      'data-chart="time-by-replicas"',
      'data-chart="time-by-rate"',
      '<h2>With a part of the cluster lost',
      '<h2>Spread, stickiness',
      'data-chart="stickiness-by-replicas"',
      'data-chart="spread-by-replicas"',
      'data-chart="cost-by-replicas"',
      '<h2>What formulas',
      'data-chart="replicas-by-formula"',
      '<h2>What limits first',
      'data-chart="limits"',
      '<h2>All points',
      '<h2>Assumptions',
      '<h2>How to repeat it',
    ].map((text) => page.indexOf(text))
    expect(places).not.toContain(-1)
    expect(places).toEqual([...places].sort((left, right) => left - right))
  })

  it('has the very numbers of the results in its tables', async () => {
    const results = capacityResults()
    const watched = results.points[results.capacity?.leastReplicas[2].point ?? 0].thresholds?.[0].value
    const page = content(await firstText(results, 'html'))
    const [, table = ''] =
      /The least number of replicas for each rate<\/caption>(.*?)<\/table>/s.exec(page) ?? []
    const [, , third = ''] = table.match(/<tr><th scope="row".*?<\/tr>/gs) ?? []
    expect([...third.matchAll(/<data value="([^"]+)">/g)].map(([, value]) => Number(value))).toEqual([
      400,
      3,
      watched,
      expect.closeTo(0.6263, 4),
      expect.closeTo(0.6667, 4),
      0.2,
      400,
    ])
  })

  it('tells the CPU in use where a limit of that binds, and not how idle servers are', async () => {
    const { formulas, limits } = capacityResults().capacity ?? {}
    if (!formulas || !limits) throw new Error('the sample has both')
    const results = capacityResults({ formulas: { ...formulas, isCpuBound: true } })
    const page = content(await firstText(results, 'html'))
    expect(page).toContain('CPU of the busiest pod')
    expect(page).not.toContain('utilisation of the pods')
    expect(page).toContain('their CPU limit binds the pods')
  })

  it('tells nothing where nothing was tried', async () => {
    const results = capacityResults({ losses: [], leftOut: [], alternatives: [], formulas: null, limits: [] })
    const page = content(await firstText(results, 'html'))
    expect([...page.matchAll(/<h2>([^<]+)/g)].map(([, title]) => title)).toEqual([
      'How many replicas',
      'At 400 requests/s',
      'All points',
      'Assumptions in force',
      'Warnings',
      'How to repeat it',
    ])
  })

  it.each(GROUPS)('holds no markup but its own with %j in every name', async (text) => {
    const shape = (page: string) => new Set(content(page).match(/<[a-zA-Z!][a-zA-Z]*/g))
    const usual = shape(await firstText(capacityResults(), 'html'))
    const results = hostileCapacity(text)
    const page = await firstText(results, 'html')
    expect([...shape(page)].filter((tag) => !usual.has(tag) && tag !== '<tspan')).toEqual([])
    expect(page).toContain('data-chart="time-by-rate"')
    const [markdown, ...charts] = await renderReport(results, 'md')
    const tags = (markdown?.text ?? '').replaceAll(/```+sh[\s\S]*?\n```+\n/g, '').match(/<[^>]*>?/g) ?? []
    expect(tags.filter((tag) => !/^<(?:!-- --|\/?details|\/?summary)>$/.test(tag))).toEqual([])
    for (const chart of charts) expect(() => parseXml(chart.text)).not.toThrow()
    expect(await firstText(results, 'text')).not.toMatch(UNPRINTABLE)
  })
})
