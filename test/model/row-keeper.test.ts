import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grownColumn, RowKeeper } from '../../src/model/row-keeper.js'

describe('a keeper of rows', () => {
  it('gives every row to one at a time, within the columns that it asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 400 }), (choices) => {
        let capacity = 0
        const keeper = new RowKeeper((wanted) => {
          capacity = wanted
        })
        const open: number[] = []
        for (const choice of choices) {
          const [first] = open
          if (choice === 0 && first !== undefined) {
            keeper.giveBack(first)
            open.shift()
          } else {
            const row = keeper.take()
            expect(open).not.toContain(row)
            expect(row).toBeLessThan(capacity)
            open.push(row)
          }
          expect(keeper.openCount).toBe(open.length)
        }
      }),
    )
  })

  it('needs no more rows than were open at once', () => {
    const sizes: number[] = []
    const keeper = new RowKeeper((capacity) => sizes.push(capacity))
    for (let round = 0; round < 1_000; round++) keeper.giveBack(keeper.take())
    expect(sizes).toEqual([64])
    for (let count = 0; count < 129; count++) keeper.take()
    expect(sizes).toEqual([64, 128, 256])
  })
})

it('a column grows without losing anything', () => {
  const column = Float64Array.from([1, 2.5])
  expect(grownColumn(column, 4)).toEqual(Float64Array.from([1, 2.5, 0, 0]))
  expect(grownColumn(new Uint8Array(2), 4)).toBeInstanceOf(Uint8Array)
})
