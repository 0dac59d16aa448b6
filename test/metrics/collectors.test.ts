import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../src/base/diagnostics.js'
import { CallCollector } from '../../src/metrics/call-collector.js'
import { ReplicationCollector } from '../../src/metrics/replication-collector.js'
import { OUTCOMES } from '../../src/model/records.js'
import { connection, request } from './records.js'

/** Of pods 0 to 4, those that were eligible: 1 and 3. */
const makeCollector = () => new CallCollector({ callerCount: 3, eligiblePods: [1, 3] }, 5)

describe('CallCollector', () => {
  it('counts every outcome', () => {
    const collector = makeCollector()
    const given = OUTCOMES.flatMap((name, index) => new Array(index + 1).fill(name))
    for (const outcome of given) collector.requestEnded(request(outcome))
    expect(collector.measures().outcomes).toEqual({
      completed: 1,
      refused: 2,
      timedOut: 3,
      reset: 4,
      rejected: 5,
      unfinished: 6,
    })
  })

  it('takes response times and parts of completed requests only', () => {
    const collector = makeCollector()
    collector.requestEnded(request('completed', { networkNs: 10, serviceNs: 30 }))
    collector.requestEnded(request('completed', { networkNs: 20, queueNs: 7, serviceNs: 50 }))
    collector.requestEnded(request('timedOut', { queueNs: 1_000_000, responseTimeNs: 2_000_000 }))
    const { responseTimes, partMeansNs } = collector.measures()
    expect([responseTimes.count, responseTimes.meanNs(), responseTimes.maxNs()]).toEqual([
      2,
      (40 + 77) / 2,
      77,
    ])
    expect(partMeansNs).toEqual({
      dns: 0,
      connect: 0,
      rules: 0,
      network: 15,
      queue: 3.5,
      service: 40,
      downstream: 0,
      retry: 0,
    })
  })

  it('has no means where nothing was completed', () => {
    const { partMeansNs, rulesPerConnection, responseTimes } = makeCollector().measures()
    expect(new Set(Object.values(partMeansNs))).toEqual(new Set([null]))
    expect([rulesPerConnection, responseTimes.meanNs()]).toEqual([null, null])
  })

  it('counts attempts and DNS queries per request, however it ended', () => {
    const collector = makeCollector()
    collector.requestEnded(request('completed', { dnsQueries: 8 }))
    collector.requestEnded(request('timedOut', { dnsQueries: 1, attempts: 4 }))
    const { dnsQueriesPerRequest, attemptsPerRequest } = collector.measures()
    expect([dnsQueriesPerRequest, attemptsPerRequest]).toEqual([4.5, 2.5])
  })

  it('refuses a completed request whose parts do not add up', () => {
    const wrong = request('completed', { serviceNs: 30, responseTimeNs: 31 })
    expect(() => makeCollector().requestEnded(wrong)).toThrow(InvariantError)
  })

  it('counts connections and requests by eligible pod', () => {
    const collector = makeCollector()
    for (const pod of [1, 3, 3]) collector.connectionReached(connection({ pod }), true)
    for (const pod of [3, 1, 3, 3, -1, 2]) collector.requestEnded(request('rejected', { pod }))
    const { connections, requests } = collector.measures()
    expect([connections, requests]).toEqual([
      [1, 2],
      [1, 3],
    ])
  })

  it('leaves out connections of the warm-up, but remembers where they went', () => {
    const collector = makeCollector()
    collector.connectionReached(connection({ client: 2, pod: 3, rulesEvaluated: 100 }), false)
    collector.connectionReached(connection({ client: 2, pod: 3, rulesEvaluated: 20 }), true)
    collector.connectionReached(connection({ client: 1, pod: 3, rulesEvaluated: 30 }), true)
    const { connections, stickiness, rulesPerConnection } = collector.measures()
    expect([connections, rulesPerConnection]).toEqual([[0, 2], 25])
    expect(stickiness).toMatchObject({ clients: 2, returningConnections: 1, returnRatio: 1 })
  })

  it('leaves out connections to pods that were not eligible', () => {
    const collector = makeCollector()
    collector.connectionReached(connection({ pod: 0, rulesEvaluated: 9 }), true)
    expect(collector.measures()).toMatchObject({ connections: [0, 0], rulesPerConnection: null })
  })
})

describe('ReplicationCollector', () => {
  const totals = { windowNs: 1, pods: [], nodes: [], dns: [], eventCount: 9 }

  it('hands every record to its call', () => {
    const settings = { callerCount: 1, eligiblePods: [0] }
    const collector = new ReplicationCollector([settings, settings], 1, 100, 1_000)
    collector.requestEnded(request('completed', { call: 1 }))
    collector.requestEnded(request('refused', { call: 0 }))
    collector.connectionReached(connection({ call: 1, intendedNs: 100 }))
    const { calls, totals: handedOn } = collector.measures(totals)
    expect(
      calls.map(({ outcomes, connections }) => [outcomes.completed, outcomes.refused, connections]),
    ).toEqual([
      [0, 1, [0]],
      [1, 0, [1]],
    ])
    expect(handedOn).toBe(totals)
  })

  it('counts connections of requests intended from the end of the warm-up on', () => {
    const collector = new ReplicationCollector([{ callerCount: 1, eligiblePods: [0] }], 1, 100, 1_000)
    for (const intendedNs of [0, 99, 100, 101]) collector.connectionReached(connection({ intendedNs }))
    const [{ connections, stickiness }] = collector.measures(totals).calls
    expect([connections, stickiness.returningConnections]).toEqual([[2], 2])
  })
})
