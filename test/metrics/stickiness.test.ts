import { describe, expect, it } from 'vitest'
import { StickinessCollector } from '../../src/metrics/stickiness.js'

/** Client and pod of each connection, in order; those of `before` belong to the warm-up. */
function figuresOf(counted: readonly [number, number][], before: readonly [number, number][] = []) {
  const collector = new StickinessCollector(4, 3)
  for (const [client, pod] of before) collector.record(client, pod, false)
  for (const [client, pod] of counted) collector.record(client, pod, true)
  return collector.figures()
}

describe('StickinessCollector', () => {
  it('has no ratios where no client was seen', () => {
    expect(figuresOf([])).toEqual({
      clients: 0,
      returningConnections: 0,
      returnRatio: null,
      modalShare: null,
      brokenSessions: null,
    })
  })

  it('has no return ratio where every client came once', () => {
    expect(
      figuresOf([
        [0, 1],
        [1, 1],
        [2, 0],
      ]),
    ).toEqual({ clients: 3, returningConnections: 0, returnRatio: null, modalShare: 1, brokenSessions: 0 })
  })

  it('compares each connection with the one before of the same client', () => {
    // client 0: 1 1 2 1 returns 1 of 3; client 1: 0 0 returns 1 of 1
    const figures = figuresOf([
      [0, 1],
      [1, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [0, 1],
    ])
    expect(figures).toEqual({
      clients: 2,
      returningConnections: 4,
      returnRatio: 2 / 4,
      modalShare: (3 / 4 + 1) / 2,
      brokenSessions: 1 / 2,
    })
  })

  it('remembers the last pod of the warm-up, and counts nothing of it', () => {
    // client 0 was on 2 and comes back to it; client 1 was on 0 and goes to 1; client 2 is new; client 3 stays away
    const before: [number, number][] = [
      [0, 1],
      [0, 2],
      [1, 0],
      [3, 0],
    ]
    const counted: [number, number][] = [
      [0, 2],
      [1, 1],
      [2, 1],
    ]
    expect(figuresOf(counted, before)).toEqual({
      clients: 3,
      returningConnections: 2,
      returnRatio: 1 / 2,
      modalShare: 1,
      brokenSessions: 0,
    })
  })
})
