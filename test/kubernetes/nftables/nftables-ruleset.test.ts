import { describe, expect, it } from 'vitest'
import { nftablesRuleset, nftablesRulesets } from '../../../src/kubernetes/nftables/nftables-ruleset.js'
import type { ProxyOptions } from '../../../src/kubernetes/proxy-inputs.js'
import { checkTable } from '../../../src/netfilter/nftables/check-ruleset.js'
import { range } from '../conformance.js'
import {
  elementsOf,
  endpoint,
  generate,
  NODE,
  optionsWith,
  rulesOf as rulesWithHashes,
  serviceChains,
  web,
  withoutHash,
} from './service-ports.js'

const SERVICE = 'service-KHN6ECMT-shop/web/tcp/http'
const EXTERNAL = 'external-KHN6ECMT-shop/web/tcp/http'

type Table = ReturnType<typeof generate>

/** Rules of the chain whose name, but for the hash, is given. */
function rulesOf(table: Table, name: string): string[] | undefined {
  const chain = table.chains.find((each) => withoutHash(each.name) === name)
  return chain === undefined ? undefined : rulesWithHashes(table, chain.name)?.map(withoutHash)
}

describe('the chains of a Service port', () => {
  it('are named after it', () => {
    const names = generate(web({ nodePort: 30_080 })).chains.map((chain) => chain.name)
    expect(names).toEqual(expect.arrayContaining([SERVICE, EXTERNAL]))
  })

  it('choose among the endpoints by one draw, and mark what comes from elsewhere than pods', () => {
    expect(rulesOf(generate(web()), 'service-shop/web/tcp/http')).toEqual([
      'ip daddr 10.96.0.10 ip saddr != 10.244.0.0/16 jump mark-for-masquerade',
      'numgen random mod 2 vmap { 0 : goto endpoint-shop/web/tcp/http__10.244.0.2/8080 , 1 : goto endpoint-shop/web/tcp/http__10.244.0.3/8080 }',
    ])
  })

  it('ask every affinity set before the draw, and note the client before the translation', () => {
    const table = generate(web({ affinityTimeoutSeconds: 10_800 }))
    expect(rulesOf(table, 'service-shop/web/tcp/http')?.slice(1)).toEqual([
      'ip saddr @affinity-shop/web/tcp/http__10.244.0.2/8080 goto endpoint-shop/web/tcp/http__10.244.0.2/8080',
      'ip saddr @affinity-shop/web/tcp/http__10.244.0.3/8080 goto endpoint-shop/web/tcp/http__10.244.0.3/8080',
      'numgen random mod 2 vmap { 0 : goto endpoint-shop/web/tcp/http__10.244.0.2/8080 , 1 : goto endpoint-shop/web/tcp/http__10.244.0.3/8080 }',
    ])
    expect(rulesOf(table, 'endpoint-shop/web/tcp/http__10.244.0.2/8080')).toEqual([
      'ip saddr 10.244.0.2 jump mark-for-masquerade',
      'update @affinity-shop/web/tcp/http__10.244.0.2/8080 { ip saddr }',
      'meta l4proto tcp dnat to 10.244.0.2:8080',
    ])
    const sets = table.sets.filter((set) => set.name.startsWith('affinity-'))
    expect(sets.map(({ flags, timeoutSeconds }) => `${flags} ${timeoutSeconds}`)).toEqual([
      'dynamic,timeout 10800',
      'dynamic,timeout 10800',
    ])
  })

  it.each([
    ['UDP', 'meta l4proto udp dnat to 10.244.0.2:8080'],
    ['SCTP', 'meta l4proto sctp dnat to 10.244.0.2:8080'],
  ] as const)('translate %s', (protocol, rule) => {
    const table = generate(web({ protocol }))
    const name = `endpoint-shop/web/${protocol.toLowerCase()}/http__10.244.0.2/8080`
    expect(rulesOf(table, name)?.at(-1)).toBe(rule)
    expect(elementsOf(table, 'service-ips')).toEqual([
      `10.96.0.10 . ${protocol.toLowerCase()} . 80 : goto service-shop/web/${protocol.toLowerCase()}/http`,
    ])
  })

  it('have no rule for a health check node port: no firewall of theirs stands in its way', () => {
    const local = web({ isExternalPolicyLocal: true, nodePort: 30_080 })
    expect(generate({ ...local, healthCheckNodePort: 31_000 })).toEqual(generate(local))
  })
})

