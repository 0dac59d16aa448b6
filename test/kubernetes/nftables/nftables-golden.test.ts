import { describe, expect, it } from 'vitest'
import type { Protocol } from '../../../src/input/kubernetes-objects.js'
import { endpointNames, servicePortNames } from '../../../src/kubernetes/nftables/object-names.js'
import type { ProxyEndpoint } from '../../../src/kubernetes/proxy-inputs.js'
import {
  family,
  nodeInfo,
  proxyOptions,
  type RawNode,
  type RawObject,
  readJson,
  readText,
  servicePortsOf,
} from '../conformance.js'
import { canonicalDump, dumpOf } from './nftables-dump.js'
import { tableOfState } from './nftables-flow.js'
import { endpoint, generate, web, withoutHash } from './service-ports.js'

interface GoldenCase {
  readonly node: RawNode
  readonly objects: readonly RawObject[]
}

describe("rules against dumps of kube-proxy's own tests", () => {
  it.each(['BadIPs'])('%s: the whole dump is equal, line by line', (name) => {
    const { node, objects } = readJson<GoldenCase>(`golden/nftables.${name}.objects.json`)
    const table = tableOfState({
      servicePorts: servicePortsOf(objects, family(node)),
      node: nodeInfo(node),
      options: proxyOptions(node),
    })
    const golden = readText(`golden/nftables.${name}.txt`).split('\n')
    expect(canonicalDump(dumpOf(table))).toEqual(canonicalDump(golden))
  })
})

describe('a dump after a change', () => {
  const lines = (endpoints: readonly ProxyEndpoint[], previous?: readonly ProxyEndpoint[]) => {
    const tableOf = (each: readonly ProxyEndpoint[]) =>
      generate(web({ endpoints: each, affinityTimeoutSeconds: 60 }))
    const dump = dumpOf(tableOf(endpoints), previous === undefined ? undefined : tableOf(previous))
    return dump.map(withoutHash)
  }

  it('still has the chain of an endpoint that is gone, empty, but not its affinity set', () => {
    const dump = lines([endpoint(2)], [endpoint(2), endpoint(3)])
    expect(dump.filter((line) => line.includes('10.244.0.3'))).toEqual([
      'add chain ip kube-proxy endpoint-shop/web/tcp/http__10.244.0.3/8080',
    ])
    expect(dump.length).toBe(lines([endpoint(2)]).length + 1)
  })

  it('has nothing else of before', () => {
    expect(lines([endpoint(2)], [endpoint(2)])).toEqual(lines([endpoint(2)]))
  })
})

interface NameCase {
  readonly namespace: string
  readonly service: string
  readonly port: string
  readonly protocol: string
  readonly endpoint?: string
  readonly nameBase: string
}

describe('names', () => {
  const { cases } = readJson<{ cases: NameCase[] }>('extra/nft-chain-names.json')

  it.each(cases)('of $namespace/$service:$port $endpoint have the base $nameBase', (each) => {
    const protocol = each.protocol.toUpperCase() as Protocol
    const name = `${each.namespace}/${each.service}:${each.port}`
    if (each.endpoint === undefined) {
      expect(servicePortNames(name, protocol)).toEqual({
        cluster: `service-${each.nameBase}`,
        local: `local-${each.nameBase}`,
        external: `external-${each.nameBase}`,
        firewall: `firewall-${each.nameBase}`,
      })
      return
    }
    const [, address, port] = /^\[?(.*?)\]?:(\d+)$/.exec(each.endpoint) ?? []
    expect(endpointNames(name, protocol, { address, port: Number(port) })).toEqual({
      chain: `endpoint-${each.nameBase}`,
      affinitySet: `affinity-${each.nameBase}`,
    })
  })

  it('of a port without a name end where its name would begin', () => {
    expect(servicePortNames('default/web', 'UDP').cluster).toBe('service-HE7KU7SE-default/web/udp/')
  })

  it('are cut at 240 characters, their beginnings apart', () => {
    const long = 'x'.repeat(63)
    const at = (address: string) =>
      endpointNames(`${long}/${long}:${long}`, 'SCTP', { address, port: 65_535 }).chain
    const name = at('fd80:abcd:1234:5678:a1b2:c3d4:e5f6:9998')
    expect(name).toHaveLength('endpoint-'.length + 240)
    expect(name.endsWith('...')).toBe(true)
    expect(at('fd80:abcd:1234:5678:a1b2:c3d4:e5f6:9999')).not.toBe(name)
  })
})
