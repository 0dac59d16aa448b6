import { describe, expect, it } from 'vitest'
import { renderReport } from '../../src/report/render-report.js'
import type { Results } from '../../src/results/results-schema.js'
import { sampleResults } from '../results/sample-results.js'

/** The first pod has a CPU limit, the others have none. */
function limitedResults(): Results {
  const results = sampleResults()
  const [point] = results.points
  const [first, ...others] = point.pods
  const limited = { ...first, throttledRatio: { value: 0.123, halfWidth95: 0.004 } }
  return { ...results, points: [{ ...point, pods: [limited, ...others] }] }
}

/** The lines about pods, from the heading to the next empty line that follows the table. */
async function linesWith(results: Results, format: 'text' | 'md', word: RegExp): Promise<string[]> {
  const [file] = await renderReport(results, format)
  return (file?.text ?? '').split('\n').filter((line) => word.test(line))
}

describe('pods with a CPU limit', () => {
  it.each(['text', 'md'] as const)('are told of in a column of their own, as %s', async (format) => {
    expect(await linesWith(limitedResults(), format, /mean queue.*throttled/)).toHaveLength(1)
    expect(await linesWith(limitedResults(), format, /12\.3 ± 0\.4 %/)).toHaveLength(1)
  })

  it.each(['text', 'md'] as const)('leave no trace where there are none, as %s', async (format) => {
    expect(await linesWith(sampleResults(), format, /throttled/)).toEqual([])
  })
})
