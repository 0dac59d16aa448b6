/** One node, clients inside, packets that cost nothing: for tests of what pods do. A way takes 10 µs, a name 300 µs. */
import { clientsOf, nodes, service, workload } from '../kubernetes/objects.js'
import { type Observed, run } from './observed.js'

export const US = 1_000
export const MS = 1_000_000

/** What a call or a request within the node costs beside service: a name, and the way of 10 µs four times. */
export const WAY_NS = 340 * US
/** From the intended start of a request to its arrival at the pod. */
export const WAY_THERE_NS = WAY_NS - 10 * US

const SPEC = {
  warmUp: '0s',
  horizon: '1500ms',
  cluster: { nodes: nodes('a') },
  costs: { preset: 'none' },
}

/** A group of clients that send requests one by one, at 1 s, 2 s … by default. */
export function users(more: object = {}) {
  return clientsOf('web:80', { arrivals: { rate: '1/s', process: 'paced' }, ...more })
}

/** Runs workloads and Services of these names. */
export function runShop(spec: object, ...names: readonly string[]): Observed {
  const objects = {
    workloads: names.map((name) => workload(name)),
    services: names.map((name) => service(name)),
  }
  return run(objects, { ...SPEC, clients: [users()], ...spec })
}

/** Requests of one caller, in the order of their ends. */
export function requestsOf({ requests, world }: Observed, caller: string) {
  return requests.filter((each) => world.graph.sites[each.call].caller === caller)
}
