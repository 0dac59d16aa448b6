import { describe, expect, it } from 'vitest'
import { limitsOf } from '../../src/model/limits.js'
import { UdpFlows } from '../../src/model/udp-flows.js'
import {
  labels,
  meta,
  nodes,
  podSpec,
  scenario,
  service,
  servicePort,
  workload,
} from '../kubernetes/objects.js'
import { answersOf, runDns, S, users, web } from './dns-run.js'
import { type Observed, outcomeCounts } from './observed.js'

const paced = (rate: string) => ({ rate, process: 'paced', order: 'inTurn' })

/** Queries that each pod of CoreDNS got. */
const queriesByPod = ({ totals }: Observed) => totals.dns.flatMap((each) => each?.queries ?? [])

describe('source ports of queries', () => {
  const spec = { clients: [users({ count: 1, arrivals: paced('10/s') })], horizon: '20050ms' }

  it('drawn at random spread the names of one client over all pods', () => {
    const queries = queriesByPod(runDns({ replicas: 4 }, spec))
    expect(queries.reduce((sum, each) => sum + each)).toBe(400)
    for (const each of queries) expect(each).toBeGreaterThan(60)
  })

  it('that are fixed lead all queries of a client to one pod', () => {
    expect(queriesByPod(runDns({ replicas: 4, sourcePorts: 'fixed' }, spec)).sort()).toEqual([0, 0, 0, 400])
  })

  it('that are fixed leave it to chance which pods many clients use', () => {
    const clients = [users({ count: 8, arrivals: paced('80/s') })]
    const fixed = { replicas: 4, sourcePorts: 'fixed' }
    const queries = queriesByPod(runDns(fixed, { clients, horizon: '20005ms' }))
    expect(queries.every((each) => each % 400 === 0)).toBe(true)
    expect(queries.reduce((sum, each) => sum + each)).toBe(3_200)
  })

  it.each(['nftables', 'ipvs'])('do the same in mode %s', (mode) => {
    const proxy = { mode }
    const random = queriesByPod(runDns({ replicas: 4 }, { ...spec, proxy }))
    for (const each of random) expect(each).toBeGreaterThan(60)
    expect(queriesByPod(runDns({ replicas: 4, sourcePorts: 'fixed' }, { ...spec, proxy })).sort()).toEqual([
      0, 0, 0, 400,
    ])
  })
})

describe('a flow that is kept', () => {
  /** How often the first packets of a client's queries met the rules, beside those of its requests. */
  function choices(gap: string, horizon: string): number {
    const clients = [users({ count: 1, arrivals: { rate: `${1 / Number(gap)}/s`, process: 'paced' } })]
    const observed = runDns({ sourcePorts: 'fixed' }, { clients, horizon })
    return observed.totals.nodes[0].firstPackets - observed.connections.length
  }

  it('is forgotten after 30 s without a packet', () => {
    expect(choices('40', '201s')).toBe(5)
    expect(choices('25', '101s')).toBe(1)
  })

  it('is remembered for 120 s once it was used for more than 2 s', () => {
    const clients = [users({ name: 'often', count: 1 })]
    const expiresS = (horizon: string) => {
      const { dns, nodes: running } = runDns({ sourcePorts: 'fixed' }, { clients, horizon }).world
      expect(running[0].connections.table.entryCount).toBe(1)
      return (dns?.flows.expiresNs(dns.flows.keptBy(0)) ?? 0) / S
    }
    // Packets every second, from the first second on.
    expect(expiresS('2500ms')).toBeCloseTo(32, 2)
    expect(expiresS('5500ms')).toBeCloseTo(125, 2)
  })
})

