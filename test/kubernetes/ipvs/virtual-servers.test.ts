import { describe, expect, it } from 'vitest'
import { ipvsTables } from '../../../src/kubernetes/ipvs/ipvs-tables.js'
import type { NodeInfo, ProxyOptions } from '../../../src/kubernetes/proxy-inputs.js'
import { printVirtualServers } from '../../../src/netfilter/ipvs/ipvsadm-save.js'
import { range } from '../conformance.js'
import { endpoint, NODE, optionsWith, web } from '../nftables/service-ports.js'
import { serverLines, serverNames, tablesFor } from './ipvs-cluster.js'

/** On another node than `NODE`. */
const elsewhere = endpoint(7, { address: '10.244.1.7', nodeName: 'b' })
const here = endpoint(2)

describe('virtual servers of a Service port', () => {
  it('stand at its cluster IP, external IPs, load-balancer IPs, and its node port on each address of the node', () => {
    const port = web({ nodePort: 30_080, externalIps: ['203.0.113.9'], loadBalancerVips: ['203.0.113.20'] })
    expect(serverNames(tablesFor([port]))).toEqual([
      '10.96.0.10:80',
      '203.0.113.9:80',
      '203.0.113.20:80',
      '192.168.0.2:30080',
      '10.244.0.1:30080',
    ])
  })

  it('come in the order of the Service ports', () => {
    const other = web({ clusterIp: '10.96.0.5', nodePort: 30_081 })
    expect(serverNames(tablesFor([web(), other]))).toEqual([
      '10.96.0.10:80',
      '10.96.0.5:80',
      '192.168.0.2:30081',
      '10.244.0.1:30081',
    ])
  })

  it('that two Service ports claim is that of the later one, in the place of the first', () => {
    const first = web({ externalIps: ['203.0.113.9'], endpoints: [endpoint(2)] })
    const other = web({ clusterIp: '10.96.0.11', externalIps: ['203.0.113.9'], endpoints: [endpoint(3)] })
    expect(serverLines(tablesFor([first, other]))).toEqual([
      '10.96.0.10:80 -> 10.244.0.2:8080',
      '203.0.113.9:80 -> 10.244.0.3:8080',
      '10.96.0.11:80 -> 10.244.0.3:8080',
    ])
  })

  it('of different protocols do not meet', () => {
    const ports = (['TCP', 'UDP', 'SCTP'] as const).map((protocol) => web({ protocol, endpoints: [] }))
    expect(printVirtualServers(tablesFor(ports).virtualServers)).toBe(
      '-A -t 10.96.0.10:80 -s rr\n-A -u 10.96.0.10:80 -s rr\n-A --sctp-service 10.96.0.10:80 -s rr\n',
    )
  })
})

describe('virtual servers of node ports', () => {
  const names = (changes: Partial<NodeInfo>, options: Partial<ProxyOptions> = {}) =>
    serverNames(tablesFor([web({ nodePort: 30_080 })], options, { ...NODE, ...changes })).slice(1)

  it('never stand at loopback or link-local addresses', () => {
    const localAddresses = ['127.0.0.1', '127.1.2.3', '192.168.0.2', '192.168.0.2']
    expect(names({ localAddresses })).toEqual(['192.168.0.2:30080'])
    const ipv6 = ['::1', 'fe80::1', 'febf::1', 'fec0::1', 'fd00::2', 'FD00:0::2']
    expect(names({ localAddresses: ipv6 }, { ipFamily: 6 })).toEqual(['[fec0::1]:30080', '[fd00::2]:30080'])
  })

  it('stand at addresses of the family only', () => {
    const localAddresses = ['192.168.0.2', 'fd00::2']
    expect(names({ localAddresses })).toEqual(['192.168.0.2:30080'])
    expect(names({ localAddresses }, { ipFamily: 6 })).toEqual(['[fd00::2]:30080'])
  })

  it.each([
    [['192.168.0.0/16'], ['192.168.0.2:30080']],
    [['10.244.0.0/24', '127.0.0.0/8'], ['10.244.0.1:30080']],
    [['127.0.0.0/8'], []],
    [['172.16.0.0/12'], []],
    [
      ['172.16.0.0/12', '0.0.0.0/0'],
      ['192.168.0.2:30080', '10.244.0.1:30080'],
    ],
    [['fd00::/8'], ['192.168.0.2:30080', '10.244.0.1:30080']],
  ])('with --nodeport-addresses %j stand at %j', (nodePortAddresses, expected) => {
    expect(names({}, { nodePortAddresses: nodePortAddresses.map(range) })).toEqual(expected)
  })
})

