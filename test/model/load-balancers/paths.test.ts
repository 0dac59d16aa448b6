import { describe, expect, it } from 'vitest'
import { clientsOf, nodes, service, servicePort, workload } from '../../kubernetes/objects.js'
import { outcomeOf, partsOf, run } from '../observed.js'

/** As in paths.test.ts of the model: 10 ms from outside, 150 µs and 500 µs between nodes, 10 µs within one, 2 ms in the pod. */
const US = 1_000
const MS = 1_000_000

interface Way {
  readonly name: string
  readonly settings: object
  readonly podOn: string
  /** Way of a packet from the client to its pod, µs; a request takes it four times. */
  readonly wayUs: number
  readonly rules: number
}

/*
 * Rules under policy Local, counted as in paths.test.ts of the model. By the virtual address, 19: PREROUTING 1, KUBE-SERVICES 2
 * (cluster IP, virtual address), KUBE-EXT 4, KUBE-SVL 1, KUBE-SEP 2, FORWARD 4 with KUBE-FORWARD 3, POSTROUTING 1,
 * KUBE-POSTROUTING 1. By the node port one more of KUBE-SERVICES and 2 of KUBE-NODEPORTS: 22. Under policy Cluster by the virtual
 * address 18, since KUBE-EXT has 2, KUBE-MARK-MASQ 1, KUBE-SVC 2, and a marked packet meets 4 and 4 afterwards; 13 at a node merely
 * passed, and straight to a pod.
 */
const ways: Way[] = [
  {
    name: 'by hash, to node ports',
    settings: { preset: 'l4-5-tuple' },
    podOn: 'a',
    wayUs: 10_160,
    rules: 22,
  },
  {
    name: 'to the virtual address, past a machine',
    settings: { preset: 'gcp-passthrough' },
    podOn: 'a',
    wayUs: 10_160,
    rules: 19,
  },
  {
    name: 'to the virtual address, which the node itself announces',
    settings: { preset: 'metallb-l2', announcer: 'a' },
    podOn: 'a',
    wayUs: 10_010,
    rules: 19,
  },
  {
    name: 'announced by a node whose pod is on another',
    settings: { preset: 'kube-vip-arp', announcer: 'a' },
    podOn: 'b',
    wayUs: 10_500,
    rules: 18 + 13,
  },
  {
    name: 'straight to a pod, from the machine of its zone',
    settings: { preset: 'aws-nlb-ip' },
    podOn: 'b',
    wayUs: 10_160,
    rules: 13,
  },
]

function runWay({ settings, podOn }: Pick<Way, 'settings' | 'podOn'>, changes: object = {}) {
  return run(
    {
      workloads: [workload('web')],
      services: [service('web', { type: 'LoadBalancer', ports: [servicePort(80)], ...changes })],
    },
    {
      warmUp: '0s',
      horizon: '1500ms',
      cluster: { nodes: nodes('a/zone-1', 'b/zone-2'), placement: { web: [podOn] } },
      pods: { web: { serviceTime: '2ms' } },
      loadBalancers: { web: settings },
      costs: { preset: 'none' },
      clients: [clientsOf('web:80', { location: 'outside', arrivals: { rate: '1/s', process: 'paced' } })],
    },
  )
}

describe('a request through a load balancer', () => {
  it.each(ways)('$name', (way) => {
    // Policy Local keeps packets off nodes without a pod, so that one way is left; kube-vip's leader is the point of its row.
    const local = way.rules > 22 ? {} : { externalTrafficPolicy: 'Local' }
    const { requests, connections } = runWay(way, local)
    expect(requests.map(outcomeOf)).toEqual(['completed'])
    expect(partsOf(requests[0])).toEqual({
      connect: 2 * way.wayUs * US,
      network: 2 * way.wayUs * US,
      service: 2 * MS,
    })
    expect(connections.map(({ rulesEvaluated }) => rulesEvaluated)).toEqual([way.rules])
  })

  it('needs no node port where it goes to the virtual address', () => {
    const without = { allocateLoadBalancerNodePorts: false, externalTrafficPolicy: 'Local' } as const
    const settings = { preset: 'metallb-bgp' }
    expect(runWay({ settings, podOn: 'b' }, without).requests.map(outcomeOf)).toEqual(['completed'])
  })

  it('is lost on a leader that has no pod under policy Local', () => {
    const settings = { preset: 'kube-vip-arp', announcer: 'a' }
    const { requests, totals } = runWay({ settings, podOn: 'b' }, { externalTrafficPolicy: 'Local' })
    expect(requests.map(outcomeOf)).toEqual(['unfinished'])
    expect(totals.nodes.map(({ drops }) => drops.rules)).toEqual([1, 0])
  })
})
