import { describe, expect, it } from 'vitest'
import { shuffleRealServers } from '../../../src/kubernetes/ipvs/shuffle-real-servers.js'
import { endpoint, web } from '../nftables/service-ports.js'
import { serverLines, tablesFor } from './ipvs-cluster.js'

const HOSTS = [2, 3, 4]
const endpoints = HOSTS.map((host) => endpoint(host))
const tables = tablesFor([web({ externalIps: ['203.0.113.9'], endpoints })])

/** Hosts of the real servers of each virtual server, in their order. */
function ordersOf(nodeKey: number, of = tables): string[] {
  return serverLines(shuffleRealServers(of, nodeKey)).map((line) =>
    [...line.matchAll(/10\.244\.0\.(\d+):8080/g)].map(([, host]) => host).join(''),
  )
}

describe('real servers', () => {
  it('are in every order equally often, for each address by itself', () => {
    const [first, second, both] = [
      new Map<string, number>(),
      new Map<string, number>(),
      new Map<string, number>(),
    ]
    const count = (of: Map<string, number>, key: string) => of.set(key, (of.get(key) ?? 0) + 1)
    for (let draw = 0; draw < 36_000; draw++) {
      const [clusterIp = '', externalIp = ''] = ordersOf(Math.imul(draw, 2_654_435_761) >>> 0)
      count(first, clusterIp)
      count(second, externalIp)
      count(both, `${clusterIp} ${externalIp}`)
    }
    // χ² with 5 and 35 degrees of freedom is below these in 999 of 1,000 cases.
    expect(chiSquared([...first.values()], 6, 36_000)).toBeLessThan(20.5)
    expect(chiSquared([...second.values()], 6, 36_000)).toBeLessThan(20.5)
    expect(chiSquared([...both.values()], 36, 36_000)).toBeLessThan(66.6)
  })

  it('do not move by another Service beside them', () => {
    const more = tablesFor([
      web({ externalIps: ['203.0.113.9'], endpoints }),
      web({ name: 'default/api:http', clusterIp: '10.96.0.11', endpoints }),
    ])
    for (let key = 0; key < 20; key++) expect(ordersOf(key, more).slice(0, 2)).toEqual(ordersOf(key))
  })

  it('are moved in a copy: sets, and what nodes share, stay', () => {
    const before = serverLines(tables)
    expect(shuffleRealServers(tables, 7).ipSets).toBe(tables.ipSets)
    expect(serverLines(tables)).toEqual(before)
    const lone = tablesFor([web({ endpoints: [endpoint(2)] })])
    expect(shuffleRealServers(lone, 7).virtualServers[0]).toBe(lone.virtualServers[0])
  })
})

function chiSquared(counts: readonly number[], cells: number, total: number): number {
  const expected = total / cells
  const missing = (cells - counts.length) * expected
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, missing)
}
