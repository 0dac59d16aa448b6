/** Rules by hand from kubernetes pkg/proxy/ipvs/proxier.go, `writeIptablesRules`. */
import { describe, expect, it } from 'vitest'
import type { ProxyOptions, ServicePortInfo } from '../../../src/kubernetes/proxy-inputs.js'
import { printSetTables } from '../../../src/netfilter/ipvs/print-set-tables.js'
import { range } from '../conformance.js'
import { endpoint, NODE, web } from '../nftables/service-ports.js'
import { rulesOf, tablesFor } from './ipvs-cluster.js'

const VIP = '203.0.113.20'

const ALWAYS = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-NODE-PORT - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
:KUBE-SOURCE-RANGES-FIREWALL - [0:0]
:KUBE-IPVS-FILTER - [0:0]
:KUBE-IPVS-OUT-FILTER - [0:0]
-A INPUT -m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-FILTER
-A INPUT -m comment --comment "kube-proxy firewall rules" -j KUBE-PROXY-FIREWALL
-A INPUT -m comment --comment "kubernetes health check rules" -j KUBE-NODE-PORT
-A FORWARD -m comment --comment "kube-proxy firewall rules" -j KUBE-PROXY-FIREWALL
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A OUTPUT -m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-OUT-FILTER
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A KUBE-NODE-PORT -m comment --comment "Kubernetes health check node port" -m set --match-set KUBE-HEALTH-CHECK-NODE-PORT dst -j ACCEPT
-A KUBE-SOURCE-RANGES-FIREWALL -j DROP
-A KUBE-IPVS-FILTER -m set --match-set KUBE-LOAD-BALANCER dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m set --match-set KUBE-CLUSTER-IP dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m set --match-set KUBE-EXTERNAL-IP dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m set --match-set KUBE-EXTERNAL-IP-LOCAL dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m set --match-set KUBE-HEALTH-CHECK-NODE-PORT dst -j RETURN
-A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-NODE-PORT - [0:0]
:KUBE-LOAD-BALANCER - [0:0]
:KUBE-MARK-MASQ - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
COMMIT
`

it('rules of a node without Services are written whole', () => {
  expect(printSetTables(tablesFor([]).tables)).toBe(ALWAYS)
})

const natRules = (port: ServicePortInfo, name: string, options: Partial<ProxyOptions> = {}) =>
  rulesOf(tablesFor([port], options), 'nat', name)

describe('chain KUBE-SERVICES', () => {
  const remote = { endpoints: [endpoint(7, { nodeName: 'b' })] }
  const first = '-s 127.0.0.0/8 -j RETURN'
  const toNodePort = '-m addrtype --dst-type LOCAL -j KUBE-NODE-PORT'

  it('marks traffic to a cluster IP from outside the pods', () => {
    expect(natRules(web(remote), 'KUBE-SERVICES')).toEqual([
      first,
      '-m set --match-set KUBE-CLUSTER-IP dst,dst ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ',
      toNodePort,
      '-m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT',
    ])
  })

  it.each<[string, Partial<ProxyOptions>, string]>([
    [
      'from outside the pods of the node',
      { localTrafficDetector: { kind: 'nodeCidr' } },
      'dst,dst ! -s 10.244.0.0/24',
    ],
    [
      'not from a bridge',
      { localTrafficDetector: { kind: 'bridgeInterface', name: 'cni0' } },
      'dst,dst ! -i cni0',
    ],
    [
      'not from interfaces',
      { localTrafficDetector: { kind: 'interfacePrefix', prefix: 'veth' } },
      'dst,dst ! -i veth+',
    ],
    ['from a cluster IP, where it can not tell pods', { localTrafficDetector: { kind: 'none' } }, 'src,dst'],
    ['from anyone', { isMasqueradingAll: true }, 'dst,dst'],
  ])('marks traffic to a cluster IP %s', (_name, options, expected) => {
    expect(natRules(web(remote), 'KUBE-SERVICES', options)[1]).toBe(
      `-m set --match-set KUBE-CLUSTER-IP ${expected} -j KUBE-MARK-MASQ`,
    )
  })

  it('asks for load balancers before cluster IPs, for external IPs after them', () => {
    const port = web({ ...remote, loadBalancerVips: [VIP], externalIps: ['203.0.113.9'] })
    const isExternal = '-m set --match-set KUBE-EXTERNAL-IP dst,dst'
    expect(natRules(port, 'KUBE-SERVICES')).toEqual([
      first,
      '-m set --match-set KUBE-LOAD-BALANCER dst,dst -j KUBE-LOAD-BALANCER',
      '-m set --match-set KUBE-CLUSTER-IP dst,dst ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ',
      `${isExternal} -j KUBE-MARK-MASQ`,
      `${isExternal} -m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j ACCEPT`,
      `${isExternal} -m addrtype --dst-type LOCAL -j ACCEPT`,
      toNodePort,
      '-m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT',
      '-m set --match-set KUBE-LOAD-BALANCER dst,dst -j ACCEPT',
    ])
  })

  it('marks nothing for external IPs of policy Local', () => {
    const port = web({ ...remote, externalIps: ['203.0.113.9'], isExternalPolicyLocal: true })
    const isExternal = '-m set --match-set KUBE-EXTERNAL-IP-LOCAL dst,dst'
    expect(natRules(port, 'KUBE-SERVICES').slice(2, -2)).toEqual([
      `${isExternal} -m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j ACCEPT`,
      `${isExternal} -m addrtype --dst-type LOCAL -j ACCEPT`,
    ])
  })
})

describe('other chains of table nat', () => {
  it.each([
    ['TCP', '-p tcp', 'TCP dst'],
    ['UDP', '-p udp', 'UDP dst'],
    ['SCTP', '-p sctp', 'SCTP-HASH dst,dst'],
  ] as const)('KUBE-NODE-PORT marks %s but for policy Local', (protocol, isProtocol, set) => {
    const mark = `${isProtocol} -m set --match-set KUBE-NODE-PORT-${set} -j KUBE-MARK-MASQ`
    expect(natRules(web({ protocol, nodePort: 30_080 }), 'KUBE-NODE-PORT')).toEqual([mark])
    const local = web({ protocol, nodePort: 30_080, isExternalPolicyLocal: true })
    expect(natRules(local, 'KUBE-NODE-PORT')).toEqual([
      `${isProtocol} -m set --match-set KUBE-NODE-PORT-LOCAL-${set} -j RETURN`,
      mark,
    ])
  })

  it('KUBE-LOAD-BALANCER spares policy Local', () => {
    const port = web({ loadBalancerVips: [VIP], isExternalPolicyLocal: true })
    expect(natRules(port, 'KUBE-LOAD-BALANCER')).toEqual([
      '-m set --match-set KUBE-LOAD-BALANCER-LOCAL dst,dst -j RETURN',
      '-j KUBE-MARK-MASQ',
    ])
  })

  it('KUBE-POSTROUTING masquerades hairpins first, with ports of their own', () => {
    const rules = natRules(web(), 'KUBE-POSTROUTING')
    expect(rules[0]).toBe('-m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE')
    expect(rules[3]).toBe('-j MASQUERADE --random-fully')
    const old = natRules(web(), 'KUBE-POSTROUTING', { isMasqueradeFullyRandom: false })
    expect(old[3]).toBe('-j MASQUERADE')
  })

  it('use the masquerade bit that is set', () => {
    expect(natRules(web(), 'KUBE-MARK-MASQ', { masqueradeBit: 31 })).toEqual(['-j MARK --or-mark 0x80000000'])
    expect(natRules(web(), 'KUBE-POSTROUTING', { masqueradeBit: 0 }).slice(1, 3)).toEqual([
      '-m mark ! --mark 0x1/0x1 -j RETURN',
      '-j MARK --xor-mark 0x1',
    ])
  })
})

describe('source ranges', () => {
  const guarded = (...ranges: string[]) =>
    tablesFor([web({ loadBalancerVips: [VIP], loadBalancerSourceRanges: ranges.map(range) })])

  it('are asked before all is dropped', () => {
    const tables = guarded('198.51.100.0/24')
    expect(rulesOf(tables, 'filter', 'KUBE-PROXY-FIREWALL')).toEqual([
      '-m set --match-set KUBE-LOAD-BALANCER-FW dst,dst -j KUBE-SOURCE-RANGES-FIREWALL',
    ])
    expect(rulesOf(tables, 'filter', 'KUBE-SOURCE-RANGES-FIREWALL')).toEqual([
      '-m set --match-set KUBE-LOAD-BALANCER-SOURCE-CIDR dst,dst,src -j RETURN',
      '-j DROP',
    ])
    expect(rulesOf(tables, 'filter', 'KUBE-IPVS-OUT-FILTER')).toEqual([
      '-s 203.0.113.20 -m ipvs --vaddr 203.0.113.20 --vproto tcp --vport 80 -j DROP',
    ])
  })

  it('that hold the node let the load-balancer address through as a source', () => {
    const tables = guarded('198.51.100.0/24', '192.168.0.2/32')
    expect(rulesOf(tables, 'filter', 'KUBE-SOURCE-RANGES-FIREWALL')).toEqual([
      '-m set --match-set KUBE-LOAD-BALANCER-SOURCE-CIDR dst,dst,src -j RETURN',
      '-m set --match-set KUBE-LOAD-BALANCER-SOURCE-IP dst,dst,src -j RETURN',
      '-j DROP',
    ])
    expect(rulesOf(tables, 'filter', 'KUBE-IPVS-OUT-FILTER')).toEqual([])
  })
})

it('rules of IPv6 name sets, loopback and the error of that family', () => {
  const port = web({ clusterIp: 'fd00:96::10', endpoints: [endpoint(2, { address: 'fd00:244::2' })] })
  const options = {
    ipFamily: 6,
    localTrafficDetector: { kind: 'clusterCidr', cidr: range('fd00:244::/32') },
  } as const
  const tables = tablesFor([port], options, { ...NODE, address: 'fd00::2', localAddresses: ['fd00::2'] })
  expect(rulesOf(tables, 'nat', 'KUBE-SERVICES')).toEqual([
    '-s ::1 -j RETURN',
    '-m set --match-set KUBE-6-CLUSTER-IP dst,dst ! -s fd00:244::/32 -j KUBE-MARK-MASQ',
    '-m addrtype --dst-type LOCAL -j KUBE-NODE-PORT',
    '-m set --match-set KUBE-6-CLUSTER-IP dst,dst -j ACCEPT',
  ])
  expect(rulesOf(tables, 'filter', 'KUBE-IPVS-FILTER').at(-1)).toBe(
    '-m conntrack --ctstate NEW -m set --match-set KUBE-6-IPVS-IPS dst -j REJECT --reject-with icmp6-port-unreachable',
  )
})
