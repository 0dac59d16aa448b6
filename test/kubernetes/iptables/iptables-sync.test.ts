import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { iptablesRestoreInput } from '../../../src/kubernetes/iptables/iptables-restore-input.js'
import { iptablesRules } from '../../../src/kubernetes/iptables/iptables-rules.js'
import {
  changedServices,
  iptablesSync,
  type ProxyState,
} from '../../../src/kubernetes/iptables/iptables-sync.js'
import {
  defaultProxyOptions,
  type ProxyEndpoint,
  type ProxyOptions,
  type ServicePortInfo,
} from '../../../src/kubernetes/proxy-inputs.js'
import type { Table } from '../../../src/netfilter/iptables/rule.js'
import { applySync } from '../../conformance/apply-sync.js'
import { range } from '../conformance.js'

const NODE = {
  name: 'a',
  zone: 'east',
  address: '192.168.0.2',
  localAddresses: ['192.168.0.2'],
  podCidr: '10.244.0.0/24',
}

function endpoint(host: number, changes: Partial<ProxyEndpoint> = {}): ProxyEndpoint {
  const conditions = { ready: true, serving: true, terminating: false }
  return {
    address: `10.244.0.${host}`,
    port: 8080,
    nodeName: 'a',
    ...conditions,
    hintedZones: [],
    hintedNodes: [],
    ...changes,
  }
}

function port(name: string, changes: Partial<ServicePortInfo> = {}): ServicePortInfo {
  return {
    name,
    protocol: 'TCP',
    clusterIp: '10.96.0.10',
    port: 80,
    nodePort: undefined,
    externalIps: [],
    loadBalancerVips: [],
    loadBalancerSourceRanges: [],
    isInternalPolicyLocal: false,
    isExternalPolicyLocal: false,
    affinityTimeoutSeconds: undefined,
    healthCheckNodePort: undefined,
    endpoints: [endpoint(2), endpoint(3)],
    ...changes,
  }
}

function state(servicePorts: readonly ServicePortInfo[], options: Partial<ProxyOptions> = {}): ProxyState {
  return { servicePorts, node: NODE, options: { ...defaultProxyOptions(range('10.244.0.0/16')), ...options } }
}

const tablesOf = ({ servicePorts, node, options }: ProxyState) => iptablesRules(servicePorts, node, options)
const writtenChains = ({ written }: { written: readonly Table[] }) =>
  written
    .flatMap((table) => table.chains.map((chain) => chain.name))
    .filter((name) => /-[A-Z2-7]{16}$/.test(name))

describe('the first sync', () => {
  it('writes everything and deletes nothing', () => {
    const next = state([port('shop/web:http'), port('shop/api:http', { clusterIp: '10.96.0.11' })])
    const sync = iptablesSync(undefined, next)
    expect(sync.isFull).toBe(true)
    expect(writtenChains(sync)).toHaveLength(6)
    expect(sync.deletedChains).toEqual([])
    expect(sync.natRuleCountChange).toBe(2 + 1 + 4 + 2 * (3 + 4))
  })

  it('deletes chains of Services that an earlier kube-proxy left', () => {
    const existingChains = new Set([
      'KUBE-SVC-AAAAAAAAAAAAAAAA',
      'KUBE-SEP-AAAAAAAAAAAAAAAA',
      'KUBE-MARK-DROP',
    ])
    const sync = iptablesSync(undefined, state([]), { existingChains })
    expect(sync.deletedChains).toEqual(['KUBE-SEP-AAAAAAAAAAAAAAAA', 'KUBE-SVC-AAAAAAAAAAAAAAAA'])
    expect([...sync.remainingChains]).toEqual(['KUBE-MARK-DROP'])
  })
})

describe('a partial sync', () => {
  const web = port('shop/web:http')
  const api = port('shop/api:http', { clusterIp: '10.96.0.11' })

  it('leaves the chains of unchanged Services out', () => {
    const sync = iptablesSync(state([api, web]), state([api, { ...web, endpoints: [endpoint(2)] }]))
    expect(sync.isFull).toBe(false)
    expect(writtenChains(sync)).toHaveLength(2)
    expect(sync.deletedChains).toHaveLength(1)
    expect(sync.natRuleCountChange).toBe(-3)
  })

  it('writes all ports of a Service of which one changed', () => {
    const metrics = port('shop/web:metrics', { port: 9090 })
    const sync = iptablesSync(state([api, web, metrics]), state([api, web, { ...metrics, port: 9091 }]))
    expect(writtenChains(sync)).toHaveLength(6)
  })

  it('writes what the caller says changed, even if nothing did', () => {
    const sync = iptablesSync(state([api, web]), state([api, web]), {
      changedServices: new Set(['shop/api']),
    })
    expect(writtenChains(sync)).toHaveLength(3)
    expect(sync.natRuleCountChange).toBe(0)
  })

  it('is full once the node is in another zone', () => {
    const before = state([web])
    expect(iptablesSync(before, { ...before, node: { ...NODE, zone: 'west' } }).isFull).toBe(true)
  })

  it('leads to the tables that a full sync writes, whatever changed', () => {
    const property = fc.property(randomPorts, randomPorts, (before, after) => {
      const [previous, next] = [state(before), state(after)]
      const sync = iptablesSync(previous, next)
      expect(sync.isFull).toBe(false)
      expect(byName(applySync(tablesOf(previous), sync))).toEqual(byName(tablesOf(next)))
    })
    fc.assert(property, { seed: 7, numRuns: 60 })
  })
})

