import { describe, expect, it } from 'vitest'
import { buildCallGraph } from '../../src/model/call-sites.js'
import { InFlightList } from '../../src/model/in-flight-list.js'
import { RequestTable } from '../../src/model/request-table.js'
import { compile, scenario, service, workload } from '../kubernetes/objects.js'

const objects = { workloads: [workload('web')], services: [service('web')] }
const [call] = buildCallGraph(compile(objects), scenario()).nodes

/** A row that both parties have let go. */
function letGo(table: RequestTable, row: number): void {
  table.isAwaited[row] = 0
  table.isHeld[row] = 0
  table.closeIfDone(row)
}

describe('RequestTable', () => {
  it('opens rows awaited and held, without times, connection or pod', () => {
    const table = new RequestTable(1)
    const row = table.open(call, 5, -1, 1_000)
    const { client, parent, connection, pod, isAwaited, isHeld, intendedNs, partStartNs, networkNs } = table
    const columns = [client, parent, connection, pod, isAwaited, isHeld, intendedNs, partStartNs, networkNs]
    expect(columns.map((column) => column[row])).toEqual([5, -1, -1, -1, 1, 1, 1_000, 1_000, 0])
  })

  it('frees a row when caller and pod have both let go, in either order', () => {
    const table = new RequestTable(1)
    const [left, right] = [table.open(call, 0, -1, 0), table.open(call, 1, -1, 0)]
    table.isAwaited[left] = 0
    table.closeIfDone(left)
    table.isHeld[right] = 0
    table.closeIfDone(right)
    expect(table.openCount).toBe(2)
    letGo(table, left)
    letGo(table, right)
    expect(table.openCount).toBe(0)
  })

  it('uses freed rows again, cleared', () => {
    const table = new RequestTable(1)
    const row = table.open(call, 5, -1, 1_000)
    for (const column of [table.dnsNs, table.connectNs, table.rulesNs, table.networkNs]) column[row] = 9
    for (const column of [table.queueNs, table.serviceNs, table.downstreamNs]) column[row] = 9
    table.callsMade[row] = 2
    table.outcome[row] = 4
    letGo(table, row)
    expect(table.open(call, 6, -1, 2_000)).toBe(row)
    const { dnsNs, connectNs, rulesNs, networkNs, queueNs, serviceNs, downstreamNs, callsMade, outcome } =
      table
    const columns = [
      dnsNs,
      connectNs,
      rulesNs,
      networkNs,
      queueNs,
      serviceNs,
      downstreamNs,
      callsMade,
      outcome,
    ]
    expect(columns.map((column) => column[row])).toEqual(new Array(9).fill(0))
  })

  it('keeps the row of a request to which calls will come back', () => {
    const table = new RequestTable(1)
    const row = table.open(call, 5, -1, 1_000)
    table.callsOut[row] = 1
    letGo(table, row)
    expect(table.openCount).toBe(1)
    table.callsOut[row] = 0
    table.closeIfDone(row)
    expect(table.openCount).toBe(0)
  })

  it('hands the demands of a request on to its calls', () => {
    const table = new RequestTable(3)
    const parent = table.open(call, 0, -1, 0)
    table.setDemands(parent, Float64Array.of(10, 20, 30))
    const child = table.open(call, 0, parent, 5)
    expect([...table.demandsNs.slice(child * 3, child * 3 + 3)]).toEqual([10, 20, 30])
  })

  it('keeps every row and its demands as it grows', () => {
    const table = new RequestTable(2)
    const rows = Array.from({ length: 1_000 }, (_, index) => {
      const row = table.open(call, index, -1, index * 10)
      table.setDemands(row, Float64Array.of(index, -index))
      table.connection[row] = index + 1
      table.queueNs[row] = index + 2
      return row
    })
    expect(table.openCount).toBe(1_000)
    for (const [index, row] of rows.entries()) {
      const { client, intendedNs, connection, queueNs, isAwaited, demandsNs } = table
      expect([client, intendedNs, connection, queueNs, isAwaited].map((column) => column[row])).toEqual([
        index,
        index * 10,
        index + 1,
        index + 2,
        1,
      ])
      expect([demandsNs[row * 2], demandsNs[row * 2 + 1]]).toEqual([index, -index])
    }
  })
})

describe('InFlightList', () => {
  /** A list of requests with the numbers 0 to n - 1. */
  function listOf(count: number) {
    const table = new RequestTable(1)
    const list = new InFlightList(table)
    for (let client = 0; client < count; client++) list.add(table.open(call, client, -1, 0))
    return { table, list }
  }

  function content({ table, list }: ReturnType<typeof listOf>): number[] {
    const rows: number[] = []
    for (let row = list.oldest; row >= 0; row = table.younger[row]) rows.push(row)
    return rows
  }

  it('keeps the order of issue', () => {
    expect(content(listOf(4))).toEqual([0, 1, 2, 3])
  })

  it.each([
    ['the oldest', [0], [1, 2, 3]],
    ['the youngest', [3], [0, 1, 2]],
    ['one between', [1], [0, 2, 3]],
    ['all', [2, 0, 3, 1], []],
  ])('lets go of %s', (_, removed, expected) => {
    const made = listOf(4)
    for (const row of removed) made.list.remove(row)
    expect(content(made)).toEqual(expected)
  })

  it('goes on after it was empty', () => {
    const made = listOf(1)
    made.list.remove(0)
    expect(made.list.oldest).toBe(-1)
    made.list.add(made.table.open(call, 9, -1, 0))
    expect(content(made)).toEqual([1])
  })
})
