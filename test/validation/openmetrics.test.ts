import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { openMetricsReport } from '../../src/report/openmetrics-report.js'
import type { Results } from '../../src/results/results-schema.js'
import { HOSTILE_TEXTS, withText } from '../report/hostile.js'
import { crossedSweep } from '../report/sweeps.js'
import { sampleResults } from '../results/sample-results.js'

/** Debian's python3-prometheus-client, which refuses what OpenMetrics does not allow. */
const READER = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
texts = json.load(sys.stdin)
out = []
for text in texts:
    families = {}
    for family in text_string_to_metric_families(text):
        families[family.name] = [family.type, family.unit, [[s.name, s.labels, str(s.value)] for s in family.samples]]
    out.append(families)
print(json.dumps(out))
`

type Families = Record<string, [string, string, [string, Record<string, string>, string][]]>

function read(all: readonly Results[]): Families[] {
  const input = JSON.stringify(all.map(openMetricsReport))
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', READER], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(`python3-prometheus-client can not read it: ${stderr}`)
  return JSON.parse(stdout)
}

describe('OpenMetrics, read by the client library of Prometheus', () => {
  it('has a histogram of response times whose counts are those of the results', () => {
    const results = sampleResults()
    const [families] = read([results])
    const [type, unit, samples] = families?.svcsim_response_time_seconds ?? ['', '', []]
    expect([type, unit]).toEqual(['histogram', 'seconds'])
    const [call] = results.points[0].calls
    const own = samples.filter(([, labels]) => labels.caller === call?.caller)
    expect(own.find(([, labels]) => labels.le === '+Inf')?.[2]).toBe(`${call?.responseTime.count}.0`)
    expect(own.find(([name]) => name.endsWith('_count'))?.[2]).toBe(`${call?.responseTime.count}.0`)
    const counts = own.filter(([name]) => name.endsWith('_bucket')).map(([, , value]) => Number(value))
    expect(counts.length).toBeGreaterThan(3)
    expect(counts[0]).toBe(0)
    expect(counts).toEqual([...counts].sort((left, right) => left - right))
    const requests = families?.svcsim_requests
    expect(requests?.[0]).toBe('counter')
    expect(requests?.[2].map(([, , value]) => Number(value)).slice(0, 6)).toEqual([11_985, 0, 12, 0, 0, 3])
  })

  it('has the factors of a sweep as labels', () => {
    const [families] = read([crossedSweep()])
    const labels = families?.svcsim_requests?.[2][0]?.[1] ?? {}
    expect(Object.keys(labels).filter((name) => name.startsWith('axis_')).length).toBeGreaterThan(1)
  })

  it('can be read whatever things are named', () => {
    const all = HOSTILE_TEXTS.flatMap((text) => [
      withText(sampleResults(), text),
      withText(crossedSweep(), text),
    ])
    const parsed = read(all)
    expect(parsed).toHaveLength(all.length)
    for (const families of parsed) expect(families.svcsim_response_time_seconds?.[0]).toBe('histogram')
  })
})
