import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findFrontier, leastFrom, leastFromOrNone } from '../../../src/experiment/capacity/frontier.js'

/** A row of rates, each with the least number of replicas that passes; beyond the count: none does. */
const frontiers = fc.record({
  replicaCount: fc.integer({ min: 1, max: 60 }),
  steps: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 12 }),
  slack: fc.integer({ min: 0, max: 3 }),
})

describe('the frontier', () => {
  it('is found, with few tests', async () => {
    await fc.assert(
      fc.asyncProperty(frontiers, async ({ replicaCount, steps, slack }) => {
        let sum = 0
        const truth = steps.map((step) => (sum += step))
        const tried = new Set<string>()
        const answers = await findFrontier({
          rateCount: truth.length,
          replicaCount,
          // Overload is known for less than the truth, never for more.
          firstPossible: (rate) => Math.max(0, truth[rate] - slack),
          test: async (rate, replicas) => {
            const key = `${rate} ${replicas}`
            expect(tried.has(key)).toBe(false)
            tried.add(key)
            return replicas >= truth[rate]
          },
        })
        expect(answers).toEqual(truth.map((least) => (least < replicaCount ? least : undefined)))
        expect(tried.size).toBeLessThanOrEqual(5 * truth.length + 8)
      }),
    )
  })

  it('tries no rate above one that nothing passes', async () => {
    const rates: number[] = []
    const answers = await findFrontier({
      rateCount: 3,
      replicaCount: 4,
      firstPossible: () => 0,
      test: async (rate) => {
        rates.push(rate)
        return rate === 0
      },
    })
    expect(answers).toEqual([0, undefined, undefined])
    expect(rates).not.toContain(2)
  })
})

describe('the least position', () => {
  const everyFrom = async (search: typeof leastFrom) => {
    for (const count of [1, 2, 3, 4, 7, 20])
      for (let from = 0; from < count; from++)
        for (let truth = from; truth <= count; truth++) {
          const found = await search(from, count, async (index) => index >= truth)
          expect([count, from, truth, found]).toEqual([count, from, truth, truth < count ? truth : undefined])
        }
  }

  it('is found from everywhere', () => everyFrom(leastFrom))
  it('is found from everywhere where none may pass', () => everyFrom(leastFromOrNone))

  it('takes two tests where none passes', async () => {
    const tried: number[] = []
    await leastFromOrNone(3, 20, async (index) => {
      tried.push(index)
      return false
    })
    expect(tried).toEqual([3, 19])
  })
})
