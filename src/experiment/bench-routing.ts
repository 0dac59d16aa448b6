/**
 * The scenario of `svcsim bench routing`: every load-balancing algorithm in front of pods that are all alike, and of pods
 * one of which works at a quarter of the speed (a noisy neighbour, an older machine).
 *
 * The load balancer sends connections straight to pods, so nothing but its algorithm spreads them. Every request opens a
 * connection; response times are those of an open workload with exponential gaps and service times. A pod takes two
 * requests at a time and lets sixteen wait; the next is rejected. So a pod that gets more than it can do shows in the
 * share of completed requests, and its response times stay bounded.
 *
 * Hashes are of the whole connection (5-tuple), but for sourceHash. Left out: weights, slow start, several balancers that do
 * not know of each other. The texts below are an ordinary scenario with its manifests: a user's own may begin as a copy of them.
 */
import type { LoadBalancerSettings } from '../input/load-balancer-schema.js'
import type { SourceFile } from '../input/source-file.js'

/** Requests that a pod serves at the same time, and how long one takes on average. */
const SERVERS_PER_POD = 2
const MEAN_SERVICE_TIME_MS = 20

/** All but weightedRoundRobin, which is roundRobin over pods of equal weight. */
const BENCHMARKED_ALGORITHMS: readonly LoadBalancerSettings['algorithm'][] = [
  'roundRobin',
  'random',
  'leastConnections',
  'powerOfChoices',
  'powerOfChoicesWithReplacement',
  'joinIdleQueue',
  'sourceHash',
  'flowHash',
  'hashThreshold',
  'resilientHash',
  'ringHash',
  'boundedRingHash',
  'maglev',
]

const MANIFESTS = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 10
  selector:
    matchLabels: { app: shop }
  template:
    metadata:
      labels: { app: shop }
    spec:
      containers:
        - name: shop
          image: shop
          ports: [{ containerPort: 8080 }]
---
apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  type: LoadBalancer
  selector: { app: shop }
  ports: [{ port: 80, targetPort: 8080 }]
`

const SCENARIO = `apiVersion: svcsim.dev/v1alpha1
kind: Scenario
metadata:
  name: bench-routing
  description: Which load-balancing algorithm, over even pods and with one slow pod?
spec:
  manifests: [shop.yaml]
  replications: 10
  warmUp: 1s
  horizon: 16s
  pods:
    shop:
      servers: ${SERVERS_PER_POD}
      queueCapacity: 16
      serviceTime: { distribution: exponential, mean: ${MEAN_SERVICE_TIME_MS}ms }
  clients:
    - name: users
      count: 100
      to: shop:80
      via: loadBalancer
      arrivals: { rate: 700/s }
  loadBalancers:
    shop: { algorithm: roundRobin, targets: pods }
  sweep:
    axes:
      - name: pods
        variants:
          - { name: all alike, set: {} }
          - { name: one at a quarter speed, set: { pods.shop.speed: { "0": 0.25 } } }
      - name: algorithm
        path: loadBalancers.shop.algorithm
        values: [${BENCHMARKED_ALGORITHMS.join(', ')}]
`

/** The scenario as a file of its own. */
export const BENCH_ROUTING_SCENARIO: SourceFile = { path: '<bench routing>', text: SCENARIO }

/** Its manifests. */
export const BENCH_ROUTING_MANIFESTS: readonly SourceFile[] = [
  { path: '<bench routing manifests>', text: MANIFESTS },
]

/** What can be chosen about the benchmark. */
export interface BenchRoutingOptions {
  readonly podCount: number
  readonly clientCount: number
  /** Share of the capacity of equal pods that is asked for, above 0; ignored where a rate is given. */
  readonly utilisation: number
  /** Requests per second of all clients together. */
  readonly ratePerSec: number | undefined
}

export const BENCH_ROUTING_DEFAULTS: BenchRoutingOptions = {
  podCount: 10,
  clientCount: 100,
  utilisation: 0.7,
  ratePerSec: undefined,
}

/** The choices as settings of the scenario, `PATH=VALUE`. */
export function benchRoutingSettings(options: BenchRoutingOptions): readonly string[] {
  const { podCount, clientCount, utilisation } = options
  const capacityPerSec = (podCount * SERVERS_PER_POD * 1_000) / MEAN_SERVICE_TIME_MS
  const ratePerSec = options.ratePerSec ?? Math.round(utilisation * capacityPerSec * 1_000) / 1_000
  return [
    `deployment.shop.replicas=${podCount}`,
    `clients.users.count=${clientCount}`,
    `clients.users.arrivals.rate=${ratePerSec}/s`,
  ]
}
