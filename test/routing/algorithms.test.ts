import { describe, expect, it } from 'vitest'
import { Streams } from '../../src/engine/streams.js'
import { ALGORITHMS, type AlgorithmName } from '../../src/routing/algorithms.js'
import { algorithm, choicesOf, connection, countsOf, streamDraw } from './balancing.js'

const NAMES = Object.keys(ALGORITHMS) as AlgorithmName[]

describe.each(NAMES)('every algorithm: %s', (name) => {
  it('chooses only targets that exist', () => {
    for (const targetCount of [1, 2, 7]) {
      const balancer = algorithm(name, targetCount)
      for (let index = 0; index < 200; index++) {
        const target = balancer.choose(connection(index))
        expect(Number.isInteger(target) && target >= 0 && target < targetCount).toBe(true)
        balancer.opened(target)
      }
    }
  })

  it('reaches every target', () => {
    const balancer = algorithm(name, 5, { drawBelow: streamDraw(name) })
    expect(Math.min(...countsOf(choicesOf(balancer, 2_000), 5))).toBeGreaterThan(0)
  })

  it('repeats its choices when asked the same again', () => {
    const ask = () => choicesOf(algorithm(name, 5, { drawBelow: streamDraw(name) }), 100)
    expect(ask()).toEqual(ask())
  })

  it('chooses only targets in use, whatever has come into use and fallen out of it before', () => {
    const draws = new Streams(7, 0).get(name)
    const balancer = algorithm(name, 6, { drawBelow: (bound) => draws.below(bound) })
    const open: number[] = []
    for (let round = 0; round < 60; round++) {
      const inUse = [0, 1, 2, 3, 4, 5].filter(() => draws.below(2) === 1)
      if (inUse.length === 0) inUse.push(draws.below(6))
      balancer.use(inUse)
      for (let index = 0; index < 10; index++) {
        const target = balancer.choose(connection(draws.uint32() >>> 1))
        expect(inUse).toContain(target)
        balancer.opened(target)
        open.push(target)
      }
      for (const target of open.splice(0, draws.below(15))) balancer.closed(target)
    }
  })

  it('does not change if all targets are put to use once more', () => {
    const once = algorithm(name, 5, { drawBelow: streamDraw(name) })
    const again = algorithm(name, 5, { drawBelow: streamDraw(name) })
    again.use([0, 1, 2, 3, 4])
    expect(choicesOf(again, 200)).toEqual(choicesOf(once, 200))
  })
})

/** Chooses, opens, and closes at once where `closes` says so. */
function chosen(name: AlgorithmName, count: number, closes: (target: number) => boolean): number[] {
  const balancer = algorithm(name, 3)
  return Array.from({ length: count }, (_, index) => {
    const target = balancer.choose(connection(index))
    balancer.opened(target)
    if (closes(target)) balancer.closed(target)
    return target
  })
}

describe('what each simple algorithm promises', () => {
  it('round robin takes targets in turn', () => {
    expect([...choicesOf(algorithm('roundRobin', 3), 7)]).toEqual([0, 1, 2, 0, 1, 2, 0])
  })

  it('round robin goes on with the next target in use', () => {
    const balancer = algorithm('roundRobin', 4)
    choicesOf(balancer, 2)
    balancer.use([0, 3])
    expect([...choicesOf(balancer, 3)]).toEqual([3, 0, 3])
    balancer.use([0, 1, 2, 3])
    expect([...choicesOf(balancer, 3)]).toEqual([0, 1, 2])
  })

  it('source hash keeps a source on its target, whoever asks in between', () => {
    const balancer = algorithm('sourceHash', 4)
    const hashes = [5, 6, 5, 7, 5]
    expect(hashes.map((sourceHash) => balancer.choose(connection(0, { sourceHash })))).toEqual([
      1, 2, 1, 3, 1,
    ])
  })

  it('least connections avoids a target whose connections stay open', () => {
    expect(chosen('leastConnections', 7, (target) => target !== 1)).toEqual([0, 1, 2, 0, 2, 0, 2])
  })

  it('least connections lets idle targets take turns', () => {
    expect(chosen('leastConnections', 6, () => true)).toEqual([0, 1, 2, 0, 1, 2])
  })

  it('least connections goes on with the next target in use, and keeps count of the others', () => {
    const balancer = algorithm('leastConnections', 4)
    for (let index = 0; index < 2; index++) balancer.opened(balancer.choose(connection(index)))
    balancer.use([0, 3])
    expect(balancer.choose(connection(2))).toBe(3)
    balancer.use([0, 1])
    balancer.closed(1)
    expect(balancer.choose(connection(3))).toBe(1)
  })

  it('random hands on what is drawn', () => {
    expect([...choicesOf(algorithm('random', 3), 4)]).toEqual([0, 1, 2, 0])
  })

  it('weighted round robin mixes turns as nginx does', () => {
    const balancer = algorithm('weightedRoundRobin', 3, { weights: [5, 1, 1] })
    expect([...choicesOf(balancer, 7)]).toEqual([0, 0, 1, 0, 2, 0, 0])
  })

  it('weighted round robin with equal weights takes targets in turn', () => {
    expect([...choicesOf(algorithm('weightedRoundRobin', 3), 6)]).toEqual([0, 1, 2, 0, 1, 2])
  })
})

describe('join idle queue', () => {
  it('takes any target without connections, and any at all where there is none', () => {
    const draws = [1, 1, 0, 2]
    const balancer = algorithm('joinIdleQueue', 3, { drawBelow: () => draws.shift() ?? -1 })
    const opened = Array.from({ length: 4 }, () => {
      const target = balancer.choose(connection(0))
      balancer.opened(target)
      return target
    })
    expect(opened).toEqual([1, 2, 0, 2])
  })
})

describe('power of choices', () => {
  it('takes the less busy of two different targets drawn, the first of them in a tie', () => {
    const draws = [0, 0, 2, 1, 1, 1]
    const balancer = algorithm('powerOfChoices', 3, { drawBelow: () => draws.shift() ?? 0 })
    const first = balancer.choose(connection(0))
    balancer.opened(first)
    // Drawn are 0 and 1, a tie; then 2 and 0, which is busy; then 0 and 1.
    const second = balancer.choose(connection(1))
    balancer.opened(second)
    const third = balancer.choose(connection(2))
    expect([first, second, third]).toEqual([0, 2, 1])
    expect(draws).toEqual([])
  })

  it('may draw a target twice with replacement', () => {
    const balancer = algorithm('powerOfChoicesWithReplacement', 2, { drawBelow: () => 1 })
    balancer.opened(1)
    expect(balancer.choose(connection(0))).toBe(1)
  })

  it('draws as many as asked for, where they differ no more than there are', () => {
    let drawn = 0
    const drawBelow = () => {
      drawn++
      return 0
    }
    algorithm('powerOfChoices', 3, { drawBelow, tuning: { choices: 5 } }).choose(connection(0))
    expect(drawn).toBe(3)
    algorithm('powerOfChoicesWithReplacement', 3, { drawBelow, tuning: { choices: 5 } }).choose(connection(0))
    expect(drawn).toBe(8)
  })

  it('with as many choices as targets takes one of those with fewest connections', () => {
    const balancer = algorithm('powerOfChoices', 4, { drawBelow: streamDraw('all'), tuning: { choices: 4 } })
    const counts = [0, 0, 0, 0]
    for (let index = 0; index < 400; index++) {
      const target = balancer.choose(connection(index))
      balancer.opened(target)
      counts[target]++
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }
  })
})
