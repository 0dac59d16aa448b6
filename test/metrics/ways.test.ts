import { expect, test } from 'vitest'
import { addWays, WayCollector, type WaySettings } from '../../src/metrics/ways.js'
import { connection } from './records.js'

/** Three nodes in two zones, a load balancer of two machines. */
const SETTINGS: WaySettings = { zoneOfNode: Int32Array.of(0, 0, 1), zoneCount: 2, machineCount: 2 }

test('ways are told apart by zone, machine, entry node and pod', () => {
  const ways = new WayCollector(SETTINGS, 2)
  ways.record(connection({ callerNode: -1, machine: 1, entryNode: 2 }), 0)
  ways.record(connection({ callerNode: 2, machine: -1, entryNode: 2 }), 1)
  ways.record(connection({ callerNode: 0, machine: -1, entryNode: 0 }), 1)
  ways.record(connection({ callerNode: 1, machine: -1, entryNode: 0 }), 1)
  expect(ways.counts()).toEqual([
    { from: -1, machine: 1, entryNode: 2, position: 0, count: 1 },
    { from: 0, machine: -1, entryNode: 0, position: 1, count: 2 },
    { from: 1, machine: -1, entryNode: 2, position: 1, count: 1 },
  ])
})

test('ways of replications are added up, in the order of their fields', () => {
  const way = { from: 0, machine: -1, entryNode: 0, position: 0, count: 2 }
  const other = { ...way, entryNode: 1 }
  expect(addWays([[other], [way, other]])).toEqual([way, { ...other, count: 4 }])
})

test('where there would be too many ways none is counted', () => {
  const many = { zoneOfNode: new Int32Array(1_000), zoneCount: 1, machineCount: 0 }
  const ways = new WayCollector(many, 1_000)
  ways.record(connection(), 0)
  expect(ways.counts()).toEqual([])
})
