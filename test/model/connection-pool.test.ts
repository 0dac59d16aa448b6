import { describe, expect, it } from 'vitest'
import { ConnectionPool, MAX_NODES_ON_WAY } from '../../src/model/connection-pool.js'
import type { EntryId } from '../../src/netfilter/connection-table.js'

const entry = (id: number) => id as EntryId

describe('ConnectionPool', () => {
  it('gives a caller its idle connection used last', () => {
    const pool = new ConnectionPool(2)
    const rows = [pool.open(), pool.open(), pool.open()]
    pool.putIdle(0, rows[1])
    pool.putIdle(0, rows[0])
    pool.putIdle(1, rows[2])
    expect([0, 0, 0, 1, 1].map((caller) => pool.takeIdle(caller, true))).toEqual([
      rows[0],
      rows[1],
      -1,
      rows[2],
      -1,
    ])
  })

  it('gives it the one used first where that is wanted', () => {
    const pool = new ConnectionPool(1)
    const rows = [pool.open(), pool.open(), pool.open()]
    for (const row of rows) pool.putIdle(0, row)
    pool.forgetIdle(0, rows[1])
    expect([false, false, false].map((isLast) => pool.takeIdle(0, isLast))).toEqual([rows[0], rows[2], -1])
  })

  it('counts open connections, idle ones among them', () => {
    const pool = new ConnectionPool(1)
    const row = pool.open()
    pool.open()
    pool.putIdle(0, row)
    expect(pool.openCount).toBe(2)
    pool.close(row)
    expect(pool.openCount).toBe(1)
  })

  it('uses rows of closed connections again, cleared', () => {
    const pool = new ConnectionPool(1)
    const row = pool.open()
    pool.pod[row] = 7
    pool.requestCount[row] = 3
    pool.rulesEvaluated[row] = 40
    pool.balancerTarget[row] = 2
    pool.way[row] = 9
    pool.nextNode[row] = 1
    pool.addNode(row, 4, entry(5), -1)
    pool.close(row)
    expect(pool.open()).toBe(row)
    const { pod, requestCount, rulesEvaluated, balancerTarget, way, nodeCount, nextNode } = pool
    expect(
      [pod, requestCount, rulesEvaluated, balancerTarget, way, nodeCount, nextNode].map(
        (column) => column[row],
      ),
    ).toEqual([-1, 0, 0, -1, 0, 0, -1])
  })

  it('notes the nodes on the way with their connection tracking entries', () => {
    const pool = new ConnectionPool(1)
    pool.open()
    const row = pool.open()
    for (const [node, id] of [
      [3, 30],
      [1, 10],
      [2, 20],
    ])
      pool.addNode(row, node, entry(id), -1)
    const positions = [0, 1, 2].map((position) => row * MAX_NODES_ON_WAY + position)
    expect(pool.nodeCount[row]).toBe(3)
    expect(positions.map((at) => [pool.nodes[at], pool.entryAt(at)])).toEqual([
      [3, 30],
      [1, 10],
      [2, 20],
    ])
  })

  it('keeps every row as it grows', () => {
    const pool = new ConnectionPool(1)
    const rows = Array.from({ length: 1_000 }, (_, index) => {
      const row = pool.open()
      pool.pod[row] = index
      pool.way[row] = index
      pool.source[row] = index
      pool.sourcePort[row] = index
      pool.destination[row] = index
      pool.destinationPort[row] = index
      pool.addNode(row, index, entry(index + 1), -1)
      pool.putIdle(0, row)
      return row
    })
    expect(new Set(rows).size).toBe(1_000)
    for (const [index, row] of rows.entries()) {
      const { pod, way, source, sourcePort, destination, destinationPort } = pool
      const columns = [pod, way, source, sourcePort, destination, destinationPort].map(
        (column) => column[row],
      )
      const at = row * MAX_NODES_ON_WAY
      expect([...columns, pool.nodes[at], pool.entryAt(at) - 1]).toEqual(new Array(8).fill(index))
    }
    expect(pool.takeIdle(0, true)).toBe(rows[999])
  })
})
