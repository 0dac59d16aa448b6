import { describe, expect, it } from 'vitest'
import { callMetrics, failedCount, metricAt } from '../../src/results/metric-catalogue.js'
import { nodeMetrics, podMetrics, podMetricsOf } from '../../src/results/station-metrics.js'
import { sampleCall, sampleNode, samplePod, storeCall } from './sample-results.js'

describe('the catalogue of metrics', () => {
  it.each([
    ['responseTime.p99', { value: 46_300_000, halfWidth95: 1_240_000 }],
    ['responseTime.p999', { value: 58_800_000, halfWidth95: 3_900_000 }],
    ['parts.queue', { value: 900_000, halfWidth95: 110_000 }],
    ['outcomes.timedOut', { value: 12, halfWidth95: null }],
    ['outcomes.completedRatio', { value: 0.99875, halfWidth95: null }],
    ['outcomes.failedRatio', { value: 0.001, halfWidth95: null }],
    ['offeredPerSec', { value: 40, halfWidth95: 0.31 }],
    ['connections.count', { value: 11_997, halfWidth95: null }],
    ['requests.count', { value: 11_985, halfWidth95: null }],
    ['connections.pods', { value: 3, halfWidth95: null }],
    ['connections.idlePods', { value: 0, halfWidth95: 0 }],
    ['connections.pValue', { value: 0.4677, halfWidth95: null }],
    ['stickiness.returnRatio', { value: 0.331, halfWidth95: 0.006 }],
    ['stickiness.clients', { value: 100, halfWidth95: null }],
    ['rulesPerConnection', { value: 11.25, halfWidth95: 0.04 }],
  ])('reads %s from a call', (path, figure) => {
    expect(metricAt(path).of(sampleCall())).toEqual(figure)
  })

  it('has no completed ratio where nothing was issued', () => {
    const outcomes = {
      issued: 0,
      completed: 0,
      refused: 0,
      timedOut: 0,
      reset: 0,
      rejected: 0,
      unfinished: 0,
    }
    expect(metricAt('outcomes.completedRatio').of(sampleCall({ outcomes })).value).toBeNull()
  })

  it('gives every figure of a call that is a number or an estimate a path of its own', () => {
    const paths = callMetrics.map((each) => each.path)
    expect(new Set(paths).size).toBe(paths.length)
    const call = sampleCall()
    for (const [group, fields] of Object.entries(call)) {
      if (typeof fields !== 'object' || 'value' in fields) continue
      const named = Object.keys(fields).filter((field) => !['histogram', 'perPod', 'count'].includes(field))
      for (const field of named) expect(paths).toContain(`${group}.${field}`)
    }
  })

  it('defines each metric in one sentence', () => {
    for (const { definition, label } of [...callMetrics, ...podMetrics, ...nodeMetrics]) {
      expect(definition).toMatch(/^[A-Z0-9(].*\.$/)
      expect(label.length).toBeLessThan(16)
    }
  })

  it('reads pods and nodes', () => {
    const pod = samplePod('counter-0', 'node-a')
    expect(podMetrics.map((each) => each.of(pod).value)).toEqual([
      3_995,
      0,
      0.067,
      0.0121,
      null,
      null,
      null,
      null,
    ])
    const dns = { queries: 7, noError: 2, nxDomain: 4 }
    const answering = podMetricsOf(samplePod('coredns-0', 'node-a', { dns }))
    expect(answering.map(({ path }) => path)).toContain('pod.dns.queries')
    expect(podMetricsOf(pod)).toHaveLength(4)
    expect(nodeMetrics.map((each) => each.of(sampleNode('node-a', '')).value)).toEqual([
      4_000, 45_000, 0.0004, 0, 0, 0, 0, 2_000, 40,
    ])
  })

  it('does not count unfinished requests as failed', () => {
    expect(failedCount(sampleCall())).toBe(12)
    expect(failedCount(storeCall())).toBe(0)
  })
})

describe('an unknown metric', () => {
  it.each([
    ['responseTime.p9', 'did you mean "responseTime.p90"?'],
    ['p99', 'did you mean "responseTime.p99"?'],
    ['returnRatio', 'did you mean "stickiness.returnRatio"?'],
    ['stickyness.returnratio', 'did you mean "stickiness.returnRatio"?'],
    ['conections.jainIndex', 'did you mean "connections.jainIndex"?'],
    ['happiness', 'e.g. responseTime.p99 or stickiness.returnRatio'],
    ['', 'e.g. responseTime.p99 or stickiness.returnRatio'],
    ['__proto__', 'e.g. responseTime.p99 or stickiness.returnRatio'],
    ['x'.repeat(100_000), 'e.g. responseTime.p99 or stickiness.returnRatio'],
  ])('%j is refused with a hint', (path, hint) => {
    const place = { file: 's.yaml', line: 3, column: 9, length: 2, excerpt: 'metrics: []' }
    expect(() => metricAt(path, place)).toThrow(
      expect.objectContaining({
        diagnostics: [
          { severity: 'error', code: 'METRIC_UNKNOWN', message: `there is no metric "${path}"`, hint, place },
        ],
      }),
    )
  })
})
