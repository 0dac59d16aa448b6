import { describe, expect, test } from 'vitest'
import { decodeMeasures, encodeMeasures } from '../../../src/experiment/executors/encode-measures.js'
import { loadExperiment } from '../../../src/experiment/load-experiment.js'
import { runReplication } from '../../../src/experiment/run-replication.js'
import type { ReplicationMeasures } from '../../../src/metrics/replication-collector.js'
import { ResponseHistogram } from '../../../src/metrics/response-histogram.js'
import { summarise } from '../../../src/metrics/summarise.js'
import { shopInputs } from '../inputs.js'

/** Measures hold whatever collectors put in: here, values that other formats lose. */
function measuresWith(found: unknown): ReplicationMeasures {
  return { calls: [], totals: { found } } as unknown as ReplicationMeasures
}

function roundTrip(found: unknown): unknown {
  const { totals } = decodeMeasures(encodeMeasures(measuresWith(found)))
  return (totals as unknown as { found: unknown }).found
}

describe('measures as bytes', () => {
  test.each([
    ['zero below zero', -0],
    ['no number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['the greatest integer', Number.MAX_SAFE_INTEGER],
    ['a fraction', 0.1],
    ['the least number', 5e-324],
    ['null', null],
    ['undefined', undefined],
    ['a text', 'größer'],
    ['no entries', []],
    ['undefined among entries', [1, undefined, null, -0]],
    ['undefined among fields', { a: undefined, b: { c: null } }],
    ['floats', new Float64Array([1.5, -0, Number.NaN])],
    ['no floats', new Float64Array(0)],
    ['integers', new Uint32Array([0, 4_294_967_295])],
    ['a part of an array', new Float64Array([1, 2, 3, 4]).subarray(1, 3)],
  ])('keep %s', (_name, value) => {
    expect(roundTrip([value])).toStrictEqual([value])
  })

  test('keep the order of fields, which results are written in', () => {
    expect(Object.keys(roundTrip({ b: 1, a: 2, 10: 3 }) as object)).toEqual(['10', 'b', 'a'])
  })

  test('keep histograms, empty ones too', () => {
    const full = new ResponseHistogram()
    for (const timeNs of [0, 255, 256, 5_000_000, 5_000_000, 2 ** 52]) full.record(timeNs)
    const [empty, again] = roundTrip([new ResponseHistogram(), full]) as ResponseHistogram[]
    expect(empty.state()).toEqual(new ResponseHistogram().state())
    expect([empty.meanNs(), empty.quantileNs(0.5)]).toEqual([null, null])
    expect(again.state()).toEqual(full.state())
    expect([again.count, again.meanNs(), again.quantileNs(0.99)]).toEqual([
      full.count,
      full.meanNs(),
      full.quantileNs(0.99),
    ])
  })

  test('of a replication give the same figures, and the same bytes again', () => {
    const { points } = loadExperiment(shopInputs())
    const measures = runReplication(points[0], { seed: 3, replication: 1, trace: undefined })
    const bytes = encodeMeasures(measures)
    const decoded = decodeMeasures(bytes)
    expect(summarise([decoded])).toStrictEqual(summarise([measures]))
    expect(encodeMeasures(decoded)).toEqual(bytes)
    // As they come from a file or a server: a part of a Buffer.
    const part = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3)
    expect(encodeMeasures(decodeMeasures(part))).toEqual(bytes)
  })

  test('that are none are refused', () => {
    expect(() => decodeMeasures(new Uint8Array([1]))).toThrow('these bytes are no measures')
    expect(() => decodeMeasures(encodeMeasures(measuresWith(1)).subarray(0, 20))).toThrow()
  })
})

test('a histogram of a bucket that does not exist is refused', () => {
  const state = { buckets: [99_999], counts: [1], sumNs: 0, minNs: 0, maxNs: 0 }
  expect(() => ResponseHistogram.of(state)).toThrow('no bucket of a histogram (bucket=99999)')
})
