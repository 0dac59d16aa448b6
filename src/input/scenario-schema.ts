/**
 * The scenario file: what the user asks of the simulator, beside the manifests. One zod schema gives the check, the
 * TypeScript types and the JSON Schema that editors use, so every description is written for someone who knows
 * Kubernetes and has never seen svcsim. Times become integer nanoseconds, rates become events per second.
 */
import { z } from 'zod'
import { delay } from './distribution-schema.js'
import { dnsSchema } from './dns-schema.js'
import { LIMITS } from './limits.js'
import { loadBalancerSchema } from './load-balancer-schema.js'
import { callOrder, cpuLimit, cpuPeriod, discipline, slowStart } from './pod-behaviour-schema.js'
import {
  duration,
  hostName,
  limitedCount,
  limitedList,
  name,
  portRange,
  quantity,
  rate,
  serviceReference,
} from './scalars.js'

export const SCENARIO_API_VERSION = 'svcsim.dev/v1alpha1'

/** Schedulers of IPVS, as `ipvsadm -s` names them. */
export const IPVS_SCHEDULERS = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'sh',
  'mh',
  'dh',
  'sed',
  'nq',
  'lblc',
  'lblcr',
] as const

/** As the kernel takes them: at most 15 characters, no blank and no slash. */
const interfaceName = z
  .string()
  .regex(/^[!-.0-~]{1,15}$/, 'the name of a network interface, at most 15 characters')

const positiveInteger = z.int().min(1)

const node = z
  .strictObject({
    name: name.describe('Name of the node; label kubernetes.io/hostname as well.'),
    zone: z.string().default('').describe('Zone: label topology.kubernetes.io/zone.'),
    labels: z
      .record(z.string(), z.string())
      .default({})
      .describe('Further labels, for nodeSelector and spread constraints.'),
    cpus: positiveInteger.max(1024).default(2).describe('Processors that forward packets.'),
  })
  .describe('One node of the cluster.')

const cluster = z
  .strictObject({
    nodes: limitedList(node, LIMITS.clusterNodes)
      .default([])
      .describe(
        'The nodes. Node objects among the manifests are used where this is empty, and three nodes in two zones where there are none.',
      ),
    ipFamily: z
      .enum(['IPv4', 'IPv6'])
      .default('IPv4')
      .describe('The family of all addresses; clusters of both at once are not modelled.'),
    podCidr: z
      .string()
      .optional()
      .describe(
        'Addresses of pods; every node gets a part of it. 10.244.0.0/16, or fd00:10:244::/48, by default.',
      ),
    serviceCidr: z
      .string()
      .optional()
      .describe('Addresses that ClusterIPs are drawn from. 10.96.0.0/12, or fd00:10:96::/112, by default.'),
    nodeCidr: z
      .string()
      .optional()
      .describe('Addresses of nodes. 192.168.0.0/24, or fd00:192:168::/112, by default.'),
    loadBalancerCidr: z
      .string()
      .optional()
      .describe(
        'Addresses given to Services of type LoadBalancer that have none. 203.0.113.0/24, or 2001:db8:203::/112, by default.',
      ),
    nodePortRange: portRange
      .default({ first: 30_000, last: 32_767 })
      .describe('--service-node-port-range of the API server.'),
    otherServices: z
      .strictObject({
        count: z.int().min(0).max(100_000).default(0).describe('How many there are.'),
        endpoints: z.int().min(0).max(1_000).default(1).describe('Endpoints behind each.'),
      })
      .prefault({})
      .describe(
        'Services of the cluster that are not among the manifests: nobody uses them, but every node has their rules, half of them before those of the manifests and half after.',
      ),
    placement: z
      .record(z.string(), z.array(z.string()).min(1))
      .default({})
      .describe(
        'Pods on nodes, by hand: workload name to the list of nodes of its pods 0, 1, 2 …; used again from the start where the list is shorter. Wins over every other rule.',
      ),
  })
  .describe('Nodes and address ranges.')

/** Below 1: something must arrive. */
const ratio = z.number().min(0).max(0.9)

