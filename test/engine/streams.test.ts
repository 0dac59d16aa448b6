import { describe, expect, it } from 'vitest'
import { type Stream, Streams } from '../../src/engine/streams.js'

function stream(name = 'pod/web-0/service', seed = 1, replication = 0): Stream {
  return new Streams(seed, replication).get(name)
}

function draws<T>(count: number, draw: () => T): T[] {
  return Array.from({ length: count }, draw)
}

describe('streams', () => {
  it('are the same for the same seed, replication and name', () => {
    const [first, second] = [stream(), stream()]
    expect(draws(100, () => first.uint32())).toEqual(draws(100, () => second.uint32()))
  })

  it.each([
    ['name', stream('pod/web-1/service')],
    ['seed', stream('pod/web-0/service', 2)],
    ['replication', stream('pod/web-0/service', 1, 1)],
  ])('differ with the %s', (_what, other) => {
    const one = stream()
    expect(draws(100, () => one.uint32())).not.toEqual(draws(100, () => other.uint32()))
  })

  it('tell seed and replication apart', () => {
    expect(stream('s', 1, 11).uint32()).not.toBe(stream('s', 11, 1).uint32())
  })

  it('are one object per name', () => {
    const streams = new Streams(1, 0)
    expect(streams.get('a')).toBe(streams.get('a'))
    expect(streams.get('a')).not.toBe(streams.get('b'))
    expect(streams.get('__proto__')).not.toBe(streams.get('constructor'))
  })

  it('do not depend on the order in which they are made or drawn from', () => {
    const forward = new Streams(3, 0)
    const a = draws(5, () => forward.get('a').uint32())
    const b = draws(5, () => forward.get('b').uint32())
    const backward = new Streams(3, 0)
    const interleaved = draws(5, () => [
      backward.get('c').uint32(),
      backward.get('b').uint32(),
      backward.get('a').uint32(),
    ])
    expect(interleaved.map((row) => row[2])).toEqual(a)
    expect(interleaved.map((row) => row[1])).toEqual(b)
  })

  it('of similar names are uniform and uncorrelated in their first draws', () => {
    const streams = new Streams(1, 0)
    const first = Array.from({ length: 10_000 }, (_, index) =>
      streams.get(`pod/web-${index}/service`).uniform(),
    )
    const mean = first.reduce((sum, draw) => sum + draw, 0) / first.length
    // Standard error of the mean: 1/sqrt(12 · 10,000) = 0.0029.
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * 0.0029)
    const neighbours = first
      .slice(1)
      .reduce((sum, draw, index) => sum + (draw - 0.5) * ((first[index] ?? 0) - 0.5), 0)
    // Standard error of the correlation: 1/sqrt(10,000) = 0.01.
    expect(Math.abs((12 * neighbours) / first.length)).toBeLessThan(0.04)
    expect(new Set(first).size).toBe(10_000)
  })

  it.each([
    [-1, 0],
    [0.5, 0],
    [2 ** 53, 0],
    [Number.NaN, 0],
    [1, -1],
    [1, 1.5],
  ])('refuse seed %d, replication %d', (seed, replication) => {
    expect(() => new Streams(seed, replication)).toThrow(RangeError)
  })
})

describe('draws', () => {
  // Committed: these must never change, or all results do.
  it('of known streams are known', () => {
    const one = stream()
    expect(draws(4, () => one.uint32())).toEqual([3_184_419_304, 2_248_768_237, 1_322_397_665, 3_147_298_927])
    expect(draws(2, () => one.uint32() >>> 1)).toEqual([1_841_805_311, 1_206_112_447])
    expect(draws(2, () => one.uniform())).toEqual([0.19611771351994112, 0.8667988475547416])
    expect(draws(2, () => one.openUniform())).toEqual([0.10304758680864123, 0.24403102704126256])
    expect(draws(6, () => one.below(10))).toEqual([8, 1, 7, 4, 0, 2])
  })

  it('of 32 bits are integers that use every bit', () => {
    const one = stream()
    let or32 = 0
    for (let count = 0; count < 1_000; count += 1) {
      const draw32 = one.uint32()
      expect(Number.isInteger(draw32) && draw32 >= 0 && draw32 < 2 ** 32).toBe(true)
      or32 = (or32 | draw32) >>> 0
    }
    expect(or32).toBe(2 ** 32 - 1)
  })

  it('between 0 and 1 have 53 bits, the open ones never reaching 0', () => {
    const one = stream()
    for (let count = 0; count < 1_000; count += 1) {
      const closed = one.uniform() * 2 ** 53
      expect(Number.isInteger(closed) && closed < 2 ** 53).toBe(true)
      expect((one.openUniform() * 2 ** 53) % 2).toBe(1)
    }
  })

  it.each([1, 2, 3, 10, 1_000_003, 2 ** 31, 3 * 2 ** 30, 2 ** 32])('below %d stay below', (n) => {
    const one = stream()
    for (let count = 0; count < 1_000; count += 1) {
      const draw = one.below(n)
      expect(Number.isInteger(draw) && draw >= 0 && draw < n).toBe(true)
    }
  })

  it('below n are even, also where n does not divide 2^32', () => {
    const one = stream()
    // With 3·2^30 choices, a remainder alone would make the lowest third twice as likely: half of the draws.
    const lowThird = draws(30_000, () => one.below(3 * 2 ** 30)).filter((draw) => draw < 2 ** 30).length
    expect(Math.abs(lowThird - 10_000)).toBeLessThan(4 * Math.sqrt((30_000 * 2) / 9))
    const counts = new Array<number>(7).fill(0)
    for (let count = 0; count < 70_000; count += 1) {
      const draw = one.below(7)
      counts[draw] = (counts[draw] ?? 0) + 1
    }
    const chiSquare = counts.reduce((sum, each) => sum + (each - 10_000) ** 2 / 10_000, 0)
    // 99.9 % of chi-square with 6 degrees of freedom.
    expect(chiSquare).toBeLessThan(22.46)
  })

  it('shuffle into every order equally often', () => {
    const one = stream()
    const counts = new Map<string, number>()
    for (let count = 0; count < 24_000; count += 1) {
      const letters = ['a', 'b', 'c', 'd']
      one.shuffle(letters)
      const order = letters.join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    const chiSquare = [...counts.values()].reduce((sum, each) => sum + (each - 1_000) ** 2 / 1_000, 0)
    // 99.9 % of chi-square with 23 degrees of freedom.
    expect(chiSquare).toBeLessThan(49.73)
  })

  it('shuffle nothing where there is nothing', () => {
    const one = stream()
    const [none, single] = [[] as number[], [7]]
    one.shuffle(none)
    one.shuffle(single)
    expect([none, single]).toEqual([[], [7]])
    expect(one.uint32()).toBe(stream().uint32())
  })
})
