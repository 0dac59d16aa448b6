import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AddressId } from '../../../src/netfilter/address-book.js'
import { NO_AGE_LIMIT, RecentLists } from '../../../src/netfilter/iptables/recent-lists.js'
import { ReferenceLists } from '../../../src/netfilter/iptables/reference-lists.js'
import type { RecentMatch, Table } from '../../../src/netfilter/iptables/rule.js'

const S = 1_000_000_000
const address = (value: number) => value as AddressId

function listsOf(names: readonly string[], addressesPerList = 3) {
  const lists = new RecentLists({ addressesPerList })
  lists.retain(names)
  return lists
}

function oneList(addressesPerList = 3) {
  const lists = listsOf(['web'], addressesPerList)
  const id = lists.idOf('web')
  const contents = () => lists.entriesOf(id).map((entry) => `${entry.address}@${entry.lastSetNs / S}`)
  return { lists, id, contents }
}

describe('set', () => {
  test('keeps addresses in the order of their last set', () => {
    const { lists, id, contents } = oneList()
    lists.set(id, address(1), 0)
    lists.set(id, address(2), S)
    lists.set(id, address(1), 2 * S)
    expect(contents()).toEqual(['2@1', '1@2'])
  })

  test('pushes the least recently set address out of a full list', () => {
    const { lists, id, contents } = oneList()
    for (const [at, value] of [1, 2, 3, 1, 4].entries()) lists.set(id, address(value), at * S)
    expect(contents()).toEqual(['3@2', '1@3', '4@4'])
    expect(lists.size(id)).toBe(3)
  })

  test('holds 100 addresses unless told otherwise', () => {
    const lists = new RecentLists()
    lists.retain(['web'])
    for (let value = 0; value < 150; value += 1) lists.set(lists.idOf('web'), address(value), value)
    expect(lists.size(lists.idOf('web'))).toBe(100)
    expect(lists.entriesOf(lists.idOf('web'))[0]).toEqual({ address: 50, lastSetNs: 50 })
  })
})

describe('check', () => {
  test.each([
    ['at once', 5 * S, true],
    ['just before the limit', 7 * S - 1, true],
    ['exactly at the limit', 7 * S, true],
    ['a nanosecond later', 7 * S + 1, false],
  ])('%s: hit %s', (_when, nowNs, isHit) => {
    const { lists, id } = oneList()
    lists.set(id, address(1), 5 * S)
    expect(lists.check(id, address(1), nowNs, 2, false)).toBe(isHit)
  })

  test('does not renew what it finds', () => {
    const { lists, id, contents } = oneList()
    lists.set(id, address(1), 0)
    lists.check(id, address(1), S, 2, true)
    expect(contents()).toEqual(['1@0'])
  })

  test('finds an entry of any age where there is no limit', () => {
    const { lists, id } = oneList()
    lists.set(id, address(1), 0)
    expect(lists.check(id, address(1), 1e15, NO_AGE_LIMIT, false)).toBe(true)
  })

  test('does not find an address of another list', () => {
    const lists = listsOf(['a', 'b'])
    lists.set(lists.idOf('a'), address(1), 0)
    expect(lists.check(lists.idOf('b'), address(1), 0, NO_AGE_LIMIT, false)).toBe(false)
  })
})

describe('reaping', () => {
  test('leaves everything as it is when the address has no entry', () => {
    const { lists, id, contents } = oneList()
    lists.set(id, address(1), 0)
    lists.check(id, address(2), 9 * S, 1, true)
    expect(contents()).toEqual(['1@0'])
  })

  test('removes one entry only, the oldest, although others are too old as well', () => {
    const { lists, id, contents } = oneList()
    for (const value of [1, 2, 3]) lists.set(id, address(value), value * S)
    expect(lists.check(id, address(3), 9 * S, 1, true)).toBe(false)
    expect(contents()).toEqual(['2@2', '3@3'])
  })

  test('can remove the very entry that was found too old', () => {
    const { lists, id, contents } = oneList()
    for (const value of [1, 2]) lists.set(id, address(value), value * S)
    expect(lists.check(id, address(1), 9 * S, 1, true)).toBe(false)
    expect(contents()).toEqual(['2@2'])
  })

  test('removes an old entry also when the address itself is a hit', () => {
    const { lists, id, contents } = oneList()
    lists.set(id, address(1), 0)
    lists.set(id, address(2), 8 * S)
    expect(lists.check(id, address(2), 9 * S, 1, true)).toBe(true)
    expect(contents()).toEqual(['2@8'])
  })

  test('keeps an oldest entry of exactly the limit', () => {
    const { lists, id, contents } = oneList()
    lists.set(id, address(1), 8 * S)
    lists.check(id, address(1), 9 * S, 1, true)
    expect(contents()).toEqual(['1@8'])
  })
})

