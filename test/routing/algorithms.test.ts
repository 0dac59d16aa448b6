import { describe, expect, it } from 'vitest'
import { ALGORITHMS, type AlgorithmName } from '../../src/routing/algorithms.js'

/** Draws 0, 1, 2 … modulo the bound: enough to see that a draw is used. */
function countingDraw(): (bound: number) => number {
  let drawn = 0
  return (bound) => drawn++ % bound
}

function balancer(name: AlgorithmName, targetCount: number) {
  return ALGORITHMS[name]({ targetCount, drawBelow: countingDraw() })
}

describe.each(Object.keys(ALGORITHMS) as AlgorithmName[])('every algorithm: %s', (name) => {
  it('chooses only targets that exist', () => {
    for (const targetCount of [1, 2, 7]) {
      const algorithm = balancer(name, targetCount)
      for (let index = 0; index < 50; index++) {
        const target = algorithm.choose({ sourceHash: (index * 2_654_435_761) >>> 0 })
        expect(Number.isInteger(target) && target >= 0 && target < targetCount).toBe(true)
        algorithm.opened(target)
      }
    }
  })

  it('repeats its choices when asked the same again', () => {
    const ask = () => {
      const algorithm = balancer(name, 5)
      return Array.from({ length: 40 }, (_, index) => algorithm.choose({ sourceHash: index * 977 }))
    }
    expect(ask()).toEqual(ask())
  })
})

describe('what each algorithm promises', () => {
  it('round robin takes targets in turn', () => {
    const algorithm = balancer('roundRobin', 3)
    expect(Array.from({ length: 7 }, () => algorithm.choose({ sourceHash: 0 }))).toEqual([
      0, 1, 2, 0, 1, 2, 0,
    ])
  })

  it('source hash keeps a source on its target, whoever asks in between', () => {
    const algorithm = balancer('sourceHash', 4)
    expect([5, 6, 5, 7, 5].map((sourceHash) => algorithm.choose({ sourceHash }))).toEqual([1, 2, 1, 3, 1])
  })

  it('least connections avoids a target whose connections stay open', () => {
    const algorithm = balancer('leastConnections', 3)
    const chosen: number[] = []
    for (let index = 0; index < 7; index++) {
      const target = algorithm.choose({ sourceHash: 0 })
      algorithm.opened(target)
      if (target !== 1) algorithm.closed(target)
      chosen.push(target)
    }
    expect(chosen).toEqual([0, 1, 2, 0, 2, 0, 2])
  })

  it('least connections lets idle targets take turns', () => {
    const algorithm = balancer('leastConnections', 3)
    const chosen = Array.from({ length: 6 }, () => {
      const target = algorithm.choose({ sourceHash: 0 })
      algorithm.opened(target)
      algorithm.closed(target)
      return target
    })
    expect(chosen).toEqual([0, 1, 2, 0, 1, 2])
  })

  it('random hands on what is drawn', () => {
    const algorithm = balancer('random', 3)
    expect(Array.from({ length: 4 }, () => algorithm.choose({ sourceHash: 0 }))).toEqual([0, 1, 2, 0])
  })
})
