/**
 * The scenario file: what the user asks of the simulator, beside the manifests. One zod schema gives the check, the
 * TypeScript types and the JSON Schema that editors use, so every description is written for someone who knows
 * Kubernetes and has never seen svcsim. Times become integer nanoseconds, rates become events per second.
 */
import { z } from 'zod'
import { cluster } from './cluster-schema.js'
import { connectionFields } from './connection-schema.js'
import { delay } from './distribution-schema.js'
import { dnsSchema } from './dns-schema.js'
import { controlPlane, events, shutdown, startup } from './events-schema.js'
import { LIMITS } from './limits.js'
import { loadBalancerSchema } from './load-balancer-schema.js'
import { limits, links, tcp } from './network-schema.js'
import { callOrder, cpuLimit, discipline, slowStart } from './pod-behaviour-schema.js'
import { proxy } from './proxy-schema.js'
import { duration, limitedCount, name, quantity, rate, serviceReference } from './scalars.js'
import { sweep } from './sweep-schema.js'
import { warmUp } from './warm-up-schema.js'

export const SCENARIO_API_VERSION = 'svcsim.dev/v1alpha1'

const positiveInteger = z.int().min(1)

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
    serviceTime: delay.optional().describe('In place of `serviceTime` of the pod, which is the default.'),
    calls: calls.optional().describe('In place of `calls` of the pod, which are the default; [] for none.'),
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
      .describe(
        'Calls to other Services, after the own work, while the server or place is held. None by default.',
      ),
    callOrder,
    classes: z
      .record(name, requestClass)
      .default({})
      .describe(
        'Requests that need something else: class of the client group (spec.clients[].class) to what they need. None by default.',
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
    startup: startup.optional(),
    shutdown: shutdown.optional(),
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
      .describe(
        'Time between two requests in place of `process`; its mean must be 1/rate. By default it follows from `process`.',
      ),
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
        'Class of its requests, and of the calls that follow from them: pods that have it among their `classes` treat them accordingly. None by default.',
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

export const scenarioSchema = z
  .strictObject({
    apiVersion: z.literal(SCENARIO_API_VERSION).describe('Version of this format.'),
    kind: z.literal('Scenario').describe('Kind of the document: always Scenario.'),
    metadata: z
      .strictObject({
        name: name.describe('Name of the scenario in reports.'),
        description: z.string().default('').describe('What question it answers.'),
      })
      .describe('What the scenario is called, and what it asks.'),
    spec: z
      .strictObject({
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
        warmUp: warmUp.prefault('1s'),
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
          .describe(
            'Behaviour of pods: workload name (or Pod name) to what it does. By default one server and an exponential service time of 5ms.',
          ),
        clients: z.array(clientGroup).min(1).max(1_000).describe('Who sends requests.'),
        loadBalancers: z
          .record(z.string(), loadBalancerSchema)
          .default({})
          .describe('Load balancers: Service name to its settings. By default those of the preset generic.'),
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
              .describe(
                'Single constants in place of those of the preset, by name, in its unit. None by default.',
              ),
          })
          .prefault({})
          .describe('Processor time of packets on nodes.'),
        workload: z
          .strictObject({
            trace: z.string().describe('Recorded workload (svcsim workload record), relative to this file.'),
          })
          .optional()
          .describe('Replays a recorded workload in place of drawing one, which is the default.'),
        events,
        controlPlane: controlPlane.optional(),
        thresholds: z
          .array(z.string().min(1).max(300))
          .max(100)
          .optional()
          .describe(
            'What results must keep to, each as METRIC OP VALUE: p99 < 250ms, service.web.errors < 0.1%. Exit code 99 where one is not kept. None by default.',
          ),
        sweep: sweep.optional(),
      })
      .describe('The cluster, who calls whom, and what is run.'),
  })
  .describe('A svcsim scenario.')

/** A scenario after defaults and conversions. */
export type Scenario = z.output<typeof scenarioSchema>
export type ScenarioSpec = Scenario['spec']
export type ClientGroup = ScenarioSpec['clients'][number]
export type PodBehaviour = ScenarioSpec['pods'][string]
export type LoadBalancerSettings = ScenarioSpec['loadBalancers'][string]
export type ProxySettings = ScenarioSpec['proxy']
export type ScenarioEvent = NonNullable<ScenarioSpec['events']>[number]
export type SweepSettings = NonNullable<ScenarioSpec['sweep']>
