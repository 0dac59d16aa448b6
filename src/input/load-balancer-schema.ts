/**
 * What a scenario says of a load balancer: a preset, and single settings in place of those of the preset. The presets, with
 * the source of each value, are in model/load-balancers.
 */
import { z } from 'zod'
import { duration } from './scalars.js'

/** Load balancers that svcsim knows. */
export const BALANCER_PRESETS = [
  'generic',
  'l4-5-tuple',
  'l4-3-tuple',
  'l4-2-tuple',
  'aws-nlb-instance',
  'aws-nlb-ip',
  'aws-alb',
  'gcp-passthrough',
  'metallb-l2',
  'metallb-bgp',
  'kube-vip-arp',
] as const

/** Of these, those that send to pods, and those that send to nodes by the address of the Service, unless the scenario says otherwise. */
export const POD_PRESETS: readonly string[] = ['aws-nlb-ip']
export const VIRTUAL_ADDRESS_PRESETS: readonly string[] = [
  'gcp-passthrough',
  'metallb-l2',
  'metallb-bgp',
  'kube-vip-arp',
]

/** How the next target is chosen: the algorithms of routing/. */
export const BALANCING_ALGORITHMS = [
  'roundRobin',
  'random',
  'sourceHash',
  'leastConnections',
  'weightedRoundRobin',
  'powerOfChoices',
  'powerOfChoicesWithReplacement',
  'joinIdleQueue',
  'flowHash',
  'hashThreshold',
  'resilientHash',
  'ringHash',
  'boundedRingHash',
  'maglev',
] as const

const LARGEST_TABLE = 5_000_011

const healthCheck = z
  .strictObject({
    by: z
      .enum(['trafficPort', 'kubeProxy', 'healthCheckNodePort', 'announcement'])
      .optional()
      .describe(
        'What is asked: the port that traffic goes to; kube-proxy on the node; its health check node port, which knows whether the node has a ready pod of the Service; or nothing: nodes announce themselves. That of the preset by default.',
      ),
    interval: duration
      .optional()
      .describe(
        'Time from one check to the next; 0s: a change is known at once. That of the preset by default.',
      ),
    timeout: duration
      .optional()
      .describe('How long a check waits for an answer. That of the preset by default.'),
    healthyThreshold: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'Checks in a row that must succeed before a target gets connections again. That of the preset by default.',
      ),
    unhealthyThreshold: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'Checks in a row that must fail before a target gets no more connections. That of the preset by default.',
      ),
    propagation: duration
      .optional()
      .describe(
        'Time from the decision that a target is unhealthy until it gets no more connections. That of the preset by default.',
      ),
  })
  .describe('How the load balancer learns which targets can take connections.')