describe('large clusters', () => {
  const many = (changes: Partial<ServicePortInfo> = {}) => [port('shop/web:http', changes)]
  const large = { largeClusterEndpointCount: 0 }

  it('keep unused chains until it is time to look for them', () => {
    const [before, after] = [state(many(), large), state(many({ endpoints: [endpoint(2)] }), large)]
    const first = iptablesSync(before, after, { isDeletionDue: false })
    expect(first.deletedChains).toEqual([])
    expect(first.remainingChains.size).toBe(3)
    const second = iptablesSync(after, after, { existingChains: first.remainingChains })
    expect(second.deletedChains).toHaveLength(1)
    expect(second.remainingChains.size).toBe(2)
  })

  it('delete at once where they are not that large', () => {
    const sync = iptablesSync(state(many()), state([]), { isDeletionDue: false })
    expect(sync.deletedChains).toHaveLength(3)
  })

  it('do not rewrite unchanged Services to take their comments away', () => {
    const small = { largeClusterEndpointCount: 2 }
    const api = port('shop/api:http', { clusterIp: '10.96.0.11' })
    const sync = iptablesSync(state(many(), small), state([api, ...many()], small))
    expect(writtenChains(sync)).toHaveLength(3)
    const [, nat] = sync.written
    const endpointRules = nat.chains
      .filter(({ name }) => name.startsWith('KUBE-SEP-'))
      .flatMap(({ rules }) => rules)
    expect(endpointRules.every(({ matches }) => matches.every(({ kind }) => kind !== 'comment'))).toBe(true)
  })
})

describe('changed Services', () => {
  it.each<[string, Partial<ServicePortInfo>]>([
    ['address', { clusterIp: '10.96.0.12' }],
    ['source range', { loadBalancerSourceRanges: [range('10.0.0.0/8')] }],
    ['readiness', { endpoints: [endpoint(2), endpoint(3, { ready: false })] }],
    ['hint', { endpoints: [endpoint(2), endpoint(3, { hintedZones: ['east'] })] }],
    ['node of an endpoint', { endpoints: [endpoint(2), endpoint(3, { nodeName: 'b' })] }],
  ])('are those with another %s', (_what, changes) => {
    const [web, api] = [port('shop/web:http'), port('shop/api:http')]
    expect(changedServices([web, api], [{ ...web, ...changes }, api])).toEqual(new Set(['shop/web']))
  })

  it('are also those that came and went', () => {
    const changed = changedServices([port('shop/web:http')], [port('shop/api')])
    expect(changed).toEqual(new Set(['shop/web', 'shop/api']))
  })

  it('are none if nothing differs', () => {
    expect(changedServices([port('shop/web:http')], [port('shop/web:http')]).size).toBe(0)
  })
})

describe('the input of iptables-restore', () => {
  it('is a line for each chain, rules by chain, and -X for chains that go', () => {
    const options = { hasNfacct: false, hasLocalhostNodePorts: false, isConntrackLiberal: true }
    const before = state([port('shop/web:http', { endpoints: [endpoint(2)] })], options)
    expect(iptablesRestoreInput(before, state([], options))).toBe(`*filter
:KUBE-SERVICES - [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*nat
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-SEP-OLBUFZVHCJLG5LFW - [0:0]
:KUBE-SVC-67NZLRHBNDSAWJRO - [0:0]
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL ! -d 127.0.0.0/8 -j KUBE-NODEPORTS
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
-X KUBE-SEP-OLBUFZVHCJLG5LFW
-X KUBE-SVC-67NZLRHBNDSAWJRO
COMMIT
`)
  })
})

/** Up to three Services of up to two ports each, with few different values, so that some stay as they are. */
const randomPorts = fc
  .subarray(['shop/web:a', 'shop/web:b', 'shop/api:a', 'ops/log:a'])
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc
          .record({
            nodePort: fc.constantFrom(undefined, 30_080),
            loadBalancerVips: fc.constantFrom([], ['203.0.113.5']),
            loadBalancerSourceRanges: fc.constantFrom([], [range('198.51.100.0/24')]),
            isInternalPolicyLocal: fc.boolean(),
            isExternalPolicyLocal: fc.boolean(),
            affinityTimeoutSeconds: fc.constantFrom(undefined, 60),
            endpoints: fc
              .subarray([2, 3, 4])
              .map((hosts) => hosts.map((host) => endpoint(host, { nodeName: host === 4 ? 'b' : 'a' }))),
          })
          .map((changes) => port(name, changes)),
      ),
    ),
  )
  .map((ports): readonly ServicePortInfo[] => ports)

/** The order of chains in a table means nothing. */
function byName(tables: readonly Table[]): unknown {
  return tables.map(({ name, chains }) => [name, new Map(chains.map((chain) => [chain.name, chain.rules]))])
}