describe('marks for masquerading on the way to a cluster IP', () => {
  const markOf = (options: Partial<ProxyOptions>) =>
    rulesOf(generate(web(), options), 'service-shop/web/tcp/http')?.slice(0, -1)
  it.each<[string, Partial<ProxyOptions>, string[]]>([
    [
      'of everything',
      { isMasqueradingAll: true, localTrafficDetector: { kind: 'none' } },
      ['ip daddr 10.96.0.10 jump mark-for-masquerade'],
    ],
    ['of nothing, for want of a detector', { localTrafficDetector: { kind: 'none' } }, []],
    [
      'of what does not come from this node',
      { localTrafficDetector: { kind: 'nodeCidr' } },
      ['ip daddr 10.96.0.10 ip saddr != 10.244.0.0/24 jump mark-for-masquerade'],
    ],
    [
      'of what does not come by the bridge',
      { localTrafficDetector: { kind: 'bridgeInterface', name: 'cbr0' } },
      ['ip daddr 10.96.0.10 iifname != cbr0 jump mark-for-masquerade'],
    ],
    [
      'of what does not come by the interface of a pod',
      { localTrafficDetector: { kind: 'interfacePrefix', prefix: 'azv' } },
      ['ip daddr 10.96.0.10 iifname != azv* jump mark-for-masquerade'],
    ],
  ])('%s', (_name, options, rules) => {
    expect(markOf(options)).toEqual(rules)
  })

  it('use the bit of the settings', () => {
    const table = generate(web(), { masqueradeBit: 31 })
    expect(rulesOf(table, 'mark-for-masquerade')).toEqual(['mark set mark or 0x80000000'])
    expect(rulesOf(table, 'masquerading')).toEqual([
      'mark and 0x80000000 == 0 return',
      'mark set mark xor 0x80000000',
      'masquerade fully-random',
    ])
  })
})

describe('external traffic', () => {
  const shared = { nodePort: 30_080, loadBalancerVips: ['1.2.3.4'], externalIps: ['9.9.9.9'] }

  it('under policy Cluster is marked and goes to all endpoints', () => {
    const table = generate(web(shared))
    expect(rulesOf(table, 'external-shop/web/tcp/http')).toEqual([
      'jump mark-for-masquerade',
      'goto service-shop/web/tcp/http',
    ])
    expect(elementsOf(table, 'service-ips')).toEqual([
      '10.96.0.10 . tcp . 80 : goto service-shop/web/tcp/http',
      '9.9.9.9 . tcp . 80 : goto external-shop/web/tcp/http',
      '1.2.3.4 . tcp . 80 : goto external-shop/web/tcp/http',
    ])
    expect(elementsOf(table, 'service-nodeports')).toEqual(['tcp . 30080 : goto external-shop/web/tcp/http'])
    expect(elementsOf(table, 'no-endpoint-services')).toEqual([])
  })

  it('under policy Local takes a short cut from pods and from the node, else keeps to the node', () => {
    const table = generate(
      web({
        ...shared,
        isExternalPolicyLocal: true,
        endpoints: [endpoint(2), endpoint(3, { nodeName: 'b' })],
      }),
    )
    expect(rulesOf(table, 'external-shop/web/tcp/http')).toEqual([
      'ip saddr 10.244.0.0/16 goto service-shop/web/tcp/http comment "short-circuit pod traffic"',
      'fib saddr type local jump mark-for-masquerade comment "masquerade local traffic"',
      'fib saddr type local goto service-shop/web/tcp/http comment "short-circuit local traffic"',
      'goto local-shop/web/tcp/http',
    ])
    expect(rulesOf(table, 'local-shop/web/tcp/http')).toEqual([
      'numgen random mod 1 vmap { 0 : goto endpoint-shop/web/tcp/http__10.244.0.2/8080 }',
    ])
  })

  it('under policy Local without a detector has no short cut for pods', () => {
    const table = generate(web({ ...shared, isExternalPolicyLocal: true }), {
      localTrafficDetector: { kind: 'none' },
    })
    expect(rulesOf(table, 'external-shop/web/tcp/http')).toHaveLength(3)
  })

  it('under policy Local without local endpoints is dropped, but for the short cuts', () => {
    const table = generate(
      web({ ...shared, isExternalPolicyLocal: true, endpoints: [endpoint(3, { nodeName: 'b' })] }),
    )
    expect(rulesOf(table, 'external-shop/web/tcp/http')?.at(-1)).toBe(
      'fib saddr type local goto service-shop/web/tcp/http comment "short-circuit local traffic"',
    )
    expect(elementsOf(table, 'service-nodeports')).toEqual(['tcp . 30080 : goto external-shop/web/tcp/http'])
    expect(elementsOf(table, 'no-endpoint-services')).toEqual([
      '9.9.9.9 . tcp . 80 comment "shop/web:http" : drop',
      '1.2.3.4 . tcp . 80 comment "shop/web:http" : drop',
    ])
    expect(elementsOf(table, 'no-endpoint-nodeports')).toEqual(['tcp . 30080 comment "shop/web:http" : drop'])
  })
})

