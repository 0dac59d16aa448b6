/** Rules written anew from a settled cluster are those that it was settled with. */

import { describe, expect, it } from 'vitest'
import { drawFrom } from '../../src/experiment/draws.js'
import { nodeInfoOf, proxyOptionsOfScenario, servicePortsOf } from '../../src/kubernetes/cluster-proxy.js'
import { rulesOfNodes } from '../../src/kubernetes/node-rules.js'
import { tracedCluster } from '../experiment/trace/traced.js'

describe.each(['iptables', 'nftables', 'ipvs'] as const)('mode %s', (mode) => {
  it.each([
    [],
    ['proxy.masqueradeAll=true', 'proxy.masqueradeBit=20'],
    ['proxy.detectLocalMode=NodeCIDR', 'proxy.localhostNodePorts=false'],
    ['proxy.largeClusterEndpoints=1', 'service.single.trafficDistribution=PreferClose'],
  ])('with settings %j %j', (...settings) => {
    const { cluster, scenario } = tracedCluster([`proxy.mode=${mode}`, ...settings])
    const ports = cluster.services.flatMap((service) => servicePortsOf(service, cluster))
    const options = proxyOptionsOfScenario(scenario, drawFrom(scenario.spec.seed))
    expect(rulesOfNodes(mode, ports, cluster.nodes.map(nodeInfoOf), options)).toEqual(cluster.nodeRules)
  })
})
