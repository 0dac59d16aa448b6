import { describe, expect, it } from 'vitest'
import { clientsOf, nodes, service, workload } from '../kubernetes/objects.js'
import { type Observed, run } from './observed.js'

/** A NodePort Service with affinity, `replicas` pods on three nodes; clients outside, a connection for each request. */
function runSticky(replicas: number, clients: object, changes: Parameters<typeof service>[1] = {}): Observed {
  return run(
    {
      workloads: [workload('web', { replicas })],
      services: [service('web', { type: 'NodePort', sessionAffinity: 'ClientIP', ...changes })],
    },
    {
      warmUp: '0s',
      horizon: '10s',
      cluster: { nodes: nodes('a', 'b', 'c') },
      pods: { web: { serviceTime: '1ms' } },
      costs: { preset: 'none' },
      clients: [
        clientsOf('web:80', {
          location: 'outside',
          arrivals: { rate: '100/s', order: 'inTurn' },
          ...clients,
        }),
      ],
    },
  )
}

/** By key, 0 to the largest, the values of all pairs with that key, in order. */
function valuesByKey(pairs: readonly (readonly [key: number, value: number])[]): number[][] {
  const keyCount = 1 + Math.max(...pairs.map(([key]) => key))
  const lists = Array.from({ length: keyCount }, (): number[] => [])
  for (const [key, value] of pairs) lists[key].push(value)
  return lists
}

/** By client, the pods of its connections in order. */
function podsByClient({ connections }: Observed): number[][] {
  return valuesByKey(connections.map(({ client, pod }) => [client, pod]))
}

const distinct = (values: readonly number[]) => new Set(values).size

describe('session affinity', () => {
  it('keeps every client on its pod through one node port', () => {
    const pods = podsByClient(runSticky(5, { count: 20, entryNodes: ['a'] }))
    expect(pods.map(distinct)).toEqual(new Array(20).fill(1))
    expect(distinct(pods.map(([first]) => first))).toBe(5)
  })

  it('is not shared between nodes: a client has a pod for each node that it enters by', () => {
    const pods = podsByClient(runSticky(5, { count: 20, entryPolicy: 'roundRobin' }))
    const byTurn = pods.map((each) =>
      [0, 1, 2].map((turn) => distinct(each.filter((_, at) => at % 3 === turn))),
    )
    expect(byTurn).toEqual(new Array(20).fill([1, 1, 1]))
    expect(pods.filter((each) => distinct(each) > 1).length).toBeGreaterThan(10)
  })

  it('keeps clients inside on their pod, whichever node they are on', () => {
    const inside = { location: 'inside', count: 20, via: 'clusterIP' }
    expect(podsByClient(runSticky(5, inside)).map(distinct)).toEqual(new Array(20).fill(1))
  })

  it('ends when a client stays away for longer than the time-out', () => {
    const seldom = { count: 1, entryNodes: ['a'], arrivals: { rate: '1/s', process: 'paced' } }
    const short = { sessionAffinityTimeoutSeconds: 1 }
    const away = { ...seldom, arrivals: { rate: '0.5/s', process: 'paced' } }
    expect(podsByClient(runSticky(5, seldom)).map(distinct)).toEqual([1])
    expect(podsByClient(runSticky(9, away, short)).map(distinct)).not.toEqual([1])
  })

  it('is what keeps clients: without it they come to every pod', () => {
    const pods = podsByClient(runSticky(3, { count: 5, entryNodes: ['a'] }, { sessionAffinity: 'None' }))
    expect(pods.map(distinct)).toEqual(new Array(5).fill(3))
  })
})

/*
 * Rules of a first packet by NodePort with two endpoints, both on the entry node. Before KUBE-SVC, 8: PREROUTING 1,
 * KUBE-SERVICES 2, KUBE-NODEPORTS 2, KUBE-EXT 2, KUBE-MARK-MASQ 1. After it, 10: KUBE-SEP 2, FORWARD 2 with KUBE-FORWARD
 * 2, POSTROUTING 1, KUBE-POSTROUTING 3. KUBE-SVC has: masquerade for the cluster IP; with affinity, one `recent` test per
 * endpoint; one `statistic` test; the last endpoint.
 */
describe('rules evaluated per connection', () => {
  const oneNode = { count: 1, entryNodes: ['a'] }

  function rulesByPod({ connections }: Observed): number[][] {
    return valuesByKey(connections.map(({ pod, rulesEvaluated }) => [pod, rulesEvaluated]))
  }

  function runOnOneNode(changes: Parameters<typeof service>[1], clients: object): Observed {
    return run(
      {
        workloads: [workload('web', { replicas: 2 })],
        services: [service('web', { type: 'NodePort', ...changes })],
      },
      {
        warmUp: '0s',
        horizon: '2s',
        cluster: { nodes: nodes('a') },
        clients: [clientsOf('web:80', { location: 'outside', arrivals: { rate: '50/s' }, ...clients })],
      },
    )
  }

  it('are those up to the endpoint chosen', () => {
    const [first, second] = rulesByPod(runOnOneNode({}, oneNode))
    expect(new Set(first)).toEqual(new Set([8 + 2 + 10]))
    expect(new Set(second)).toEqual(new Set([8 + 3 + 10]))
  })

  it('are all of the affinity tests for a new client, and those up to its pod for one that comes back', () => {
    const affine = { sessionAffinity: 'ClientIP' } as const
    const observed = runOnOneNode(affine, {
      ...oneNode,
      count: 30,
      arrivals: { rate: '50/s', order: 'inTurn' },
    })
    const seen = new Set<number>()
    const [fresh, returning] = [new Set<string>(), new Set<string>()]
    for (const { client, pod, rulesEvaluated } of observed.connections) {
      const counts = seen.has(client) ? returning : fresh
      counts.add(`pod ${pod}: ${rulesEvaluated}`)
      seen.add(client)
    }
    expect([...fresh].sort()).toEqual([`pod 0: ${8 + 4 + 10}`, `pod 1: ${8 + 5 + 10}`])
    expect([...returning].sort()).toEqual([`pod 0: ${8 + 2 + 10}`, `pod 1: ${8 + 3 + 10}`])
  })

  it('are counted by node as well', () => {
    const { connections, totals } = runOnOneNode({}, oneNode)
    const sum = connections.reduce((total, each) => total + each.rulesEvaluated, 0)
    expect([totals.nodes[0].firstPackets, totals.nodes[0].rulesEvaluated]).toEqual([connections.length, sum])
  })
})
