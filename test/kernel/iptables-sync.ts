/** Syncs of kube-proxy in a laboratory: the text that it hands to `iptables-restore`, while clients are remembered. */

import { expect } from 'vitest'
import { drawFrom } from '../../src/experiment/draws.js'
import { nodeInfoOf, proxyOptionsOfScenario, servicePortsOf } from '../../src/kubernetes/cluster-proxy.js'
import { iptablesRestoreInput } from '../../src/kubernetes/iptables/iptables-restore-input.js'
import { iptablesRules } from '../../src/kubernetes/iptables/iptables-rules.js'
import type { ProxyState, SyncOptions } from '../../src/kubernetes/iptables/iptables-sync.js'
import { connectAll, knownCount } from './crowd.js'
import type { IptablesNode } from './iptables-node.js'
import type { LoadedLab } from './loaded-lab.js'
import { namespaceOf } from './topology.js'
import { WayFinder } from './ways.js'

const CLIENTS = Array.from({ length: 60 }, (_, client) => client)

/** A pod goes and comes back, and its clients with it: those that moved stay where they are. */
export async function checkSyncs(lab: LoadedLab<IptablesNode>): Promise<void> {
  const [rules] = lab.rules
  const all = stateOf(lab)
  const without = withoutEndpoint(all, lab.cluster.pods[0].address)
  const synced = async (previous: ProxyState, next: ProxyState, options?: SyncOptions) => {
    const netns = namespaceOf.node(lab.name, rules.node)
    const { servicePorts, node } = next
    rules.sync(
      netns,
      iptablesRestoreInput(previous, next, options),
      iptablesRules(servicePorts, node, next.options),
    )
    expect(rules.rulesThatDiffer(netns)).toEqual([])
    const finder = new WayFinder(lab.cluster, lab.rules)
    return knownCount(await connectAll({ ...lab, finder }, CLIENTS, 'web'))
  }
  expect(knownCount(await connectAll(lab, CLIENTS, 'web'))).toBe(0)
  expect(await synced(all, all, { isFull: true })).toBe(60)
  const stayed = await synced(all, without)
  // Each of three pods has a third of the clients: 20, give or take 15.
  expect(stayed).toBeGreaterThan(25)
  expect(stayed).toBeLessThan(55)
  expect(await synced(without, all)).toBe(60)
}

function stateOf({ cluster, compiled }: LoadedLab<IptablesNode>): ProxyState {
  return {
    servicePorts: cluster.services.flatMap((service) => servicePortsOf(service, cluster)),
    node: nodeInfoOf(cluster.nodes[0]),
    options: proxyOptionsOfScenario(compiled.scenario, drawFrom(compiled.scenario.spec.seed)),
  }
}

function withoutEndpoint(state: ProxyState, address: string): ProxyState {
  return {
    ...state,
    servicePorts: state.servicePorts.map((port) => ({
      ...port,
      endpoints: port.endpoints.filter((endpoint) => endpoint.address !== address),
    })),
  }
}
