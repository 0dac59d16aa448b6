import { describe, expect, it } from 'vitest'
import type { Draw } from '../../src/kubernetes/number-pool.js'
import {
  clientsOf,
  compile,
  findingsOf,
  labels,
  meta,
  node,
  nodes,
  pod,
  podSpec,
  service,
  workload,
} from './objects.js'

const WEB = { services: [service('web')], workloads: [workload('web', { replicas: 3 })] }
const AB = { cluster: { nodes: nodes('a', 'b') } }

function cluster(changes: object) {
  return { cluster: { ...AB.cluster, ...changes } }
}

describe('addresses of nodes', () => {
  it('come from nodeCidr from its second host on, with pod ranges of 256 addresses', () => {
    const made = compile(WEB, AB).nodes.map((each) => [each.address, each.podCidr, each.gatewayAddress])
    expect(made).toEqual([
      ['192.168.0.2', '10.244.0.0/24', '10.244.0.1'],
      ['192.168.0.3', '10.244.1.0/24', '10.244.1.1'],
    ])
  })

  it('are of IPv6 in a cluster of IPv6, with a /64 for the pods of each node', () => {
    const made = compile(WEB, cluster({ ipFamily: 'IPv6' }))
    expect(made.nodes.map((each) => [each.address, each.podCidr, each.gatewayAddress])).toEqual([
      ['fd00:192:168::2', 'fd00:10:244::/64', 'fd00:10:244::1'],
      ['fd00:192:168::3', 'fd00:10:244:1::/64', 'fd00:10:244:1::1'],
    ])
    expect(made.pods.map((each) => each.address)).toEqual([
      'fd00:10:244::2',
      'fd00:10:244:1::2',
      'fd00:10:244::3',
    ])
    expect(made.services[0].clusterIp).toMatch(/^fd00:10:96::[0-9a-f]+$/)
  })

  it('come from Node objects where these have them, and the others keep clear of those', () => {
    const objects = {
      ...WEB,
      nodes: [
        node('a', { internalIp: '192.168.0.2', podCidr: '10.244.1.0/24' }),
        node('b'),
        node('c', { internalIp: '172.16.0.9' }),
      ],
    }
    expect(compile(objects).nodes.map((each) => `${each.address} ${each.podCidr}`)).toEqual([
      '192.168.0.2 10.244.1.0/24',
      '192.168.0.3 10.244.0.0/24',
      '172.16.0.9 10.244.2.0/24',
    ])
  })

  it.each([
    { name: 'larger for many pods', replicas: 600, podCidr: '10.244.0.0/16', range: '10.244.0.0/23' },
    { name: 'smaller in a small range', replicas: 2, podCidr: '10.244.0.0/24', range: '10.244.0.0/25' },
    { name: 'as small as need be', replicas: 2, podCidr: '10.244.0.0/28', range: '10.244.0.0/29' },
  ])('pod ranges are $name', ({ replicas, podCidr, range }) => {
    const made = compile(WEB, { ...cluster({ podCidr }), replicas: { web: replicas } })
    expect(made.nodes[0].podCidr).toBe(range)
  })

  it('pod ranges have room for clients inside the cluster', () => {
    const clients = [clientsOf('web:80', { count: 1000, nodes: ['b'] })]
    expect(compile(WEB, { ...AB, clients }).nodes[1].podCidr).toBe('10.244.4.0/22')
  })

  it('5,000 nodes fit into the default ranges, but for their own addresses', () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({ name: `n${index}` }))
    expect(findingsOf(WEB, { cluster: { nodes: many } })).toEqual([
      'error ADDRESS_RANGE_FULL spec.cluster.nodeCidr: cluster.nodeCidr 192.168.0.0/24 has not enough addresses ' +
        'for 5000 nodes [write a range of /19 or larger]',
    ])
    const [first, second] = compile(WEB, { cluster: { nodes: many, nodeCidr: '192.168.0.0/16' } }).nodes
    expect([first.podCidr, second.podCidr]).toEqual(['10.244.0.0/29', '10.244.0.8/29'])
  })
})

describe('addresses of pods', () => {
  it('follow the gateway in the order of the pods on each node', () => {
    expect(compile(WEB, AB).pods.map((each) => `${each.name} ${each.address}`)).toEqual([
      'web-0 10.244.0.2',
      'web-1 10.244.1.2',
      'web-2 10.244.0.3',
    ])
  })

  it('are the node’s own in the host network, and the Pod’s own where its status has one', () => {
    const pods = [
      pod('host', { podSpec: podSpec({ hostNetwork: true, nodeName: 'a' }) }),
      pod('known', { podIp: '10.244.0.2', podSpec: podSpec({ nodeName: 'a' }) }),
      pod('next', { podSpec: podSpec({ nodeName: 'a' }) }),
    ]
    const made = compile({ ...WEB, workloads: [], pods }, AB)
    expect(made.pods.map((each) => each.address)).toEqual(['192.168.0.2', '10.244.0.2', '10.244.0.3'])
  })
})

