import { encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { bundleToResults, resultsToBundle } from '../../src/results/results-bundle.js'
import { resultsToJson } from '../../src/results/results-json.js'
import { estimate, sampleCall, samplePoint, sampleResults, sampleSweep } from './sample-results.js'

describe('a results bundle', () => {
  it('reads back as the very same results', () => {
    for (const results of [sampleResults(), sampleSweep()]) {
      expect(bundleToResults(resultsToBundle(results))).toStrictEqual(results)
    }
  })

  it.each([0.1, 1 / 3, 5e-324, 1.7976931348623157e308, 9_007_199_254_740_991, 4_294_967_296, 0])(
    'keeps the number %d exactly',
    (value) => {
      const call = sampleCall({ offeredPerSec: estimate(value, null) })
      const results = sampleResults({ points: [samplePoint({ calls: [call] })] })
      expect(bundleToResults(resultsToBundle(results)).points[0]?.calls[0]?.offeredPerSec.value).toBe(value)
    },
  )

  it('is the same bytes for the same results, and smaller than their JSON', () => {
    const bytes = resultsToBundle(sampleSweep())
    expect(resultsToBundle(sampleSweep())).toStrictEqual(bytes)
    expect(bytes.length).toBeLessThan(resultsToJson(sampleSweep()).length)
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['a cut bundle', resultsToBundle(sampleResults()).slice(0, -1)],
    ['a bundle and more', new Uint8Array([...resultsToBundle(sampleResults()), 1])],
    ['a length beyond the data', new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff])],
    ['deep nesting', new Uint8Array(100_000).fill(0x91)],
    ['a prototype', encode(JSON.parse('{"__proto__": 1}'))],
    ['something else', encode({ hello: 'world' })],
  ])('is refused if it is %s', (_, bytes) => {
    expect(() => bundleToResults(bytes, 'a.bundle')).toThrow(/RESULTS_INVALID: "a.bundle"/)
  })

  it('is refused if it is of another version', () => {
    const bytes = encode({ ...sampleResults(), schemaVersion: 'svcsim.dev/results/v0' })
    expect(() => bundleToResults(bytes)).toThrow(/RESULTS_VERSION/)
  })
})
