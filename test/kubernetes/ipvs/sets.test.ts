import { describe, expect, it } from 'vitest'
import { setName } from '../../../src/kubernetes/ipvs/set-definitions.js'
import { printIpSets } from '../../../src/netfilter/ipvs/ipset-save.js'
import { range } from '../conformance.js'
import { endpoint, NODE, web } from '../nftables/service-ports.js'
import { entriesOf, tablesFor } from './ipvs-cluster.js'

const VIP = '203.0.113.20'

describe('addresses bound to kube-ipvs0', () => {
  it('are every address of a Service, once, but for those that the node has anyway', () => {
    const ports = [
      web({ externalIps: ['203.0.113.9', '192.168.0.2'], loadBalancerVips: [VIP, '10.244.0.1'] }),
      web({ port: 81, externalIps: ['203.0.113.9'] }),
    ]
    const tables = tablesFor(ports)
    expect(tables.boundAddresses).toEqual(['10.96.0.10', '203.0.113.9', VIP])
    expect(entriesOf(tables, 'ipvsIps')).toEqual(['10.96.0.10', '203.0.113.9', VIP])
  })
})

describe('sets', () => {
  it('of hairpins hold every endpoint of the node, whatever its state', () => {
    const endpoints = [
      endpoint(2),
      endpoint(3, { ready: false, serving: false }),
      endpoint(7, { nodeName: 'b' }),
      endpoint(8, { nodeName: undefined }),
    ]
    expect(entriesOf(tablesFor([web({ endpoints })]), 'loopBack')).toEqual([
      '10.244.0.2,tcp:8080,10.244.0.2',
      '10.244.0.3,tcp:8080,10.244.0.3',
    ])
  })

  it('of external IPs are two, by policy', () => {
    const ports = [
      web({ externalIps: ['203.0.113.9'] }),
      web({ protocol: 'UDP', port: 53, externalIps: ['203.0.113.9'], isExternalPolicyLocal: true }),
    ]
    const tables = tablesFor(ports)
    expect(entriesOf(tables, 'externalIp')).toEqual(['203.0.113.9,tcp:80'])
    expect(entriesOf(tables, 'externalIpLocal')).toEqual(['203.0.113.9,udp:53'])
    expect(entriesOf(tables, 'clusterIp')).toEqual(['10.96.0.10,tcp:80', '10.96.0.10,udp:53'])
  })

  it('of load-balancer IPs hold all, and again those of policy Local', () => {
    const ports = [
      web({ loadBalancerVips: [VIP] }),
      web({ port: 443, loadBalancerVips: [VIP], isExternalPolicyLocal: true }),
    ]
    const tables = tablesFor(ports)
    expect(entriesOf(tables, 'loadBalancer')).toEqual([`${VIP},tcp:80`, `${VIP},tcp:443`])
    expect(entriesOf(tables, 'loadBalancerLocal')).toEqual([`${VIP},tcp:443`])
    expect(entriesOf(tables, 'loadBalancerFirewall')).toEqual([])
  })

  it('of source ranges hold the load balancer itself where a range holds the node', () => {
    const ranges = ['198.51.100.0/24', '192.168.0.0/16'].map(range)
    const [port, other] = [
      web({ loadBalancerVips: [VIP], loadBalancerSourceRanges: ranges }),
      web({ port: 81, loadBalancerVips: [VIP], loadBalancerSourceRanges: ranges.slice(0, 1) }),
    ]
    const tables = tablesFor([port, other])
    expect(entriesOf(tables, 'loadBalancerFirewall')).toEqual([`${VIP},tcp:80`, `${VIP},tcp:81`])
    expect(entriesOf(tables, 'loadBalancerSourceCidr')).toEqual([
      `${VIP},tcp:80,198.51.100.0/24`,
      `${VIP},tcp:80,192.168.0.0/16`,
      `${VIP},tcp:81,198.51.100.0/24`,
    ])
    expect(entriesOf(tables, 'loadBalancerSourceIp')).toEqual([`${VIP},tcp:80,${VIP}`])
  })

  it('of node ports are of ports for TCP and UDP, and of addresses and ports for SCTP', () => {
    const ports = [
      web({ nodePort: 30_080 }),
      web({ nodePort: 30_081, isExternalPolicyLocal: true }),
      web({ protocol: 'UDP', nodePort: 30_053, isExternalPolicyLocal: true }),
      web({ protocol: 'SCTP', nodePort: 30_099, isExternalPolicyLocal: true }),
    ]
    const tables = tablesFor(ports)
    expect(entriesOf(tables, 'nodePortTcp')).toEqual(['30080', '30081'])
    expect(entriesOf(tables, 'nodePortLocalTcp')).toEqual(['30081'])
    expect(entriesOf(tables, 'nodePortUdp')).toEqual(['30053'])
    expect(entriesOf(tables, 'nodePortLocalUdp')).toEqual(['30053'])
    const sctp = ['192.168.0.2,sctp:30099', '10.244.0.1,sctp:30099']
    expect(entriesOf(tables, 'nodePortSctp')).toEqual(sctp)
    expect(entriesOf(tables, 'nodePortLocalSctp')).toEqual(sctp)
  })

  it('of node ports and health checks have no entries where node ports listen on no address', () => {
    const port = web({ nodePort: 30_080, healthCheckNodePort: 32_000 })
    const listening = tablesFor([port])
    expect(entriesOf(listening, 'nodePortTcp')).toEqual(['30080'])
    expect(entriesOf(listening, 'healthCheckNodePort')).toEqual(['32000'])
    const deaf = tablesFor([port], { nodePortAddresses: [range('172.16.0.0/12')] })
    expect(entriesOf(deaf, 'nodePortTcp')).toEqual([])
    expect(entriesOf(deaf, 'healthCheckNodePort')).toEqual([])
  })
})

