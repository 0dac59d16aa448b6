import { expect, it } from 'vitest'
import { LingerQueue } from '../../../src/netfilter/ipvs/linger-queue.js'

it('gives items back in the order in which they came, with their times, however many wait', () => {
  const queue = new LingerQueue()
  const out: [number, number][] = []
  const shift = (count: number) => {
    for (let left = count; left > 0; left -= 1) out.push([queue.nextDueNs, queue.shift()])
  }
  let pushed = 0
  const push = (count: number) => {
    for (let left = count; left > 0; left -= 1) {
      queue.push(1000 + pushed, 5 * pushed)
      pushed += 1
    }
  }
  // 40 go, so that the room is used from the middle on; then it is too small once, and then twice.
  push(50)
  shift(40)
  push(90)
  shift(60)
  push(200)
  shift(240)
  expect(out).toEqual(Array.from({ length: 340 }, (_, index) => [5 * index, 1000 + index]))
  expect(queue.nextDueNs).toBe(Number.POSITIVE_INFINITY)
})
