/**
 * A queueing system as a scenario: clients inside, a ClusterIP Service, pods as stations; links, names and packets take no
 * time, so that a response time is the sojourn time. One time unit of the textbook is one millisecond here.
 */
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import type { DesignPoint } from '../../src/experiment/plan.js'
import { runReplication } from '../../src/experiment/run-replication.js'
import { type Estimate, estimate } from '../../src/metrics/estimate.js'
import type { ReplicationMeasures } from '../../src/metrics/replication-collector.js'

export const UNIT_NS = 1_000_000

export interface QueueSystem {
  /** Arrivals per time unit. */
  readonly arrivalRate: number
  /** As `serviceTime` of a scenario, in flow style. */
  readonly serviceTime: string
  readonly pods?: number
  readonly servers?: number
  readonly discipline?: 'fcfs' | 'ps'
  /** As `cpuLimit` of a scenario. */
  readonly cpuLimit?: string
  /** A second group of clients, whose requests have a service time of their own; its figures come second. */
  readonly others?: { readonly arrivalRate: number; readonly serviceTime: string }
  /** Waiting places per pod. */
  readonly queueCapacity?: number
  /** As `gap` of a scenario, in flow style; exponential by default. */
  readonly gap?: string
  /** One connection per request by default. */
  readonly connection?: 'keepAlive'
  /** Speed by pod ordinal, in flow style. */
  readonly speed?: string
  /** A load balancer's algorithm straight over the pods, in place of kube-proxy's random choice. */
  readonly algorithm?: string
  /** Targets drawn by powerOfChoices. */
  readonly choices?: number
}

export interface QueueRun {
  readonly replications: number
  /** Requests counted in each replication, about. */
  readonly requests: number
  /** Requests of the warm-up, about. */
  readonly warmUpRequests: number
  readonly seed: number
}

/** A duration of so many time units, as text. */
export function units(count: number): string {
  return `${Math.round(count * UNIT_NS)}ns`
}

/** Runs the replications of a queueing system. */
export function runQueueSystem(system: QueueSystem, run: QueueRun): ReplicationMeasures[] {
  const point = queuePoint(system, run)
  return Array.from({ length: run.replications }, (_, replication) =>
    runReplication(point, { seed: run.seed, replication, trace: undefined }),
  )
}

/** A queueing system, loaded. */
export function queuePoint(system: QueueSystem, run: QueueRun): DesignPoint {
  return loadExperiment({
    scenarioFile: { path: 'scenario.yaml', text: scenarioText(system, run) },
    manifestFiles: [{ path: 'pods.yaml', text: manifestText(system) }],
    settings: [],
    axes: [],
    command: '',
  }).points[0]
}

/** A figure of every replication with its 95 % interval. */
export function estimateOf(
  runs: readonly ReplicationMeasures[],
  figure: (run: ReplicationMeasures) => number | null,
): Estimate {
  return estimate(runs.map(figure))
}

/** Mean response time in time units. */
export function meanResponse(run: ReplicationMeasures): number {
  return (run.calls[0].responseTimes.meanNs() ?? Number.NaN) / UNIT_NS
}

function scenarioText(system: QueueSystem, run: QueueRun): string {
  const warmUp = units(run.warmUpRequests / system.arrivalRate)
  const horizon = units((run.warmUpRequests + run.requests) / system.arrivalRate)
  const way =
    system.algorithm === undefined
      ? 'location: inside, via: clusterIP'
      : 'location: outside, via: loadBalancer'
  return `
apiVersion: svcsim.dev/v1alpha1
kind: Scenario
metadata: { name: queue }
spec:
  manifests: [pods.yaml]
  warmUp: ${warmUp}
  horizon: ${horizon}
  cluster: { nodes: [{ name: node-a }] }
  links: { sameNode: 0s, sameZone: 0s, otherZone: 0s, outside: 0s }
  dns: { lookupTime: 0s }
  costs: { preset: none }
  pods:
    station:
      servers: ${system.servers ?? 1}
      queueCapacity: ${system.queueCapacity ?? 10_000_000}
      discipline: ${system.discipline ?? 'fcfs'}
      serviceTime: ${system.serviceTime}
      classes: ${system.others === undefined ? '{}' : `{ other: { serviceTime: ${system.others.serviceTime} } }`}
${system.cpuLimit === undefined ? '' : `      cpuLimit: ${system.cpuLimit}`}
      speed: ${system.speed ?? '{}'}
  loadBalancers:
    station: { algorithm: ${system.algorithm ?? 'random'}, targets: pods, choices: ${system.choices ?? 2} }
  limits: { conntrackPerCpu: 0, conntrackTimeWait: 0s, clientTimeWait: 0s }
  clients:
    - name: clients
      ${way.replace(', ', '\n      ')}
      count: 20
      connection: ${system.connection ?? 'perRequest'}
      to: station:80
      timeout: 20h
      arrivals: { rate: ${system.arrivalRate * 1_000}/s${system.gap === undefined ? '' : `, gap: ${system.gap}`} }
${system.others === undefined ? '' : otherClients(system.others.arrivalRate)}
`
}

function otherClients(arrivalRate: number): string {
  return `    - name: others
      location: inside
      count: 20
      class: other
      to: station:80
      timeout: 20h
      arrivals: { rate: ${arrivalRate * 1_000}/s }`
}

function manifestText({ pods, algorithm }: QueueSystem): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: station }
spec:
  replicas: ${pods ?? 1}
  selector: { matchLabels: { app: station } }
  template:
    metadata: { labels: { app: station } }
    spec: { containers: [{ name: station, image: station, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: station }
spec:
  type: ${algorithm === undefined ? 'ClusterIP' : 'LoadBalancer'}
  ports: [{ port: 80 }]
  selector: { app: station }
`
}