const pool = z
  .strictObject({
    size: positiveInteger
      .max(1_000_000)
      .optional()
      .describe(
        'Connections that one caller has at most; requests wait for a free one. Without limit by default for keepAlive, 1 for multiplexed.',
      ),
    reuse: z
      .enum(['lastInFirstOut', 'firstInFirstOut'])
      .default('lastInFirstOut')
      .describe('keepAlive: which idle connection is taken, the one used last or the one idle longest.'),
    maxStreams: positiveInteger
      .max(1_000_000)
      .default(100)
      .describe('multiplexed: requests at a time on one connection.'),
    idleTimeout: duration.optional().describe('How long an idle connection is kept; for ever by default.'),
    maxAge: duration
      .optional()
      .describe('How old a connection may get before it takes no further request; without limit by default.'),
  })
  .describe('The connections that one caller keeps, for keepAlive and multiplexed.')

const retry = z
  .strictObject({
    attempts: positiveInteger.min(2).max(100).default(3).describe('Attempts in all, the first included.'),
    on: z
      .array(z.enum(['refused', 'timedOut', 'reset', 'rejected']))
      .min(1)
      .default(['refused', 'reset', 'rejected'])
      .describe('Outcomes of an attempt after which there is another.'),
    attemptTimeout: duration
      .optional()
      .describe('How long one attempt may take; the time-out of the whole request by default.'),
    backoff: duration
      .prefault('25ms')
      .describe(
        'Pause before the second attempt; doubled for each further one. Half of it is drawn at random.',
      ),
    maxBackoff: duration.prefault('1s').describe('Longest pause.'),
    budget: z
      .number()
      .min(0)
      .max(100)
      .default(0.2)
      .describe('Retries that all callers together may make, as a share of their requests, and ten at once.'),
  })
  .describe('Tries failed requests again. A retry is a new attempt of the same request.')

const connectionFields = {
  connection: z
    .enum(['perRequest', 'keepAlive', 'multiplexed'])
    .default('perRequest')
    .describe(
      'perRequest: a new connection for each request. keepAlive: kept open and used again, for one request at a time (HTTP/1.1). multiplexed: for many at a time (HTTP/2, gRPC).',
    ),
  maxRequests: positiveInteger
    .default(1_000_000_000)
    .describe('Requests on one connection before it is closed, for keepAlive and multiplexed.'),
  pool: pool.prefault({}),
  requestSize: quantity
    .default(0)
    .describe('Bytes of a request, such as 2Ki; counts where links have a bandwidth.'),
  responseSize: quantity
    .default(0)
    .describe('Bytes of an answer, such as 20Ki; counts where links have a bandwidth.'),
  retry: retry.optional(),
  resolves: hostName
    .optional()
    .describe(
      'Name that is looked up in place of that of the Service, for callers inside and spec.dns.mode coredns: api.example.com, say, for which the Service stands in. The connection goes to the Service.',
    ),
}

const call = z
  .strictObject({
    to: serviceReference.describe(
      'The Service called, as the application writes it: NAME:PORT, NAME.NAMESPACE:PORT or a full DNS name.',
    ),
    ...connectionFields,
    timeout: duration.prefault('30s').describe('How long the caller waits for the answer, retries included.'),
  })
  .describe('A call that each request makes before it answers.')

const calls = z.array(call).max(16)

const requestClass = z
  .strictObject({
    serviceTime: delay.optional().describe('In place of `serviceTime` of the pod.'),
    calls: calls.optional().describe('In place of `calls` of the pod; [] for none.'),
  })
  .describe('What requests of one class need of a pod; what is left out is as for all others.')

const podBehaviour = z
  .strictObject({
    servers: positiveInteger
      .max(100_000)
      .default(1)
      .describe('Requests that one pod serves at the same time (threads, workers).'),
    discipline,
    queueCapacity: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(1024)
      .describe(
        'Requests that may wait in one pod, or with discipline ps be in it beyond the number of servers; the next is rejected.',
      ),
    whenFull: z
      .enum(['reject', 'dropConnection'])
      .default('reject')
      .describe(
        'What happens when all of these places are taken. reject: the request is answered with an error. dropConnection: the places are those of the listen backlog, so that new connections wait for one; their first packets are dropped and repeated.',
      ),
    serviceTime: delay
      .prefault({ distribution: 'exponential', mean: '5ms' })
      .describe('Time that a server works on one request, without its calls.'),
    calls: calls
      .default([])
      .describe('Calls to other Services, after the own work, while the server or place is held.'),
    callOrder,
    classes: z
      .record(name, requestClass)
      .default({})
      .describe(
        'Requests that need something else: class of the client group (spec.clients[].class) to what they need.',
      ),
    speed: z
      .record(z.string().regex(/^\d+$/, 'the ordinal of a pod, as text'), z.number().positive())
      .default({})
      .describe(
        'Pods that are slower or faster: ordinal of the pod to its speed, 1 being normal; 0.25 takes four times as long.',
      ),
    cpuLimit: cpuLimit
      .optional()
      .describe(
        'CPU limit of one pod, as resources.limits.cpu: 500m, 2. serviceTime is then CPU time: the pod may use the limit times 100 ms of it in each period of 100 ms (spec.limits.cpuPeriod), all servers together, and stands still when that is used up. fromManifest: the limits of its containers, added up. Without limit by default.',
      ),
    slowStart: slowStart.optional(),
  })
  .describe('How the pods of one workload behave.')

