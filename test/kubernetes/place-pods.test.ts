import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/base/diagnostics.js'
import type { Manifests, TopologySpreadConstraint } from '../../src/input/kubernetes-objects.js'
import { Findings } from '../../src/kubernetes/findings.js'
import { placePods } from '../../src/kubernetes/place-pods.js'
import { podGroups } from '../../src/kubernetes/pod-groups.js'
import { settleNodes } from '../../src/kubernetes/settle-nodes.js'
import { labels, manifests, meta, node, nodes, origin, pod, podSpec, scenario, workload } from './objects.js'

const ABC = { cluster: { nodes: nodes('a/zone-1', 'b/zone-1', 'c/zone-2') } }
const ZONE = 'topology.kubernetes.io/zone'

/** Node names of the pods of each owner: `web: abc`. */
function place(objects: Partial<Manifests>, spec: object = ABC): string[] {
  const all = manifests(objects)
  const settings = scenario(spec).spec
  const findings = new Findings(origin('scenario.yaml'))
  const settled = settleNodes(all, settings)
  const placed = placePods(podGroups(all, settings, findings), settled, findings)
  findings.throwErrors()
  return placed.map(
    ({ group, nodeIndices }) => `${group.name}: ${nodeIndices.map((index) => settled[index].name).join('')}`,
  )
}

/** Messages with the field that they point at. */
function errorsOf(objects: Partial<Manifests>, spec: object = ABC): string[] {
  try {
    return place(objects, spec)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.diagnostics.map(
      ({ code, place: where, message, hint }) => `${code} ${where?.excerpt}: ${message} [${hint}]`,
    )
  }
}

function web(replicas: number, constraints: TopologySpreadConstraint[] = [], nodeSelector = {}) {
  return workload('web', {
    replicas,
    podSpec: podSpec({ topologySpreadConstraints: constraints, nodeSelector: labels(nodeSelector) }),
  })
}

function spread(changes: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint {
  return {
    maxSkew: 1,
    topologyKey: ZONE,
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: labels({ app: 'web' }), matchExpressions: [] },
    ...changes,
  }
}

describe('placing pods by the default constraints', () => {
  // The scheduler's score: pods on the node · ln(nodes + 2) + pods in the zone · ln(zones + 2), the lower the better.
  it.each([
    { replicas: 1, expected: 'a' },
    { replicas: 2, expected: 'ac' },
    { replicas: 3, expected: 'acb' },
    { replicas: 4, expected: 'acbc' },
    { replicas: 6, expected: 'acbcab' },
  ])('$replicas pods over three nodes in two zones go to $expected', ({ replicas, expected }) => {
    expect(place({ workloads: [web(replicas)] })).toEqual([`web: ${expected}`])
  })

  it('the next workload begins on the node with the fewest pods', () => {
    expect(place({ workloads: [workload('api', { replicas: 2 }), web(1)] })).toEqual(['api: ac', 'web: b'])
  })

  it('nodes without a zone still get their share', () => {
    const spec = { cluster: { nodes: nodes('a', 'b', 'c') } }
    expect(place({ workloads: [web(5)] }, spec)).toEqual(['web: abcab'])
  })

  it('the scenario may change the number of replicas', () => {
    expect(place({ workloads: [web(1)] }, { ...ABC, replicas: { web: 2 } })).toEqual(['web: ac'])
    expect(place({ workloads: [web(1)] }, { ...ABC, replicas: { web: 0 } })).toEqual(['web: '])
  })

  it('never leaves a node more than one pod ahead of another of its zone', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 2, max: 9 }),
      (replicas, count) => {
        const names = Array.from({ length: count }, (_, index) => `${index}/zone`)
        const [text] = place({ workloads: [web(replicas)] }, { cluster: { nodes: nodes(...names) } })
        const counts = names.map((_, index) => text.slice(5).split(String(index)).length - 1)
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      },
    )
    fc.assert(property, { seed: 1, numRuns: 50 })
  })
})

describe('placing pods by rule', () => {
  it('the placement of the scenario wins and is used again from its start', () => {
    const spec = { cluster: { ...ABC.cluster, placement: { web: ['c', 'c', 'a'] } } }
    expect(place({ workloads: [web(4, [], { disk: 'ssd' })] }, spec)).toEqual(['web: ccac'])
  })

  it('nodeName comes next, even on a cordoned node', () => {
    const objects = {
      workloads: [workload('web', { replicas: 2, podSpec: podSpec({ nodeName: 'x' }) })],
      nodes: [node('w'), node('x', { isUnschedulable: true })],
    }
    expect(place(objects, {})).toEqual(['web: xx'])
  })

  it('a nodeSelector chooses nodes by label; cordoned and unready ones take no pods', () => {
    const ssd = { meta: meta('', '', { labels: labels({ disk: 'ssd' }) }) }
    const disks = (name: string) => ({ meta: { ...ssd.meta, name } })
    const objects = {
      workloads: [web(2, [], { disk: 'ssd' })],
      nodes: [
        node('v'),
        node('w', disks('w')),
        node('x', { ...disks('x'), isUnschedulable: true }),
        node('y', { ...disks('y'), isReady: false }),
      ],
    }
    expect(place(objects, {})).toEqual(['web: ww'])
  })

  it('a DaemonSet has a pod on every ready node that matches, cordoned or not', () => {
    const objects = {
      workloads: [workload('logs', { kind: 'DaemonSet', replicas: 7 })],
      nodes: [node('w'), node('x', { isUnschedulable: true }), node('y', { isReady: false })],
    }
    expect(place(objects, {})).toEqual(['logs: wx'])
  })

  it('pods that are pinned are placed before the others choose', () => {
    const pinned = pod('zz', { podSpec: podSpec({ nodeName: 'a' }) })
    expect(place({ workloads: [web(1)], pods: [pinned] })).toEqual(['web: b', 'zz: a'])
  })

  it('three nodes in two zones are assumed where nobody says anything of nodes', () => {
    expect(place({ workloads: [web(3)] }, {})).toEqual(['web: node-anode-cnode-b'])
  })
})

