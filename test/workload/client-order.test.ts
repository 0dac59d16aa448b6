import { describe, expect, it } from 'vitest'
import { chiSquareUpperTail } from '../../src/base/special-functions.js'
import { Streams } from '../../src/engine/streams.js'
import { type ClientOrder, makeClientOrder } from '../../src/workload/client-order.js'

const newStream = () => new Streams(5, 0).get('clients/users/order')

function take(order: ClientOrder, clientCount: number, count: number): number[] {
  const next = makeClientOrder(order, clientCount, newStream())
  return Array.from({ length: count }, () => next())
}

function countsOf(clients: readonly number[], clientCount: number): number[] {
  return Array.from({ length: clientCount }, (_, client) => clients.filter((each) => each === client).length)
}

describe('the order of clients', () => {
  it('in turn is 0, 1, 2 … and again', () => {
    expect(take('inTurn', 3, 8)).toEqual([0, 1, 2, 0, 1, 2, 0, 1])
  })

  it('at random is an independent draw each time', () => {
    const stream = newStream()
    expect(take('random', 7, 50)).toEqual(Array.from({ length: 50 }, () => stream.below(7)))
  })

  it('at random favours nobody', () => {
    const counts = countsOf(take('random', 10, 10_000), 10)
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)
    expect(chiSquareUpperTail(chiSquare, 9)).toBeGreaterThan(0.001)
  })

  it('shuffled is each client once per round', () => {
    const clients = take('shuffled', 20, 100)
    const rounds = [0, 20, 40, 60, 80].map((start) => clients.slice(start, start + 20))
    for (const round of rounds) expect([...round].sort((a, b) => a - b)).toEqual([...Array(20).keys()])
    expect(new Set(rounds.map((round) => round.join())).size).toBe(5)
  })

  it.each(['inTurn', 'random', 'shuffled'] as const)('%s of a single client is that client', (order) => {
    expect(take(order, 1, 5)).toEqual([0, 0, 0, 0, 0])
  })
})
