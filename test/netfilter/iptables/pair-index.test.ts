import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ABSENT, PairIndex } from '../../../src/netfilter/iptables/pair-index.js'

test('a pair is absent until set, and after its removal', () => {
  const index = new PairIndex()
  expect(index.get(1, 2)).toBe(ABSENT)
  index.set(1, 2, 7)
  expect([index.get(1, 2), index.get(2, 1), index.count]).toEqual([7, ABSENT, 1])
  index.delete(1, 2)
  index.delete(1, 2)
  expect([index.get(1, 2), index.count]).toEqual([ABSENT, 0])
})

test('agrees with a Map over any sequence of sets and removals', () => {
  const step = fc.record({
    isRemoval: fc.boolean(),
    first: fc.nat({ max: 12 }),
    second: fc.nat({ max: 12 }),
    value: fc.nat({ max: 1000 }),
  })
  const agree = fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
    const index = new PairIndex()
    const map = new Map<string, number>()
    for (const { isRemoval, first, second, value } of steps) {
      if (isRemoval) {
        index.delete(first, second)
        map.delete(`${first},${second}`)
      } else {
        index.set(first, second, value)
        map.set(`${first},${second}`, value)
      }
    }
    expect(index.count).toBe(map.size)
    for (let first = 0; first <= 12; first += 1) {
      for (let second = 0; second <= 12; second += 1) {
        expect(index.get(first, second)).toBe(map.get(`${first},${second}`) ?? ABSENT)
      }
    }
  })
  fc.assert(agree, { seed: 11, numRuns: 60 })
})

test('holds many pairs and gives each its own value', () => {
  const index = new PairIndex()
  for (let pair = 0; pair < 5000; pair += 1) index.set(pair % 50, pair, pair)
  for (let pair = 0; pair < 5000; pair += 2) index.delete(pair % 50, pair)
  expect(index.count).toBe(2500)
  for (let pair = 0; pair < 5000; pair += 1) {
    expect(index.get(pair % 50, pair)).toBe(pair % 2 === 0 ? ABSENT : pair)
  }
})