describe('real servers', () => {
  const outside = { nodePort: 30_080, externalIps: ['203.0.113.9'], loadBalancerVips: ['203.0.113.20'] }
  const EVERYWHERE = '10.244.0.2:8080 10.244.1.7:8080'

  it('are the ready endpoints of the cluster', () => {
    const unready = endpoint(3, { ready: false, serving: false })
    expect(serverLines(tablesFor([web({ endpoints: [here, unready, elsewhere] })]))).toEqual([
      `10.96.0.10:80 -> ${EVERYWHERE}`,
    ])
  })

  it('are those that end, where none else is left', () => {
    const ending = endpoint(3, { ready: false, terminating: true })
    expect(serverLines(tablesFor([web({ endpoints: [ending] })]))).toEqual([
      '10.96.0.10:80 -> 10.244.0.3:8080',
    ])
  })

  it('are none where there is no endpoint: clients are refused', () => {
    expect(serverLines(tablesFor([web({ endpoints: [], nodePort: 30_080 })]))).toEqual([
      '10.96.0.10:80 ->',
      '192.168.0.2:30080 ->',
      '10.244.0.1:30080 ->',
    ])
  })

  it('of external policy Local are those of the node, but for the cluster IP', () => {
    const port = web({ ...outside, isExternalPolicyLocal: true, endpoints: [here, elsewhere] })
    expect(serverLines(tablesFor([port]))).toEqual([
      `10.96.0.10:80 -> ${EVERYWHERE}`,
      '203.0.113.9:80 -> 10.244.0.2:8080',
      '203.0.113.20:80 -> 10.244.0.2:8080',
      '192.168.0.2:30080 -> 10.244.0.2:8080',
      '10.244.0.1:30080 -> 10.244.0.2:8080',
    ])
  })

  it('of internal policy Local are those of the node for the cluster IP alone', () => {
    const port = web({
      externalIps: ['203.0.113.9'],
      isInternalPolicyLocal: true,
      endpoints: [here, elsewhere],
    })
    expect(serverLines(tablesFor([port]))).toEqual([
      '10.96.0.10:80 -> 10.244.0.2:8080',
      `203.0.113.9:80 -> ${EVERYWHERE}`,
    ])
  })

  it.each([
    ['external', { isExternalPolicyLocal: true }],
    ['internal', { isInternalPolicyLocal: true }],
    ['either', { isExternalPolicyLocal: true, isInternalPolicyLocal: true }],
  ])(
    'of %s policy Local are those of the cluster, unlike in other modes, on a node without any',
    (_, policy) => {
      const port = web({ externalIps: ['203.0.113.9'], ...policy, endpoints: [elsewhere] })
      expect(serverLines(tablesFor([port]))).toEqual([
        '10.96.0.10:80 -> 10.244.1.7:8080',
        '203.0.113.9:80 -> 10.244.1.7:8080',
      ])
    },
  )

  it('of internal policy Local are none on a node without any, if no other way uses those of the cluster', () => {
    const port = web({ isInternalPolicyLocal: true, endpoints: [elsewhere] })
    expect(serverLines(tablesFor([port]))).toEqual(['10.96.0.10:80 ->'])
  })

  it('of policy Local are those of the node that end, before those of other nodes', () => {
    const ending = endpoint(3, { ready: false, terminating: true })
    const port = web({
      externalIps: ['203.0.113.9'],
      isExternalPolicyLocal: true,
      endpoints: [ending, elsewhere],
    })
    expect(serverLines(tablesFor([port]))).toEqual([
      '10.96.0.10:80 -> 10.244.1.7:8080',
      '203.0.113.9:80 -> 10.244.0.3:8080',
    ])
  })

  it.each([
    ['zones', { hintedZones: ['z'] }, { hintedZones: ['y'] }],
    ['nodes', { hintedNodes: ['a'] }, { hintedNodes: ['b'] }],
  ])('heed hints of %s', (_, near, far) => {
    const [first, second] = ipvsTables(
      [web({ endpoints: [endpoint(2, near), endpoint(3, far)] })],
      [NODE, { ...NODE, name: 'b', zone: 'y' }],
      optionsWith(),
    )
    expect(serverLines(first)).toEqual(['10.96.0.10:80 -> 10.244.0.2:8080'])
    expect(serverLines(second)).toEqual(['10.96.0.10:80 -> 10.244.0.3:8080'])
  })
})