describe('addresses that can not be', () => {
  const balanced = service('web', { type: 'LoadBalancer' })

  it.each([
    {
      name: 'a range that is none',
      objects: WEB,
      spec: cluster({ podCidr: 'fd00::/64' }),
      expected:
        'error ADDRESS_RANGE spec.cluster.podCidr: cluster.podCidr "fd00::/64" is no IPv4 range ' +
        '[write a range such as 10.244.0.0/16; spec.cluster.ipFamily sets the family]',
    },
    {
      name: 'ranges that overlap',
      objects: WEB,
      spec: cluster({ serviceCidr: '10.244.128.0/20' }),
      expected:
        'error ADDRESS_RANGE spec.cluster.serviceCidr: cluster.serviceCidr 10.244.128.0/20 overlaps cluster.podCidr ' +
        '10.244.0.0/16 [write ranges that have no address in common]',
    },
    {
      name: 'a pod range that is too small',
      objects: WEB,
      spec: cluster({ podCidr: '10.244.0.0/29' }),
      expected:
        'error ADDRESS_RANGE_FULL spec.cluster.podCidr: cluster.podCidr 10.244.0.0/29 has not enough addresses for ' +
        '2 nodes with up to 3 pods and clients each [write a range of /28 or larger]',
    },
    {
      name: 'a Service range that is too small',
      objects: { ...WEB, services: [service('api'), service('web')] },
      spec: cluster({ serviceCidr: '10.96.0.0/30' }),
      expected:
        'error ADDRESS_RANGE_FULL spec.cluster.serviceCidr: cluster.serviceCidr 10.96.0.0/30 has not enough addresses ' +
        'for 2 Services [write a range of /29 or larger]',
    },
    {
      name: 'a range of node ports that is too small',
      objects: { ...WEB, services: [service('api', { type: 'NodePort' }), balanced] },
      spec: cluster({ nodePortRange: '30000-30000' }),
      expected:
        'error ADDRESS_RANGE_FULL spec.cluster.nodePortRange: cluster.nodePortRange 30000-30000 has not enough ports ' +
        '[make it larger, or give fewer Services type NodePort or LoadBalancer]',
    },
    {
      name: 'two nodes with one address',
      objects: {
        ...WEB,
        nodes: [node('a', { internalIp: '10.0.0.1' }), node('b', { internalIp: '10.0.0.01' })],
      },
      spec: {},
      expected:
        'error ADDRESS_CLASH status.addresses: Nodes "a" and "b" have the same address 10.0.0.1 ' +
        '[change one of them, or leave it out to have one assigned]',
    },
    {
      name: 'a Node’s pod range outside of the cluster’s',
      objects: { ...WEB, nodes: [node('a', { podCidr: '10.4.0.0/24' })] },
      spec: {},
      expected:
        'error ADDRESS_RANGE spec.podCIDR: podCIDR "10.4.0.0/24" of Node "a" is no part of cluster.podCidr ' +
        '10.244.0.0/16 [set spec.cluster.podCidr of the scenario to the range of your cluster]',
    },
    {
      name: 'a cluster IP outside of the range',
      objects: { ...WEB, services: [service('web', { clusterIp: '172.20.0.9' })] },
      spec: AB,
      expected:
        'error CLUSTER_IP_RANGE spec.clusterIP: The cluster IP 172.20.0.9 of Service "web" is not in the range ' +
        '10.96.0.0/12 [leave clusterIP out, or set spec.cluster.serviceCidr of the scenario to the range of your cluster]',
    },
    {
      name: 'a Pod with the address of a node',
      objects: { ...WEB, pods: [pod('twin', { podIp: '192.168.0.2' })] },
      spec: AB,
      expected:
        'error ADDRESS_CLASH status.podIP: Pod "twin" has the address 192.168.0.2 of a node ' +
        '[change it, or leave it out to have one assigned]',
    },
    {
      name: 'a Node without an IPv4 address',
      objects: { ...WEB, nodes: [node('a', { internalIp: 'fd00::1' })] },
      spec: {},
      expected:
        'error FIELD_VALUE status.addresses: The InternalIP "fd00::1" of Node "a" is no IPv4 address ' +
        '[write an IPv4 address, or leave it out to have one assigned]',
    },
  ])('$name', ({ objects, spec, expected }) => {
    expect(findingsOf(objects, spec).filter((each) => each.startsWith('error'))).toEqual([expected])
  })
})

describe('addresses that were drawn', () => {
  const drawn: string[] = []
  const recording: Draw = (stream, bound) => {
    drawn.push(`${stream} ${bound}`)
    return 0
  }

  it('come from streams of their own, in the part of the range that is kept for draws', () => {
    const services = [service('web', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' })]
    const made = compile({ ...WEB, services }, AB, recording).services[0]
    expect(drawn).toEqual([
      'service/default/web/cluster-ip 1048318',
      'service/default/web/load-balancer-address 254',
      'service/default/web/80/node-port 2682',
      'service/default/web/health-check-node-port 2682',
    ])
    expect(made).toMatchObject({ clusterIp: '10.96.1.1', loadBalancerAddresses: ['203.0.113.1'] })
    expect([made.ports[0].nodePort, made.healthCheckNodePort]).toEqual([30_086, 30_087])
  })

  it('move to the next free one on a clash, and nobody else moves', () => {
    const atZero: Draw = () => 0
    const two = [service('api'), service('web')]
    expect(compile({ ...WEB, services: two }, AB, atZero).services.map((each) => each.clusterIp)).toEqual([
      '10.96.1.1',
      '10.96.1.2',
    ])
  })

  it('keep clear of the address of default/kubernetes and of addresses written by hand', () => {
    const services = [
      service('api', { clusterIp: '10.96.0.2' }),
      service('headless', { clusterIp: 'None', meta: meta('headless'), selector: labels({ app: 'web' }) }),
      service('web'),
    ]
    const spec = { ...cluster({ serviceCidr: '10.96.0.0/29' }) }
    expect(compile({ ...WEB, services }, spec, () => 0).services.map((each) => each.clusterIp)).toEqual([
      '10.96.0.2',
      'None',
      '10.96.0.3',
    ])
  })
})