const arrivals = z
  .strictObject({
    rate: rate.describe('Requests per second of the whole group, e.g. 400/s.'),
    process: z
      .enum(['poisson', 'paced'])
      .default('poisson')
      .describe('poisson: independent of each other; paced: one exactly every 1/rate.'),
    gap: delay
      .optional()
      .describe('Time between two requests in place of `process`; its mean must be 1/rate.'),
    order: z
      .enum(['random', 'inTurn', 'shuffled'])
      .default('random')
      .describe(
        'Which client asks next: any; each in turn; or each once per round, in a new order every round.',
      ),
  })
  .describe('When the group issues requests: an open workload, which does not wait for answers.')

const clientGroup = z
  .strictObject({
    name: name.describe('Name of the group in the results.'),
    location: z
      .enum(['outside', 'inside'])
      .default('outside')
      .describe('outside: beyond the load balancer; inside: pods of the cluster.'),
    nodes: z
      .array(z.string())
      .default([])
      .describe('For clients inside: the nodes that they run on, in turn. All nodes where empty.'),
    count: positiveInteger.max(1_000_000).default(100).describe('Clients, each with an address of its own.'),
    class: name
      .optional()
      .describe(
        'Class of its requests, and of the calls that follow from them: pods that have it among their `classes` treat them accordingly.',
      ),
    to: serviceReference.describe(
      'The Service used: NAME:PORT or NAME.NAMESPACE:PORT, with the Service port, whatever the way in.',
    ),
    via: z
      .enum(['clusterIP', 'nodePort', 'loadBalancer'])
      .optional()
      .describe(
        'The way in. By default clusterIP for clients inside; outside, the loadBalancer where the Service has one, else the nodePort.',
      ),
    entryNodes: z
      .array(z.string())
      .default([])
      .describe('For nodePort: the nodes whose address clients use. All nodes where empty.'),
    entryPolicy: z
      .enum(['perClient', 'roundRobin', 'random'])
      .default('perClient')
      .describe(
        'For nodePort: each client keeps one node; each client goes through the nodes in turn; or draws one per connection.',
      ),
    arrivals,
    ...connectionFields,
    timeout: duration
      .prefault('30s')
      .describe('How long a client waits, from the intended start, retries included.'),
  })
  .describe('A group of clients that behave alike.')

const links = z
  .strictObject({
    sameNode: delay.prefault('10us').describe('Between two pods of one node, or a pod and its node.'),
    sameZone: delay.prefault('150us').describe('Between two nodes of one zone.'),
    otherZone: delay.prefault('500us').describe('Between two nodes of different zones.'),
    outside: delay
      .prefault('10ms')
      .describe('Between a client outside and the load balancer or node it enters by.'),
    bandwidth: z
      .strictObject({
        sameNode: quantity.optional(),
        sameZone: quantity.optional(),
        otherZone: quantity.optional(),
        outside: quantity.optional(),
      })
      .prefault({})
      .describe(
        'Bits per second by kind of link, such as 10G: messages take their size over it on every link, and wait where their sender is still busy with others. Without limit by default.',
      ),
    loss: z
      .strictObject({
        sameNode: ratio.optional(),
        sameZone: ratio.optional(),
        otherZone: ratio.optional(),
        outside: ratio.optional(),
      })
      .prefault({})
      .describe('Share of packets that are lost, by kind of link; 0 by default. They are sent again.'),
  })
  .describe('Time that a packet takes one way, by kind of link; with bandwidth and loss where wanted.')

