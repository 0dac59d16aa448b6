/** Pages with hostile names everywhere: a hundred pages, which take a while. */
import { expect, it } from 'vitest'
import { renderReport } from '../../src/report/render-report.js'
import type { Results } from '../../src/results/results-schema.js'
import { sampleCall, samplePoint, sampleResults } from '../results/sample-results.js'
import { HOSTILE_TEXTS, withText } from './hostile.js'
import { pageContent } from './page-content.js'

/** A hundred names: each hostile text by itself, and behind what closes the place that it stands in. */
const NAMES = ['', '"', '</script>', '-->'].flatMap((before) => HOSTILE_TEXTS.map((text) => before + text))

async function pageOf(results: Results): Promise<string> {
  const [file] = await renderReport(results, 'html')
  return file?.text ?? ''
}

it(`a page holds no markup but its own with ${NAMES.length} hostile names in every text`, async () => {
  const oneCall = sampleResults({ points: [samplePoint({ calls: [sampleCall()] })] })
  const shape = (page: string) => new Set(pageContent(page).match(/<[a-zA-Z!][a-zA-Z]*/g))
  const usual = shape(await pageOf(oneCall))
  for (const name of NAMES) {
    const page = await pageOf(withText(oneCall, name))
    expect([...shape(page)].filter((tag) => !usual.has(tag) && tag !== '<tspan')).toEqual([])
    const [, json = ''] = /<script type="application\/json" id="charts">([^<]*)<\/script>/.exec(page) ?? []
    expect(JSON.parse(json).charts.length).toBeGreaterThan(1)
  }
}, 120_000)
