import { describe, expect, it } from 'vitest'
import { DEFAULT_POD_BEHAVIOUR } from '../../src/input/default-pod-behaviour.js'
import { CpuQuota } from '../../src/model/cpu-quota.js'
import { PodWork, podWorkOf } from '../../src/model/pod-work.js'

/** `[request, end]` in the order of ends, of requests `[start, work]`; and how many events it took. */
function run(work: PodWork, requests: readonly (readonly [startNs: number, workNs: number])[]) {
  const ends: [number, number][] = []
  const events: number[] = []
  let handled = 0
  const arm = (nowNs: number) => {
    const nextNs = work.nextEventNs(nowNs)
    if (nextNs >= 0 && Number.isFinite(nextNs)) events.push(nextNs)
  }
  const attend = (nowNs: number) => {
    handled++
    if (!work.isDue(nowNs)) return
    for (let done = work.takeFinished(nowNs); done >= 0; done = work.takeFinished(nowNs))
      ends.push([done, nowNs])
    work.attended()
    arm(nowNs)
  }
  const attendUntil = (untilNs: number) => {
    for (;;) {
      events.sort((a, b) => a - b)
      if (events.length === 0 || events[0] > untilNs) return
      attend(events.shift() ?? 0)
    }
  }
  for (const [request, [startNs, workNs]] of requests.entries()) {
    attendUntil(startNs)
    work.start(request, workNs, startNs)
    arm(startNs)
  }
  attendUntil(Number.POSITIVE_INFINITY)
  return { ends, handled }
}

describe('PodWork', () => {
  it('tells of the end of each request, whoever came in between', () => {
    // Shared from 2 on: request 1 is done at 10, request 0 at 14, as in SharedServers.
    const { ends } = run(new PodWork(1), [
      [0, 10],
      [2, 4],
    ])
    expect(ends).toEqual([
      [1, 10],
      [0, 14],
    ])
  })

  it('lets no work pass while the quota is used up', () => {
    // 10 of each 100: request 0 runs from 0 to 10, from 100 to 110 and from 200 to 205.
    const work = new PodWork(1, new CpuQuota(10, 100))
    expect(run(work, [[0, 25]]).ends).toEqual([[0, 205]])
    expect([work.throttledNs(205), work.busyAreaNs(205)]).toEqual([180, 205])
  })

  it('shares what the quota allows', () => {
    // One server, two requests of 10: 5 each by 10, then 5 each from 100 to 110.
    const work = new PodWork(1, new CpuQuota(10, 100))
    expect(
      run(work, [
        [0, 10],
        [0, 10],
      ]).ends,
    ).toEqual([
      [0, 110],
      [1, 110],
    ])
  })

  it('uses the quota up as many times as fast as servers are busy', () => {
    // Two servers have 10 in all: used up at 5, again from 100 to 105; request 1 comes while they stand still.
    const work = new PodWork(2, new CpuQuota(10, 100))
    const { ends } = run(work, [
      [0, 8],
      [0, 20],
      [50, 3],
    ])
    // At 5 both have got 5. From 100 to 105 three share two servers, 3 for each. Request 1 then needs 12 of one server.
    expect(ends).toEqual([
      [0, 105],
      [2, 105],
      [1, 302],
    ])
  })

  it('handles one event for each end and each period, and few that say nothing', () => {
    const work = new PodWork(1, new CpuQuota(50, 100))
    const { ends, handled } = run(
      work,
      Array.from({ length: 20 }, (_, index) => [index * 10, 30] as const),
    )
    expect(ends).toHaveLength(20)
    expect(handled).toBeLessThanOrEqual(20 + 12 + 20)
  })

  it('integrates servers with work, requests beyond their number, and throttled time', () => {
    const work = new PodWork(2, new CpuQuota(10, 100))
    for (const request of [0, 1, 2]) work.start(request, 1_000, 20)
    expect([work.busyAreaNs(50), work.excessAreaNs(50), work.throttledNs(50)]).toEqual([60, 30, 25])
  })
})

describe('podWorkOf', () => {
  const usual = DEFAULT_POD_BEHAVIOUR
  const period = 100_000_000

  it('is not needed by pods that serve one request after another without limit', () => {
    expect(podWorkOf(usual, undefined, period)).toBeUndefined()
  })

  it('is not needed where the limit leaves a processor to every server', () => {
    expect(podWorkOf({ ...usual, servers: 2 }, 2_000, period)).toBeUndefined()
    expect(podWorkOf({ ...usual, servers: 2 }, 1_999, period)).toBeInstanceOf(PodWork)
  })

  it('is needed where requests share servers', () => {
    expect(podWorkOf({ ...usual, discipline: 'ps' }, undefined, period)).toBeInstanceOf(PodWork)
  })
})
