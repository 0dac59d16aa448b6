/** Endpoints of a Service port over the whole run: those of the beginning, then those that come during it. */
import type { Cluster, ClusterService, ClusterServicePort, Endpoint } from './cluster.js'

/**
 * Every endpoint that the port ever has.
 *
 * @returns each address and port once, in the order of first appearance; ready if it ever is, otherwise as it first was. The list of the port
 *   itself where nothing happens during the run.
 */
export function endpointsEver(
  { changes }: Pick<Cluster, 'changes'>,
  service: Pick<ClusterService, 'index'>,
  port: ClusterServicePort,
): readonly Endpoint[] {
  if (changes.length === 0) return port.endpoints
  const ever = new Map<string, Endpoint>()
  const add = (endpoints: readonly Endpoint[]) => {
    for (const each of endpoints) {
      const key = `${each.address} ${each.port} ${each.podIndex}`
      const known = ever.get(key)
      if (known === undefined) ever.set(key, each)
      else if (each.ready && !known.ready) ever.set(key, { ...known, ready: true })
    }
  }
  add(port.endpoints)
  for (const { services } of changes) {
    if (services !== undefined) add(portIn(services, service, port)?.endpoints ?? [])
  }
  return [...ever.values()]
}

/** The same Service port as it is among other Services of the run. */
export function portIn(
  services: readonly ClusterService[],
  { index }: Pick<ClusterService, 'index'>,
  port: Pick<ClusterServicePort, 'name' | 'protocol'>,
): ClusterServicePort | undefined {
  return services[index].ports.find(({ name, protocol }) => name === port.name && protocol === port.protocol)
}
