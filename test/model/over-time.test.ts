import { describe, expect, it, test } from 'vitest'
import { intervalCount } from '../../src/model/over-time.js'
import { PacketProcessor } from '../../src/model/packet-processor.js'
import { Admission, PodStation } from '../../src/model/pod-station.js'
import type { OverTimeTotals } from '../../src/model/records.js'
import { clientsOf, nodes, service, workload } from '../kubernetes/objects.js'
import { type Observed, observeCluster, run } from './observed.js'
import { draftScenario, loadDraft } from './random-scenario.js'

const MS = 1_000_000

test.each([
  ['a minute', 60e9, 60],
  ['ten seconds', 10e9, 50],
  ['65 seconds', 65e9, 52],
  ['a prime number of ns, which has no equal parts', 1_000_000_007, 60],
  ['few ns', 7, 7],
])('a window of %s is cut into %i intervals', (_, windowNs, count) => {
  expect(intervalCount(windowNs)).toBe(count)
})

/** One pod with one server that needs 2 ms for each request, one every ms from the first on: nothing is random. */
function overloaded(spec: object = {}, pods: object = {}): Observed {
  return run(
    { workloads: [workload('web')], services: [service('web')] },
    {
      warmUp: '0s',
      horizon: '300ms',
      cluster: { nodes: nodes('a') },
      costs: { preset: 'none' },
      links: { sameNode: '0s' },
      dns: { lookupTime: '0s' },
      pods: { web: { serviceTime: '2ms', queueCapacity: 1_000, ...pods } },
      clients: [clientsOf('web:80', { arrivals: { rate: '1000/s', process: 'paced' } })],
      ...spec,
    },
    { isFollowedOverTime: true },
  )
}

function overTimeOf({ totals }: Observed): OverTimeTotals {
  if (totals.overTime === undefined) throw new Error('nothing was followed')
  return totals.overTime
}

describe('a run that is followed over time', () => {
  it('tells of the integrals of the window, cut: their parts add up to it', () => {
    const observed = overloaded({ warmUp: '100ms' })
    const { pods, lengthsNs } = overTimeOf(observed)
    const [total] = observed.totals.pods
    expect(lengthsNs.length).toBe(50)
    expect(sum(lengthsNs)).toBe(observed.totals.windowNs)
    expect(sum(pods[0].busyAreaNs)).toBe(total.busyAreaNs)
    expect(sum(pods[0].inPodAreaNs)).toBe(total.busyAreaNs + total.queueAreaNs)
  })

  it('shows a backlog that grows as fast as requests come beyond what is served', () => {
    // 1 a ms comes, 1/2 a ms goes: in intervals of 6 ms, each has 3 requests more than the one before.
    const { pods, lengthsNs } = overTimeOf(overloaded({ horizon: '360ms' }))
    expect([...lengthsNs]).toEqual(Array(60).fill(6 * MS))
    const means = [...pods[0].inPodAreaNs].map((area, index) => area / lengthsNs[index])
    const steps = means.slice(1).map((mean, index) => mean - means[index])
    expect(steps.slice(1)).toEqual(Array(58).fill(3))
    expect([...pods[0].placesPeak].slice(0, 4)).toEqual([4, 7, 10, 13])
  })

  it('counts what the servers of a pod that shares them are asked for', () => {
    const observed = overloaded({}, { discipline: 'ps' })
    const [total] = observed.totals.pods
    const [pod] = overTimeOf(observed).pods
    expect([pod.serverCount, pod.places]).toEqual([1, 1_001])
    expect(sum(pod.busyAreaNs)).toBe(total.busyAreaNs)
    expect(sum(pod.inPodAreaNs)).toBe(total.busyAreaNs + total.queueAreaNs)
  })

  it('has the peaks of tables and ports, which are those of the whole run where it has no warm-up', () => {
    const observed = overloaded({ limits: { conntrackTimeWait: '100ms', clientTimeWait: '50ms' } })
    const {
      nodes: [node],
      clientPortsPeak,
      clientPortsMax,
    } = overTimeOf(observed)
    const [total] = observed.totals.nodes
    expect(Math.max(...node.conntrackPeak)).toBe(total.conntrackPeak)
    expect(Math.max(...node.masqueradePortsPeak)).toBe(total.masqueradePortsPeak)
    // Every ms a connection is opened; it stays for 100 ms after it is closed, and its port for 50 ms.
    expect(node.conntrackPeak[9]).toBeGreaterThan(node.conntrackPeak[2])
    expect(clientPortsPeak[9]).toBeGreaterThan(clientPortsPeak[2])
    expect(clientPortsMax).toBe(28_232)
  })

  it('is the same run as one that is not', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { cluster, scenario } = loadDraft(draftScenario(seed))
      const plain = observeCluster(cluster, scenario)
      const followed = observeCluster(cluster, scenario, { isFollowedOverTime: true })
      const { overTime, ...totals } = followed.totals
      expect(totals).toEqual(plain.totals)
      expect(followed.requests).toEqual(plain.requests)
      expect(plain.totals.overTime).toBeUndefined()
      expect(sum(overTime?.lengthsNs ?? [])).toBe(totals.windowNs)
      for (const [index, pod] of (overTime?.pods ?? []).entries())
        expect(sum(pod.busyAreaNs)).toBe(totals.pods[index].busyAreaNs)
    }
  })
})

describe('peaks', () => {
  it('of a pod count promised places, and begin anew from what is there', () => {
    const station = new PodStation(1, 3, true)
    station.reserve()
    station.reserve()
    station.unreserve()
    expect(station.arrive(7, 0)).toBe(Admission.started)
    expect(station.takePlacesPeak()).toBe(2)
    station.unreserve()
    station.leave(5, 5)
    expect(station.takePlacesPeak()).toBe(2)
    expect(station.takePlacesPeak()).toBe(0)
  })

  it('of a backlog are those that waited at once, of all that have not started since', () => {
    const processor = new PacketProcessor(1, 10)
    for (let packet = 0; packet < 4; packet++) processor.admit(0, 100)
    expect(processor.takeBacklogPeak(150)).toBe(3)
    expect(processor.takeBacklogPeak(400)).toBe(2)
    expect(processor.takeBacklogPeak(500)).toBe(0)
    expect(processor.backlogMax).toBe(10)
  })
})

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0)
}
