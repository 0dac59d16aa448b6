import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/base/diagnostics.js'
import { loadExperiment } from '../../../src/experiment/load-experiment.js'
import { namesAtPoints } from '../../../src/experiment/thresholds/figure-names.js'
import { parseShare, readThresholds } from '../../../src/experiment/thresholds/read-thresholds.js'
import { shopInputs } from '../inputs.js'

const names = namesAtPoints(loadExperiment(shopInputs()).points)

const read = (...texts: string[]) =>
  readThresholds(
    texts.map((text) => ({ text })),
    names,
  )

function errorsOf(action: () => unknown): string[] {
  try {
    action()
    return []
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.diagnostics.map(({ code, message, hint }) => `${code} ${message}; ${hint}`)
  }
}

describe('thresholds', () => {
  it.each([
    ['service.web.responseTime.p99 < 250ms', 'service.web.responseTime.p99', '<', 250_000_000],
    ['service.web.80.p99<=1.5s', 'service.web.80.responseTime.p99', '<=', 1_500_000_000],
    ['service.web.errors < 0.1 %', 'service.web.errors', '<', 0.001],
    ['service.web.connections.jain >= 0.9', 'service.web.connections.jainIndex', '>=', 0.9],
    ['service.web.stickiness.returnRatio > 99%', 'service.web.stickiness.returnRatio', '>', 0.99],
    ['client.batch.completedPerSec >= 19/s', 'client.batch.completedPerSec', '>=', 19],
    ['clients.batch.p99.9 < 1s', 'client.batch.responseTime.p999', '<', 1_000_000_000],
    ['pods.web-0.utilisation < 70%', 'pods.web-0.utilisation', '<', 0.7],
    ['pods.redis.meanQueueLength < 2', 'pods.redis.meanQueueLength', '<', 2],
    ['nodes.node-a.drops.conntrackFull <= 0', 'nodes.node-a.drops.conntrackFull', '<=', 0],
  ])('%s is read', (text, name, operator, limit) => {
    const [threshold, ...others] = read(text)
    expect(others).toEqual([])
    expect([threshold?.figure.name, threshold?.operator, threshold?.limit]).toEqual([name, operator, limit])
  })

  it('take a metric alone for that of every client group', () => {
    expect(read('p99 < 250ms').map(({ text }) => text)).toEqual([
      'client.browsers.responseTime.p99 < 250ms',
      'client.batch.responseTime.p99 < 250ms',
    ])
  })

  it.each([
    ['p99', 'THRESHOLD_SYNTAX "p99" is no threshold; write METRIC < VALUE, as in p99 < 250ms'],
    [
      'p99 = 250ms',
      'THRESHOLD_SYNTAX "p99 = 250ms" is no threshold; write METRIC < VALUE, as in p99 < 250ms',
    ],
    [
      'p99 < 1s < 2s',
      'THRESHOLD_SYNTAX "p99 < 1s < 2s" is no threshold; write METRIC < VALUE, as in p99 < 250ms',
    ],
    [
      'p99 < 250',
      'THRESHOLD_SYNTAX "250" can not be compared with client.browsers.responseTime.p99; it must be a duration, as 250ms',
    ],
    [
      'service.web.errors < 1ms',
      'THRESHOLD_SYNTAX "1ms" can not be compared with service.web.errors; it must be a share, as 0.1% or 0.001',
    ],
    ['p98 < 1s', 'METRIC_UNKNOWN There is no metric "p98" that can be watched; did you mean "p90"?'],
    [
      'service.web.responseTime.p77 < 1s',
      'METRIC_UNKNOWN There is no metric "responseTime.p77" that can be watched; did you mean "responseTime.p50"?',
    ],
    [
      'servce.web.p99 < 1s',
      'METRIC_UNKNOWN There is no metric "servce.web.p99" that can be watched; did you mean "service.web.p99"?',
    ],
    [
      'returnRatio > 0.5',
      'METRIC_UNKNOWN There is no metric "returnRatio" that can be watched; did you mean "stickiness.returnRatio"?',
    ],
    [
      'service.wbe.p99 < 1s',
      'NAME_UNKNOWN There is no Service that anybody calls "wbe"; did you mean "web"?',
    ],
    ['service.web.81.p99 < 1s', 'NAME_UNKNOWN Nobody calls port 81 of Service "web"; port 80 is called'],
    [
      'client.shoppers.p99 < 1s',
      'NAME_UNKNOWN There is no client group "shoppers"; there are browsers, batch',
    ],
    ['pods.web-7.utilisation < 1', 'NAME_UNKNOWN There is no pod or workload "web-7"; did you mean "web-0"?'],
    ['nodes.n.utilisation < 1', 'NAME_UNKNOWN There is no node "n"; there are node-a, node-b, node-c'],
    [
      'pods.web.utilization < 1',
      'METRIC_UNKNOWN There is no metric "utilization" that can be watched; did you mean "utilisation"?',
    ],
    [
      'connections.pValue > 0.01',
      'METRIC_UNKNOWN There is no metric "connections.pValue" that can be watched; did you mean "connections.pods"?',
    ],
  ])('%s is refused with a cure', (text, error) => {
    expect(errorsOf(() => read(text))).toEqual([error])
  })

  it('are told all errors in one pass', () => {
    expect(errorsOf(() => read('x', 'p98 < 1s', 'p99 < 1s'))).toHaveLength(2)
  })

  it('of a scenario are checked when it is loaded, each at its place', () => {
    const edit = (text: string) =>
      text.replace('  warmUp: 1s', '  thresholds:\n    - p99 < 1s\n    - service.wbe.p99 < 1s\n  warmUp: 1s')
    try {
      loadExperiment({
        ...shopInputs({ edit }),
        thresholds: [{ text: 'p98 < 1s' }],
      })
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      const [first, second] = error.diagnostics
      expect([first?.code, first?.place?.line, first?.place?.column]).toEqual(['NAME_UNKNOWN', 10, 7])
      expect(second?.code).toBe('METRIC_UNKNOWN')
    }
  })

  it('know shares with and without percent', () => {
    expect(['2%', '0.02', '150%', '2 %', '-1%', ''].map(parseShare)).toEqual([
      0.02,
      0.02,
      1.5,
      undefined,
      undefined,
      undefined,
    ])
  })
})