test('update renews a hit and leaves a miss alone', () => {
  const { lists, id, contents } = oneList()
  lists.set(id, address(1), 0)
  lists.set(id, address(2), S)
  expect(lists.update(id, address(1), 2 * S, 2, false)).toBe(true)
  expect(contents()).toEqual(['2@1', '1@2'])
  expect(lists.update(id, address(2), 9 * S, 2, false)).toBe(false)
  expect(contents()).toEqual(['2@1', '1@2'])
})

test('remove forgets an address and says whether it was there', () => {
  const { lists, id, contents } = oneList()
  for (const value of [1, 2, 3]) lists.set(id, address(value), value * S)
  expect([lists.remove(id, address(2)), lists.remove(id, address(2))]).toEqual([true, false])
  expect(contents()).toEqual(['1@1', '3@3'])
})

describe('reload', () => {
  test('keeps named lists, forgets others, and makes new ones last', () => {
    const lists = listsOf(['a', 'b', 'c'])
    lists.set(lists.idOf('a'), address(1), 0)
    lists.set(lists.idOf('c'), address(2), 0)
    lists.retain(['d', 'c', 'a'])
    expect(['a', 'c', 'd'].map((name) => lists.walkedListCount(lists.idOf(name)))).toEqual([1, 2, 3])
    expect(['a', 'c', 'd'].map((name) => lists.size(lists.idOf(name)))).toEqual([1, 1, 0])
    expect([lists.has('b'), lists.listCount]).toEqual([false, 3])
    expect(() => lists.idOf('b')).toThrow('no rule names this list')
  })

  test('a list that comes back is empty', () => {
    const lists = listsOf(['a'])
    lists.set(lists.idOf('a'), address(1), 0)
    lists.retain([])
    lists.retain(['a'])
    expect(lists.size(lists.idOf('a'))).toBe(0)
    expect(lists.check(lists.idOf('a'), address(1), 0, NO_AGE_LIMIT, false)).toBe(false)
  })
})

const match = fc.record({
  kind: fc.constant('recent' as const),
  list: fc.constantFrom('a', 'b', 'c'),
  mode: fc.constantFrom(
    'set' as const,
    'set' as const,
    'rcheck' as const,
    'update' as const,
    'remove' as const,
  ),
  seconds: fc.constantFrom(undefined, 1, 2, 3),
  isReaping: fc.boolean(),
})
const step = fc.record({ match, address: fc.nat({ max: 6 }), waitNs: fc.constantFrom(0, S / 2, S, 2 * S) })
const namesAndSteps = fc.record({
  names: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
  steps: fc.array(step, { maxLength: 40 }),
})

test('agrees with the plain lists over any sequence of tests and reloads', () => {
  const agree = fc.property(fc.array(namesAndSteps, { maxLength: 6 }), (loads) => {
    const lists = new RecentLists({ addressesPerList: 3 })
    const plain = new ReferenceLists(3)
    let nowNs = 0
    for (const { names, steps } of loads) {
      lists.retain(names)
      plain.retain([tableNaming(names)])
      for (const { match, address: value, waitNs } of steps) {
        if (!names.includes(match.list)) continue
        nowNs += waitNs
        expect(run(lists, match, value, nowNs)).toBe(plain.test(match, String(value), nowNs))
      }
      for (const name of names) {
        const entries = lists.entriesOf(lists.idOf(name))
        const said = entries.map((entry) => ({ ...entry, address: String(entry.address) }))
        expect(said).toEqual(plain.entriesOf(name))
        expect(lists.walkedListCount(lists.idOf(name))).toBe(plain.walkedListCount(name))
      }
    }
  })
  fc.assert(agree, { seed: 7, numRuns: 300 })
})

function run(lists: RecentLists, match: RecentMatch, value: number, nowNs: number): boolean {
  const id = lists.idOf(match.list)
  const maxAgeSeconds = match.seconds ?? NO_AGE_LIMIT
  switch (match.mode) {
    case 'set':
      lists.set(id, address(value), nowNs)
      return true
    case 'remove':
      return lists.remove(id, address(value))
    case 'rcheck':
      return lists.check(id, address(value), nowNs, maxAgeSeconds, match.isReaping)
    case 'update':
      return lists.update(id, address(value), nowNs, maxAgeSeconds, match.isReaping)
  }
}

function tableNaming(names: readonly string[]): Table {
  const rules = names.map((list) => ({
    matches: [{ kind: 'recent' as const, list, mode: 'set' as const, seconds: undefined, isReaping: false }],
    target: { kind: 'none' as const },
  }))
  return { name: 'nat', chains: [{ name: 'chain', policy: undefined, rules }] }
}
