/** Load balancers of Services `web`, `web-1` …, for tests. */
import { Streams } from '../../../src/engine/streams.js'
import { loadBalancerSchema } from '../../../src/input/load-balancer-schema.js'
import type { ConnectionSource, LoadBalancer } from '../../../src/model/load-balancer.js'
import { makeLoadBalancer, sharedByBalancers } from '../../../src/model/load-balancers/make-load-balancer.js'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import { compile, type node, service, servicePort, withPorts, workload } from '../../kubernetes/objects.js'

export interface BalancerScene {
  readonly nodes: readonly ReturnType<typeof node>[]
  /** Nodes of the pods, which each Service selects. */
  readonly podsOn: readonly string[]
  readonly service?: Parameters<typeof service>[1]
  /** As a scenario has them. */
  readonly settings: object
  readonly serviceCount?: number
  readonly seed?: number
}

/** The load balancers of all Services of the scene; the names of targets are those of nodes, or addresses of pods. */
export function balancersOf(scene: BalancerScene): LoadBalancer[] {
  const { podsOn, serviceCount = 1, seed = 1 } = scene
  const names = Array.from({ length: serviceCount }, (_, index) => (index === 0 ? 'web' : `web-${index}`))
  const labels = workload('web').podLabels
  const cluster = compile(
    {
      nodes: [...scene.nodes],
      workloads: [workload('web', { replicas: podsOn.length, podSpec: withPorts(['http', 8080]) })],
      services: names.map((name) =>
        service(name, {
          type: 'LoadBalancer',
          selector: labels,
          ports: [servicePort(80, { targetPort: 8080 })],
          ...scene.service,
        }),
      ),
    },
    podsOn.length === 0 ? {} : { cluster: { placement: { web: podsOn } } },
  )
  const book = new AddressBook()
  const streams = new Streams(seed, 0)
  const shared = sharedByBalancers(streams)
  const settings = loadBalancerSchema.parse(scene.settings)
  return cluster.services.map((each) =>
    makeLoadBalancer({ cluster, service: each, port: each.ports[0], settings, book, streams, shared }),
  )
}

/** Names of the targets that get connections now. */
export function inUse(balancer: LoadBalancer): string[] {
  return balancer.inUse.map((target) => balancer.targets[target].name)
}

/** Name of the target that a connection goes to; undefined: it is refused. */
export function chosen(balancer: LoadBalancer, source: Partial<ConnectionSource> = {}): string | undefined {
  const choice = balancer.open({ client: 0, sourceHash: 0, sourcePort: 32_768, ...source })
  return balancer.targetOf(choice)?.name
}
