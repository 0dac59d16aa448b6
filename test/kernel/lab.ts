/** A compiled cluster as network namespaces of this machine, with a server for every endpoint. */
import type { Cluster } from '../../src/kubernetes/cluster.js'
import { endpointsOf } from './addresses.js'
import type { LabAgent, ServerSocket } from './lab-agent.js'
import { LAB_PREFIX, removeNamespaces } from './stale-namespaces.js'
import { run } from './tools.js'
import { namespaceOf, topologyOf } from './topology.js'

/** The counters that kube-proxy's rules name. Source: kubernetes pkg/proxy/metrics/metrics.go. */
export const COUNTERS = ['ct_state_invalid_dropped_pkts', 'localhost_nps_accepted_pkts']

let labCount = 0

/** A cluster whose network is up. */
export interface Lab {
  readonly cluster: Cluster
  readonly agent: LabAgent
  /** What the names of its namespaces begin with. */
  readonly name: string
}

/** Builds the network of a cluster, runs an action in it, and takes it down again whatever happened. */
export async function inLab<T>(
  cluster: Cluster,
  agent: LabAgent,
  action: (lab: Lab) => Promise<T>,
): Promise<T> {
  const lab = { cluster, agent, name: `${LAB_PREFIX}-${process.pid}-${labCount++}` }
  const { namespaces, commands, commandsInside, option, sysctls } = topologyOf(cluster, lab.name)
  try {
    batch(
      [],
      namespaces.map((netns) => `netns add ${netns}`),
    )
    for (const [netns, values] of sysctls) await agent.setSysctls(netns, values)
    for (const node of cluster.nodes) await agent.makeCounters(namespaceOf.node(lab.name, node), COUNTERS)
    batch([], commands)
    for (const [netns, inside] of commandsInside) batch([option, '-n', netns], inside)
    await agent.listen(serversOf(lab))
    return await action(lab)
  } finally {
    await agent.forget()
    removeNamespaces((name) => namespaces.includes(name))
  }
}

/** One server for each endpoint that is a pod, named after it. */
function serversOf({ cluster, name }: Lab): ServerSocket[] {
  const servers = new Map<string, ServerSocket>()
  for (const { address, port, podIndex } of endpointsOf(cluster, 'TCP')) {
    if (podIndex === undefined) continue
    const pod = cluster.pods[podIndex]
    servers.set(`${address} ${port}`, {
      netns: namespaceOf.pod(name, cluster, pod),
      name: pod.name,
      address,
      port,
    })
  }
  return [...servers.values()]
}

function batch(options: readonly string[], lines: readonly string[]): void {
  run('ip', [...options, '-batch', '-'], `${lines.join('\n')}\n`)
}
