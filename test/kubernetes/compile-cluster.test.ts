import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/base/diagnostics.js'
import { compileCluster } from '../../src/kubernetes/compile-cluster.js'
import { iptablesOf } from '../../src/kubernetes/node-rules.js'
import { rulesOf } from './iptables/rule-text.js'
import {
  clientsOf,
  compile,
  drawMiddle,
  endpoint,
  endpointSlice,
  labels,
  manifests,
  meta,
  nodes,
  podSpec,
  scenario,
  service,
  servicePort,
  withPorts,
  workload,
} from './objects.js'

const COUNTER = {
  workloads: [
    workload('counter', { replicas: 2, podLabels: labels({ app: 'counter', tier: 'app' }) }),
    workload('redis', {
      podLabels: labels({ app: 'counter', tier: 'db' }),
      podSpec: withPorts(['', 6379]),
    }),
  ],
  services: [
    service('counter-np', {
      type: 'NodePort',
      selector: labels({ app: 'counter', tier: 'app' }),
      ports: [servicePort(3000, { nodePort: 31_000 })],
    }),
    service('redis', { selector: labels({ app: 'counter', tier: 'db' }), ports: [servicePort(6379)] }),
  ],
}

const COUNTER_SCENARIO = {
  clients: [clientsOf('counter-np:3000', { location: 'outside' })],
  pods: { counter: { calls: [{ to: 'redis:6379' }] } },
}

describe('the counter of the tutorial', () => {
  const cluster = compile(COUNTER, COUNTER_SCENARIO)

  it('runs on three nodes in two zones', () => {
    expect(cluster.nodes.map((each) => `${each.name} ${each.zone} ${each.address}`)).toEqual([
      'node-a zone-1 192.168.0.2',
      'node-b zone-1 192.168.0.3',
      'node-c zone-2 192.168.0.4',
    ])
    expect(cluster.pods.map((each) => `${each.name} ${each.nodeIndex} ${each.address}`)).toEqual([
      'counter-0 0 10.244.0.2',
      'counter-1 2 10.244.2.2',
      'redis-0 1 10.244.1.2',
    ])
  })

  it('has endpoints behind both Services', () => {
    expect(
      cluster.services.map((each) =>
        each.ports.map((port) => [
          port.nodePort,
          ...port.endpoints.map((one) => [one.address, one.port, one.podIndex, one.nodeIndex]),
        ]),
      ),
    ).toEqual([
      [[31_000, ['10.244.0.2', 3000, 0, 0], ['10.244.2.2', 3000, 1, 2]]],
      [[undefined, ['10.244.1.2', 6379, 2, 1]]],
    ])
  })

  it('resolves redis, and gives no warning', () => {
    expect(cluster.dns.resolve('redis', 'default')).toEqual({ kind: 'service', serviceIndex: 1 })
    expect(cluster.warnings).toEqual([])
  })

  it('has the same node port rules on every node', () => {
    const last = cluster.nodeRules
      .map(iptablesOf)
      .map((tables) => rulesOf(tables, 'nat', 'KUBE-NODEPORTS').at(-1))
    expect(new Set(last).size).toBe(1)
    expect(last[0]).toContain('--dport 31000')
  })
})