describe('internal traffic under policy Local', () => {
  it('goes to the endpoints of the node, and has no other chains', () => {
    const table = generate(
      web({ isInternalPolicyLocal: true, endpoints: [endpoint(2), endpoint(3, { nodeName: 'b' })] }),
    )
    expect(serviceChains(table)).toEqual([
      'local-shop/web/tcp/http',
      'endpoint-shop/web/tcp/http__10.244.0.2/8080',
    ])
    expect(rulesOf(table, 'local-shop/web/tcp/http')?.[0]).toBe(
      'ip daddr 10.96.0.10 ip saddr != 10.244.0.0/16 jump mark-for-masquerade',
    )
  })

  it('is dropped where only other nodes have endpoints', () => {
    const table = generate(web({ isInternalPolicyLocal: true, endpoints: [endpoint(3, { nodeName: 'b' })] }))
    expect(serviceChains(table)).toEqual([])
    expect(elementsOf(table, 'no-endpoint-services')).toEqual([
      '10.96.0.10 . tcp . 80 comment "shop/web:http" : drop',
    ])
  })

  it('does not mark in the chain of external traffic', () => {
    const table = generate(web({ isInternalPolicyLocal: true, nodePort: 30_080 }))
    expect(rulesOf(table, 'service-shop/web/tcp/http')).toHaveLength(1)
    expect(rulesOf(table, 'local-shop/web/tcp/http')).toHaveLength(2)
  })
})

describe('a Service port without endpoints', () => {
  it('is refused at every address, and has no chains but that of its source ranges', () => {
    const table = generate(
      web({
        nodePort: 30_080,
        loadBalancerVips: ['1.2.3.4'],
        loadBalancerSourceRanges: [range('203.0.113.0/24')],
        endpoints: [],
      }),
    )
    expect(serviceChains(table)).toEqual(['firewall-shop/web/tcp/http'])
    expect(elementsOf(table, 'firewall-ips')).toEqual([
      '1.2.3.4 . tcp . 80 : goto firewall-shop/web/tcp/http',
    ])
    expect(elementsOf(table, 'service-ips')).toEqual([])
    expect(elementsOf(table, 'no-endpoint-services')).toEqual([
      '10.96.0.10 . tcp . 80 comment "shop/web:http" : goto reject-chain',
      '1.2.3.4 . tcp . 80 comment "shop/web:http" : goto reject-chain',
    ])
    expect(elementsOf(table, 'no-endpoint-nodeports')).toEqual([
      'tcp . 30080 comment "shop/web:http" : goto reject-chain',
    ])
    expect(elementsOf(table, 'cluster-ips')).toEqual(['10.96.0.10'])
  })

  it('that are ready uses those that terminate but still serve', () => {
    const ending = { ready: false, terminating: true }
    const table = generate(
      web({ endpoints: [endpoint(2, ending), endpoint(3, { ...ending, serving: false })] }),
    )
    expect(serviceChains(table)).toEqual([
      'service-shop/web/tcp/http',
      'endpoint-shop/web/tcp/http__10.244.0.2/8080',
    ])
  })
})