const proxy = z
  .strictObject({
    mode: z
      .enum(['iptables', 'nftables', 'ipvs'])
      .default('iptables')
      .describe('--proxy-mode: what kube-proxy programs on every node.'),
    ipvsScheduler: z
      .enum(IPVS_SCHEDULERS)
      .default('rr')
      .describe('--ipvs-scheduler, for mode ipvs: how the next endpoint is chosen.'),
    detectLocalMode: z
      .enum(['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix', 'None'])
      .default('ClusterCIDR')
      .describe(
        '--detect-local-mode: how traffic of pods is recognised; other traffic to a ClusterIP is masqueraded. None: not at all.',
      ),
    detectLocal: z
      .strictObject({
        bridgeInterface: interfaceName
          .default('cni0')
          .describe('The bridge of the pods, for BridgeInterface.'),
        interfaceNamePrefix: interfaceName
          .default('veth')
          .describe('How the interfaces of pods begin, for InterfaceNamePrefix.'),
      })
      .prefault({})
      .describe('What the last two modes of detectLocalMode go by.'),
    masqueradeAll: z
      .boolean()
      .default(false)
      .describe('--masquerade-all: all traffic to a ClusterIP gets the address of the node.'),
    masqueradeBit: z.int().min(0).max(31).default(14).describe('--iptables-masquerade-bit: bit of the mark.'),
    nodePortAddresses: z
      .array(z.string())
      .max(100)
      .default([])
      .describe(
        '--nodeport-addresses: ranges of node addresses at which node ports answer. Where empty: every address of the node in mode iptables, its main one in nftables.',
      ),
    localhostNodePorts: z
      .boolean()
      .default(true)
      .describe('--iptables-localhost-nodeports: node ports answer at 127.0.0.1 too, in mode iptables.'),
    largeClusterEndpoints: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(1_000)
      .describe('With more endpoints than this, rules of endpoints have no comments (mode iptables).'),
    conntrackTcpBeLiberal: z
      .boolean()
      .default(false)
      .describe(
        '--conntrack-tcp-be-liberal: packets that connection tracking finds invalid are not dropped.',
      ),
  })
  .describe('Settings of kube-proxy, the same on every node.')

const tcp = z
  .strictObject({
    synSchedule: z
      .enum(['linux', 'linux-before-6.5'])
      .default('linux')
      .describe(
        'When an unanswered first packet is repeated: after 1, 2, 3, 4, 5, 7, 11 … s, or after 1, 3, 7, 15 … s.',
      ),
    synRetries: z
      .int()
      .min(0)
      .max(20)
      .optional()
      .describe('Repetitions before a client gives up; all of the schedule by default.'),
  })
  .describe('TCP of the clients.')

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

const limits = z
  .strictObject({
    conntrackPerCpu: count
      .optional()
      .describe('Connections that a node tracks, for each processor (32768); 0: without limit.'),
    conntrackLeast: count
      .optional()
      .describe('Connections that a node tracks at least, however few its processors (131072).'),
    conntrackTimeWait: duration
      .optional()
      .describe('How long a closed connection keeps its place in the table of a node (120s).'),
    conntrackSynSent: duration
      .optional()
      .describe('How long a connection that was never answered keeps its place (120s).'),
    conntrackClose: duration
      .optional()
      .describe('How long a connection that was reset keeps its place (10s).'),
    conntrackUdp: duration
      .optional()
      .describe('How long queries and answers from one UDP port keep their place after the last (30s).'),
    conntrackUdpStream: duration
      .optional()
      .describe('The same for ports that are used for more than 2 s (120s).'),
    nodeBacklog: count
      .optional()
      .describe('First packets that may wait for each processor of a node (1000); the next is dropped.'),
    masqueradePorts: count
      .optional()
      .describe('Connections that a node can masquerade at once, to each endpoint (64512).'),
    clientPorts: count
      .optional()
      .describe(
        'Connections that a client can have to one Service at once, those in TIME_WAIT included (28232).',
      ),
    clientTimeWait: duration
      .optional()
      .describe('How long a connection that the client closed keeps its port (60s).'),
    cpuPeriod: cpuPeriod
      .optional()
      .describe(
        'Period in which the CPU limit of a pod holds (100ms), 1ms to 1s: cpuCFSQuotaPeriod of kubelet.',
      ),
  })
  .describe('What runs out, and how long places are kept: sizes and time-outs of the kernel.')

const axisValue = z.union([z.string(), z.number(), z.boolean()])

const variant = z
  .strictObject({
    name: z.string().min(1).describe('Name of the variant in tables.'),
    set: z.record(z.string(), z.unknown()).describe('Field path to value, as for --set.'),
  })
  .describe('Several fields set together.')

