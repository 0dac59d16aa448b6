import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../src/base/diagnostics.js'
import { nanoseconds } from '../../src/base/nanoseconds.js'
import { type LaneId, Simulator } from '../../src/engine/simulator.js'

/** Runs to the end and lists what was handled, as [time, kind, payload]. */
function drain(simulator: Simulator): [number, number, number][] {
  const seen: [number, number, number][] = []
  simulator.run(nanoseconds(1e12), (kind, payload) => seen.push([simulator.now, kind, payload]))
  return seen
}

describe('Simulator', () => {
  it('handles events in the order of time', () => {
    const simulator = new Simulator()
    const lane = simulator.addLane(7, 0)
    for (const timeNs of [30, 10, 20]) simulator.schedule(lane, timeNs, timeNs)
    expect(drain(simulator)).toEqual([
      [10, 7, 10],
      [20, 7, 20],
      [30, 7, 30],
    ])
  })

  it('breaks ties by priority, then by the order of scheduling', () => {
    const simulator = new Simulator()
    const late = simulator.addLane(1, 5)
    const early = simulator.addLane(2, 3)
    simulator.schedule(late, 10, 1)
    simulator.schedule(early, 10, 2)
    simulator.schedule(late, 10, 3)
    simulator.schedule(early, 10, 4)
    expect(drain(simulator).map(([, , payload]) => payload)).toEqual([2, 4, 1, 3])
  })

  it('handles an event scheduled for now by the event at hand', () => {
    const simulator = new Simulator()
    const lane = simulator.addLane(0, 0)
    const seen: number[] = []
    simulator.schedule(lane, 5, 1)
    simulator.run(nanoseconds(10), (_, payload) => {
      seen.push(payload)
      if (payload < 3) simulator.schedule(lane, simulator.now, payload + 1)
    })
    expect(seen).toEqual([1, 2, 3])
  })

  it('stops after the events due at the end and leaves the rest pending', () => {
    const simulator = new Simulator()
    const lane = simulator.addLane(0, 0)
    expect(simulator.pendingCount).toBe(0)
    for (const timeNs of [10, 20, 21]) simulator.schedule(lane, timeNs, timeNs)
    expect(simulator.pendingCount).toBe(3)
    const seen: number[] = []
    simulator.run(nanoseconds(20), (_, payload) => void seen.push(payload))
    expect(seen).toEqual([10, 20])
    expect(simulator.now).toBe(20)
    expect(simulator.pendingCount).toBe(1)
    expect(drain(simulator)).toEqual([[21, 0, 21]])
    expect(simulator.pendingCount).toBe(0)
  })

  it('refuses an event in the past', () => {
    const simulator = new Simulator()
    const lane = simulator.addLane(0, 0)
    simulator.run(nanoseconds(100), () => {})
    expect(() => simulator.schedule(lane, 99, 0)).toThrow(InvariantError)
    expect(() => simulator.schedule(lane, Number.NaN, 0)).toThrow(InvariantError)
  })

  it('pops what a stable sort by (time, priority, sequence) gives, whatever lanes events were put in', () => {
    const event = fc.record({ lane: fc.nat(5), timeNs: fc.nat(50) })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 400 }), (events) => {
        const simulator = new Simulator()
        const lanes: LaneId[] = [0, 1, 2, 0, 1, 2].map((priority, kind) => simulator.addLane(kind, priority))
        for (const [index, { lane, timeNs }] of events.entries())
          simulator.schedule(lanes[lane], timeNs, index)
        const expected = events
          .map(({ lane, timeNs }, index) => ({ lane, timeNs, index }))
          .sort((a, b) => a.timeNs - b.timeNs || (a.lane % 3) - (b.lane % 3) || a.index - b.index)
        expect(simulator.pendingCount).toBe(events.length)
        expect(drain(simulator)).toEqual(expected.map(({ lane, timeNs, index }) => [timeNs, lane, index]))
        expect(simulator.eventCount).toBe(events.length)
        expect(simulator.pendingCount).toBe(0)
      }),
      { seed: 20_240_601, numRuns: 200 },
    )
  })
})
