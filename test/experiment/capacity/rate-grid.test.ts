import { describe, expect, it } from 'vitest'
import { parseRateGrid, withRate } from '../../../src/experiment/capacity/rate-grid.js'

const perSec = (text: string, step?: string) => parseRateGrid(text, step)?.map((rate) => rate.perSec)

describe('a grid of rates', () => {
  it('has at most ten round steps, and both ends', () => {
    expect(perSec('100..2000/s')).toEqual([100, 300, 500, 700, 900, 1100, 1300, 1500, 1700, 1900, 2000])
    expect(perSec('0.5..3/s')).toEqual([0.5, 1, 1.5, 2, 2.5, 3])
    expect(perSec('1..1000000/s')).toHaveLength(11)
  })

  it('takes the step and the unit of the user', () => {
    expect(perSec('100..250/s', '50/s')).toEqual([100, 150, 200, 250])
    expect(perSec('100..220/s', '50/s')).toEqual([100, 150, 200, 220])
    expect(parseRateGrid('60..180/m', '60')?.map(({ text }) => text)).toEqual(['60/m', '120/m', '180/m'])
    expect(perSec('60..180/m', '60')).toEqual([1, 2, 3])
  })

  it('can be one rate', () => {
    expect(parseRateGrid('400/s')).toEqual([{ text: '400/s', perSec: 400 }])
  })

  it.each(['', '100..2000', '0..10/s', '5..1/s', '1..2/s..3', '1..5000/s'])('is not %j', (text) => {
    expect(parseRateGrid(text, text === '1..5000/s' ? '1/s' : undefined)).toBeUndefined()
  })

  it('takes another rate at its place, once', () => {
    const rates = parseRateGrid('100..300/s', '100/s') ?? []
    const more = withRate(rates, { text: '250/s', perSec: 250 })
    expect(more.map((rate) => rate.perSec)).toEqual([100, 200, 250, 300])
    expect(withRate(more, { text: '250/s', perSec: 250 })).toBe(more)
  })
})
