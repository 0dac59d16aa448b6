import { describe, expect, it } from 'vitest'
import { InputError, InvariantError } from '../../src/base/diagnostics.js'
import { readResults, resultsToJson } from '../../src/results/results-json.js'
import type { Results } from '../../src/results/results-schema.js'
import { sampleResults, sampleSweep } from './sample-results.js'

/** The diagnostics that reading this raises, as `CODE line:column message`. */
function complaintsAbout(source: unknown): string[] {
  try {
    readResults(source, 'a.json')
    return []
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.diagnostics.map(({ code, place, message }) => {
      const where = place === undefined ? '' : ` ${place.line}:${place.column}`
      return `${code}${where} ${message}`
    })
  }
}

/** A copy of the sample with one field changed. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const copy: unknown = structuredClone(sampleSweep())
  let at = copy as Record<string | number, unknown>
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>
  const last = path.at(-1) ?? ''
  if (value === undefined) delete at[last]
  else at[last] = value
  return copy
}

describe('resultsToJson', () => {
  it('writes what readResults reads back', () => {
    for (const results of [sampleResults(), sampleSweep()]) {
      const text = resultsToJson(results)
      expect(readResults(text, 'a.json')).toStrictEqual(results)
      expect(resultsToJson(readResults(text, 'a.json'))).toBe(text)
    }
  })

  it('writes equal results as equal bytes, whatever the order of their keys', () => {
    const results = sampleResults()
    const backwards = reversed(results) as Results
    expect(Object.keys(backwards)[0]).toBe('points')
    expect(resultsToJson(backwards)).toBe(resultsToJson(results))
  })

  it('keeps estimates and histograms on one line and ends with a line break', () => {
    const text = resultsToJson(sampleResults())
    expect(text).toContain('"p99": { "value": 46300000, "halfWidth95": 1240000 }')
    expect(text).toContain('"buckets": [2345, 2360, 2371, 2480],')
    expect(text.endsWith('}\n')).toBe(true)
    expect(text.endsWith('\n\n')).toBe(false)
  })

  it('leaves strings alone that look like its own layout', () => {
    const description = '[\n  1,\n  2\n] {\n "value": 1,\n "halfWidth95": 2\n }'
    const results = sampleResults({ scenario: { ...sampleResults().scenario, description } })
    expect(readResults(resultsToJson(results), 'a.json').scenario.description).toBe(description)
  })

  it('leaves out optional fields that are undefined', () => {
    const warnings = [{ code: 'A', message: 'b', place: undefined }]
    expect(resultsToJson(sampleResults({ warnings }))).not.toContain('place')
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses to write %d, which would be our mistake',
    (value) => {
      const results = sampleResults()
      const point = results.points[0]
      const call = point?.calls[0]
      if (call === undefined) throw new Error('no call')
      call.parts.dns.value = value
      expect(() => resultsToJson(results)).toThrow(InvariantError)
      expect(() => resultsToJson(results)).toThrow(/field=points\[0\]\.calls\[0\]\.parts\.dns\.value/)
    },
  )
})

describe('readResults', () => {
  it.each([
    [
      ['points', 0, 'calls', 0, 'outcomes', 'issued'],
      12_001,
      'points[0].calls[0].outcomes.issued in "a.json" is wrong: must be the sum of the six outcomes',
    ],
    [
      ['points', 0, 'calls', 0, 'port'],
      '3000',
      'points[0].calls[0].port in "a.json" is wrong: expected number, received string',
    ],
    [
      ['points', 0, 'calls', 0, 'via'],
      'ingress',
      'points[0].calls[0].via in "a.json" is wrong: Invalid option: expected one of "clusterIP"|"nodePort"|"loadBalancer"|"headless"',
    ],
    [
      ['points', 1, 'pods', 0, 'utilisation'],
      undefined,
      'points[1].pods[0].utilisation in "a.json" is wrong: expected object, received undefined',
    ],
    [['points'], [], 'points in "a.json" is wrong: Too small: expected array to have >=1 items'],
    [['colour'], 'red', 'the file in "a.json" is wrong: Unrecognized key: "colour"'],
    [['seed'], 0.5, 'seed in "a.json" is wrong: expected int, received number'],
    [
      ['points', 2, 'settings', 0, 'axis'],
      'size',
      'points[2].settings in "a.json" is wrong: must name the axes of the sweep, in their order',
    ],
    [
      ['sweep', 'table'],
      { columns: ['colour'], metrics: [] },
      'sweep.table.columns in "a.json" is wrong: "colour" is none of the axes',
    ],
    [
      ['points', 0, 'calls', 0, 'responseTime', 'histogram', 'counts'],
      [11_985],
      'points[0].calls[0].responseTime.histogram in "a.json" is wrong: must hold one count for each bucket',
    ],
    [
      ['points', 0, 'calls', 0, 'responseTime', 'histogram', 'counts'],
      [1, 1, 1, 1],
      'points[0].calls[0].responseTime.histogram.counts in "a.json" is wrong: must add up to the count of response times',
    ],
    [
      ['points', 0, 'calls', 0, 'responseTime', 'histogram', 'buckets'],
      [3, 2, 4, 5],
      'points[0].calls[0].responseTime.histogram.buckets in "a.json" is wrong: must be bucket numbers in increasing order',
    ],
    [
      ['points', 0, 'calls', 0, 'responseTime', 'histogram', 'bitsPerOctave'],
      60,
      'points[0].calls[0].responseTime.histogram.buckets in "a.json" is wrong: must be bucket numbers in increasing order',
    ],
  ])('names the field %j', (path, value, message) => {
    expect(complaintsAbout(changed(path, value))).toEqual([`RESULTS_INVALID ${message}`])
  })

  it('says where in the text the field stands', () => {
    const text = resultsToJson(sampleResults()).replace('"seed": 1', '"seed": "one"')
    expect(complaintsAbout(text)).toEqual([
      'RESULTS_INVALID 13:11 seed in "a.json" is wrong: expected number, received string',
    ])
  })

  it('names the version of a file that it can not read', () => {
    expect(complaintsAbout(changed(['schemaVersion'], 'svcsim.dev/results/v9'))).toEqual([
      'RESULTS_VERSION "a.json" is of version "svcsim.dev/results/v9"; this svcsim reads "svcsim.dev/results/v1"',
    ])
  })

  it.each([
    ['', '1:1 "a.json" is not JSON: it ends too early'],
    ['{"a": 1,}', '1:9 "a.json" is not JSON: unexpected "}"'],
    ['{\n  "a": 01\n}', '2:9 "a.json" is not JSON: unexpected "1"'],
    ['[1, 2', '1:6 "a.json" is not JSON: it ends too early'],
    ["{'a': 1}", '1:2 "a.json" is not JSON: unexpected "\'"'],
    ['NaN', '1:1 "a.json" is not JSON: unexpected "N"'],
    ['{"a": "\n"}', '1:7 "a.json" is not JSON: unexpected "\\""'],
    ['{} x', '1:4 "a.json" is not JSON: unexpected "x"'],
    ['"a"', '1:1 "a.json" does not hold results of svcsim: it has no schemaVersion'],
    ['{"a": 1}', '1:1 "a.json" does not hold results of svcsim: it has no schemaVersion'],
    ['\n[]', '2:1 "a.json" does not hold results of svcsim: it has no schemaVersion'],
  ])('says what is wrong with %j', (text, message) => {
    expect(complaintsAbout(text)).toEqual([`RESULTS_INVALID ${message}`])
  })

  it.each([
    ['deep nesting', '['.repeat(100_000)],
    ['a long string', `{"schemaVersion": "svcsim.dev/results/v1", "seed": "${'\\"'.repeat(500_000)}"}`],
    ['a prototype', '{"schemaVersion": "svcsim.dev/results/v1", "__proto__": {"seed": 1}}'],
    ['many wrong fields', `{"schemaVersion": "svcsim.dev/results/v1", "points": [${'1,'.repeat(10_000)}1]}`],
  ])('refuses %s in bounded time', (_, text) => {
    const complaints = complaintsAbout(text)
    expect(complaints.length).toBeGreaterThan(0)
    expect(complaints.length).toBeLessThanOrEqual(20)
    expect(Object.hasOwn(Object.prototype, 'seed')).toBe(false)
  })
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).reverse()
  return Object.fromEntries(entries.map(([key, each]) => [key, reversed(each)]))
}
