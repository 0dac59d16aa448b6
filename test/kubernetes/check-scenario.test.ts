import { describe, expect, it } from 'vitest'
import type { Manifests } from '../../src/input/kubernetes-objects.js'
import { clientsOf, findingsOf, meta, nodes, service, servicePort, workload } from './objects.js'

const OBJECTS: Partial<Manifests> = {
  workloads: [workload('redis'), workload('web', { replicas: 2 })],
  services: [
    service('alias', {
      type: 'ExternalName',
      selector: undefined,
      ports: [],
      externalName: 'db.example.org',
    }),
    service('headless', { clusterIp: 'None', selector: new Map([['app', 'web']]) }),
    service('redis', {
      ports: [servicePort(6379, { name: 'redis' }), servicePort(26_379, { name: 'sentinel' })],
    }),
    service('sleeping', { clusterIp: 'None', selector: new Map([['app', 'nobody']]) }),
    service('web'),
    service('web', { meta: meta('backend', 'shop') }),
  ],
}

function errors(spec: object, objects = OBJECTS): string[] {
  return findingsOf(objects, { cluster: { nodes: nodes('node-a', 'node-b') }, ...spec }).filter((each) =>
    each.startsWith('error'),
  )
}

const UNKNOWN = 'error CALL_UNKNOWN_SERVICE spec.clients.0.to:'

describe('the Service that clients use', () => {
  it.each([
    { to: 'web:80', expected: [] },
    { to: 'web.default:80', expected: [] },
    { to: 'web.default.svc.cluster.local:80', expected: [] },
    { to: 'redis:sentinel', expected: [] },
    { to: 'headless:80', expected: [] },
    { to: 'backend.shop:80', expected: [] },
    { to: 'wbe:80', expected: [`${UNKNOWN} No Service is named "wbe" [did you mean "web"?]`] },
    {
      to: 'payment:80',
      expected: [
        `${UNKNOWN} No Service is named "payment" [Services are: alias, headless, redis, sleeping, web, backend.shop]`,
      ],
    },
    {
      to: 'bakend.shop:80',
      expected: [`${UNKNOWN} No Service is named "bakend.shop" [did you mean "backend.shop"?]`],
    },
    {
      to: 'backend:80',
      expected: [`${UNKNOWN} No Service is named "backend" [it is in namespace "shop": write backend.shop]`],
    },
    {
      to: 'redis:80',
      expected: [
        `${UNKNOWN} Service "redis" has no port "80" [its ports are: 6379 (redis), 26379 (sentinel)]`,
      ],
    },
    {
      to: 'alias:80',
      expected: [
        `${UNKNOWN} Service "alias" stands for db.example.org, which is outside of this cluster ` +
          '[call a Service of the manifests]',
      ],
    },
    {
      to: 'sleeping:80',
      expected: [
        `${UNKNOWN} The name "sleeping" has no address: no pod of the headless Service is ready ` +
          '[give it a ready pod, or set publishNotReadyAddresses]',
      ],
    },
  ])('$to', ({ to, expected }) => {
    expect(errors({ clients: [clientsOf(to)] })).toEqual(expected)
  })
})

describe('calls of pods', () => {
  it('are resolved in the namespace of the workload', () => {
    const shop = { meta: meta('backend', 'shop') }
    const objects = { ...OBJECTS, workloads: [...(OBJECTS.workloads ?? []), workload('backend', shop)] }
    const call = (to: string) => errors({ pods: { backend: { calls: [{ to }] } } }, objects)
    expect(call('backend:80')).toEqual([])
    expect(call('redis:6379')).toEqual([
      'error CALL_UNKNOWN_SERVICE spec.pods.backend.calls.0.to: No Service is named "redis" in namespace "shop" ' +
        '[it is in namespace "default": write redis.default]',
    ])
  })
})

