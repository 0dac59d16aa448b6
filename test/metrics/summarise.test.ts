import { describe, expect, it } from 'vitest'
import { ReplicationCollector, type ReplicationMeasures } from '../../src/metrics/replication-collector.js'
import { summarise } from '../../src/metrics/summarise.js'
import type { PodTotals, SimulationTotals } from '../../src/model/records.js'
import { connection, request } from './records.js'

const IDLE_POD: PodTotals = {
  served: 0,
  rejected: 0,
  serverCount: 1,
  busyAreaNs: 0,
  queueAreaNs: 0,
  hasCpuLimit: false,
  throttledNs: 0,
}

const TOTALS: SimulationTotals = {
  windowNs: 2_000_000_000,
  eventCount: 1,
  dns: [],
  pods: [
    {
      ...IDLE_POD,
      served: 3,
      rejected: 1,
      serverCount: 2,
      busyAreaNs: 1_000_000_000,
      queueAreaNs: 500_000_000,
    },
    IDLE_POD,
  ],
  nodes: [
    {
      firstPackets: 4,
      rulesEvaluated: 80,
      processorCount: 2,
      busyNs: 400_000_000,
      drops: { rules: 1, backlog: 0, conntrackFull: 2, noMasqueradePort: 0 },
      conntrackPeak: 9,
      conntrackMax: 10,
      masqueradePortsPeak: 3,
    },
  ],
}

/** One replication: completed requests of these service times, connections to these pods, all of client 0. */
function replication(
  serviceTimesNs: readonly number[],
  pods: readonly number[],
  totals: SimulationTotals = TOTALS,
): ReplicationMeasures {
  const collector = new ReplicationCollector([{ callerCount: 1, eligiblePods: [0, 1] }], 2, 0, 1_000)
  for (const serviceNs of serviceTimesNs) collector.requestEnded(request('completed', { serviceNs, pod: 0 }))
  for (const pod of pods) collector.connectionReached(connection({ pod, rulesEvaluated: 10 * (pod + 1) }))
  collector.requestEnded(request('refused'))
  return collector.measures(totals)
}

describe('summarise', () => {
  const two = summarise([replication([10, 30], [0, 0, 0, 1]), replication([20], [1, 1])])
  const [call] = two.calls

  it('adds counts up over replications', () => {
    expect(call.outcomes).toEqual({
      issued: 5,
      completed: 3,
      refused: 2,
      timedOut: 0,
      reset: 0,
      rejected: 0,
      unfinished: 0,
    })
    expect([call.connections.counts, call.requests.counts, call.stickiness.returningConnections]).toEqual([
      [3, 3],
      [3, 0],
      4,
    ])
    expect(two.pods.map(({ served, rejected }) => [served, rejected])).toEqual([
      [6, 2],
      [0, 0],
    ])
    expect(two.nodes.map(({ firstPackets, rulesEvaluated }) => [firstPackets, rulesEvaluated])).toEqual([
      [8, 160],
    ])
  })

  it('puts histograms together', () => {
    expect(call.responseTime.histogram).toEqual({
      bitsPerOctave: 8,
      buckets: [10, 20, 30],
      counts: [1, 1, 1],
    })
    expect(call.responseTime.count).toBe(3)
  })

  it('takes figures as means over replications, however many requests each had', () => {
    expect(call.responseTime.mean.value).toBe(20)
    expect([call.responseTime.min.value, call.responseTime.max.value]).toEqual([15, 25])
    expect(call.parts.service.value).toBe(20)
    expect(call.rulesPerConnection.value).toBe((12.5 + 20) / 2)
    expect(call.connections.maxOverMean.value).toBe((1.5 + 2) / 2)
    expect(call.connections.idlePods.value).toBe(0.5)
    expect(call.stickiness.returnRatio.value).toBe((2 / 3 + 1) / 2)
  })

  it('takes χ² of the counts of all replications together', () => {
    expect([call.connections.chiSquare, call.connections.pValue]).toEqual([0, 1])
  })

  it('takes rates over the window', () => {
    // 3 and 2 issued, 2 and 1 completed, in 2 s
    expect([call.offeredPerSec.value, call.completedPerSec.value]).toEqual([1.25, 0.75])
  })

  it('takes utilisation per server and mean queue length over the window', () => {
    expect(two.pods[0].utilisation.value).toBe(0.25)
    expect(two.pods[0].meanQueueLength.value).toBe(0.25)
    expect(two.nodes[0].utilisation.value).toBe(0.1)
    expect(two.nodes[0]).toMatchObject({
      drops: { rules: 2, backlog: 0, conntrackFull: 4, noMasqueradePort: 0 },
      conntrackPeak: 9,
      conntrackMax: 10,
      masqueradePortsPeak: 3,
    })
  })

  it('takes throttled time over the window, of pods with a CPU limit only', () => {
    const limited = { ...IDLE_POD, hasCpuLimit: true, throttledNs: 500_000_000 }
    const { pods } = summarise([replication([], [], { ...TOTALS, pods: [limited, IDLE_POD] })])
    expect(pods.map((pod) => pod.throttledRatio)).toEqual([{ value: 0.25, halfWidth95: null }, undefined])
  })

  it('adds up queries of pods that answer them, and tells of those per request only where there are some', () => {
    const dns = [{ queries: 5, noError: 1, nxDomain: 3 }, undefined]
    const one = replication([10], [], { ...TOTALS, dns })
    const summary = summarise([one, one])
    expect(summary.pods.map((pod) => pod.dns)).toEqual([{ queries: 10, noError: 2, nxDomain: 6 }, undefined])
    expect(summary.calls[0].dnsQueriesPerRequest).toEqual({ value: 0, halfWidth95: 0 })
    expect(call).not.toHaveProperty('dnsQueriesPerRequest')
    expect(two.pods[0]).not.toHaveProperty('dns')
  })

  it('has intervals from two replications on', () => {
    const one = summarise([replication([10, 30], [0])])
    expect(one.calls[0].responseTime.mean).toEqual({ value: 20, halfWidth95: null })
    expect(call.completedPerSec.halfWidth95).toBeCloseTo(12.706204736174707 * 0.25, 10)
  })

  it('counts issued requests as the sum of all outcomes', () => {
    const { issued, ...outcomes } = call.outcomes
    expect(Object.values(outcomes).reduce((sum, count) => sum + count)).toBe(issued)
  })
})
