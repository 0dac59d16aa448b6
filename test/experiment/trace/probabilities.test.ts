/** The chances of all ways add up to exactly 1, and each is that of the kernel's integers. */
import { describe, expect, it } from 'vitest'
import { fraction, isEqual, ONE, plus, times, ZERO } from '../../../src/base/fraction.js'
import { traced, tracedCluster } from './traced.js'

describe.each(['iptables', 'nftables', 'ipvs'])('mode %s', (mode) => {
  it.each([1, 2, 3, 7, 30])('chances of %i endpoints add up to 1', (replicas) => {
    const cluster = tracedCluster([`proxy.mode=${mode}`, `web.replicas=${replicas}`])
    const { outcomes } = traced({ from: 'pod/shop/cart', to: 'single.default:80' }, cluster)
    expect(outcomes).toHaveLength(replicas)
    const sum = outcomes.reduce((total, { probability: { numerator, denominator } }) => {
      const each = { numerator: BigInt(numerator ?? 0), denominator: BigInt(denominator ?? 1) }
      return plus(total, each)
    }, ZERO)
    expect(isEqual(sum, ONE)).toBe(true)
  })
})

describe('mode iptables', () => {
  it('multiplies what is left by the integer of each rule', () => {
    const cluster = tracedCluster(['web.replicas=3'])
    const [first, second, third] = traced(
      { from: 'pod/shop/cart', to: 'single.default:80' },
      cluster,
    ).outcomes
    // round(2^31 / 3), then half of the rest, then the rest of that.
    const rest = fraction(2 ** 31 - 715_827_883, 2 ** 31)
    const half = times(rest, fraction(2 ** 30, 2 ** 31))
    expect([first.probability.numerator, first.probability.denominator]).toEqual(['715827883', '2147483648'])
    for (const { probability } of [second, third]) {
      expect(probability.numerator).toBe(half.numerator.toString())
      expect([probability.draws, probability.ratio]).toEqual([2, 0.333_333_333_255_723_1])
    }
  })

  it('gives the ratio alone where digits would fill pages', () => {
    const cluster = tracedCluster(['web.replicas=120'])
    const { outcomes } = traced({ from: 'pod/shop/cart', to: 'single.default:80' }, cluster)
    const [last] = outcomes.slice(-1)
    expect([last.probability.draws, last.probability.numerator]).toEqual([119, null])
    expect(last.probability.ratio).toBeCloseTo(1 / 120, 8)
  })

  it('gives the chance of the way that was drawn', () => {
    const question = { from: 'pod/shop/cart', to: 'single.default:80' }
    const cluster = tracedCluster(['web.replicas=3'])
    const all = traced(question, cluster).outcomes
    for (const draw of [1, 2, 3, 4, 5]) {
      const [outcome] = traced({ ...question, draw }, cluster).outcomes
      const same = all.find(({ destination }) => destination.pod === outcome.destination.pod)
      expect(outcome.probability).toEqual(same?.probability)
    }
  })
})
