import { describe, expect, it } from 'vitest'
import { oneOf, probabilityText } from '../../../src/kubernetes/iptables/probability.js'

describe('probability of an endpoint rule', () => {
  it('falls with every further endpoint up to 100,000', () => {
    let previous = probabilityText(1)
    for (let count = 2; count <= 100_000; count += 1) {
      const text = probabilityText(count)
      if (text >= previous) throw new Error(`${count}: ${text} after ${previous}`)
      previous = text
    }
    expect(previous).toBe('0.0000100000')
  })

  it('is rounded to the even digit where it lies between two, as Go does', () => {
    expect(probabilityText(2048)).toBe('0.0004882812')
  })

  it.each([
    [2, 1_073_741_824],
    [3, 715_827_883],
    [5, 429_496_730],
    [7, 306_783_378],
    [1000, 2_147_484],
  ])('of 1/%i is the threshold %i of 31 random bits', (endpointsLeft, threshold) => {
    expect(oneOf(endpointsLeft)).toMatchObject({ kind: 'statistic', threshold })
  })
})
