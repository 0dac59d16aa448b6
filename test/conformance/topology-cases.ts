/**
 * Topology cases: which endpoints of one Service port a node uses.
 */
import { categorizeEndpoints } from '../../src/kubernetes/endpoint-categories.js'
import { endpointText, type ProxyEndpoint, type ServicePortInfo } from '../../src/kubernetes/proxy-inputs.js'
import { type CaseResult, difference, guarded } from './case-result.js'
import { canonicalEndpoint, splitEndpoint } from './flow.js'

/** One case. */
export interface RawTopologyCase {
  readonly name: string
  readonly node: { readonly name: string; readonly labels?: Readonly<Record<string, string>> | null }
  readonly featureGates?: { readonly PreferSameTrafficDistribution?: boolean }
  readonly service: {
    readonly internalTrafficPolicy?: string
    readonly externalTrafficPolicy?: string
    readonly nodePort?: number | null
    readonly loadBalancerVIPs?: readonly string[] | null
    readonly externalIPs?: readonly string[] | null
  }
  readonly endpoints: readonly RawTopologyEndpoint[]
  readonly expect: {
    readonly cluster: readonly string[] | null
    readonly local: readonly string[] | null
    readonly all: readonly string[] | null
    readonly hasAnyEndpoints: boolean
  }
}

interface RawTopologyEndpoint {
  readonly endpoint: string
  readonly ready?: boolean
  readonly serving?: boolean
  readonly terminating?: boolean
  readonly isLocal?: boolean
  readonly zoneHints?: readonly string[] | null
  readonly nodeHints?: readonly string[] | null
}

/** Compares the sets of endpoints; their order does not count. */
export function runTopologyCase(each: RawTopologyCase): CaseResult {
  return guarded(each.name, () => {
    const node = { name: each.node.name, zone: each.node.labels?.['topology.kubernetes.io/zone'] ?? '' }
    const { cluster, local, all, hasAny } = categorizeEndpoints(servicePort(each), node, {
      isNodeHintHonoured: each.featureGates?.PreferSameTrafficDistribution ?? true,
    })
    return [
      ...sameSet('cluster', each.expect.cluster, cluster),
      ...sameSet('local', each.expect.local, local),
      ...sameSet('all', each.expect.all ?? [], all),
      ...difference('hasAnyEndpoints', each.expect.hasAnyEndpoints, hasAny),
    ]
  })
}

function sameSet(
  what: string,
  expected: readonly string[] | null,
  actual: readonly ProxyEndpoint[] | undefined,
): string[] {
  const wanted = expected === null ? null : expected.map(canonicalEndpoint).sort()
  return difference(what, wanted, actual === undefined ? null : actual.map(endpointText).sort())
}

function servicePort({ node, service, endpoints }: RawTopologyCase): ServicePortInfo {
  return {
    name: 'ns/svc',
    protocol: 'TCP',
    clusterIp: '10.96.0.10',
    port: 80,
    nodePort: service.nodePort === 0 ? undefined : (service.nodePort ?? undefined),
    externalIps: service.externalIPs ?? [],
    loadBalancerVips: service.loadBalancerVIPs ?? [],
    loadBalancerSourceRanges: [],
    isInternalPolicyLocal: service.internalTrafficPolicy === 'Local',
    isExternalPolicyLocal: service.externalTrafficPolicy === 'Local',
    affinityTimeoutSeconds: undefined,
    healthCheckNodePort: undefined,
    endpoints: endpoints.map(
      (each): ProxyEndpoint => ({
        ...splitEndpoint(canonicalEndpoint(each.endpoint)),
        nodeName: each.isLocal === true ? node.name : undefined,
        ready: each.ready ?? false,
        serving: each.serving ?? each.ready ?? false,
        terminating: each.terminating ?? false,
        hintedZones: each.zoneHints ?? [],
        hintedNodes: each.nodeHints ?? [],
      }),
    ),
  }
}
