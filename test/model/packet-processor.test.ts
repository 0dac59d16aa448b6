import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PacketProcessor } from '../../src/model/packet-processor.js'

interface Arrival {
  readonly timeNs: number
  readonly workNs: number
}

/** Times of departure from c FCFS servers, nanosecond by nanosecond. */
function departures(processorCount: number, arrivals: readonly Arrival[]): number[] {
  const done: number[] = new Array(arrivals.length).fill(-1)
  const waiting: number[] = []
  let inService: number[] = []
  let next = 0
  for (let nowNs = 0; done.includes(-1) || next < arrivals.length; nowNs++) {
    inService = inService.filter((packet) => done[packet] > nowNs)
    while (next < arrivals.length && arrivals[next].timeNs === nowNs) waiting.push(next++)
    while (waiting.length > 0 && inService.length < processorCount) {
      const packet = waiting.shift() as number
      done[packet] = nowNs + arrivals[packet].workNs
      if (arrivals[packet].workNs > 0) inService.push(packet)
    }
  }
  return done
}

describe('PacketProcessor', () => {
  it('takes packets at once while a processor is free, and the next when the first falls free', () => {
    const processor = new PacketProcessor(2)
    const doneNs = [
      [0, 100],
      [10, 30],
      [20, 5],
      [20, 5],
      [200, 1],
    ].map(([nowNs, workNs]) => processor.admit(nowNs, workNs))
    expect(doneNs).toEqual([100, 40, 45, 50, 201])
  })

  it('adds up the work taken in', () => {
    const processor = new PacketProcessor(4)
    processor.admit(0, 7)
    processor.admit(3, 35)
    expect([processor.busyNs, processor.processorCount]).toEqual([42, 4])
  })

  it('lets packets go when a queue with c servers does', () => {
    const arrivals = fc.array(fc.record({ gapNs: fc.nat(12), workNs: fc.nat(20) }), { maxLength: 30 })
    const cases = fc.property(fc.integer({ min: 1, max: 4 }), arrivals, (processorCount, gaps) => {
      let timeNs = 0
      const packets = gaps.map(({ gapNs, workNs }) => {
        timeNs += gapNs
        return { timeNs, workNs }
      })
      const processor = new PacketProcessor(processorCount)
      const actual = packets.map((packet) => processor.admit(packet.timeNs, packet.workNs))
      expect(actual).toEqual(departures(processorCount, packets))
    })
    fc.assert(cases, { seed: 11, numRuns: 300 })
  })
})
