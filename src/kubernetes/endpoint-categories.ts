/**
 * Which endpoints of a Service port kube-proxy uses on one node: those for policy Cluster, those for policy Local,
 * by readiness and topology hints.
 * Sources: kubernetes pkg/proxy/topology.go, `CategorizeEndpoints`; reference tests: TestCategorizeEndpoints.
 */
import type { NodeInfo, ProxyEndpoint, ServicePortInfo } from './proxy-inputs.js'
import { usesClusterEndpoints, usesLocalEndpoints } from './proxy-inputs.js'

/** Endpoints of one Service port as one node uses them; each list keeps the order of the Service port's. */
export interface EndpointCategories {
  /** For policy Cluster. Undefined: no way to the Service port uses them. */
  readonly cluster: readonly ProxyEndpoint[] | undefined
  /** For policy Local. Undefined: no way to the Service port uses them. */
  readonly local: readonly ProxyEndpoint[] | undefined
  /** Those in either list. */
  readonly all: readonly ProxyEndpoint[]
  /** Whether the cluster has any usable endpoint at all: tells refusal (REJECT) from silence (DROP). */
  readonly hasAny: boolean
}

/** Feature gates that the choice depends on. */
export interface CategorizeOptions {
  /** Gate PreferSameTrafficDistribution: node hints count. On by default. */
  readonly isNodeHintHonoured: boolean
}

/**
 * Sorts out the endpoints of one Service port for one node.
 *
 * @returns lists in the order of `info.endpoints`
 * @remarks O(endpoints).
 */
export function categorizeEndpoints(
  info: ServicePortInfo,
  node: Pick<NodeInfo, 'name' | 'zone'>,
  options: CategorizeOptions = { isNodeHintHonoured: true },
): EndpointCategories {
  const cluster = usesClusterEndpoints(info) ? clusterEndpoints(info.endpoints, node, options) : undefined
  const local = usesLocalEndpoints(info) ? localEndpoints(info.endpoints, node) : undefined
  return {
    cluster,
    local,
    all: union(info.endpoints, cluster, local),
    hasAny:
      (cluster !== undefined && cluster.length > 0) ||
      (local !== undefined && info.endpoints.some((each) => each.ready || isLastResort(each))),
  }
}

function clusterEndpoints(
  endpoints: readonly ProxyEndpoint[],
  node: Pick<NodeInfo, 'name' | 'zone'>,
  options: CategorizeOptions,
): readonly ProxyEndpoint[] {
  const ready = endpoints.filter((each) => each.ready)
  if (ready.length === 0) return endpoints.filter(isLastResort)
  const byNode = options.isNodeHintHonoured
    ? hintedFor(ready, node.name, (each) => each.hintedNodes)
    : undefined
  return byNode ?? hintedFor(ready, node.zone, (each) => each.hintedZones) ?? ready
}

/** Endpoints hinted for a place; undefined unless every endpoint has a hint and one at least is for that place. */
function hintedFor(
  ready: readonly ProxyEndpoint[],
  place: string,
  hintsOf: (endpoint: ProxyEndpoint) => readonly string[],
): readonly ProxyEndpoint[] | undefined {
  if (place === '' || ready.some((each) => hintsOf(each).length === 0)) return undefined
  const hinted = ready.filter((each) => hintsOf(each).includes(place))
  return hinted.length > 0 ? hinted : undefined
}

function localEndpoints(
  endpoints: readonly ProxyEndpoint[],
  node: Pick<NodeInfo, 'name'>,
): readonly ProxyEndpoint[] {
  const local = endpoints.filter((each) => each.nodeName === node.name)
  const ready = local.filter((each) => each.ready)
  return ready.length > 0 ? ready : local.filter(isLastResort)
}

/** Used only while no ready endpoint is left. */
function isLastResort(endpoint: ProxyEndpoint): boolean {
  return endpoint.serving && endpoint.terminating
}

function union(
  endpoints: readonly ProxyEndpoint[],
  cluster: readonly ProxyEndpoint[] | undefined,
  local: readonly ProxyEndpoint[] | undefined,
): readonly ProxyEndpoint[] {
  if (local === undefined || local.length === 0) return cluster ?? []
  if (cluster === undefined || cluster.length === 0) return local
  const used = new Set([...cluster, ...local])
  return endpoints.filter((each) => used.has(each))
}
