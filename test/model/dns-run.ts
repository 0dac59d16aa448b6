/** Worlds in which names are resolved by queries: one call a second, packets that cost nothing, CoreDNS that takes 100 us. */
import type { Manifests } from '../../src/input/kubernetes-objects.js'
import { clientsOf, nodes, service, workload } from '../kubernetes/objects.js'
import { type Observed, type RunSettings, run } from './observed.js'

export const US = 1_000
export const MS = 1_000_000
export const S = 1_000_000_000

/** A request each second by ClusterIP; a request takes 2,040 us beside the look-up of its name. */
export const users = (more: object = {}) =>
  clientsOf('web:80', { arrivals: { rate: '1/s', process: 'paced', order: 'inTurn' }, ...more })

export const web = { workloads: [workload('web')], services: [service('web')] }

/** One node, unless said otherwise, for as many seconds as requests are wanted. */
export function runDns(
  dns: object,
  { objects = web, ...spec }: { objects?: Partial<Manifests> } & Record<string, unknown> = {},
  settings: RunSettings = {},
): Observed {
  return run(
    objects,
    {
      warmUp: '0s',
      horizon: '5500ms',
      cluster: { nodes: nodes('a') },
      pods: { web: { serviceTime: '2ms' } },
      costs: { preset: 'none' },
      clients: [users()],
      dns: { mode: 'coredns', server: { serviceTime: '100us' }, ...dns },
      ...spec,
    },
    settings,
  )
}

/** Time that each request took to know the address, us. */
export const dnsTimes = ({ requests }: Observed) => requests.map((each) => each.dnsNs / US)

/** Queries that each request sent. */
export const queryCounts = ({ requests }: Observed) => requests.map((each) => each.dnsQueries)

/** What the pods of CoreDNS were asked and answered, all together. */
export function answersOf({ totals }: Observed) {
  const counts = totals.dns.flatMap((each) => each ?? [])
  const sum = (name: 'queries' | 'noError' | 'nxDomain') =>
    counts.reduce((total, each) => total + each[name], 0)
  return { queries: sum('queries'), noError: sum('noError'), nxDomain: sum('nxDomain') }
}
