/** Names by queries, against theory: CoreDNS as M/M/c, random source ports as independent draws, ports that are kept as few draws. */
import { describe, expect, it } from 'vitest'
import { estimate } from '../../src/metrics/estimate.js'
import { evennessTest } from '../../src/metrics/spread.js'
import { buildWorld } from '../../src/model/world.js'
import { clientsOf, compile, nodes, scenario, service, workload } from '../kubernetes/objects.js'
import { type Observed, observe } from '../model/observed.js'

const US = 1_000

/** One node, packets that cost nothing, links of 10 us: a query is 20 us under way, there and back. */
function runs(dns: object, clients: object, horizon: string, replications: number): Observed[] {
  const spec = {
    warmUp: '1s',
    horizon,
    cluster: { nodes: nodes('a') },
    pods: { web: { serviceTime: '0ns', servers: 1_000 } },
    costs: { preset: 'none' },
    dns: { mode: 'coredns', ...dns },
    clients: [clientsOf('web:80', clients)],
  }
  const cluster = compile({ workloads: [workload('web')], services: [service('web')] }, spec)
  const settings = { cluster, scenario: scenario(spec), seed: 20_260_514 }
  return Array.from({ length: replications }, (_, replication) =>
    observe(buildWorld({ ...settings, replication })),
  )
}

const queriesByPod = ({ totals }: Observed) => totals.dns.flatMap((each) => each?.queries ?? [])

describe('a pod of CoreDNS', () => {
  it('is an M/M/2 queue for queries that come at random', () => {
    // Sojourn time of M/M/2: (1/mu) / (1 - rho^2); with 1/mu = 500 us, lambda = 3,000/s: rho = 0.75, 1,142.857 us.
    const server = { servers: 2, serviceTime: { distribution: 'exponential', mean: '500us' } }
    const dns = { replicas: 1, aaaa: false, server }
    const clients = { count: 1_000, arrivals: { rate: '3000/s' } }
    const observed = runs(dns, clients, '11s', 12)
    const means = observed.map(({ requests }) => {
      return requests.reduce((sum, each) => sum + each.dnsNs, 0) / requests.length / US
    })
    const { value, halfWidth95 } = estimate(means)
    expect(Math.abs((value ?? 0) - 20 - 1_142.857)).toBeLessThan(1.5 * (halfWidth95 ?? 0))
    expect(halfWidth95 ?? 0).toBeLessThan(40)
  })

  it('is drawn anew for each name asked, every one as likely, where source ports are random', () => {
    const dns = { replicas: 7, aaaa: false, server: { serviceTime: '1us' } }
    const [observed] = runs(dns, { count: 1, arrivals: { rate: '2000/s' } }, '11s', 1)
    const counts = queriesByPod(observed)
    expect(counts.reduce((sum, each) => sum + each)).toBeGreaterThan(19_000)
    expect(evennessTest(counts).pValue ?? 0).toBeGreaterThan(0.01)
  })

  it('gets as many clients as independent draws give it, where each keeps its port', () => {
    // Six clients, five pods: expected number of pods without any is 5 · (4/5)^6 = 1.31072.
    const dns = { replicas: 5, aaaa: false, sourcePorts: 'fixed', server: { serviceTime: '1us' } }
    const clients = { count: 6, arrivals: { rate: '60/s', process: 'paced', order: 'inTurn' } }
    const idle = runs(dns, clients, '2s', 600).map((each) => {
      return queriesByPod(each).filter((queries) => queries === 0).length
    })
    const { value, halfWidth95 } = estimate(idle)
    expect(Math.abs((value ?? 0) - 1.31072)).toBeLessThan(1.5 * (halfWidth95 ?? 0))
    expect(halfWidth95 ?? 0).toBeLessThan(0.08)
  })
})
