import { readdirSync, readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderReport } from '../../src/report/render-report.js'
import { readResults } from '../../src/results/results-json.js'
import type { Results } from '../../src/results/results-schema.js'
import { capacityResults } from '../report/capacity-results.js'
import { HOSTILE_TEXTS, withText } from '../report/hostile.js'
import { hostileCapacity } from '../report/hostile-capacity.js'
import { loadSweep, resultsOverTime } from '../report/over-time.js'
import { crossedSweep, pairedSweep } from '../report/sweeps.js'
import { sampleCall, samplePoint, sampleResults, sampleSweep } from '../results/sample-results.js'
import { openPage, startBrowser } from './browser.js'

const REPORTS = new URL('../../reports/', import.meta.url)

function committed(name: string): Results {
  const text = readFileSync(new URL(`${name}/results.json`, REPORTS), 'utf8')
  return readResults(text, name)
}

const CASES: readonly [string, Results][] = [
  ['counter', committed('counter')],
  ['counter/replicas', committed('counter/replicas')],
  ['a run with intervals', sampleResults()],
  ['a sweep', sampleSweep()],
  ['a sweep with a crossed table', crossedSweep()],
  ['a sweep of pairs', pairedSweep()],
  ['capacity', capacityResults()],
  ['a run over time', resultsOverTime()],
  ['a sweep of the load', loadSweep()],
]

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser?.close())

async function pageOf(results: Results): Promise<string> {
  const [page] = await renderReport(results, 'html')
  return page?.text ?? ''
}

describe.each(CASES)('the page of %s', (_, results) => {
  it('opens without a message or a request, in a second, and draws marks in every chart', async () => {
    const text = await pageOf(results)
    expect(text.length).toBeLessThan(2_500_000)
    const { page, messages, requests } = await openPage(browser, text)
    expect(messages).toEqual([])
    expect(requests).toEqual([])
    const loadMs = await page.evaluate(
      'performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd',
    )
    expect(loadMs).toBeLessThan(1_000)
    const figures = await page.locator('figure[data-chart]').all()
    expect(figures.length).toBeGreaterThan(0)
    for (const figure of figures) {
      expect(await figure.locator('.live svg path').count()).toBeGreaterThan(2)
      expect(await figure.locator('.still svg path').count()).toBeGreaterThan(2)
      expect(await figure.locator('details table').count()).toBe(1)
      expect(await figure.locator('.live').getAttribute('aria-label')).not.toBe('')
    }
    await page.context().close()
  })

  it.each([360, 768, 1600])('fits a window of %i pixels, in light and dark', async (width) => {
    const text = await pageOf(results)
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await openPage(browser, text, { viewport: { width, height: 800 }, colorScheme })
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
      const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor')
      expect(ground).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 27)' : 'rgb(255, 255, 255)')
      await page.context().close()
    }
  })

  it('prints on A4', async () => {
    const { page } = await openPage(browser, await pageOf(results), { colorScheme: 'dark' })
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true })
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    // 210 by 297 mm in points.
    expect(pdf.toString('latin1')).toMatch(/\/MediaBox \[0 0 59[45](?:\.\d+)? 84[12](?:\.\d+)?\]/)
    await page.context().close()
  })
})

