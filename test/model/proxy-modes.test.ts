/** One scenario in each mode of kube-proxy: what each does differently, seen from the clients. */
import { describe, expect, it } from 'vitest'
import { clientsOf, nodes, service, workload } from '../kubernetes/objects.js'
import { type Observed, outcomeCounts, run } from './observed.js'

const SHOP = { workloads: [workload('web', { replicas: 4 })], services: [service('web')] }
const STICKY = { ...SHOP, services: [service('web', { sessionAffinity: 'ClientIP' })] }

function runIn(proxy: object, objects: object = SHOP, more: object = {}): Observed {
  return run(objects, {
    warmUp: '0s',
    horizon: '10s',
    cluster: { nodes: nodes('a') },
    pods: { web: { servers: 8, serviceTime: '1ms' } },
    clients: [clientsOf('web:80', { nodes: ['a'], count: 40, arrivals: { rate: '100/s' }, ...more })],
    proxy,
  })
}

function connectionsPerPod({ connections }: Observed): number[] {
  const counts = [0, 0, 0, 0]
  for (const { pod } of connections) counts[pod] += 1
  return counts
}

/** Share of connections of clients seen before that reached the same pod again. */
function returnRatio({ connections }: Observed): number {
  const last = new Map<number, number>()
  let returning = 0
  let same = 0
  for (const { client, pod } of connections) {
    const before = last.get(client)
    if (before !== undefined) returning += 1
    if (before === pod) same += 1
    last.set(client, pod)
  }
  return same / returning
}

describe.each(['iptables', 'nftables', 'ipvs'])('mode %s', (mode) => {
  it('completes every request', () => {
    const { requests } = runIn({ mode })
    const { completed = 0, unfinished = 0 } = outcomeCounts(requests)
    expect(completed + unfinished).toBe(requests.length)
    expect(completed).toBeGreaterThan(900)
  })

  it('keeps a client on its pod with sessionAffinity ClientIP', () => {
    expect(returnRatio(runIn({ mode }, STICKY))).toBe(1)
  })

  it('keeps nothing of connections that are closed but their place in the table', () => {
    const { world } = runIn({ mode })
    expect(world.nodes[0].connections.table.entryCount).toBe(world.connections.openCount)
  })
})

describe('what the modes do differently', () => {
  it('iptables and nftables draw, rr takes turns', () => {
    const spread = (proxy: object) => {
      const counts = connectionsPerPod(runIn(proxy))
      return Math.max(...counts) - Math.min(...counts)
    }
    expect(spread({ mode: 'iptables' })).toBeGreaterThan(5)
    expect(spread({ mode: 'nftables' })).toBeGreaterThan(5)
    expect(spread({ mode: 'ipvs' })).toBeLessThanOrEqual(1)
  })

  it('lc counts the connections that are open: kept-alive ones spread evenly', () => {
    const keepAlive = { connection: 'keepAlive', count: 8 }
    const counts = connectionsPerPod(runIn({ mode: 'ipvs', ipvsScheduler: 'lc' }, SHOP, keepAlive))
    expect(Math.min(...counts)).toBeGreaterThan(0)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  })

  it('sh sends a client to one pod without any affinity', () => {
    expect(returnRatio(runIn({ mode: 'ipvs', ipvsScheduler: 'sh' }))).toBe(1)
  })

  it('nftables remembers more than a hundred clients for each endpoint', () => {
    const many = { count: 1_000, arrivals: { rate: '2000/s', order: 'inTurn' } }
    expect(returnRatio(runIn({ mode: 'nftables' }, STICKY, many))).toBe(1)
    expect(returnRatio(runIn({ mode: 'iptables' }, STICKY, many))).toBeLessThan(0.4)
  })

  it('rules of endpoints without comments, as in large clusters, cost less', () => {
    const rulesNs = (largeClusterEndpoints: number) => {
      const { requests } = runIn({ largeClusterEndpoints })
      return requests.reduce((sum, record) => sum + record.rulesNs, 0)
    }
    expect(rulesNs(3)).toBeLessThan(rulesNs(4))
  })

  it('rules cost time in mode iptables alone', () => {
    const rulesNs = (mode: string) => runIn({ mode }).requests[0].rulesNs
    expect(rulesNs('iptables')).toBeGreaterThan(5_650)
    expect([rulesNs('nftables'), rulesNs('ipvs')]).toEqual([5_650, 5_650])
  })
})
