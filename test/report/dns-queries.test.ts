import { describe, expect, it } from 'vitest'
import { renderReport } from '../../src/report/render-report.js'
import type { Results } from '../../src/results/results-schema.js'
import { sampleResults } from '../results/sample-results.js'

/** The first call sends queries, and the first pod answers some. */
function resultsWithQueries(perRequest = 8.25): Results {
  const results = sampleResults()
  const [point] = results.points
  const [firstCall, ...calls] = point.calls
  const [firstPod, ...pods] = point.pods
  const asking = { ...firstCall, dnsQueriesPerRequest: { value: perRequest, halfWidth95: null } }
  const answering = { ...firstPod, dns: { queries: 33_001, noError: 8_222, nxDomain: 24_779 } }
  return { ...results, points: [{ ...point, calls: [asking, ...calls], pods: [answering, ...pods] }] }
}

async function linesWith(results: Results, format: 'text' | 'md' | 'csv', word: RegExp): Promise<string[]> {
  const [file] = await renderReport(results, format)
  return (file?.text ?? '').split(/\r?\n/).filter((line) => word.test(line))
}

describe('DNS queries', () => {
  it('are told of for the call that sent them, as text', async () => {
    expect(await linesWith(resultsWithQueries(), 'text', /queries per request/)).toEqual([
      '  DNS              8.25 queries per request',
    ])
  })

  it('are told of for the call that sent them, as Markdown', async () => {
    expect(await linesWith(resultsWithQueries(), 'md', /rules per connection \| DNS queries/)).toHaveLength(1)
    expect(await linesWith(resultsWithQueries(), 'md', /\| 8\.25 \|$/)).toHaveLength(1)
  })

  it.each(['text', 'md'] as const)('have columns of their own for pods, as %s', async (format) => {
    const results = resultsWithQueries()
    expect(await linesWith(results, format, /mean queue.*queries.*NOERROR.*NXDOMAIN/)).toHaveLength(1)
    expect(await linesWith(results, format, /33,001.*8,222.*24,779/)).toHaveLength(1)
    expect(await linesWith(results, format, /–.*–.*–/)).not.toHaveLength(0)
  })

  it('are rows of calls and pods that have them, as CSV', async () => {
    const rows = await linesWith(resultsWithQueries(), 'csv', /dns(Queries|\.)/)
    expect(rows.map((row) => row.split(',').slice(-4))).toEqual([
      ['dnsQueriesPerRequest', 'number', '8.25', ''],
      ['pod.dns.queries', 'count', '33001', ''],
      ['pod.dns.noError', 'count', '8222', ''],
      ['pod.dns.nxDomain', 'count', '24779', ''],
    ])
  })

  it('leave no trace where there are none', async () => {
    for (const format of ['text', 'md', 'csv'] as const) {
      expect(await linesWith(sampleResults(), format, /queries|NXDOMAIN|pod\.dns|dnsQueries/)).toEqual([])
    }
    expect(await linesWith(resultsWithQueries(0), 'text', /queries per request/)).toEqual([])
  })
})