describe('placing pods by topologySpreadConstraints', () => {
  it('DoNotSchedule keeps domains within maxSkew, among its nodes the emptiest first', () => {
    expect(place({ workloads: [web(4, [spread()])] })).toEqual(['web: acbc'])
    expect(place({ workloads: [web(4, [spread({ maxSkew: 3 })])] })).toEqual(['web: abca'])
  })

  it('ScheduleAnyway prefers, and does not forbid', () => {
    const soft = spread({ whenUnsatisfiable: 'ScheduleAnyway' })
    expect(place({ workloads: [web(3, [soft], { [ZONE]: 'zone-1' })] })).toEqual(['web: aba'])
  })

  it('counts pods of other workloads that its selector selects', () => {
    const other = workload('other', {
      podLabels: labels({ app: 'web' }),
      podSpec: podSpec({ nodeName: 'a' }),
    })
    expect(place({ workloads: [other, web(1, [spread()])] })).toEqual(['other: a', 'web: c'])
  })

  it('nodes without the label take no pod', () => {
    const spec = { cluster: { nodes: nodes('a', 'b/zone-1') } }
    expect(place({ workloads: [web(2, [spread()])] }, spec)).toEqual(['web: bb'])
  })

  it('a cordoned zone still counts as the emptiest, as in Kubernetes', () => {
    const zoned = (name: string, zone: string) => ({
      meta: meta(name, '', { labels: labels({ [ZONE]: zone }) }),
    })
    const objects = {
      workloads: [web(2, [spread()])],
      nodes: [node('w', zoned('w', 'zone-1')), node('x', { ...zoned('x', 'zone-2'), isUnschedulable: true })],
    }
    expect(errorsOf(objects, {})).toEqual([
      'POD_UNSCHEDULABLE spec.template.spec.topologySpreadConstraints: One pod of Deployment "web" fits on no node: ' +
        'one node cordoned or not ready, one node ruled out by topologySpreadConstraints ' +
        '[add a node that fits, relax the rule, or place the pods by hand in spec.cluster.placement]',
    ])
  })
})

describe('placing pods that can not be placed', () => {
  it('says which nodes are out and why', () => {
    expect(errorsOf({ workloads: [web(3, [], { disk: 'ssd' })] })).toEqual([
      'POD_UNSCHEDULABLE spec.template.spec.nodeSelector: 3 pods of Deployment "web" fit on no node: ' +
        '3 nodes without the labels disk=ssd [add a node that fits, relax the rule, or place the pods by hand in ' +
        'spec.cluster.placement]',
    ])
  })

  it.each([
    {
      field: 'placement',
      objects: { workloads: [web(1)] },
      spec: { cluster: { nodes: nodes('node-a', 'node-b'), placement: { web: ['node-a', 'nod-b'] } } },
      expected:
        'NODE_UNKNOWN spec.cluster.placement.web.1: No node is named "nod-b" [did you mean "node-b"?]',
    },
    {
      field: 'nodeName',
      objects: { workloads: [workload('web', { podSpec: podSpec({ nodeName: 'far' }) })] },
      spec: ABC,
      expected: 'NODE_UNKNOWN spec.template.spec.nodeName: No node is named "far" [nodes are: a, b, c]',
    },
    {
      field: 'nodeName of a Pod',
      objects: { pods: [pod('web', { podSpec: podSpec({ nodeName: 'far' }) })] },
      spec: ABC,
      expected: 'NODE_UNKNOWN spec.nodeName: No node is named "far" [nodes are: a, b, c]',
    },
    {
      field: 'replicas',
      objects: { workloads: [web(1)] },
      spec: { ...ABC, replicas: { wbe: 2 } },
      expected: 'WORKLOAD_UNKNOWN spec.replicas.wbe: No workload is named "wbe" [did you mean "web"?]',
    },
    {
      field: 'pods',
      objects: { pods: [pod('single')] },
      spec: { ...ABC, pods: { other: {} } },
      expected: 'WORKLOAD_UNKNOWN spec.pods.other: No workload is named "other" [workloads are: single]',
    },
    {
      field: 'a Pod and a workload of one name',
      objects: { workloads: [web(1)], pods: [pod('web')] },
      spec: ABC,
      expected:
        'POD_NAME_TWICE metadata.name: Pod "web" has the name of another Deployment, so their pods can not be told ' +
        'apart [rename one of them; the other is Deployment "web" at shop.yaml:3]',
    },
  ])('tells of unknown and doubtful names in $field', ({ objects, spec, expected }) => {
    expect(errorsOf(objects, spec)).toEqual([expected])
  })

  it('a name such as "constructor" is looked up like any other', () => {
    expect(place({ workloads: [workload('constructor', { replicas: 2 })] })).toEqual(['constructor: ac'])
  })
})
