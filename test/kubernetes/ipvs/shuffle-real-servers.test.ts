import { expect, it } from 'vitest'
import { shuffleRealServers } from '../../../src/kubernetes/ipvs/shuffle-real-servers.js'
import { endpoint, web } from '../nftables/service-ports.js'
import { serverLines, tablesFor } from './ipvs-cluster.js'

it('puts the real servers of each virtual server into an order of their own', () => {
  const port = web({ externalIps: ['203.0.113.9'], endpoints: [2, 3, 4].map((host) => endpoint(host)) })
  const tables = tablesFor([port])
  let count = 0
  const shuffled = shuffleRealServers(tables, (servers) => {
    count += 1
    if (count === 2) servers.reverse()
  })
  expect(serverLines(shuffled)).toEqual([
    '10.96.0.10:80 -> 10.244.0.2:8080 10.244.0.3:8080 10.244.0.4:8080',
    '203.0.113.9:80 -> 10.244.0.4:8080 10.244.0.3:8080 10.244.0.2:8080',
  ])
  expect(shuffled.ipSets).toBe(tables.ipSets)
  // What nodes share is left as it was.
  expect(serverLines(tables)[1]).toBe('203.0.113.9:80 -> 10.244.0.2:8080 10.244.0.3:8080 10.244.0.4:8080')
})