export const loadBalancerSchema = z
  .strictObject({
    preset: z
      .enum(BALANCER_PRESETS)
      .default('generic')
      .describe(
        'The load balancer that is modelled. Every setting below is taken from it unless it is given here. generic: round robin over healthy nodes, health known at once.',
      ),
    mode: z
      .enum(['passThrough', 'proxy'])
      .optional()
      .describe(
        'passThrough: connections of clients go through to targets. proxy: they end at the load balancer, which has connections of its own to targets and chooses one for each request. That of the preset by default.',
      ),
    algorithm: z
      .enum(BALANCING_ALGORITHMS)
      .optional()
      .describe(
        'How the next target is chosen, per connection; per request by a proxy. That of the preset by default.',
      ),
    targets: z
      .enum(['nodes', 'pods'])
      .optional()
      .describe(
        'nodes: to nodes, through kube-proxy; pods: straight to ready pods. That of the preset by default.',
      ),
    delivery: z
      .enum(['nodePort', 'virtualAddress'])
      .optional()
      .describe(
        'How packets to nodes are addressed: to the node port, or to the address of the load balancer itself, which kube-proxy answers for as well. That of the preset by default.',
      ),
    hashFields: z
      .enum(['5-tuple', '3-tuple', '2-tuple', 'source'])
      .optional()
      .describe(
        'What algorithms that hash look at. 5-tuple: addresses, ports, protocol; 3-tuple: addresses, protocol; 2-tuple: addresses; source: the source address. That of the preset by default.',
      ),
    weights: z
      .enum(['equal', 'podsPerNode'])
      .optional()
      .describe(
        'For weightedRoundRobin, maglev and rings: all targets alike, or nodes by the number of their ready pods. That of the preset by default.',
      ),
    choices: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('powerOfChoices: targets drawn. That of the preset by default.'),
    virtualNodes: z
      .int()
      .min(1)
      .max(4_096)
      .optional()
      .describe('Rings: points of each target on the ring. That of the preset by default.'),
    tableSize: z
      .int()
      .min(3)
      .max(LARGEST_TABLE)
      .refine(isPrime, { error: 'a prime number such as 65537' })
      .optional()
      .describe('maglev: entries of the table, a prime number. That of the preset by default.'),
    buckets: z
      .int()
      .min(1)
      .max(4_096)
      .optional()
      .describe('resilientHash: entries of the table. That of the preset by default.'),
    loadFactor: z
      .number()
      .min(1)
      .max(1_000)
      .optional()
      .describe(
        'boundedRingHash: most connections of a target, as a multiple of the mean. That of the preset by default.',
      ),
    announcement: z
      .enum(['none', 'hashOfNode', 'oneLeader', 'leaderPerService'])
      .optional()
      .describe(
        'Which node has the address of the Service and takes all of its traffic. none: several do. hashOfNode: the first by hash of node and address. oneLeader: one for all Services. leaderPerService: one for each. That of the preset by default.',
      ),
    announcer: z
      .string()
      .min(1)
      .optional()
      .describe('Name of the node that announces, where one does; found by `announcement` by default.'),
    balancerNodes: z
      .enum(['one', 'perZone'])
      .optional()
      .describe(
        'The load balancer is one machine, or one in each zone that has nodes; clients keep theirs. That of the preset by default.',
      ),
    crossZone: z
      .boolean()
      .optional()
      .describe(
        'Does each machine of the load balancer send to targets of all zones, or to those of its own? That of the preset by default.',
      ),
    link: z
      .enum(['none', 'sameZone', 'byZone'])
      .optional()
      .describe(
        'The link from the load balancer to a node: none, one of kind sameZone, or that of their zones. That of the preset by default.',
      ),
    preservesSource: z
      .boolean()
      .optional()
      .describe(
        "Do targets see the client's address? Otherwise that of the load balancer's machine. That of the preset by default.",
      ),
    whenNoneHealthy: z
      .enum(['refuse', 'useAll'])
      .optional()
      .describe(
        'What becomes of connections while no target is healthy: refused, or sent to any. That of the preset by default.',
      ),
    healthCheck: healthCheck.prefault({}),
    deregistrationDelay: duration
      .optional()
      .describe(
        'How long connections to a target go on after it was taken out. That of the preset by default.',
      ),
    connection: z
      .enum(['perRequest', 'keepAlive'])
      .optional()
      .describe(
        'proxy: its connections to targets, one for each request or kept and used again. That of the preset by default.',
      ),
    idleTimeout: duration
      .optional()
      .describe(
        'proxy: how long an idle connection to a target is kept; 0s: for ever. That of the preset by default.',
      ),
    connectTimeout: duration
      .optional()
      .describe(
        'proxy: how long it tries to connect to a target; 0s: as long as the client waits. That of the preset by default.',
      ),
  })
  .describe('What stands in front of a Service of type LoadBalancer.')

/** Settings of a load balancer as the scenario has them, after defaults and conversions. */
export type LoadBalancerSettings = z.output<typeof loadBalancerSchema>

/** Numbers beyond the largest table are refused for their size. */
function isPrime(count: number): boolean {
  if (count > LARGEST_TABLE) return true
  for (let factor = 2; factor * factor <= count; factor++) if (count % factor === 0) return false
  return true
}
