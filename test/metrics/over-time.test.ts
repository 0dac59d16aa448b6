import { expect, test } from 'vitest'
import { summariseOverTime } from '../../src/metrics/over-time.js'
import type { ReplicationMeasures } from '../../src/metrics/replication-collector.js'
import type { OverTimeTotals } from '../../src/model/records.js'

/** Two intervals of 10 ns of one pod with two servers and of one node. */
function replication(inPod: number[], peaks: number[]): ReplicationMeasures {
  const overTime: OverTimeTotals = {
    lengthsNs: Float64Array.of(10, 10),
    pods: [
      {
        serverCount: 2,
        busyAreaNs: Float64Array.from(inPod),
        inPodAreaNs: Float64Array.from(inPod),
        placesPeak: Float64Array.from(peaks),
        places: 8,
      },
    ],
    nodes: [
      {
        conntrackPeak: Float64Array.from(peaks),
        masqueradePortsPeak: Float64Array.of(0, 1),
        masqueradePortsMax: 9,
        backlogPeak: Float64Array.of(0, 0),
        backlogMax: 1_000,
      },
    ],
    clientPortsPeak: Float64Array.from(peaks),
    clientPortsMax: 28_232,
  }
  return {
    calls: [],
    backlogs: [],
    totals: { windowNs: 20, eventCount: 1, pods: [], nodes: [], dns: [], overTime },
  }
}

test('averages over time are means over replications, peaks the greatest of all', () => {
  const summary = summariseOverTime([replication([10, 0], [2, 5]), replication([20, 4], [3, 4])])
  expect(summary).toMatchObject({
    intervalNs: 10,
    pods: [{ utilisation: [0.75, 0.1], requests: [1.5, 0.2], placesPeak: [3, 5], places: 8 }],
    nodes: [{ conntrackPeak: [3, 5], masqueradePortsPeak: [0, 1], backlogMax: 1_000 }],
    clientPortsPeak: [3, 5],
  })
})

test('nothing is said unless every replication says it', () => {
  const { overTime, ...totals } = replication([1, 1], [1, 1]).totals
  const silent = { calls: [], backlogs: [], totals }
  expect(overTime).toBeDefined()
  expect(summariseOverTime([replication([1, 1], [1, 1]), silent])).toBeUndefined()
})
