import { describe, expect, it } from 'vitest'
import { endpointChainName, servicePortChainNames } from '../../../src/kubernetes/iptables/chain-names.js'
import { iptablesRules, iptablesRulesOfNodes } from '../../../src/kubernetes/iptables/iptables-rules.js'
import {
  defaultProxyOptions,
  type NodeInfo,
  type ProxyEndpoint,
  type ProxyOptions,
  type ServicePortInfo,
} from '../../../src/kubernetes/proxy-inputs.js'
import type { Table } from '../../../src/netfilter/iptables/rule.js'
import { range } from '../conformance.js'
import { rulesOf } from './rule-text.js'

const NAMES = servicePortChainNames('shop/web:http', 'TCP')
const [FIRST, SECOND, THIRD] = [2, 3, 4].map((host) =>
  endpointChainName('shop/web:http', 'TCP', `10.244.0.${host}:8080`),
)

const NODE: NodeInfo = {
  name: 'a',
  zone: '',
  address: '192.168.0.2',
  localAddresses: ['192.168.0.2', '10.244.0.1'],
  podCidr: '10.244.0.0/24',
}

function endpoint(host: number, changes: Partial<ProxyEndpoint> = {}): ProxyEndpoint {
  return {
    address: `10.244.0.${host}`,
    port: 8080,
    nodeName: 'a',
    ready: true,
    serving: true,
    terminating: false,
    hintedZones: [],
    hintedNodes: [],
    ...changes,
  }
}

