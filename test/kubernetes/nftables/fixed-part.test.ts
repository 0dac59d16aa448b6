import { describe, expect, it } from 'vitest'
import type { NodeInfo, ProxyOptions } from '../../../src/kubernetes/proxy-inputs.js'
import { tableLines } from '../../../src/netfilter/nftables/print-ruleset.js'
import { range } from '../conformance.js'
import { elementsOf, endpoint, generate, NODE, rulesOf, web } from './service-ports.js'

const ADDRESSES = ['192.168.0.2', '10.244.0.1', '127.0.0.5', 'fd00::2', 'fd00:1::2']

describe('NodePort addresses', () => {
  const listening = (nodePortAddresses: string[], ipFamily: 4 | 6 = 4, changes: Partial<NodeInfo> = {}) => {
    const options: Partial<ProxyOptions> = { ipFamily, nodePortAddresses: nodePortAddresses.map(range) }
    const node = { ...NODE, localAddresses: ADDRESSES, ...changes }
    const table = generate([], options, node)
    const isSet = table.sets.some((set) => set.name === 'nodeport-ips')
    return isSet ? elementsOf(table, 'nodeport-ips') : 'all'
  }
  it.each<[string, string[] | string, string[] | string]>([
    ['are that of the node by default', listening([]), ['192.168.0.2']],
    ['are those in the ranges', listening(['10.0.0.0/8', '192.168.0.0/16']), ['192.168.0.2', '10.244.0.1']],
    ['are never loopback', listening(['127.0.0.0/8']), []],
    ['may be all', listening(['10.0.0.0/8', '0.0.0.0/0']), 'all'],
    ['are all where the ranges are of the other family', listening(['fd00::/16']), 'all'],
    ['of IPv6 are those in its ranges', listening(['10.0.0.0/8', 'fd00:1::/32'], 6), ['fd00:1::2']],
    ['of IPv6 are that of the node by default', listening([], 6, { address: 'fd00::2' }), ['fd00::2']],
    ['of IPv6 are all on a node that has none of its own', listening([], 6), 'all'],
  ])('%s', (_name, given, expected) => {
    expect(given).toEqual(expected)
  })

  it('are looked up in a set', () => {
    const table = generate([])
    expect(rulesOf(table, 'services')?.[1]).toBe(
      'ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports',
    )
    expect(rulesOf(table, 'nodeport-endpoints-check')).toEqual([
      'ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports',
    ])
  })

  it.each([
    [4, '0.0.0.0/0', 'ip daddr != 127.0.0.0/8'],
    [6, '::/0', 'ip6 daddr != ::1'],
  ] as const)('of family %i that are all of %s need no set', (ipFamily, all, isNotLoopback) => {
    const table = generate([], { ipFamily, nodePortAddresses: [range(all)] })
    expect(rulesOf(table, 'services')?.[1]).toBe(
      `fib daddr type local ${isNotLoopback} meta l4proto . th dport vmap @service-nodeports`,
    )
    expect(rulesOf(table, 'nodeport-endpoints-check')).toEqual([
      `${isNotLoopback} meta l4proto . th dport vmap @no-endpoint-nodeports`,
    ])
  })
})

describe('addresses in the ranges of Services that no Service has', () => {
  const checks = (serviceCidrs: string[], ipFamily: 4 | 6 = 4) =>
    rulesOf(generate([], { ipFamily, serviceCidrs: serviceCidrs.map(range) }), 'cluster-ips-check')
  const reject = 'ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"'
  const drop = (ranges: string) =>
    `ip daddr { ${ranges} } drop comment "Drop traffic to unallocated ClusterIPs"`

  it('are dropped, in any of several ranges', () => {
    expect(checks(['10.96.0.0/12', '10.112.0.0/16'])).toEqual([reject, drop('10.96.0.0/12,10.112.0.0/16')])
  })

  it('of the other family do not count', () => {
    expect(checks(['10.96.0.0/12', 'fd00:96::/112'])).toEqual([reject, drop('10.96.0.0/12')])
    expect(checks(['10.96.0.0/12'], 6)).toEqual([reject.replace('ip ', 'ip6 ')])
  })

  it('are let pass where the ranges are not known', () => {
    expect(checks([])).toEqual([reject])
  })
})

it('a table of IPv6 speaks of ip6 throughout', () => {
  const port = web({
    clusterIp: 'fd00:96::10',
    nodePort: 30_080,
    loadBalancerVips: ['2001:db8::1'],
    loadBalancerSourceRanges: [range('2001:db8:1::/48')],
    isExternalPolicyLocal: true,
    affinityTimeoutSeconds: 60,
    endpoints: [endpoint(2, { address: 'fd00:10::2' })],
  })
  const lines = tableLines(
    generate(
      port,
      {
        ipFamily: 6,
        localTrafficDetector: { kind: 'clusterCidr', cidr: range('fd00:10::/32') },
        serviceCidrs: [range('fd00:96::/112')],
      },
      { ...NODE, address: 'fd00::2', localAddresses: ['fd00::2'] },
    ),
  )
  expect(lines.filter((line) => / ip |ipv4|\d+\.\d+\.\d+\.\d+/.test(line))).toEqual([])
  const endpointChain = 'endpoint-XN4WDFQG-shop/web/tcp/http__fd00.10..2/8080'
  const affinitySet = endpointChain.replace('endpoint', 'affinity')
  expect(lines).toEqual(
    expect.arrayContaining([
      `add set ip6 kube-proxy ${affinitySet} { type ipv6_addr ; flags dynamic,timeout ; timeout 60s ; }`,
      `add rule ip6 kube-proxy ${endpointChain} ip6 saddr fd00:10::2 jump mark-for-masquerade`,
      `add rule ip6 kube-proxy ${endpointChain} update @${affinitySet} { ip6 saddr }`,
      `add rule ip6 kube-proxy ${endpointChain} meta l4proto tcp dnat to [fd00:10::2]:8080`,
      'add element ip6 kube-proxy nodeport-ips { fd00::2 }',
      'add element ip6 kube-proxy cluster-ips { fd00:96::10 }',
    ]),
  )
})
