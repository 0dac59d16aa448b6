/**
 * Extra cases that count what kube-proxy makes of objects: endpoints of each Service port, Service ports, Services without
 * local endpoints, Services with ready local endpoints.
 */
import type { IpFamily } from '../../src/base/ip-address.js'
import { isUdpCleanupDue } from '../../src/kubernetes/conntrack-cleanup.js'
import { categorizeEndpoints } from '../../src/kubernetes/endpoint-categories.js'
import { localReadyAddressCounts } from '../../src/kubernetes/health-check.js'
import { serviceOfPort, servicePortChainNames } from '../../src/kubernetes/iptables/chain-names.js'
import { decideServicePort } from '../../src/kubernetes/iptables/service-port-decisions.js'
import { endpointText, type ProxyEndpoint } from '../../src/kubernetes/proxy-inputs.js'
import { type CaseResult, difference, guarded } from './case-result.js'
import { canonicalEndpoint } from './flow.js'
import { servicesOfChangedSlices } from './golden-cases.js'
import { familyOf, nodeInfo, type RawNode } from './raw-node.js'
import { endpointsOf, type RawObject, type RawSlice, servicePortsOf } from './raw-objects.js'

type EndpointsMap = Readonly<
  Record<string, readonly { readonly endpoint: string; readonly isLocal: boolean }[]>
>

/** `endpoints-map.json` */
export interface RawEndpointsMapCase {
  readonly name: string
  readonly node?: RawNode
  readonly previousSlices: readonly (RawSlice | null)[]
  readonly currentSlices: readonly (RawSlice | null)[]
  readonly expect: {
    readonly previousMap: EndpointsMap
    readonly currentMap: EndpointsMap
    readonly conntrackCleanupRequired: boolean
    readonly localReadyEndpoints: Readonly<Record<string, number>>
  }
}

/** The node of the cases that name none, as upstream's tests have it. */
const TEST_NODE = 'test-node'

/** How slices fold into lists of endpoints, and what follows from a change of them. */
export function runEndpointsMapCase(each: RawEndpointsMapCase): CaseResult {
  return guarded(each.name, () => {
    const [before, after] = [each.previousSlices, each.currentSlices].map(given)
    const family = familyOfSlices(each.node, [...before, ...after])
    const nodeName = each.node?.name ?? TEST_NODE
    const [previous, current] = [endpointsOf(before, family), endpointsOf(after, family)]
    const changed = servicesOfChangedSlices(before, after)
    const counts = Object.fromEntries(localReadyAddressCounts(current, nodeName))
    return [
      ...sameMap('previousMap', each.expect.previousMap, previous, nodeName),
      ...sameMap('currentMap', each.expect.currentMap, current, nodeName),
      ...difference(
        'conntrackCleanupRequired',
        each.expect.conntrackCleanupRequired,
        isUdpCleanupDue(changed, previous, current),
      ),
      ...difference('localReadyEndpoints', each.expect.localReadyEndpoints, counts),
    ]
  })
}

function given(slices: readonly (RawSlice | null)[]): RawSlice[] {
  return slices.flatMap((each) => each ?? [])
}

function familyOfSlices(node: RawNode | undefined, slices: readonly RawSlice[]): IpFamily {
  return familyOf(node ?? { ipFamily: slices[0]?.addressType === 'IPv6' ? 'IPv6' : 'IPv4' })
}

function sameMap(
  what: string,
  expected: EndpointsMap,
  actual: ReadonlyMap<string, readonly ProxyEndpoint[]>,
  nodeName: string,
): string[] {
  const wanted = Object.entries(expected).map(([name, endpoints]) => [
    name,
    endpoints.map((each) => ({ ...each, endpoint: canonicalEndpoint(each.endpoint) })),
  ])
  const got = [...actual].map(([key, endpoints]) => [
    key.slice(0, key.lastIndexOf('/')),
    endpoints.map((each) => ({ endpoint: endpointText(each), isLocal: each.nodeName === nodeName })),
  ])
  return difference(what, Object.fromEntries(wanted), Object.fromEntries(got))
}

/** A case that counts something of some objects. */
export interface RawObjectsCase {
  readonly name: string
  readonly node?: RawNode
  readonly objects: readonly RawObject[]
  readonly expect: Readonly<Record<string, unknown>>
}

type Counter = (each: RawObjectsCase, node: RawNode) => unknown

/** What is counted, by the name of the expectation. */
const COUNTERS: Readonly<Record<string, Counter>> = {
  servicePorts: ({ objects }, node) => servicePortsOf(objects, familyOf(node)).length,
  healthCheckNodePorts: ({ objects }, node) =>
    Object.fromEntries(
      servicePortsOf(objects, familyOf(node)).flatMap(({ name, healthCheckNodePort }) =>
        healthCheckNodePort === undefined ? [] : [[serviceOfPort(name), healthCheckNodePort]],
      ),
    ),
  servicesWithoutLocalEndpoints,
  servicesWithLocalReadyEndpoints: ({ objects }, node) =>
    localReadyAddressCounts(endpointsOf(objects, familyOf(node)), node.name).size,
}

/** Is it a case for `runObjectsCase`? */
export function isCountedExpectation(name: string): boolean {
  return Object.hasOwn(COUNTERS, name)
}

/** `no-local-endpoints.json`, `local-ready-endpoints.json`, `service-map.json` */
export function runObjectsCase(each: RawObjectsCase): CaseResult {
  return guarded(each.name, () =>
    Object.entries(each.expect).flatMap(([what, expected]) =>
      Object.hasOwn(COUNTERS, what)
        ? difference(what, expected, COUNTERS[what](each, each.node ?? { name: TEST_NODE }))
        : [`"${what}" is not understood`],
    ),
  )
}

function servicesWithoutLocalEndpoints({ objects }: RawObjectsCase, node: RawNode): unknown {
  const decisions = servicePortsOf(objects, familyOf(node)).map((info) =>
    decideServicePort(
      info,
      servicePortChainNames(info.name, info.protocol),
      categorizeEndpoints(info, nodeInfo(node)),
    ),
  )
  return {
    internal: decisions.filter((each) => each.internalVerdict?.kind === 'DROP').length,
    external: decisions.filter((each) => each.externalVerdict?.kind === 'DROP').length,
  }
}
