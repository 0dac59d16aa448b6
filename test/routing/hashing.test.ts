import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlgorithmName } from '../../src/routing/algorithms.js'
import { flowHashOf } from '../../src/routing/flow-hash.js'
import { fillMaglevTable } from '../../src/routing/maglev.js'
import { HASH_FIELDS, type HashFields } from '../../src/routing/new-connection.js'
import { algorithm, choicesOf, connection, countsOf, optionsFor } from './balancing.js'

const BY_FLOW: readonly AlgorithmName[] = ['flowHash', 'hashThreshold', 'resilientHash', 'ringHash', 'maglev']

describe('the hash of a connection', () => {
  const changes = {
    sourceHash: { sourceHash: 1_234 },
    sourcePort: { sourcePort: 1_234 },
    destinationHash: { destinationHash: 1_234 },
    destinationPort: { destinationPort: 1_234 },
    protocol: { protocol: 17 },
  } as const
  const counted: Readonly<Record<HashFields, readonly string[]>> = {
    '5-tuple': Object.keys(changes),
    '3-tuple': ['sourceHash', 'destinationHash', 'protocol'],
    '2-tuple': ['sourceHash', 'destinationHash'],
    source: ['sourceHash'],
  }

  it.each(HASH_FIELDS)('over %s changes with these fields and no other', (fields) => {
    const hash = flowHashOf(fields)
    const before = hash(connection(5))
    const changed = Object.entries(changes).filter(([, change]) => hash(connection(5, change)) !== before)
    expect(changed.map(([name]) => name)).toEqual(counted[fields])
  })

  it('is 32 bits wide and evenly spread over connections that differ in their ports', () => {
    const hash = flowHashOf('5-tuple')
    const counts = new Array<number>(16).fill(0)
    for (let sourcePort = 32_768; sourcePort < 48_768; sourcePort++)
      counts[hash(connection(0, { sourcePort })) >>> 28]++
    expect(Math.min(...counts)).toBeGreaterThan(870)
    expect(Math.max(...counts)).toBeLessThan(1_130)
  })
})

describe.each(BY_FLOW)('a balancer that hashes flows: %s', (name) => {
  it('keeps a connection on its target, whoever asks in between', () => {
    const balancer = algorithm(name, 6)
    const first = choicesOf(balancer, 500)
    expect(choicesOf(balancer, 500)).toEqual(first)
  })

  it.each(['3-tuple', '2-tuple', 'source'] as const)(
    'by %s keeps all connections of a client together',
    (hashFields) => {
      const balancer = algorithm(name, 6, { tuning: { hashFields } })
      for (let client = 0; client < 100; client++) {
        const ports = [32_768, 32_769, 50_000]
        const targets = ports.map((sourcePort) => balancer.choose(connection(client * 16, { sourcePort })))
        expect(new Set(targets).size).toBe(1)
      }
    },
  )

  it('finds its way back when a target has been out of use', () => {
    const balancer = algorithm(name, 6)
    const before = choicesOf(balancer, 2_000)
    balancer.use([0, 1, 2, 4, 5])
    balancer.use([0, 1, 2, 3, 4, 5])
    const moved = choicesOf(balancer, 2_000).filter((target, index) => target !== before[index]).length
    // A table of buckets remembers who got what; the others are functions of the targets in use.
    expect(moved).toBeLessThan(name === 'resilientHash' ? 700 : 1)
  })
})

describe('resilient hashing', () => {
  it('moves only connections of the target that leaves', () => {
    const balancer = algorithm('resilientHash', 5)
    const before = choicesOf(balancer, 5_000)
    balancer.use([0, 1, 3, 4])
    const after = choicesOf(balancer, 5_000)
    expect(after.every((target, index) => before[index] === 2 || target === before[index])).toBe(true)
  })

  it('keeps its buckets even to one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 511 }), (buckets, mask) => {
        const inUse = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((target) => (mask >> target) & 1)
        const balancer = algorithm('resilientHash', 9, {
          tuning: { buckets: buckets * 16, hashFields: 'source' },
        })
        if (inUse.length > 0) balancer.use(inUse)
        const seen = new Map<number, Set<number>>()
        for (let sourceHash = 0; sourceHash < 4_000; sourceHash++) {
          const each = connection(0, { sourceHash })
          const target = balancer.choose(each)
          const bucket = flowHashOf('source')(each) % (buckets * 16)
          seen.set(target, (seen.get(target) ?? new Set()).add(bucket))
        }
        const sizes = [...seen.values()].map((set) => set.size)
        return sizes.length === (inUse.length || 9) && Math.max(...sizes) - Math.min(...sizes) <= 1
      }),
      { seed: 5, numRuns: 25 },
    )
  })
})

describe('maglev', () => {
  it('gives every target floor or ceil of its even share of the table', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(251, 1_009, 65_537),
        fc.integer({ min: 1, max: 120 }),
        (tableSize, targetCount) => {
          const options = optionsFor(targetCount, { tuning: { tableSize } })
          const table = fillMaglevTable(
            options,
            options.targets.map((_, index) => index),
          )
          const counts = countsOf(table, targetCount)
          return (
            Math.min(...counts) === Math.floor(tableSize / targetCount) &&
            Math.max(...counts) === Math.ceil(tableSize / targetCount)
          )
        },
      ),
      { seed: 5, numRuns: 40 },
    )
  })

  it('does not depend on the order of its targets', () => {
    const options = optionsFor(7, { tuning: { tableSize: 1_009 } })
    const reversed = { ...options, targets: [...options.targets].reverse() }
    const all = [0, 1, 2, 3, 4, 5, 6]
    const back = fillMaglevTable(reversed, all).map((target) => 6 - target)
    expect(back).toEqual(fillMaglevTable(options, all))
  })
})

describe('bounded loads on a ring', () => {
  it('goes the way of the ring as long as nobody has more than its share', () => {
    const bounded = algorithm('boundedRingHash', 8, { tuning: { loadFactor: 1_000 } })
    expect(choicesOf(bounded, 1_000)).toEqual(choicesOf(algorithm('ringHash', 8), 1_000))
  })

  it('never lets a target have more than its bound, in thousandths exact', () => {
    const balancer = algorithm('boundedRingHash', 10, { tuning: { loadFactor: 1.1, virtualNodes: 3 } })
    const counts = new Array<number>(10).fill(0)
    for (let index = 0; index < 1_000; index++) {
      const target = balancer.choose(connection(index))
      balancer.opened(target)
      counts[target]++
      expect(counts[target]).toBeLessThanOrEqual(Math.ceil((11 * (index + 1)) / 100))
    }
    expect(Math.max(...counts)).toBe(110)
  })
})
