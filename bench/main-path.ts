/**
 * The whole path of a request: client, node, rules, pod, metrics. Ten pods behind a NodePort, chosen by kube-proxy's rules at
 * random and masqueraded, one connection per request, clients outside, costs and links on. On one node, or on three, where two
 * packets of three go on to a second node.
 */
import { loadExperiment } from '../src/experiment/load-experiment.js'
import type { DesignPoint, ExperimentPlan } from '../src/experiment/plan.js'
import { runReplication } from '../src/experiment/run-replication.js'
import { parseAxis, parseSetting } from '../src/input/settings.js'
import type { ReplicationMeasures } from '../src/metrics/replication-collector.js'

const RATE_PER_SEC = 7_000

const MANIFESTS = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 10
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  ports: [{ port: 80, nodePort: 30080 }]
  selector: { app: web }
`

function scenarioText(requestCount: number, nodeCount: number): string {
  const nodes = Array.from({ length: nodeCount }, (_, index) => `{ name: node-${index} }`).join(', ')
  return `
apiVersion: svcsim.dev/v1alpha1
kind: Scenario
metadata: { name: main-path }
spec:
  manifests: [web.yaml]
  warmUp: 0s
  horizon: ${Math.round((requestCount / RATE_PER_SEC) * 1_000)}ms
  cluster: { nodes: [${nodes}] }
  limits: { conntrackPerCpu: 0 }
  pods: { web: { servers: 1, queueCapacity: 10000, serviceTime: { distribution: exponential, mean: 1ms } } }
  clients:
    - { name: clients, count: 20, to: "web:80", via: nodePort, arrivals: { rate: ${RATE_PER_SEC}/s } }
`
}

/** A run of about so many requests, ready to go. */
export function mainPath(requestCount: number, nodeCount: number): () => ReplicationMeasures {
  const { points } = planOf(scenarioText(requestCount, nodeCount), [])
  const point: DesignPoint = points[0]
  return () => runReplication(point, { seed: 1, replication: 0, trace: undefined })
}

/** A sweep of so many points of one simulated second each, 7,000 requests or somewhat fewer. */
export function mainPathSweep(pointCount: number): ExperimentPlan {
  const rates = Array.from({ length: pointCount }, (_, index) => `${RATE_PER_SEC - index}/s`)
  return planOf(scenarioText(RATE_PER_SEC, 3), [`clients.clients.arrivals.rate=${rates.join(',')}`])
}

/** A sweep of so many points that are nearly no work. With `hasOtherRules` each has a cluster IP, and so rules, of its own. */
export function shortSweep(pointCount: number, hasOtherRules: boolean): ExperimentPlan {
  const values = Array.from({ length: pointCount }, (_, index) =>
    hasOtherRules ? `10.${index}.0.0/16` : `${RATE_PER_SEC - index}/s`,
  )
  const path = hasOtherRules ? 'cluster.serviceCidr' : 'clients.clients.arrivals.rate'
  const settings = ['horizon=20ms', 'cluster.podCidr=172.16.0.0/16']
  return planOf(scenarioText(RATE_PER_SEC, 3), [`${path}=${values.join(',')}`], settings)
}

function planOf(scenario: string, axes: readonly string[], settings: readonly string[] = []): ExperimentPlan {
  return loadExperiment({
    scenarioFile: { path: 'scenario.yaml', text: scenario },
    manifestFiles: [{ path: 'web.yaml', text: MANIFESTS }],
    settings: settings.map(parseSetting),
    axes: axes.map(parseAxis),
    command: '',
  })
}

/** Requests issued in a run. */
export function issuedIn({ calls }: ReplicationMeasures): number {
  return calls.reduce(
    (sum, { outcomes }) => sum + Object.values(outcomes).reduce((all, count) => all + count, 0),
    0,
  )
}