it('hints choose the endpoints of the zone', () => {
  const hinted = web({
    endpoints: [endpoint(2, { hintedZones: ['z'] }), endpoint(3, { hintedZones: ['y'] })],
  })
  expect(serviceChains(generate(hinted))).toEqual([
    'service-shop/web/tcp/http',
    'endpoint-shop/web/tcp/http__10.244.0.2/8080',
  ])
})

describe('source ranges', () => {
  const limited = (...ranges: string[]) =>
    generate(
      web({
        loadBalancerVips: ['1.2.3.4', '5.6.7.8'],
        loadBalancerSourceRanges: ranges.map((each) => range(each)),
      }),
    )

  it('keep out all others', () => {
    expect(rulesOf(limited('203.0.113.0/24', '10.0.0.1/32'), 'firewall-shop/web/tcp/http')).toEqual([
      'ip saddr != { 203.0.113.0/24 , 10.0.0.1/32 } drop',
    ])
  })

  it('that hold the node let it come from an address of the load balancer', () => {
    expect(rulesOf(limited('192.168.0.0/24'), 'firewall-shop/web/tcp/http')).toEqual([
      'ip saddr != { 192.168.0.0/24 , 1.2.3.4 , 5.6.7.8 } drop',
    ])
  })

  it('without an address to protect make no chain', () => {
    const table = generate(web({ nodePort: 30_080, loadBalancerSourceRanges: [range('203.0.113.0/24')] }))
    expect(serviceChains(table)).not.toContain('firewall-shop/web/tcp/http')
  })
})

describe('what Services share', () => {
  it('stands in the sets and maps once', () => {
    const ports = [web(), web({ name: 'shop/web:https', port: 443 })]
    const table = generate(ports)
    expect(elementsOf(table, 'cluster-ips')).toEqual(['10.96.0.10'])
    expect(checkTable(table)).toBe(2)
  })

  it('belongs to the later one where both want it', () => {
    const other = web({ name: 'shop/other:http', clusterIp: '10.96.0.11', externalIps: ['9.9.9.9'] })
    const table = generate([web({ externalIps: ['9.9.9.9'] }), other])
    expect(elementsOf(table, 'service-ips')).toContain(
      '9.9.9.9 . tcp . 80 : goto external-shop/other/tcp/http',
    )
    expect(checkTable(table)).toBe(2)
  })
})

describe('tables of several nodes', () => {
  const nodes = [NODE, { ...NODE, name: 'b', address: '192.168.0.3', localAddresses: ['192.168.0.3'] }]

  it('share the chains of what nodes have in common', () => {
    const [a, b] = nftablesRulesets([web()], nodes, optionsWith())
    const chainOf = (table: Table) => table.chains.find((chain) => chain.name === SERVICE)
    expect(chainOf(a)).toBe(chainOf(b))
    expect([elementsOf(a, 'nodeport-ips'), elementsOf(b, 'nodeport-ips')]).toEqual([
      ['192.168.0.2'],
      ['192.168.0.3'],
    ])
  })

  it('are those of each node alone', () => {
    const ports = [
      web({ endpoints: [endpoint(2, { hintedNodes: ['a'] }), endpoint(3, { hintedNodes: ['b'] })] }),
      web({ name: 'shop/api', clusterIp: '10.96.0.11', isExternalPolicyLocal: true, nodePort: 31_001 }),
      web({
        name: 'shop/lb',
        clusterIp: '10.96.0.12',
        loadBalancerVips: ['1.2.3.4'],
        loadBalancerSourceRanges: [range('192.168.0.3')],
      }),
    ]
    const alone = nodes.map((node) => nftablesRuleset(ports, node, optionsWith()))
    expect(nftablesRulesets(ports, nodes, optionsWith())).toEqual(alone)
    expect(alone[0].chains).not.toEqual(alone[1].chains)
  })
})