describe('the way of clients', () => {
  const types = (type: 'ClusterIP' | 'NodePort' | 'LoadBalancer', more = {}) => ({
    workloads: [workload('web')],
    services: [
      service('headless', { clusterIp: 'None', selector: new Map([['app', 'web']]) }),
      service('web', { type, ...more }),
    ],
  })
  const way = (objects: Partial<Manifests>, clients: object, to = 'web:80', more = {}) =>
    errors({ clients: [clientsOf(to, clients)], ...more }, objects)

  it.each([
    { name: 'inside, cluster IP', type: 'ClusterIP', clients: {} },
    {
      name: 'outside, cluster IP routed to a node',
      type: 'ClusterIP',
      clients: { location: 'outside', via: 'clusterIP' },
    },
    { name: 'outside, node port', type: 'NodePort', clients: { location: 'outside' } },
    { name: 'inside, node port', type: 'NodePort', clients: { via: 'nodePort' } },
    { name: 'outside, load balancer', type: 'LoadBalancer', clients: { location: 'outside' } },
    {
      name: 'outside, node port of a load balancer',
      type: 'LoadBalancer',
      clients: { location: 'outside', via: 'nodePort' },
    },
    { name: 'inside, load balancer', type: 'LoadBalancer', clients: { via: 'loadBalancer' } },
  ] as const)('exists: $name', ({ type, clients }) => {
    expect(way(types(type), clients)).toEqual([])
  })

  const IMPOSSIBLE = (field: string, service = 'web') =>
    `error VIA_IMPOSSIBLE spec.clients.0.${field}: Clients "users" can not reach Service "${service}" this way:`

  it('does not exist: outside, cluster IP only', () => {
    expect(way(types('ClusterIP'), { location: 'outside' })).toEqual([
      `${IMPOSSIBLE('to')} its port 80 has no node port (type ClusterIP) ` +
        '[set type NodePort or LoadBalancer, or location: inside]',
    ])
  })

  it('does not exist: load balancer of another type', () => {
    expect(way(types('NodePort'), { location: 'outside', via: 'loadBalancer' })).toEqual([
      `${IMPOSSIBLE('via')} it has type NodePort [set type LoadBalancer, or another via]`,
    ])
  })

  it('does not exist: headless, outside or by another way', () => {
    expect(way(types('ClusterIP'), { location: 'outside' }, 'headless:80')).toEqual([
      `${IMPOSSIBLE('to', 'headless')} a headless Service has no address outside of the cluster [set location: inside]`,
    ])
    expect(way(types('ClusterIP'), { via: 'nodePort' }, 'headless:80')).toEqual([
      `${IMPOSSIBLE('via', 'headless')} a headless Service has no nodePort [leave via out]`,
    ])
  })

  it('is of one address, so that there is nothing to balance over, where the Service is not headless', () => {
    const clients = { connection: 'multiplexed', pool: { balancing: 'roundRobin' } }
    expect(way(types('ClusterIP'), clients)).toEqual([
      'error BALANCING_IMPOSSIBLE spec.clients.0.pool.balancing: Service "web" is not headless: its name stands for one ' +
        'address, so that there is nothing for roundRobin to choose from ' +
        '[set clusterIP: None in Service "web", or leave balancing out]',
    ])
    expect(way(types('ClusterIP'), clients, 'headless:80')).toEqual([])
  })

  it('does not exist: a load balancer without node ports, unless it sends straight to pods', () => {
    const objects = types('LoadBalancer', { allocateLoadBalancerNodePorts: false })
    expect(way(objects, { location: 'outside' })).toEqual([
      `${IMPOSSIBLE('to')} its port 80 has no node port for the load balancer to send to ` +
        '[set loadBalancers.web.targets: pods, or allocateLoadBalancerNodePorts: true]',
    ])
    const toPods = { loadBalancers: { web: { targets: 'pods' } } }
    expect(way(objects, { location: 'outside' }, 'web:80', toPods)).toEqual([])
  })

  it.each([
    ['aws-nlb-ip', {}, true],
    ['metallb-l2', {}, true],
    ['gcp-passthrough', {}, true],
    ['aws-nlb-instance', {}, false],
    ['metallb-bgp', { delivery: 'nodePort' }, false],
    ['generic', { delivery: 'virtualAddress' }, true],
    ['aws-nlb-ip', { targets: 'nodes' }, false],
  ])('without node ports, by preset %s with %o: %s', (preset, more, exists) => {
    const objects = types('LoadBalancer', { allocateLoadBalancerNodePorts: false })
    const loadBalancers = { web: { preset, ...more } }
    expect(way(objects, { location: 'outside' }, 'web:80', { loadBalancers })).toHaveLength(exists ? 0 : 1)
  })

  it('does not exist: a load balancer that nodes do not answer for', () => {
    const ingress = { loadBalancerIngress: [{ ip: undefined, hostname: 'lb.example.org', ipMode: 'VIP' }] }
    expect(way(types('LoadBalancer', ingress), { via: 'loadBalancer' })).toEqual([
      `${IMPOSSIBLE('via')} nodes do not answer for its load balancer (a hostname, or ipMode Proxy) ` +
        '[set via: clusterIP]',
    ])
  })
})

