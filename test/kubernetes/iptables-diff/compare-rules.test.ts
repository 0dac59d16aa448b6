import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareRules } from '../../../src/kubernetes/iptables-diff/compare-rules.js'
import { rulesOf } from './rules.js'

/** What differs, each as a line. */
function compare(expected: readonly string[], found: readonly string[]): string[] {
  return compareRules('C', rulesOf(...expected), rulesOf(...found)).map(
    (each) => `${each.kind}: ${each.expected ?? ''} | ${each.found ?? ''}`,
  )
}

describe('compareRules', () => {
  it('finds nothing where rules are the same', () => {
    expect(compare(['-j KUBE-A', '-j KUBE-B'], ['-j KUBE-A', '-j KUBE-B'])).toEqual([])
    expect(compare([], [])).toEqual([])
  })

  it('finds what is missing and what is too much', () => {
    expect(compare(['-j KUBE-A', '-j KUBE-B', '-j KUBE-C'], ['-j KUBE-A', '-j KUBE-C', '-j KUBE-D'])).toEqual(
      ['missing: -A C -j KUBE-B | ', 'extra:  | -A C -j KUBE-D'],
    )
  })

  it('finds what has moved', () => {
    expect(compare(['-j KUBE-A', '-j KUBE-B', '-j KUBE-C'], ['-j KUBE-C', '-j KUBE-A', '-j KUBE-B'])).toEqual(
      ['moved: -A C -j KUBE-C | -A C -j KUBE-C'],
    )
  })

  it('finds another chance', () => {
    const rule = (probability: string) => `-m statistic --mode random --probability ${probability} -j KUBE-A`
    expect(compare([rule('0.5')], [rule('0.25')])).toEqual([
      `probability: -A C ${rule('0.5')} | -A C ${rule('0.25')}`,
    ])
  })

  it('counts rules that are there twice', () => {
    expect(compare(['-j KUBE-A', '-j KUBE-A'], ['-j KUBE-A'])).toEqual(['missing: -A C -j KUBE-A | '])
  })

  it('compares long lists without order, in time', () => {
    const rules = Array.from(
      { length: 2_500 },
      (_, index) => `-s 10.0.${index >> 8}.${index & 255} -j KUBE-A`,
    )
    const startMs = performance.now()
    expect(compare(rules, [...rules].reverse())).toEqual([])
    expect(compare(rules, [...rules.slice(1).reverse(), '-j KUBE-B'])).toEqual([
      'missing: -A C -s 10.0.0.0 -j KUBE-A | ',
      'extra:  | -A C -j KUBE-B',
    ])
    expect(performance.now() - startMs).toBeLessThan(8_000)
  })

  it('accounts for every rule of both sides', () => {
    const lists = fc.array(fc.constantFrom('-j KUBE-A', '-j KUBE-B', '-j KUBE-C', '-j KUBE-D'), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(lists, lists, (one, other) => {
        const kinds = compareRules('C', rulesOf(...one), rulesOf(...other)).map(({ kind }) => kind)
        const count = (kind: string) => kinds.filter((each) => each === kind).length
        expect(one.length - count('missing')).toBe(other.length - count('extra'))
        expect(kinds.length === 0).toBe(one.join() === other.join())
      }),
      { seed: 3 },
    )
  })
})