describe('settings of virtual servers', () => {
  const text = (changes: Partial<ProxyOptions>, affinityTimeoutSeconds?: number) => {
    const port = web({ externalIps: ['203.0.113.9'], affinityTimeoutSeconds, endpoints: [here] })
    return printVirtualServers(tablesFor([port], changes).virtualServers)
  }

  it('hold the timeout of session affinity at every address', () => {
    expect(text({}, 10_800)).toBe(`-A -t 10.96.0.10:80 -s rr -p 10800
-a -t 10.96.0.10:80 -r 10.244.0.2:8080 -m -w 1
-A -t 203.0.113.9:80 -s rr -p 10800
-a -t 203.0.113.9:80 -r 10.244.0.2:8080 -m -w 1
`)
  })

  it.each([
    ['lc', '-s lc'],
    ['wlc', '-s wlc'],
    ['sh', '-s sh'],
    // kube-proxy sets the flag for this one alone.
    ['mh', '-s mh -b mh-port'],
  ] as const)('name the scheduler %s', (ipvsScheduler, expected) => {
    expect(text({ ipvsScheduler }).split('\n')[0]).toBe(`-A -t 10.96.0.10:80 ${expected}`)
  })

  it('of IPv6 have their addresses in brackets', () => {
    const port = web({
      clusterIp: 'fd00:96::10',
      protocol: 'UDP',
      endpoints: [endpoint(2, { address: 'fd00:244::2' })],
    })
    expect(printVirtualServers(tablesFor([port], { ipFamily: 6 }).virtualServers)).toBe(
      '-A -u [fd00:96::10]:80 -s rr\n-a -u [fd00:96::10]:80 -r [fd00:244::2]:8080 -m -w 1\n',
    )
  })
})

describe('nodes', () => {
  const nodes = [NODE, { ...NODE, name: 'b', localAddresses: ['192.168.0.3'] }]

  it('share what is the same on all', () => {
    const [first, second] = ipvsTables([web({ nodePort: 30_080 })], nodes, optionsWith())
    expect(second.virtualServers[0]).toBe(first.virtualServers[0])
    expect(second.virtualServers[1].realServers).toBe(first.virtualServers[1].realServers)
    expect(serverNames(second)).toEqual(['10.96.0.10:80', '192.168.0.3:30080'])
  })

  it('differ by policy Local', () => {
    const port = web({
      externalIps: ['203.0.113.9'],
      isExternalPolicyLocal: true,
      endpoints: [here, elsewhere],
    })
    const [first, second] = ipvsTables([port], nodes, optionsWith())
    expect(serverLines(first)[1]).toBe('203.0.113.9:80 -> 10.244.0.2:8080')
    expect(serverLines(second)[1]).toBe('203.0.113.9:80 -> 10.244.1.7:8080')
  })
})
