import { expect, test } from 'vitest'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { runExperiment } from '../../src/experiment/run-experiment.js'
import type { CallResult, PointResult } from '../../src/results/results-schema.js'

const MANIFESTS = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  ports: [{ port: 80 }]
  selector: { app: web }
`

/** Three nodes in two zones, with a pod on each; clients outside and inside. */
async function pointWith(balancer: string): Promise<PointResult> {
  const text = `
apiVersion: svcsim.dev/v1alpha1
kind: Scenario
metadata: { name: ways }
spec:
  manifests: [web.yaml]
  warmUp: 0s
  horizon: 5s
  cluster:
    nodes: [{ name: node-a, zone: east }, { name: node-b, zone: east }, { name: node-c, zone: west }]
  loadBalancers: { web: ${balancer} }
  clients:
    - { name: browsers, location: outside, count: 20, to: "web:80", arrivals: { rate: 100/s } }
    - { name: batch, location: inside, count: 6, to: "web:80", via: clusterIP, arrivals: { rate: 50/s } }
`
  const { points } = await runExperiment(
    loadExperiment({
      scenarioFile: { path: 'scenario.yaml', text },
      manifestFiles: [{ path: 'web.yaml', text: MANIFESTS }],
      settings: [],
      axes: [],
      command: '',
    }),
  )
  return points[0]
}

/** `from, machine > entry node`, each once. */
function namedWays({ ways }: CallResult, { nodes }: PointResult): readonly string[] {
  const names = (ways?.counts ?? []).map(([from, machine, entry]) =>
    [`${ways?.from[from]},`, ways?.machines[machine] ?? 'none', '>', nodes[entry].node].join(' '),
  )
  return [...new Set(names)]
}

test('a load balancer that stays in its zone leads to nodes there; inside, the own node comes first', async () => {
  const point = await pointWith(
    '{ targets: nodes, balancerNodes: perZone, crossZone: false, algorithm: roundRobin }',
  )
  const [browsers, batch] = point.calls
  expect(namedWays(browsers, point)).toEqual([
    'outside, east > node-a',
    'outside, east > node-b',
    'outside, west > node-c',
  ])
  expect(namedWays(batch, point)).toEqual([
    'east, none > node-a',
    'east, none > node-b',
    'west, none > node-c',
  ])
  expect([browsers.ways?.machines, batch.ways?.machines]).toEqual([['east', 'west'], []])
})

test('one at which connections end counts those that it opens itself', async () => {
  const point = await pointWith('{ preset: aws-alb, balancerNodes: perZone }')
  const [{ ways, connections }] = point.calls
  expect(ways?.machines).toEqual(['east', 'west'])
  expect(new Set(ways?.counts.map(([, machine]) => machine))).toEqual(new Set([0, 1]))
  const counted = ways?.counts.reduce((sum, way) => sum + way[4], 0)
  expect(counted).toBe(connections.perPod.reduce((sum, { count }) => sum + count, 0))
})