describe('names in the scenario', () => {
  it.each([
    {
      name: 'nodes of clients',
      spec: { clients: [clientsOf('web:80', { nodes: ['node-b', 'nodeb'] })] },
      expected:
        'error NODE_UNKNOWN spec.clients.0.nodes.1: No node is named "nodeb" [did you mean "node-b"?]',
    },
    {
      name: 'entry nodes',
      spec: { clients: [clientsOf('web:80', { entryNodes: ['x'] })] },
      expected:
        'error NODE_UNKNOWN spec.clients.0.entryNodes.0: No node is named "x" [nodes are: node-a, node-b]',
    },
    {
      name: 'load balancers',
      spec: { loadBalancers: { wbe: {} } },
      expected: 'error SVC_UNKNOWN spec.loadBalancers.wbe: No Service is named "wbe" [did you mean "web"?]',
    },
    {
      name: 'the node that announces a Service',
      spec: { loadBalancers: { web: { preset: 'metallb-l2', announcer: 'node-bb' } } },
      expected:
        'error NODE_UNKNOWN spec.loadBalancers.web.announcer: No node is named "node-bb" [did you mean "node-b"?]',
    },
  ])('are checked: $name', ({ spec, expected }) => {
    expect(errors(spec)).toEqual([expected])
  })

  it('every error is told at once', () => {
    const spec = {
      clients: [clientsOf('wbe:80'), clientsOf('web:81')],
      replicas: { x: 1 },
      loadBalancers: { y: {} },
    }
    expect(errors(spec).map((each) => each.split(' ')[1])).toEqual([
      'WORKLOAD_UNKNOWN',
      'CALL_UNKNOWN_SERVICE',
      'CALL_UNKNOWN_SERVICE',
      'SVC_UNKNOWN',
    ])
  })
})

describe('settings without effect', () => {
  it.each([
    {
      name: 'a load balancer of another type',
      spec: { loadBalancers: { web: {} } },
      expected:
        'spec.loadBalancers.web: "spec.loadBalancers.web" has no effect: the Service has type ClusterIP',
    },
    {
      name: 'the speed of a pod that does not exist',
      spec: { pods: { web: { speed: { '1': 0.5, '2': 0.5 } } } },
      expected: 'spec.pods.web.speed.2: "spec.pods.web.speed.2" has no effect: "web" has 2 pods, from 0',
    },
    {
      name: 'replicas of a DaemonSet',
      spec: { replicas: { logs: 3 } },
      expected:
        'spec.replicas.logs: "spec.replicas.logs" has no effect: DaemonSet "logs" has one pod on every node',
    },
  ])('are told: $name', ({ spec, expected }) => {
    const objects = {
      ...OBJECTS,
      workloads: [workload('logs', { kind: 'DaemonSet' }), ...(OBJECTS.workloads ?? [])],
    }
    const warnings = findingsOf(objects, spec).filter((each) => each.includes('SETTING_WITHOUT_EFFECT'))
    expect(warnings.map((each) => each.replace(/ \[.*/, ''))).toEqual([
      `warning SETTING_WITHOUT_EFFECT ${expected}`,
    ])
  })
})