describe('connection tracking of queries', () => {
  const tracked = ({ world }: Observed, atS: number) =>
    world.nodes.map((node) => node.connections.countAt(atS * S))

  it('keeps a place for 30 s after the last packet, one for each name asked', () => {
    const clients = [users({ resolves: 'api.example.com', count: 1, arrivals: paced('0.05/s') })]
    const limits = { conntrackTimeWait: '0s' }
    const observed = runDns({ server: { upstreamTime: '0ms' } }, { clients, limits, horizon: '21s' })
    expect(tracked(observed, 21)).toEqual([4])
    expect(tracked(observed, 49)).toEqual([4])
    expect(tracked(observed, 52)).toEqual([0])
  })

  it('follows a query over both nodes of its way', () => {
    const cluster = { nodes: nodes('a', 'b'), placement: { coredns: ['b'], web: ['a'] } }
    const clients = [users({ nodes: ['a'] })]
    const limits = { conntrackTimeWait: '0s' }
    const observed = runDns({}, { clients, cluster, limits })
    expect(answersOf(observed).noError).toBe(10)
    expect(tracked(observed, 5.5)).toEqual([5, 5])
    expect(observed.world.nodes.map((node) => node.connections.table.entryCount)).toEqual([0, 0])
  })

  it('gives queries of processes and hairpins the address of the node, and its port back', () => {
    const clients = [users({ nodes: ['a'] })]
    const observed = runDns({}, { clients, proxy: { detectLocalMode: 'None', masqueradeAll: true } })
    const { connections } = observed.world.nodes[0]
    expect(answersOf(observed).noError).toBe(10)
    expect(connections.peakPortsUsed).toBe(1)
  })
})

describe('queries in every mode of kube-proxy', () => {
  const dnsLabels = labels({ 'k8s-app': 'kube-dns' })
  const port = servicePort(53, { name: 'dns', protocol: 'UDP', targetPort: 5_353 })
  /** CoreDNS on every node, in its network, asked by the pods of that node only. */
  const local = {
    workloads: [
      ...web.workloads,
      workload('resolver', {
        kind: 'DaemonSet',
        meta: meta('resolver', 'kube-system'),
        podLabels: dnsLabels,
        podSpec: podSpec({ hostNetwork: true }),
      }),
    ],
    services: [
      ...web.services,
      service('kube-dns', {
        meta: meta('kube-dns', 'kube-system'),
        selector: dnsLabels,
        internalTrafficPolicy: 'Local',
        ports: [port],
      }),
    ],
  }
  const cluster = { nodes: nodes('a', 'b') }

  it.each(['iptables', 'nftables', 'ipvs'])(
    '%s: reach pods of IPv6, and pods in the network of a node',
    (mode) => {
      const ipv6 = runDns({}, { proxy: { mode }, cluster: { ...cluster, ipFamily: 'IPv6' } })
      expect(answersOf(ipv6)).toEqual({ queries: 10, noError: 10, nxDomain: 0 })
      const clients = [users({ nodes: ['b'] })]
      const observed = runDns({}, { proxy: { mode }, cluster, clients, objects: local })
      expect(queriesByPod(observed)).toEqual([0, 10])
      expect(observed.requests.map((each) => each.dnsNs)).toEqual(new Array(5).fill(120_000))
    },
  )

  it.each(['iptables', 'nftables', 'ipvs'])('%s: leave from processes of a node, too', (mode) => {
    const objects = {
      workloads: [workload('web', { podSpec: podSpec({ hostNetwork: true }) }), workload('db')],
      services: [...web.services, service('db')],
    }
    const pods = { web: { calls: [{ to: 'db:80' }] } }
    const observed = runDns({}, { proxy: { mode }, cluster, objects, pods })
    expect(outcomeCounts(observed.requests)).toEqual({ completed: 10 })
    expect(answersOf(observed).noError).toBe(20)
  })
})

describe('UDP flows', () => {
  const source = { address: 7, port: 40_000, node: 0 } as Parameters<UdpFlows['open']>[0]
  const flows = () => new UdpFlows([], limitsOf(scenario()), 1)
  const SERVER = 9 as Parameters<UdpFlows['open']>[1]

  it('end when their port is closed and no packet is under way', () => {
    const all = flows()
    const row = all.open(source, SERVER, 53, 0)
    all.send(row, 0)
    all.send(row, 1)
    all.close(row, 2)
    all.letGo(row, 3)
    expect(all.openCount).toBe(1)
    all.letGo(row, 4)
    expect(all.openCount).toBe(0)
  })

  it('that are kept end when their time is over, and not before', () => {
    const all = flows()
    const row = all.open(source, SERVER, 53, 0, 0)
    all.send(row, 10 * S)
    expect(all.expire(row, 30 * S)).toBe(40 * S)
    expect(all.expire(row, 40 * S)).toBe(70 * S)
    all.answer(row, 41 * S)
    all.letGo(row, 41 * S)
    all.send(row, 42 * S)
    all.letGo(row, 42 * S)
    expect(all.expire(row, 71 * S)).toBe(162 * S)
    expect(all.keptBy(0)).toBe(row)
    expect(all.expire(row, 162 * S)).toBe(-1)
    expect([all.keptBy(0), all.openCount]).toEqual([-1, 0])
  })
})
