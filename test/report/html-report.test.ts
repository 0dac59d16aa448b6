import { describe, expect, it } from 'vitest'
import { sha256Base64 } from '../../src/base/digest.js'
import { comparisonReport } from '../../src/report/page/comparison-report.js'
import { renderReport } from '../../src/report/render-report.js'
import type { Results } from '../../src/results/results-schema.js'
import { sampleCall, samplePoint, sampleResults, sampleSweep } from '../results/sample-results.js'
import { pageContent } from './page-content.js'
import { crossedSweep, pairedSweep } from './sweeps.js'

async function pageOf(results: Results): Promise<string> {
  const [file, ...others] = await renderReport(results, 'html')
  expect(others).toEqual([])
  return file?.text ?? ''
}

describe('a page', () => {
  it.each([
    ['a run', sampleResults()],
    ['a sweep', sampleSweep()],
    ['a crossed sweep', crossedSweep()],
    ['a sweep of pairs', pairedSweep()],
  ])('of %s is the same bytes each time, and asks for nothing from outside', async (_, results) => {
    const page = await pageOf(results)
    expect(await pageOf(results)).toBe(page)
    expect(pageContent(page)).not.toMatch(/ (?:src|href|action|srcset)="(?!data:,"|#)/)
    expect(pageContent(page)).not.toMatch(/ (?:style|on[a-z]+)="/)
  })

  it('allows its own script and style only', async () => {
    const page = await pageOf(sampleResults())
    const [, script = ''] = /<script>(.*)<\/script>/s.exec(page) ?? []
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? []
    expect(page).toContain(
      `content="default-src 'none'; script-src 'sha256-${sha256Base64(script)}'; style-src 'sha256-${sha256Base64(style)}'; img-src data:;`,
    )
  })

  it('leads with the finding and ends with the command', async () => {
    const results = sampleResults()
    const page = pageContent(await pageOf(results))
    const places = [
      '<h1>browsers → counter-np:3000: p99',
      'class="keys"',
      '<h2>Charts',
      '<h2>Numbers',
      '<h2>Assumptions',
      '<h2>How to repeat it',
      results.scenario.digest,
    ].map((text) => page.indexOf(text))
    expect(places).not.toContain(-1)
    expect(places).toEqual([...places].sort((left, right) => left - right))
  })
})

describe('a comparison', () => {
  it('has figures of both beside each other, with the difference, and their percentiles in one chart', () => {
    const slower = sampleCall()
    const p99 = { value: 92_600_000, halfWidth95: 1_000_000 }
    const calls = [{ ...slower, responseTime: { ...slower.responseTime, p99 } }]
    const after = sampleResults({ seed: 2, points: [samplePoint({ calls })] })
    const page = comparisonReport([
      { label: 'before.json', results: sampleResults() },
      { label: 'after.json', results: after },
    ]).text
    expect(pageContent(page)).toContain('p99 is 46.3 ms in before.json, 92.6 ms in after.json (+100 %)')
    expect(pageContent(page)).toContain('<td class="figure">+100 %</td>')
    expect(pageContent(page)).toContain('Only in before.json.')
    expect(pageContent(page).match(/<figure /g)?.length).toBe(2)
  })
})