/** Every page of the gallery, as it is committed. */
function shippedPages(): readonly string[] {
  return readdirSync(REPORTS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'))
}

it.each(shippedPages())('reports/%s opens without a message or a request', async (file) => {
  const { page, messages, requests } = await openPage(browser, readFileSync(new URL(file, REPORTS), 'utf8'))
  expect([messages, requests]).toEqual([[], []])
  expect(await page.locator('figure[data-chart] .live svg').count()).toBeGreaterThan(0)
  await page.context().close()
})

describe('a live chart', () => {
  it('tells the figures at the pointer', async () => {
    const { page } = await openPage(browser, await pageOf(committed('counter')))
    const live = page.locator('figure[data-chart="percentiles"] .live')
    await live.scrollIntoViewIfNeeded()
    const box = await live.boundingBox()
    if (box === null) throw new Error('the chart has no place')
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    const tip = page.locator('figure[data-chart="percentiles"] .tip')
    await tip.waitFor({ state: 'visible' })
    expect(await tip.textContent()).toMatch(
      /percentile of completed requests: 99\.\d+ %.*browsers → counter-np:3000 by nodePort\d/,
    )
    await page.context().close()
  })

  it('hides and shows a line when its entry of the legend is pressed', async () => {
    const { page } = await openPage(browser, await pageOf(committed('counter')))
    const live = page.locator('figure[data-chart="percentiles"] .live')
    await live.scrollIntoViewIfNeeded()
    const lines = live.locator('svg path[stroke="var(--c1)"][stroke-width="2.5"]')
    const shown = await lines.count()
    expect(shown).toBeGreaterThan(0)
    await live.locator('svg text', { hasText: 'counter → redis:6379 by clusterIP' }).click()
    await expect.poll(() => lines.count()).toBeLessThan(shown)
    await live.locator('svg text', { hasText: 'counter → redis:6379 by clusterIP' }).click()
    await expect.poll(() => lines.count()).toBe(shown)
    await page.context().close()
  })
})

describe('the map of replicas and rates', () => {
  it('tells at the pointer what is known of a cell, and how', async () => {
    const { page } = await openPage(browser, await pageOf(capacityResults()))
    const figure = page.locator('figure[data-chart="replicas-and-rates"]')
    await figure.locator('.live').scrollIntoViewIfNeeded()
    const tip = figure.locator('.tip')
    for (const [text, told] of [
      ['80.1 ms', '700 requests/s, 4 replicasundecided80.1 ± 2 ms, undecided'],
      ['103 ms', '200 requests/s, 1 replicasnot kept103 ± 2 ms, failed'],
    ]) {
      await figure.locator('.live svg text', { hasText: text }).first().hover({ force: true })
      await tip.waitFor({ state: 'visible' })
      await expect.poll(() => tip.textContent()).toBe(told)
    }
    await page.context().close()
  })
})

describe('a chart over time', () => {
  it('has a cell for each pod and interval, and tells its figures at the pointer', async () => {
    const { page } = await openPage(browser, await pageOf(resultsOverTime()))
    const live = page.locator('figure[data-chart="load-over-time"] .live')
    await live.scrollIntoViewIfNeeded()
    const cells = live.locator('svg path[fill^="#"]')
    // 4 pods by 6 intervals, and 7 steps of the scale.
    expect(await cells.count()).toBe(4 * 6 + 7)
    await cells.nth(5).hover()
    const tip = page.locator('figure[data-chart="load-over-time"] .tip')
    await tip.waitFor({ state: 'visible' })
    expect(await tip.textContent()).toMatch(
      /simulated time, s 51, pod counter-0.*requests in the pod.*3\.2.*servers busy.*60 %/,
    )
    await page.context().close()
  })

  it('tells how much of each limit is used at the pointer', async () => {
    const { page } = await openPage(browser, await pageOf(resultsOverTime()))
    const live = page.locator('figure[data-chart="limits-over-time"] .live')
    await live.scrollIntoViewIfNeeded()
    const box = await live.boundingBox()
    if (box === null) throw new Error('the chart has no place')
    await page.mouse.move(box.x + box.width - 36, box.y + box.height / 2)
    const tip = page.locator('figure[data-chart="limits-over-time"] .tip')
    await tip.waitFor({ state: 'visible' })
    expect(await tip.textContent()).toMatch(/simulated time, s: 61.*tracked connections of node-c50 %/)
    await page.context().close()
  })
})

describe('a chart against the load', () => {
  it('shows objective, bands and crosses, and tells figures with their marks', async () => {
    const { page } = await openPage(browser, await pageOf(loadSweep()))
    const live = page.locator('figure[data-chart="response-time-across"] .live')
    await live.scrollIntoViewIfNeeded()
    expect(await live.locator('svg text', { hasText: 'objective: p99 < 250 ms' }).count()).toBe(1)
    expect(await live.locator('svg path[fill-opacity="0.16"], svg path[opacity="0.16"]').count()).toBe(2)
    const box = await live.boundingBox()
    if (box === null) throw new Error('the chart has no place')
    await page.mouse.move(box.x + box.width - 36, box.y + box.height / 2)
    const tip = page.locator('figure[data-chart="response-time-across"] .tip')
    await tip.waitFor({ state: 'visible' })
    expect(await tip.textContent()).toMatch(/400\/s.*counter\.replicas 11\.3 s †/)
    await page.context().close()
  })
})

describe('the tables of a page', () => {
  it('hold the very numbers of the results', async () => {
    const results = committed('counter')
    const { page } = await openPage(browser, await pageOf(results))
    const [{ calls, nodes }] = results.points
    const values = (caption: string, row: number) =>
      page
        .locator('.block', { has: page.locator('caption', { hasText: caption }) })
        .locator('tbody tr')
        .nth(row)
        .locator('data')
        .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('value'))))
    for (const [index, { responseTime }] of calls.entries()) {
      const names = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const
      expect(await values('Response time of completed requests', index)).toEqual(
        names.map((name) => responseTime[name].value),
      )
    }
    for (const [index, node] of nodes.entries()) {
      const shown = await values('Nodes', index)
      expect(shown.slice(0, 2)).toEqual([node.firstPackets, node.rulesEvaluated])
    }
    await page.context().close()
  })

  it('can be read without scripts', async () => {
    const { page, messages } = await openPage(browser, await pageOf(sampleResults()), {
      javaScriptEnabled: false,
    })
    expect(messages).toEqual([])
    expect(await page.locator('.still svg').first().isVisible()).toBe(true)
    expect(await page.locator('h1').textContent()).toContain('p99')
    await page.context().close()
  })
})

describe('hostile names', () => {
  const oneCall = sampleResults({ points: [samplePoint({ calls: [sampleCall()] })] })

  it.each(HOSTILE_TEXTS.map((text) => [text]))('%j makes no element and no request', async (hostile) => {
    for (const results of [
      ...[oneCall, crossedSweep(), resultsOverTime()].map((each) => withText(each, hostile)),
      hostileCapacity(hostile),
    ]) {
      const { page, messages, requests } = await openPage(browser, await pageOf(results))
      expect(messages).toEqual([])
      expect(requests).toEqual([])
      const foreign =
        'img, iframe, object, embed, foreignObject, form, input, b:not(.over b), [onload], [onerror], a:not([href="#warnings"])'
      expect(await page.locator(foreign).count()).toBe(0)
      expect(await page.locator('script').count()).toBe(2)
      await page.context().close()
    }
  })
})
