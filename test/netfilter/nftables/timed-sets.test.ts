import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AddressId } from '../../../src/netfilter/address-book.js'
import { ReferenceSets } from '../../../src/netfilter/nftables/reference-sets.js'
import type { NftTable } from '../../../src/netfilter/nftables/ruleset.js'
import { TimedSets } from '../../../src/netfilter/nftables/timed-sets.js'

const S = 1_000_000_000
const address = (value: number) => value as AddressId

function oneSet(timeoutSeconds = 2, elementsPerSet = 3) {
  const sets = new TimedSets({ elementsPerSet })
  sets.retain(new Map([['web', timeoutSeconds]]))
  const id = sets.idOf('web')
  const contents = (nowNs: number) =>
    sets.elementsOf(id, nowNs).map((each) => `${each.address}-${each.endsAtNs / S}`)
  return { sets, id, contents }
}

describe('an element', () => {
  test.each([
    ['at once', 5 * S, true],
    ['a nanosecond before the timeout', 7 * S - 1, true],
    ['exactly at the timeout', 7 * S, false],
    ['later', 8 * S, false],
  ])('%s: found %s', (_when, nowNs, isFound) => {
    const { sets, id } = oneSet()
    sets.update(id, address(1), 5 * S)
    expect(sets.contains(id, address(1), nowNs)).toBe(isFound)
  })

  test('stays for a timeout after its last update', () => {
    const { sets, id, contents } = oneSet()
    for (const seconds of [0, 1.5, 3, 4.5]) sets.update(id, address(1), seconds * S)
    expect(contents(4.5 * S)).toEqual(['1-6.5'])
    expect(sets.contains(id, address(1), 6 * S)).toBe(true)
  })

  test('is not prolonged by being looked up', () => {
    const { sets, id } = oneSet()
    sets.update(id, address(1), 0)
    expect(sets.contains(id, address(1), 1.9 * S)).toBe(true)
    expect(sets.contains(id, address(1), 2 * S)).toBe(false)
  })

  test('vanishes by itself, whoever comes', () => {
    const { sets, id } = oneSet(2, 100)
    for (let value = 0; value < 40; value += 1) sets.update(id, address(value), 0)
    expect(sets.size(id, 1.9 * S)).toBe(40)
    expect(sets.size(id, 2 * S)).toBe(0)
  })
})

describe('a full set', () => {
  test('takes nobody new, but still those whom it has', () => {
    const { sets, id, contents } = oneSet()
    for (const value of [1, 2, 3]) expect(sets.update(id, address(value), 0)).toBe(true)
    expect(sets.update(id, address(4), S)).toBe(false)
    expect(sets.update(id, address(1), S)).toBe(true)
    expect(contents(S)).toEqual(['2-2', '3-2', '1-3'])
  })

  test('has room again when an element has vanished', () => {
    const { sets, id, contents } = oneSet()
    for (const [seconds, value] of [1, 2, 3].entries()) sets.update(id, address(value), seconds * S * 0.5)
    expect(sets.update(id, address(4), 2 * S)).toBe(true)
    expect(contents(2 * S)).toEqual(['2-2.5', '3-3', '4-4'])
  })

  test('has room again for an element that vanished before an older one', () => {
    const { sets, id, contents } = oneSet(10)
    sets.update(id, address(1), 0)
    sets.retain(new Map([['web', 1]]))
    for (const value of [2, 3]) sets.update(id, address(value), 0)
    expect(sets.update(id, address(4), 0.5 * S)).toBe(false)
    expect(sets.update(id, address(4), S)).toBe(true)
    expect(contents(S)).toEqual(['1-10', '4-2'])
  })

  test('holds 65,535 addresses unless told otherwise', () => {
    const sets = new TimedSets()
    sets.retain(new Map([['web', 10_800]]))
    const id = sets.idOf('web')
    for (let value = 0; value < 65_535; value += 1) sets.update(id, address(value), 0)
    expect(sets.update(id, address(65_535), 0)).toBe(false)
    expect(sets.size(id, 0)).toBe(65_535)
  })
})

describe('a reload', () => {
  test('keeps the elements of the sets that are there again', () => {
    const { sets, id, contents } = oneSet()
    sets.update(id, address(1), 0)
    sets.retain(
      new Map([
        ['api', 2],
        ['web', 2],
      ]),
    )
    expect(contents(S)).toEqual(['1-2'])
    expect(sets.idOf('web')).toBe(id)
  })

  test('ends the others with all that they held', () => {
    const { sets, id } = oneSet()
    sets.update(id, address(1), 0)
    sets.retain(new Map())
    expect(sets.has('web')).toBe(false)
    sets.retain(new Map([['web', 2]]))
    expect(sets.contains(sets.idOf('web'), address(1), 0)).toBe(false)
  })

  test('with another timeout leaves the ends of what is there as they are', () => {
    const { sets, id, contents } = oneSet(2)
    sets.update(id, address(1), 0)
    sets.retain(new Map([['web', 5]]))
    sets.update(id, address(2), 0)
    expect(contents(0)).toEqual(['1-2', '2-5'])
  })

  test('a set that nobody made is a fault', () => {
    expect(() => oneSet().sets.idOf('api')).toThrow('no such timed set')
  })
})

const NAMES = ['a', 'b', 'c']

const steps = fc.array(
  fc.record({
    sinceLastNs: fc.constantFrom(0, 1, S - 1, S, 2 * S),
    name: fc.constantFrom(...NAMES),
    address: fc.integer({ min: 0, max: 5 }),
    action: fc.constantFrom('update', 'update', 'contains', 'retain'),
    timeouts: fc.dictionary(fc.constantFrom(...NAMES), fc.integer({ min: 1, max: 4 })),
  }),
  { maxLength: 40 },
)

function tableOf(timeouts: Readonly<Record<string, number>>): NftTable {
  const sets = Object.entries(timeouts).map(([name, timeoutSeconds]) => ({
    name,
    comment: undefined,
    flags: ['dynamic' as const, 'timeout' as const],
    timeoutSeconds,
    elements: [],
  }))
  return { family: 4, name: 't', comment: undefined, sets, maps: [], chains: [] }
}

test('the sets agree with the plain ones over any sequence of updates, look-ups and reloads', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 4 }), (sequence, elementsPerSet) => {
      const fast = new TimedSets({ elementsPerSet })
      const plain = new ReferenceSets(elementsPerSet)
      let nowNs = 0
      for (const step of sequence) {
        nowNs += step.sinceLastNs
        const { action, name, timeouts } = step
        if (action === 'retain') {
          fast.retain(new Map(Object.entries(timeouts)))
          plain.retain(tableOf(timeouts))
        }
        expect(fast.has(name)).toBe(plain.has(name))
        if (!plain.has(name)) continue
        const id = fast.idOf(name)
        if (action === 'update') {
          expect(fast.update(id, address(step.address), nowNs)).toBe(
            plain.update(name, `${step.address}`, nowNs),
          )
        }
        expect(fast.contains(id, address(step.address), nowNs)).toBe(
          plain.contains(name, `${step.address}`, nowNs),
        )
        const held = fast.elementsOf(id, nowNs).map((each) => ({ ...each, address: `${each.address}` }))
        expect(held).toEqual(plain.elementsOf(name, nowNs))
        if (action === 'contains') expect(fast.size(id, nowNs)).toBe(held.length)
      }
    }),
    { seed: 7, numRuns: 200 },
  )
})