describe('pods and endpoints', () => {
  const clients = [clientsOf('web:80')]

  it('a StatefulSet names its pods in DNS, and a Service can select one of them', () => {
    const db = {
      ...workload('db', { kind: 'StatefulSet', replicas: 2, serviceName: 'db' }),
      podSpec: podSpec(),
    }
    const services = [
      service('db', { clusterIp: 'None' }),
      service('db-first', { selector: labels({ 'statefulset.kubernetes.io/pod-name': 'db-0' }) }),
      service('web', { selector: labels({ app: 'db' }) }),
    ]
    const cluster = compile({ workloads: [db], services }, { clients })
    expect(cluster.dns.resolve('db-1.db', 'default')).toEqual({
      kind: 'pods',
      serviceIndex: 0,
      podIndices: [1],
    })
    expect(cluster.dns.resolve('db', 'default')).toEqual({
      kind: 'pods',
      serviceIndex: 0,
      podIndices: [0, 1],
    })
    expect(cluster.services[1].ports[0].endpoints.map((each) => each.podIndex)).toEqual([0])
  })

  it('pods on a node that is not ready are not ready', () => {
    const node = {
      kind: 'Node' as const,
      meta: meta('down', ''),
      podCidr: undefined,
      internalIp: undefined,
      isReady: false,
      isUnschedulable: false,
      origin: service('x').origin,
    }
    const web = workload('web', { podSpec: podSpec({ nodeName: 'down' }) })
    const cluster = compile({ workloads: [web], services: [service('web')], nodes: [node] }, { clients })
    expect(cluster.pods.map((each) => each.isReady)).toEqual([false])
    expect(rulesOf(iptablesOf(cluster.nodeRules[0]), 'filter', 'KUBE-SERVICES')[0]).toContain(
      'has no endpoints',
    )
  })

  it('a Service without a selector has the endpoints written for it, known as pods by their address', () => {
    const bare = service('web', { selector: undefined })
    const slice = endpointSlice('web', {
      endpoints: [endpoint('10.244.0.2', { nodeName: 'node-a' }), endpoint('198.51.100.1')],
    })
    const cluster = compile(
      { workloads: [workload('db')], services: [bare], endpointSlices: [slice] },
      { clients },
    )
    expect(
      cluster.services[0].ports[0].endpoints.map((each) => [
        each.address,
        each.port,
        each.podIndex,
        each.nodeIndex,
      ]),
    ).toEqual([
      ['10.244.0.2', 8080, 0, 0],
      ['198.51.100.1', 8080, undefined, undefined],
    ])
  })

  it('hints send clients to their zone', () => {
    const near = service('web', { trafficDistribution: 'PreferSameZone' })
    const web = workload('web', { replicas: 3 })
    const cluster = compile({ workloads: [web], services: [near] }, { clients })
    const endpointRules = cluster.nodeRules
      .map(iptablesOf)
      .map((tables) => tables[1].chains.filter((chain) => chain.name.startsWith('KUBE-SEP-')).length)
    expect(endpointRules).toEqual([2, 2, 1])
  })
})

describe('the result as a whole', () => {
  it('does not depend on the order of labels', () => {
    const entries = [
      ['app', 'counter'],
      ['tier', 'app'],
      ['team', 'red'],
    ] as const
    const property = fc.property(fc.shuffledSubarray([...entries], { minLength: 3 }), (shuffled) => {
      const workloads = [
        workload('counter', { replicas: 2, podLabels: new Map(shuffled) }),
        COUNTER.workloads[1],
      ]
      const cluster = compile({ ...COUNTER, workloads }, COUNTER_SCENARIO)
      const expected = compile(COUNTER, COUNTER_SCENARIO)
      expect(cluster.nodeRules).toEqual(expected.nodeRules)
    })
    fc.assert(property, { seed: 1, numRuns: 6 })
  })

  it('adding a Service moves no address of another', () => {
    const streams = (name: string, bound: number) => (name.length * 7919) % bound
    const before = compile(COUNTER, COUNTER_SCENARIO, streams).services
    const services = [service('alphabet', { type: 'NodePort' }), ...COUNTER.services]
    const after = compile({ ...COUNTER, services }, COUNTER_SCENARIO, streams).services
    expect(after.slice(1).map((each) => each.clusterIp)).toEqual(before.map((each) => each.clusterIp))
  })

  it('errors have no place where nobody knows where the scenario stands', () => {
    const spec = { ...COUNTER_SCENARIO, replicas: { nobody: 1 } }
    const run = () => compileCluster(manifests(COUNTER), scenario(spec), drawMiddle)
    expect(run).toThrow(InputError)
    expect(run).toThrow(/WORKLOAD_UNKNOWN: No workload is named "nobody"/)
  })
})

describe('1,000 Services of 10 endpoints on 3 nodes', () => {
  it('share the chains of their endpoints, and carry no comments there', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `s${1000 + index}`)
    const objects = {
      workloads: names.map((name) => workload(name, { replicas: 10 })),
      services: names.map((name) => service(name)),
    }
    const spec = {
      clients: [clientsOf('s1000:80')],
      cluster: { nodes: nodes('a', 'b', 'c'), podCidr: '10.0.0.0/8', serviceCidr: '172.16.0.0/12' },
    }
    const [first, second, third] = compile(objects, spec)
      .nodeRules.map(iptablesOf)
      .map((tables) => tables[1].chains)
    expect([first.length, second.length, third.length]).toEqual([11_009, 11_009, 11_009])
    expect(first.filter((chain, index) => chain === second[index] && chain === third[index])).toHaveLength(
      11_000,
    )
    expect(first.at(-1)?.rules.flatMap((rule) => rule.matches.map((match) => match.kind))).toEqual([
      'source',
      'protocol',
    ])
  })
})