describe('sets of IPv6', () => {
  const port = web({
    clusterIp: 'fd00:96::10',
    loadBalancerVips: ['2001:db8::1'],
    loadBalancerSourceRanges: [range('2001:db8:1::/48')],
    endpoints: [endpoint(2, { address: 'fd00:244::2' })],
  })
  const text = printIpSets(tablesFor([port], { ipFamily: 6 }, { ...NODE, address: 'fd00::2' }).ipSets)

  it('have names with a 6, cut at 31 characters', () => {
    expect(setName('clusterIp', 6)).toBe('KUBE-6-CLUSTER-IP')
    expect(setName('loadBalancerSourceCidr', 6)).toBe('KUBE-6-LOAD-BALANCER-SOURCE-CID')
    expect(setName('nodePortLocalSctp', 6)).toBe('KUBE-6-NODE-PORT-LOCAL-SCTP-HAS')
  })

  it('have addresses of IPv6', () => {
    expect(text.split('\n').filter((line) => line.startsWith('add '))).toEqual([
      'add KUBE-6-LOOP-BACK fd00:244::2,tcp:8080,fd00:244::2',
      'add KUBE-6-CLUSTER-IP fd00:96::10,tcp:80',
      'add KUBE-6-LOAD-BALANCER 2001:db8::1,tcp:80',
      'add KUBE-6-LOAD-BALANCER-FW 2001:db8::1,tcp:80',
      'add KUBE-6-LOAD-BALANCER-SOURCE-CID 2001:db8::1,tcp:80,2001:db8:1::/48',
      'add KUBE-6-IPVS-IPS fd00:96::10',
      'add KUBE-6-IPVS-IPS 2001:db8::1',
    ])
    expect(text).toContain('create KUBE-6-CLUSTER-IP hash:ip,port family inet6 hashsize 1024 maxelem 65536\n')
    expect(text).toContain('create KUBE-6-NODE-PORT-TCP bitmap:port range 0-65535\n')
  })
})