function web(changes: Partial<ServicePortInfo> = {}): ServicePortInfo {
  return {
    name: 'shop/web:http',
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

function generate(port: ServicePortInfo, options: Partial<ProxyOptions> = {}, node = NODE): readonly Table[] {
  return iptablesRules([port], node, { ...defaultProxyOptions(range('10.244.0.0/16')), ...options })
}

describe('session affinity', () => {
  it('asks every list before it draws, and remembers where it led', () => {
    const tables = generate(
      web({ affinityTimeoutSeconds: 10_800, endpoints: [endpoint(2), endpoint(3), endpoint(4)] }),
    )
    const arrow = (host: number) => `-m comment --comment "shop/web:http -> 10.244.0.${host}:8080"`
    const recent = (list: string) => `-m recent --name ${list} --rcheck --seconds 10800 --reap -j ${list}`
    expect(rulesOf(tables, 'nat', NAMES.cluster).slice(1)).toEqual([
      `-A ${NAMES.cluster} ${arrow(2)} ${recent(FIRST)}`,
      `-A ${NAMES.cluster} ${arrow(3)} ${recent(SECOND)}`,
      `-A ${NAMES.cluster} ${arrow(4)} ${recent(THIRD)}`,
      `-A ${NAMES.cluster} ${arrow(2)} -m statistic --mode random --probability 0.3333333333 -j ${FIRST}`,
      `-A ${NAMES.cluster} ${arrow(3)} -m statistic --mode random --probability 0.5000000000 -j ${SECOND}`,
      `-A ${NAMES.cluster} ${arrow(4)} -j ${THIRD}`,
    ])
    expect(rulesOf(tables, 'nat', FIRST)).toEqual([
      `-A ${FIRST} -m comment --comment shop/web:http -s 10.244.0.2 -j KUBE-MARK-MASQ`,
      `-A ${FIRST} -m comment --comment shop/web:http -m recent --name ${FIRST} --set -m tcp -p tcp -j DNAT --to-destination 10.244.0.2:8080`,
    ])
  })
})

describe('policies', () => {
  const elsewhere = endpoint(3, { nodeName: 'b' })

  it('externalTrafficPolicy Local: pods and the node take the short cut, others keep to the node', () => {
    const port = web({ nodePort: 31_000, isExternalPolicyLocal: true, endpoints: [endpoint(2), elsewhere] })
    const to = (text: string) =>
      `-A ${NAMES.external} -m comment --comment "${text} for shop/web:http external destinations"`
    expect(rulesOf(generate(port), 'nat', NAMES.external)).toEqual([
      `${to('pod traffic')} -s 10.244.0.0/16 -j ${NAMES.cluster}`,
      `${to('masquerade LOCAL traffic')} -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
      `${to('route LOCAL traffic')} -m addrtype --src-type LOCAL -j ${NAMES.cluster}`,
      `-A ${NAMES.external} -j ${NAMES.local}`,
    ])
    expect(rulesOf(generate(port), 'nat', NAMES.local)).toEqual([
      `-A ${NAMES.local} -m comment --comment "shop/web:http -> 10.244.0.2:8080" -j ${FIRST}`,
    ])
  })

  it('externalTrafficPolicy Local without local endpoints: outside traffic is dropped, not refused', () => {
    const port = web({ nodePort: 31_000, isExternalPolicyLocal: true, endpoints: [elsewhere] })
    expect(rulesOf(generate(port), 'nat', NAMES.external).at(-1)).toContain('route LOCAL traffic')
    expect(rulesOf(generate(port), 'filter', 'KUBE-EXTERNAL-SERVICES')).toEqual([
      '-A KUBE-EXTERNAL-SERVICES -m comment --comment "shop/web:http has no local endpoints" ' +
        '-m addrtype --dst-type LOCAL -m tcp -p tcp --dport 31000 -j DROP',
    ])
  })

  it('internalTrafficPolicy Local: the cluster IP leads to endpoints of the node', () => {
    const port = web({ isInternalPolicyLocal: true, endpoints: [endpoint(2), elsewhere] })
    const tables = generate(port)
    expect(rulesOf(tables, 'nat', 'KUBE-SERVICES')[0]).toBe(
      '-A KUBE-SERVICES -m comment --comment "shop/web:http cluster IP" -m tcp -p tcp -d 10.96.0.10 --dport 80 ' +
        `-j ${NAMES.local}`,
    )
    expect(rulesOf(tables, 'nat', NAMES.cluster)).toEqual([])
    expect(rulesOf(tables, 'nat', NAMES.local)).toHaveLength(2)
  })

  it('no endpoints: refused everywhere, and nothing in table nat', () => {
    const tables = generate(web({ nodePort: 31_000, endpoints: [], externalIps: ['198.51.100.7'] }))
    expect(rulesOf(tables, 'filter', 'KUBE-SERVICES')).toEqual([
      '-A KUBE-SERVICES -m comment --comment "shop/web:http has no endpoints" -m tcp -p tcp -d 10.96.0.10 --dport 80 ' +
        '-j REJECT',
    ])
    expect(rulesOf(tables, 'filter', 'KUBE-EXTERNAL-SERVICES')).toHaveLength(2)
    expect(rulesOf(tables, 'nat', 'KUBE-SERVICES')).toHaveLength(1)
    expect(rulesOf(tables, 'nat', 'KUBE-NODEPORTS')).toEqual([])
  })
})

describe('source ranges of a load balancer', () => {
  const ranges = (...texts: string[]) =>
    web({ loadBalancerVips: ['203.0.113.5'], loadBalancerSourceRanges: texts.map(range) })

  it('let the node come from the address itself where a range holds the node', () => {
    const fromVip = `-A ${NAMES.firewall} -m comment --comment "shop/web:http loadbalancer IP" -s 203.0.113.5 -j ${NAMES.external}`
    expect(rulesOf(generate(ranges('192.168.0.0/24')), 'nat', NAMES.firewall)).toContain(fromVip)
    expect(rulesOf(generate(ranges('198.51.100.0/24')), 'nat', NAMES.firewall)).not.toContain(fromVip)
  })

  it('are written as ranges, those of one address too', () => {
    expect(rulesOf(generate(ranges('198.51.100.9/32')), 'nat', NAMES.firewall)[0]).toBe(
      `-A ${NAMES.firewall} -m comment --comment "shop/web:http loadbalancer IP" -s 198.51.100.9/32 -j ${NAMES.external}`,
    )
  })
})

describe('settings of kube-proxy', () => {
  const markRule = (options: Partial<ProxyOptions>) =>
    rulesOf(generate(web(), options), 'nat', NAMES.cluster)[0]

  it.each([
    { name: 'by the pod range of the cluster', options: {}, ending: ' ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ' },
    {
      name: 'by the pod range of the node',
      options: { localTrafficDetector: { kind: 'nodeCidr' as const } },
      ending: ' ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ',
    },
    {
      name: 'by the bridge of pods',
      options: { localTrafficDetector: { kind: 'bridgeInterface' as const, name: 'cbr0' } },
      ending: ' --dport 80 ! -i cbr0 -j KUBE-MARK-MASQ',
    },
    {
      name: 'by the names of interfaces of pods',
      options: { localTrafficDetector: { kind: 'interfacePrefix' as const, prefix: 'veth' } },
      ending: ' --dport 80 ! -i veth+ -j KUBE-MARK-MASQ',
    },
    { name: 'all', options: { isMasqueradingAll: true }, ending: ' --dport 80 -j KUBE-MARK-MASQ' },
  ])('traffic to the cluster IP is marked: $name', ({ options, ending }) => {
    expect(markRule(options)?.endsWith(ending)).toBe(true)
  })

  it('without a way to tell pods, nothing to the cluster IP is marked', () => {
    expect(markRule({ localTrafficDetector: { kind: 'none' } })).toContain('statistic')
  })

  it('the short cut of pods is theirs by interface too', () => {
    const port = web({ nodePort: 31_000, isExternalPolicyLocal: true })
    const localTrafficDetector = { kind: 'interfacePrefix' as const, prefix: 'veth' }
    expect(rulesOf(generate(port, { localTrafficDetector }), 'nat', NAMES.external)[0]).toBe(
      `-A ${NAMES.external} -m comment --comment "pod traffic for shop/web:http external destinations" -i veth+ ` +
        `-j ${NAMES.cluster}`,
    )
  })

  it.each([
    ['all addresses', [], true],
    ['the whole family', ['0.0.0.0/0'], true],
    ['a range with loopback', ['192.168.0.0/24', '127.0.0.0/8'], true],
    ['one loopback address', ['127.0.0.1/32'], true],
    ['a range around loopback', ['126.0.0.0/7'], true],
    ['ranges without loopback', ['192.168.0.0/24'], false],
    ['a range of the other family', ['fd00::/64'], true],
  ])('NodePorts on loopback need it among their addresses: %s', (_what, ranges, isServed) => {
    const tables = generate(web({ nodePort: 31_000 }), { nodePortAddresses: ranges.map(range) })
    expect(rulesOf(tables, 'filter', 'KUBE-FIREWALL')).toHaveLength(isServed ? 1 : 0)
    expect(rulesOf(tables, 'nat', 'KUBE-NODEPORTS')).toHaveLength(isServed ? 2 : 1)
  })

  it.each([
    [[], ['-m addrtype --dst-type LOCAL']],
    [['192.168.0.0/24', '0.0.0.0/0'], ['-m addrtype --dst-type LOCAL']],
    [
      ['192.168.0.0/16', '192.168.0.0/24', '127.0.0.0/8'],
      ['-d 127.0.0.1', '-d 192.168.0.2'],
    ],
    [['172.16.0.0/12'], []],
  ])('NodePorts listen on the addresses in %j', (ranges, tests) => {
    const tables = generate(web({ nodePort: 31_000 }), { nodePortAddresses: ranges.map(range) })
    const label = '"kubernetes service nodeports; NOTE: this must be the last rule in this chain"'
    expect(rulesOf(tables, 'nat', 'KUBE-SERVICES').slice(1)).toEqual(
      tests.map((test) => `-A KUBE-SERVICES -m comment --comment ${label} ${test} -j KUBE-NODEPORTS`),
    )
  })

  it('of IPv6 keep NodePorts off loopback, and refuse as ip6tables does', () => {
    const port = web({ clusterIp: 'fd00:96::10', nodePort: 31_000, endpoints: [] })
    const tables = generate(port, { ipFamily: 6 })
    expect(rulesOf(tables, 'nat', 'KUBE-SERVICES')[0]).toContain(
      ' -m addrtype --dst-type LOCAL ! -d ::1/128 -j ',
    )
    expect(
      rulesOf(tables, 'filter', 'KUBE-SERVICES')[0].endsWith('-d fd00:96::10 --dport 80 -j REJECT'),
    ).toBe(true)
  })

  it('any of the 32 bits can be the mark', () => {
    expect(rulesOf(generate(web(), { masqueradeBit: 31 }), 'nat', 'KUBE-MARK-MASQ')).toEqual([
      '-A KUBE-MARK-MASQ -j MARK --or-mark 0x80000000',
    ])
  })

  it('the counters are those of a kernel with nfnetlink_acct', () => {
    const port = web({ nodePort: 31_000 })
    expect(rulesOf(generate(port), 'nat', 'KUBE-NODEPORTS')).toHaveLength(2)
    expect(rulesOf(generate(port, { hasNfacct: false }), 'nat', 'KUBE-NODEPORTS')).toHaveLength(1)
  })
})

describe('built-in chains', () => {
  it('jump in the order that prepending leaves', () => {
    const tables = generate(web())
    const jumps = (table: Table['name'], chain: string) =>
      rulesOf(tables, table, chain).map((rule) => rule.replace(/.* -j /, ''))
    expect(jumps('filter', 'INPUT')).toEqual([
      'KUBE-FIREWALL',
      'KUBE-PROXY-FIREWALL',
      'KUBE-NODEPORTS',
      'KUBE-EXTERNAL-SERVICES',
    ])
    expect(jumps('filter', 'FORWARD')).toEqual([
      'KUBE-PROXY-FIREWALL',
      'KUBE-FORWARD',
      'KUBE-SERVICES',
      'KUBE-EXTERNAL-SERVICES',
    ])
    expect(jumps('filter', 'OUTPUT')).toEqual(['KUBE-FIREWALL', 'KUBE-PROXY-FIREWALL', 'KUBE-SERVICES'])
    expect(rulesOf(generate(web(), { hasLocalhostNodePorts: false }), 'filter', 'INPUT')).toEqual(
      rulesOf(tables, 'filter', 'INPUT'),
    )
    expect(jumps('nat', 'PREROUTING')).toEqual(['KUBE-SERVICES'])
    expect(jumps('nat', 'OUTPUT')).toEqual(['KUBE-SERVICES'])
    expect(jumps('nat', 'POSTROUTING')).toEqual(['KUBE-POSTROUTING'])
  })
})

describe('large clusters', () => {
  const many = (count: number) =>
    web({
      endpoints: Array.from({ length: count }, (_, index) =>
        endpoint(0, { address: `10.244.${index >> 8}.${index & 255}` }),
      ),
    })

  it('over 1,000 endpoints take the comments from the rules of endpoints only', () => {
    const commented = (count: number) =>
      rulesOf(generate(many(count)), 'nat', NAMES.cluster).filter((rule) => rule.includes('comment')).length
    expect(commented(1000)).toBe(1001)
    expect(commented(1001)).toBe(1)
  })

  it('are larger than the setting says', () => {
    const commented = (count: number) =>
      rulesOf(generate(many(count), { largeClusterEndpointCount: 2 }), 'nat', NAMES.cluster).filter((rule) =>
        rule.includes('comment'),
      ).length
    expect([commented(2), commented(3)]).toEqual([3, 1])
  })
})

describe('rules of several nodes', () => {
  const options = defaultProxyOptions(range('10.244.0.0/16'))
  const nodes = [NODE, { ...NODE, name: 'b' }]
  const chainsOf = (port: ServicePortInfo) =>
    iptablesRulesOfNodes([port], nodes, options).map(
      (tables) =>
        new Map(tables.find((table) => table.name === 'nat')?.chains.map((chain) => [chain.name, chain])),
    )

  it('share the chains of what nodes have in common', () => {
    const [a, b] = chainsOf(web())
    expect(a.get(NAMES.cluster)).toBe(b.get(NAMES.cluster))
    expect(a.get(FIRST)).toBe(b.get(FIRST))
  })

  it('differ where policies or hints tell nodes apart', () => {
    const local = web({
      isInternalPolicyLocal: true,
      endpoints: [endpoint(2), endpoint(3, { nodeName: 'b' })],
    })
    const [a, b] = chainsOf(local)
    expect([a.has(FIRST), a.has(SECOND), b.has(FIRST), b.has(SECOND)]).toEqual([true, false, false, true])
    const hinted = web({
      endpoints: [endpoint(2, { hintedNodes: ['a'] }), endpoint(3, { hintedNodes: ['b'] })],
    })
    const [c, d] = chainsOf(hinted)
    expect([c.has(FIRST), c.has(SECOND), d.has(FIRST), d.has(SECOND)]).toEqual([true, false, false, true])
  })

  it('are those of each node alone', () => {
    const ports = [web(), web({ name: 'shop/api', isExternalPolicyLocal: true, nodePort: 31_001 })]
    const together = iptablesRulesOfNodes(ports, nodes, options)
    expect(together).toEqual(nodes.map((node) => iptablesRules(ports, node, options)))
  })
})
