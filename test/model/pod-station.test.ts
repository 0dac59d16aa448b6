import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../src/base/diagnostics.js'
import { Admission, PodStation } from '../../src/model/pod-station.js'

const { started, queued, rejected } = Admission

describe('PodStation', () => {
  it('starts requests on free servers, then queues, then turns away', () => {
    const station = new PodStation(2, 1)
    expect([1, 2, 3, 4].map((request) => station.arrive(request, 0))).toEqual([
      started,
      started,
      queued,
      rejected,
    ])
    expect([station.numberInSystem, station.rejected]).toEqual([3, 1])
  })

  it('turns away all that find no free server where nobody may wait', () => {
    const station = new PodStation(1, 0)
    expect([station.arrive(1, 0), station.arrive(2, 0)]).toEqual([started, rejected])
    station.leave(5, 5)
    expect(station.arrive(3, 5)).toBe(started)
  })

  it('takes from the queue in the order of arrival, beyond the size that it began with', () => {
    const station = new PodStation(1, 1_000)
    for (let request = 0; request < 100; request++) station.arrive(request, 0)
    const order = Array.from({ length: 60 }, () => station.leave(0, 0))
    for (let request = 100; request < 150; request++) station.arrive(request, 0)
    while (station.numberInSystem > 0) order.push(station.leave(0, 0))
    expect(order).toEqual([...Array.from({ length: 149 }, (_, index) => index + 1), -1])
    expect(station.served).toBe(150)
  })

  it('integrates busy servers and waiting requests over time', () => {
    const station = new PodStation(1, 10)
    station.arrive(1, 10) // busy 1 from 10
    station.arrive(2, 15) // waiting 1 from 15
    station.arrive(3, 20) // waiting 2 from 20
    station.leave(30, 20) // waiting 1 from 30
    station.leave(40, 25) // waiting 0 from 40
    station.leave(45, 25) // idle from 45
    expect([station.busyAreaNs(100), station.queueAreaNs(100)]).toEqual([35, 5 + 20 + 10])
    expect([station.busyAreaNs(45), station.queueAreaNs(45)]).toEqual([35, 35])
  })

  it('counts areas up to now while requests are still there', () => {
    const station = new PodStation(1, 10)
    station.arrive(1, 0)
    station.arrive(2, 4)
    expect([station.busyAreaNs(10), station.queueAreaNs(10)]).toEqual([10, 6])
    expect(() => station.assertLittlesLaw(10)).not.toThrow()
  })

  it("keeps Little's law exactly, whatever comes and goes", () => {
    const step = fc.record({ isArrival: fc.boolean(), gapNs: fc.nat(2 ** 40) })
    const cases = fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.nat(4),
      fc.array(step, { maxLength: 60 }),
      (serverCount, queueCapacity, steps) => {
        const station = new PodStation(serverCount, queueCapacity)
        const here: number[] = []
        let nowNs = 0
        for (const [request, { isArrival, gapNs }] of steps.entries()) {
          nowNs += gapNs
          const arrivalNs = isArrival ? undefined : here.shift()
          if (arrivalNs !== undefined) station.leave(nowNs, nowNs - arrivalNs)
          if (isArrival && station.arrive(request, nowNs) !== rejected) here.push(nowNs)
          station.assertLittlesLaw(nowNs)
        }
      },
    )
    fc.assert(cases, { seed: 12, numRuns: 300 })
  })

  it("keeps Little's law where areas are too large for exact numbers", () => {
    const station = new PodStation(1, 1_000_000)
    const dayNs = 24 * 3_600 * 1_000_000_000
    for (let request = 0; request < 1_000; request++) station.arrive(request, dayNs + request)
    for (let count = 0; count < 500; count++) station.leave(20 * dayNs + 7 * count, 19 * dayNs + 6 * count)
    expect(station.queueAreaNs(30 * dayNs)).toBeGreaterThan(Number.MAX_SAFE_INTEGER)
    expect(() => station.assertLittlesLaw(30 * dayNs + 1)).not.toThrow()
  })

  it("refuses to go on where Little's law is broken, as by a time that no part accounts for", () => {
    const station = new PodStation(1, 1)
    station.arrive(1, 10)
    station.arrive(2, 15)
    station.leave(30, 20)
    expect(() => station.leave(50, 34)).toThrow(InvariantError)
  })

  it('refuses a request that leaves without having come', () => {
    expect(() => new PodStation(2, 0).leave(20, 0)).toThrow(InvariantError)
  })
})
