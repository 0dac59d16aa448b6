import { describe, expect, it } from 'vitest'
import { categorizeEndpoints } from '../../src/kubernetes/endpoint-categories.js'
import { endpointText, type ProxyEndpoint, type ServicePortInfo } from '../../src/kubernetes/proxy-inputs.js'
import { readJson } from './conformance.js'

interface TopologyCase {
  readonly name: string
  readonly node: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly featureGates: { readonly PreferSameTrafficDistribution: boolean }
  readonly service: {
    readonly internalTrafficPolicy: string
    readonly externalTrafficPolicy: string
    readonly nodePort: number | null
    readonly loadBalancerVIPs: readonly string[]
    readonly externalIPs: readonly string[]
  }
  readonly endpoints: readonly {
    readonly endpoint: string
    readonly ready: boolean
    readonly serving: boolean
    readonly terminating: boolean
    readonly isLocal: boolean
    readonly zoneHints: readonly string[]
    readonly nodeHints: readonly string[]
  }[]
  readonly expect: {
    readonly cluster: readonly string[] | null
    readonly local: readonly string[] | null
    readonly all: readonly string[]
    readonly hasAnyEndpoints: boolean
  }
}

describe("endpoints that one node uses (upstream's TestCategorizeEndpoints)", () => {
  const { cases } = readJson<{ cases: TopologyCase[] }>('topology.json')

  it.each(cases)('$name', (each) => {
    const node = { name: each.node.name, zone: each.node.labels['topology.kubernetes.io/zone'] ?? '' }
    const categories = categorizeEndpoints(servicePort(each), node, {
      isNodeHintHonoured: each.featureGates.PreferSameTrafficDistribution,
    })
    expect({
      cluster: categories.cluster?.map(endpointText) ?? null,
      local: categories.local?.map(endpointText) ?? null,
      all: categories.all.map(endpointText),
      hasAnyEndpoints: categories.hasAny,
    }).toEqual(each.expect)
  })

  it('there are twenty of them', () => {
    expect(cases).toHaveLength(20)
  })
})

function servicePort({ node, service, endpoints }: TopologyCase): ServicePortInfo {
  return {
    name: 'ns/svc',
    protocol: 'TCP',
    clusterIp: '10.96.0.10',
    port: 80,
    nodePort: service.nodePort ?? undefined,
    externalIps: service.externalIPs,
    loadBalancerVips: service.loadBalancerVIPs,
    loadBalancerSourceRanges: [],
    isInternalPolicyLocal: service.internalTrafficPolicy === 'Local',
    isExternalPolicyLocal: service.externalTrafficPolicy === 'Local',
    affinityTimeoutSeconds: undefined,
    healthCheckNodePort: undefined,
    endpoints: endpoints.map((each): ProxyEndpoint => {
      const [address, port] = each.endpoint.split(':')
      return {
        address,
        port: Number(port),
        nodeName: each.isLocal ? node.name : 'elsewhere',
        ready: each.ready,
        serving: each.serving,
        terminating: each.terminating,
        hintedZones: each.zoneHints,
        hintedNodes: each.nodeHints,
      }
    }),
  }
}