const axis = z
  .strictObject({
    name: z.string().min(1).optional().describe('Heading in tables; the path by default.'),
    path: z
      .string()
      .min(1)
      .optional()
      .describe('Field to vary, e.g. counter.replicas or service.shop.sessionAffinity.'),
    values: z
      .union([z.string(), z.array(axisValue).min(1).max(10_000)])
      .optional()
      .describe('Values of the field: a list, or a range such as 1..10 or 10..100/10.'),
    variants: z
      .array(variant)
      .min(1)
      .optional()
      .describe('In place of path and values: named settings of several fields.'),
  })
  .describe('One factor of the sweep.')

const sweep = z
  .strictObject({
    axes: z.array(axis).min(1).max(8).describe('Factors; every combination is run.'),
    table: z
      .strictObject({
        columns: z
          .array(z.string())
          .default([])
          .describe('Axes laid out as columns, by their heading; the others make the rows.'),
        metrics: z.array(z.string()).min(1).describe('Metrics in each cell, e.g. stickiness.returnRatio.'),
        call: z.string().optional().describe('The call shown, as CALLER→SERVICE; the first by default.'),
      })
      .optional()
      .describe('How the table is laid out; one row per point with the usual metrics by default.'),
  })
  .describe('Runs the scenario at every combination of settings.')

export const scenarioSchema = z
  .strictObject({
    apiVersion: z.literal(SCENARIO_API_VERSION).describe('Version of this format.'),
    kind: z.literal('Scenario'),
    metadata: z.strictObject({
      name: name.describe('Name of the scenario in reports.'),
      description: z.string().default('').describe('What question it answers.'),
    }),
    spec: z.strictObject({
      manifests: z
        .array(z.string().min(1))
        .min(1)
        .describe('Manifest files or folders, relative to this file.'),
      seed: z
        .int()
        .min(0)
        .max(Number.MAX_SAFE_INTEGER)
        .default(1)
        .describe('Number that all randomness derives from.'),
      replications: positiveInteger
        .max(100_000)
        .default(1)
        .describe('Independent runs; with two or more every figure has a 95 % interval.'),
      warmUp: duration.prefault('1s').describe('Simulated time cut off at the start.'),
      horizon: duration
        .prefault('61s')
        .describe('End of simulated time; requests still open then are unfinished.'),
      cluster: cluster.prefault({}),
      replicas: z
        .record(z.string(), limitedCount(LIMITS.pods))
        .default({})
        .describe('Replica counts that win over those of the manifests: workload name to count.'),
      pods: z
        .record(z.string(), podBehaviour)
        .default({})
        .describe('Behaviour of pods: workload name (or Pod name) to what it does.'),
      clients: z.array(clientGroup).min(1).max(1_000).describe('Who sends requests.'),
      loadBalancers: z
        .record(z.string(), loadBalancerSchema)
        .default({})
        .describe('Load balancers: Service name to its settings.'),
      links: links.prefault({}),
      dns: dnsSchema.prefault({}),
      proxy: proxy.prefault({}),
      tcp: tcp.prefault({}),
      limits: limits.prefault({}),
      costs: z
        .strictObject({
          preset: z
            .enum(['iptables-legacy', 'iptables-nft', 'nftables', 'ipvs', 'none'])
            .optional()
            .describe(
              'Costs of packet processing; by default those of the proxy mode: iptables-nft, nftables or ipvs. none: it takes no time.',
            ),
          set: z
            .record(z.string(), quantity)
            .default({})
            .describe('Single constants in place of those of the preset, by name, in its unit.'),
        })
        .prefault({})
        .describe('Processor time of packets on nodes.'),
      workload: z
        .strictObject({
          trace: z.string().describe('Recorded workload (svcsim workload record), relative to this file.'),
        })
        .optional()
        .describe('Replays a recorded workload in place of drawing one.'),
      sweep: sweep.optional(),
    }),
  })
  .describe('A svcsim scenario.')

/** A scenario after defaults and conversions. */
export type Scenario = z.output<typeof scenarioSchema>
export type ScenarioSpec = Scenario['spec']
export type ClientGroup = ScenarioSpec['clients'][number]
export type PodBehaviour = ScenarioSpec['pods'][string]
export type LoadBalancerSettings = ScenarioSpec['loadBalancers'][string]
export type ProxySettings = ScenarioSpec['proxy']
export type SweepSettings = NonNullable<ScenarioSpec['sweep']>

/** How pods behave of which the scenario says nothing. */
export const DEFAULT_POD_BEHAVIOUR: PodBehaviour = podBehaviour.parse({})
