import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findLeast } from '../../../src/experiment/solve/find-least.js'
import { parseSolveRange } from '../../../src/experiment/solve/solve-range.js'
import type { Verdict } from '../../../src/experiment/thresholds/verdict.js'

const letters: Readonly<Record<string, Verdict>> = { p: 'passed', f: 'failed', u: 'undecided' }

/** @param row - one letter for each candidate: p(assed), f(ailed), u(ndecided) */
async function find(row: string) {
  const asked: number[] = []
  const found = await findLeast(row.length, async (index) => {
    asked.push(index)
    return letters[row.charAt(index)] ?? 'undecided'
  })
  return { ...found, asked }
}

describe('the least that passes', () => {
  it.each([
    ['p', 0, true],
    ['f', undefined, true],
    ['fp', 1, true],
    ['ffffpppp', 4, true],
    ['fffffffp', 7, true],
    ['pppppppp', 0, true],
    ['ffffffff', undefined, true],
    ['ffuupppp', 4, true],
    // More is worse again: the end fails, a value before it passes.
    ['fffpppff', 3, false],
    ['pfffffff', 0, false],
    // A gap that halving does not meet is not seen; one half way from the answer to the end is.
    ['ffppffffpp', 8, true],
    ['fffppfpp', 3, false],
  ])('of %s is %s', async (row, answer, isMonotone) => {
    const found = await find(row)
    expect([found.answer, found.isMonotone]).toEqual([answer, isMonotone])
  })

  it('is found exactly in any row that passes on, with few tests and none twice', async () => {
    const rows = fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 0, max: 3_000 }))
    await fc.assert(
      fc.asyncProperty(rows, async ([count, first]) => {
        const { answer, isMonotone, asked } = await find(
          'f'.repeat(Math.min(first, count)) + 'p'.repeat(Math.max(0, count - first)),
        )
        expect(answer).toBe(first < count ? first : undefined)
        expect(isMonotone).toBe(true)
        expect(new Set(asked).size).toBe(asked.length)
        expect(asked.length).toBeLessThanOrEqual(Math.ceil(Math.log2(count + 1)) + 4)
      }),
      { seed: 7, numRuns: 100 },
    )
  })
})

describe('a range', () => {
  it.each([
    ['1..5', undefined, [1, 2, 3, 4, 5], '1'],
    ['1..5', '2', [1, 3, 5], '2'],
    ['3..3', undefined, [3], '1'],
    ['100..300/s', '100', ['100/s', '200/s', '300/s'], '100/s'],
    ['100..300/s', '100/s', ['100/s', '200/s', '300/s'], '100/s'],
    ['0.1..0.4', '0.1', [0.1, 0.2, 0.3, 0.4], '0.1'],
    ['5..6ms', '0.5ms', ['5ms', '5.5ms', '6ms'], '0.5ms'],
  ])('%s in steps of %s has these values', (text, step, values, stepText) => {
    expect(parseSolveRange(text, step)).toEqual({ text, step: stepText, values })
  })

  it('with a unit has a hundred steps unless they are given', () => {
    const range = parseSolveRange('100..2000/s')
    expect([range?.values.length, range?.step, range?.values.at(-1)]).toEqual([101, '19/s', '2000/s'])
  })

  it.each([
    ['5..1'],
    ['1'],
    ['1..'],
    ['1..5kg'],
    ['-1..5'],
    ['1..1000000'],
    ['1..5', '0'],
    ['1..5/s', '1ms'],
    ['1..5', 'x'],
  ])('%s in steps of %s is none', (text, step?: string) => {
    expect(parseSolveRange(text, step)).toBe(undefined)
  })
})
