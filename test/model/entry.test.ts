import { describe, expect, it } from 'vitest'
import { Streams } from '../../src/engine/streams.js'
import { buildCallGraph } from '../../src/model/call-sites.js'
import { makeEntries } from '../../src/model/entry.js'
import { AddressBook } from '../../src/netfilter/address-book.js'
import {
  clientsOf,
  compile,
  endpoint,
  endpointSlice,
  meta,
  nodes,
  pod,
  scenario,
  service,
  servicePort,
  withPorts,
  workload,
} from '../kubernetes/objects.js'

const web = [workload('web', { replicas: 4, podSpec: withPorts(['http', 8080]) })]
const nodePort = service('web', { type: 'NodePort', ports: [servicePort(80, { nodePort: 30_080 })] })
const balanced = service('web', { type: 'LoadBalancer', ports: [servicePort(80, { nodePort: 30_080 })] })
const outside = (more: object = {}) => clientsOf('web:80', { location: 'outside', count: 5, ...more })
const THREE_NODES = { nodes: nodes('a', 'b', 'c') }

/** Entries of all call sites, and a chooser that tells addresses and ports. */
function entriesOf(objects: Parameters<typeof compile>[0], spec: object) {
  const settings = { cluster: THREE_NODES, ...spec }
  const cluster = compile(objects, settings)
  const book = new AddressBook()
  const { sites } = buildCallGraph(cluster, scenario(settings))
  const entries = makeEntries(sites, {
    cluster,
    settings: scenario(settings).spec.loadBalancers,
    book,
    streams: new Streams(1, 0),
  })
  const choose = (client: number, site = 0) => {
    const entry = entries[site].choose(client, 0)
    return entry && `${book.textOf(entry.address)}:${entry.port}@${entry.nodeIndex}`
  }
  return { cluster, sites, entries, choose }
}

describe('the way in', () => {
  it('by ClusterIP is the cluster IP and the Service port', () => {
    const { cluster, sites, choose } = entriesOf(
      { workloads: web, services: [service('web', { ports: [servicePort(80, { targetPort: 8080 })] })] },
      { clients: [clientsOf('web:80')] },
    )
    expect(sites[0].via).toBe('clusterIP')
    expect(choose(0)).toBe(`${cluster.services[0].clusterIp}:80@-1`)
  })

  it('by load balancer, from inside, is its virtual address, which the nodes answer for', () => {
    const clients = [clientsOf('web:80', { via: 'loadBalancer' })]
    const { cluster, entries, choose } = entriesOf({ workloads: web, services: [balanced] }, { clients })
    expect(entries[0].loadBalancer).toBeUndefined()
    expect(choose(0)).toBe(`${cluster.services[0].loadBalancerAddresses[0]}:80@-1`)
  })

  it('by load balancer, from outside, is the load balancer', () => {
    const { entries, sites, choose } = entriesOf(
      { workloads: web, services: [balanced] },
      { clients: [outside()] },
    )
    expect(sites[0].via).toBe('loadBalancer')
    expect(entries[0].loadBalancer?.targets).toHaveLength(3)
    expect(choose(0)).toBeUndefined()
  })

  it('by load balancer has no settings that the scenario does not give, whatever the name of the Service', () => {
    const named = service('constructor', {
      type: 'LoadBalancer',
      ports: [servicePort(80)],
      selector: undefined,
    })
    const clients = [clientsOf('constructor:80', { location: 'outside' })]
    const { entries } = entriesOf({ services: [named] }, { clients })
    expect(entries[0].loadBalancer?.settings.algorithm).toBe('roundRobin')
  })

  it('is one load balancer for all groups that come through it', () => {
    const clients = [outside(), outside({ name: 'others' })]
    const { entries } = entriesOf({ workloads: web, services: [balanced] }, { clients })
    expect(entries[1].loadBalancer).toBe(entries[0].loadBalancer)
  })

  const [a, b, c] = ['192.168.0.2:30080@0', '192.168.0.3:30080@1', '192.168.0.4:30080@2']

  it('by NodePort, per client, is the same node every time', () => {
    const { choose } = entriesOf({ workloads: web, services: [nodePort] }, { clients: [outside()] })
    expect([0, 1, 2, 3, 4, 0, 3].map((client) => choose(client))).toEqual([a, b, c, a, b, a, a])
  })

  it('by NodePort, round robin, is one node after another for each client, client i beginning with node i', () => {
    const clients = [outside({ entryPolicy: 'roundRobin' })]
    const { choose } = entriesOf({ workloads: web, services: [nodePort] }, { clients })
    expect([0, 0, 1, 0, 0, 1, 4].map((client) => choose(client))).toEqual([a, b, b, c, a, c, b])
  })

  it('by NodePort, at random, is a draw of its own stream', () => {
    const clients = [outside({ entryPolicy: 'random' })]
    const { choose } = entriesOf({ workloads: web, services: [nodePort] }, { clients })
    const stream = new Streams(1, 0).get('entry/users/default/web')
    const expected = Array.from({ length: 20 }, () => [a, b, c][stream.below(3)])
    expect(Array.from({ length: 20 }, () => choose(0))).toEqual(expected)
  })

  it('by NodePort can be limited to some nodes', () => {
    const clients = [outside({ entryNodes: ['c', 'b'] })]
    const { choose } = entriesOf({ workloads: web, services: [nodePort] }, { clients })
    expect([0, 1, 2].map((client) => choose(client))).toEqual([b, c, b])
  })

  it('to a headless Service is any ready pod and its target port', () => {
    const headless = service('web', { clusterIp: 'None', ports: [servicePort(80, { targetPort: 8080 })] })
    const unready = pod('web-x', {
      isReady: false,
      meta: meta('web-x', 'default', { labels: web[0].podLabels }),
    })
    const { cluster, sites, choose } = entriesOf(
      { workloads: web, services: [headless], pods: [unready] },
      { clients: [clientsOf('web:80')] },
    )
    const chosen = new Set(Array.from({ length: 200 }, () => choose(0)))
    const ready = cluster.pods.filter((each) => each.isReady).map((each) => `${each.address}:8080@-1`)
    expect(sites[0].via).toBe('headless')
    expect([...chosen].sort()).toEqual(ready.sort())
  })

  it("to one pod's own name is that pod", () => {
    const sets = [workload('db', { kind: 'StatefulSet', replicas: 3, serviceName: 'db' })]
    const { cluster, choose } = entriesOf(
      { workloads: sets, services: [service('db', { clusterIp: 'None' })] },
      { clients: [clientsOf('db-1.db:80')] },
    )
    expect(new Set(Array.from({ length: 50 }, () => choose(0)))).toEqual(
      new Set([`${cluster.pods[1].address}:80@-1`]),
    )
  })

  it('to a headless Service whose endpoints are no pods is any of them', () => {
    const slice = endpointSlice('db', { endpoints: [endpoint('172.16.0.9'), endpoint('172.16.0.8')] })
    const headless = service('db', { clusterIp: 'None', selector: undefined })
    const { choose } = entriesOf(
      { services: [headless], endpointSlices: [slice] },
      { clients: [clientsOf('db:80')] },
    )
    const chosen = new Set(Array.from({ length: 50 }, () => choose(0)))
    expect([...chosen].sort()).toEqual(['172.16.0.8:8080@-1', '172.16.0.9:8080@-1'])
  })
})
