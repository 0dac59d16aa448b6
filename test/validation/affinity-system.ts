/** A Service with clients outside, for questions of stickiness and spread: pods answer at once and never queue. */
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { runReplication } from '../../src/experiment/run-replication.js'
import type { ReplicationMeasures } from '../../src/metrics/replication-collector.js'

export interface AffinitySystem {
  readonly replicas: number
  /** Seconds; undefined: sessionAffinity None. */
  readonly affinityTimeoutS?: number
  readonly nodes: number
  /** Fields of the client group beside name and target, in flow style: `count: 30, via: nodePort, …` */
  readonly clients: string
  readonly warmUpS: number
  readonly horizonS: number
  readonly externalTrafficPolicy?: 'Cluster' | 'Local'
  /** Node of each pod; spread evenly by default. */
  readonly placement?: readonly string[]
  readonly algorithm?: string
}

/** The figures of one call, replication by replication. */
export function runAffinitySystem(
  system: AffinitySystem,
  replications: number,
  seed: number,
): ReplicationMeasures[] {
  const plan = loadExperiment({
    scenarioFile: { path: 'scenario.yaml', text: scenarioText(system) },
    manifestFiles: [{ path: 'shop.yaml', text: manifestText(system) }],
    settings: [],
    axes: [],
    command: '',
  })
  return Array.from({ length: replications }, (_, replication) =>
    runReplication(plan.points[0], { seed, replication, trace: undefined }),
  )
}

/** Return ratio over all replications together. */
export function pooledReturnRatio(runs: readonly ReplicationMeasures[]): {
  ratio: number
  returning: number
} {
  let returning = 0
  let same = 0
  for (const { calls } of runs) {
    const { returningConnections, returnRatio } = calls[0].stickiness
    returning += returningConnections
    same += Math.round((returnRatio ?? 0) * returningConnections)
  }
  return { ratio: same / returning, returning }
}

/** Half of the interval of three standard errors of a share. */
export function threeStandardErrors(share: number, count: number): number {
  return 3 * Math.sqrt((share * (1 - share)) / count)
}

function scenarioText(system: AffinitySystem): string {
  const nodes = Array.from({ length: system.nodes }, (_, index) => `{ name: node-${index} }`).join(', ')
  const placement = system.placement === undefined ? '{}' : `{ shop: [${system.placement.join(', ')}] }`
  return `
apiVersion: svcsim.dev/v1alpha1
kind: Scenario
metadata: { name: affinity }
spec:
  manifests: [shop.yaml]
  warmUp: ${Math.round(system.warmUpS * 1e6)}us
  horizon: ${Math.round(system.horizonS * 1e6)}us
  cluster: { nodes: [${nodes}], placement: ${placement} }
  links: { outside: 1ms }
  costs: { preset: none }
  pods: { shop: { servers: 1000, serviceTime: 1ms } }
  loadBalancers: { shop: { algorithm: ${system.algorithm ?? 'random'} } }
  clients: [{ name: visitors, to: "shop:80", ${system.clients} }]
`
}

function manifestText({ replicas, affinityTimeoutS, externalTrafficPolicy }: AffinitySystem): string {
  const affinity =
    affinityTimeoutS === undefined
      ? 'sessionAffinity: None'
      : `sessionAffinity: ClientIP\n  sessionAffinityConfig: { clientIP: { timeoutSeconds: ${affinityTimeoutS} } }`
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec: { containers: [{ name: shop, image: shop, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: shop }
spec:
  type: LoadBalancer
  externalTrafficPolicy: ${externalTrafficPolicy ?? 'Cluster'}
  ${affinity}
  ports: [{ port: 80, nodePort: 30080 }]
  selector: { app: shop }
`
}
