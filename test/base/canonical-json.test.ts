import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, sortedJson } from '../../src/base/canonical-json.js'

describe('canonicalJson', () => {
  it.each([
    [null, 'null'],
    [true, 'true'],
    ['a"b\n\u2028\ud800', '"a\\"b\\n\u2028\\ud800"'],
    [0.1, '0.1'],
    [-0, '0'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [9007199254740991, '9007199254740991'],
    [[], '[]'],
    [{}, '{}'],
    [[1, [2], { b: 1, a: [-0] }], '[1,[2],{"b":1,"a":[0]}]'],
    [Object.assign(Object.create(null), { constructor: 1 }), '{"constructor":1}'],
    [JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ])('writes %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  it('indents like JSON.stringify, with line feeds only', () => {
    const value = { name: 'web', empty: {}, none: [], counts: [1, 2], pods: [{ index: 0 }] }
    expect(canonicalJson(value, 2)).toBe(
      '{\n  "name": "web",\n  "empty": {},\n  "none": [],\n  "counts": [\n    1,\n    2\n  ],\n  "pods": [\n    {\n      "index": 0\n    }\n  ]\n}',
    )
  })

  it('agrees with JSON.stringify on every value that JSON has', () => {
    // JSON.stringify writes -0 as 0 too.
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 4 }), (value, indent) => {
        expect(canonicalJson(value, indent)).toBe(JSON.stringify(value, null, indent))
      }),
      { seed: 3 },
    )
  })

  it.each([
    ['NaN', { a: [Number.NaN] }, 'no JSON for NaN at $["a"][0]'],
    ['Infinity', [Number.POSITIVE_INFINITY], 'no JSON for Infinity at $[0]'],
    ['undefined', { a: undefined }, 'no JSON for undefined at $["a"]'],
    ['a hole', new Array(1), 'no JSON for undefined at $[0]'],
    ['bigint', 1n, 'no JSON for bigint at $'],
    ['a function', { f: () => 0 }, 'no JSON for function at $["f"]'],
    ['a symbol', Symbol('s'), 'no JSON for symbol at $'],
    ['a Map', { m: new Map() }, 'no JSON for an object of a class at $["m"]'],
    ['a Date', new Date(0), 'no JSON for an object of a class at $'],
    ['bytes', new Uint8Array(2), 'no JSON for an object of a class at $'],
  ])('refuses %s', (_name, value, message) => {
    expect(() => canonicalJson(value)).toThrow(new TypeError(message))
  })

  it('refuses cycles', () => {
    const value: unknown[] = []
    value.push(value)
    expect(() => canonicalJson(value)).toThrow(/^no JSON for a cycle, or deep nesting at /)
  })
})

describe('sortedJson', () => {
  it('sorts keys by code unit, at every level, and leaves arrays alone', () => {
    expect(sortedJson({ b: 1, a: { d: [3, 1, 2], c: 0 }, B: 2, '\u00e4': 3, 'a\u0000': 4 })).toBe(
      '{"B":2,"a":{"c":0,"d":[3,1,2]},"a\\u0000":4,"b":1,"\u00e4":3}',
    )
  })

  it('sorts keys that look like numbers as text', () => {
    expect(sortedJson({ 10: 0, 9: 0, x: 0 })).toBe('{"10":0,"9":0,"x":0}')
  })
})
