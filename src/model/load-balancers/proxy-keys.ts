/** The pools of load balancers that are proxies: a key for each target of each of their machines, after those of callers. */
import type { CallerTable } from '../callers.js'
import type { Entry } from '../entry.js'
import type { LoadBalancer } from '../load-balancer.js'

/**
 * Callers with the pool keys of proxies counted in.
 *
 * @param entries - of all call sites
 */
export function withProxyKeys(callers: CallerTable, entries: readonly Entry[]): CallerTable {
  const counts = proxiesOf(entries).map(proxyKeyCount)
  return { bySite: callers.bySite, count: counts.reduce((sum, count) => sum + count, callers.count) }
}

/** Each proxy once, in the order of call sites. */
export function proxiesOf(entries: readonly Entry[]): readonly LoadBalancer[] {
  const balancers = entries.flatMap(({ loadBalancer }) => loadBalancer ?? [])
  return [...new Set(balancers)].filter((balancer) => balancer.isProxy)
}

/** Its keys: one for each choice that it can make. */
export function proxyKeyCount({ machines, targets }: LoadBalancer): number {
  return machines.length * targets.length
}
