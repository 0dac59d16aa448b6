import { describe, expect, it } from 'vitest'
import { categorizeEndpoints } from '../../src/kubernetes/endpoint-categories.js'
import { localReadyAddressCount } from '../../src/kubernetes/health-check.js'
import { servicePortChainNames } from '../../src/kubernetes/iptables/chain-names.js'
import { decideServicePort } from '../../src/kubernetes/iptables/service-port-decisions.js'
import { nodeInfo, type RawNode, type RawObject, readJson, servicePortsOf } from './conformance.js'

interface ObjectsCase<Expected> {
  readonly name: string
  readonly node: RawNode
  readonly objects: readonly RawObject[]
  readonly expect: Expected
}

describe("Service ports that kube-proxy keeps (upstream's TestBuildServiceMap…)", () => {
  interface Expected {
    readonly servicePorts: number
    readonly healthCheckNodePorts: Readonly<Record<string, number>>
  }
  const { cases } = readJson<{ cases: ObjectsCase<Expected>[] }>('extra/service-map.json')

  it.each(cases)('$name', ({ objects, expect: expected }) => {
    const ports = servicePortsOf(objects, 4)
    expect(ports).toHaveLength(expected.servicePorts)
    const healthChecks = ports
      .filter((each) => each.healthCheckNodePort !== undefined)
      .map((each) => [each.name.split(':')[0], each.healthCheckNodePort])
    expect(Object.fromEntries(healthChecks)).toEqual(expected.healthCheckNodePorts)
  })
})

describe("Services without local endpoints (upstream's TestNoEndpointsMetric)", () => {
  interface Expected {
    readonly servicesWithoutLocalEndpoints: { readonly internal: number; readonly external: number }
  }
  const { cases } = readJson<{ cases: ObjectsCase<Expected>[] }>('extra/no-local-endpoints.json')

  it.each(cases)('$name', ({ node, objects, expect: expected }) => {
    const decisions = servicePortsOf(objects, 4).map((info) =>
      decideServicePort(
        info,
        servicePortChainNames(info.name, info.protocol),
        categorizeEndpoints(info, nodeInfo(node)),
      ),
    )
    expect({
      internal: decisions.filter((each) => each.internalVerdict?.kind === 'DROP').length,
      external: decisions.filter((each) => each.externalVerdict?.kind === 'DROP').length,
    }).toEqual(expected.servicesWithoutLocalEndpoints)
  })
})

describe("Services that a health check node port reports (upstream's TestHealthCheckNodePortWhenTerminating)", () => {
  interface Expected {
    readonly servicesWithLocalReadyEndpoints: number
  }
  const { cases } = readJson<{ cases: ObjectsCase<Expected>[] }>('extra/local-ready-endpoints.json')

  it.each(cases)('$name', ({ node, objects, expect: expected }) => {
    const count = localReadyAddressCount(servicePortsOf(objects, 4), node.name)
    expect(count > 0 ? 1 : 0).toBe(expected.servicesWithLocalReadyEndpoints)
  })
})
