/**
 * The results object: all that a run has found, in one versioned value that can be stored, compared and rendered again.
 * One zod schema gives the type, the check on reading and the published JSON Schema. Times are nanoseconds, ratios 0 to 1.
 */
import { z } from 'zod'
import { capacity } from './capacity-schema.js'
import { estimate } from './estimate-schema.js'

export const RESULTS_SCHEMA_VERSION = 'svcsim.dev/results/v1'

const count = z.int().min(0)

/** What `source` of an assumption says when the scenario has set the value itself: the ones that every report lists. */
export const SET_BY_SCENARIO = 'set by the scenario'

const outcomes = z
  .strictObject({
    issued: count,
    completed: count,
    refused: count,
    timedOut: count,
    reset: count,
    rejected: count,
    unfinished: count,
  })
  .describe('How requests ended, all replications together; issued is the sum of the six others.')

const histogram = z
  .strictObject({
    bitsPerOctave: z.int().describe('Each octave is cut into 2^bitsPerOctave buckets.'),
    buckets: z.array(z.int()).describe('Bucket numbers in increasing order.'),
    counts: z.array(count).describe('Completed requests per bucket.'),
  })
  .describe(
    'Response times of all replications together; base/histogram-buckets.ts gives the bounds of a bucket.',
  )

const responseTime = z.strictObject({
  count: count.describe('Completed requests, all replications together.'),
  mean: estimate,
  min: estimate,
  p50: estimate,
  p90: estimate,
  p95: estimate,
  p99: estimate,
  p999: estimate,
  max: estimate,
  histogram,
})

const parts = z
  .strictObject({
    dns: estimate,
    connect: estimate,
    rules: estimate,
    network: estimate,
    queue: estimate,
    service: estimate,
    downstream: estimate,
    retry: estimate,
  })
  .describe('Mean time per completed request in each part; the parts add up to the mean response time.')

// `id` names a shape that is used more than once, so that the JSON Schema holds it once, as a definition.

const spread = z
  .strictObject({
    perPod: z
      .array(z.strictObject({ pod: z.string(), node: z.string(), count: count }))
      .describe('All replications together.'),
    maxOverMean: estimate,
    coefficientOfVariation: estimate,
    jainIndex: estimate,
    idlePods: estimate,
    chiSquare: z.number().nullable().describe('Against an even spread, all replications together.'),
    pValue: z
      .number()
      .nullable()
      .describe('Chance of a chi-square at least as large if the spread were even.'),
  })
  .describe('How evenly the eligible pods were used.')
  .meta({ id: 'Spread' })

const stickiness = z.strictObject({
  clients: count.describe('Clients that opened a connection, in the first replication.'),
  returningConnections: count.describe('Connections by a client seen before, all replications together.'),
  returnRatio: estimate.describe("Share of those that reached the same pod as that client's previous one."),
  modalShare: estimate.describe(
    "Share of a client's connections at its most used pod, averaged over clients.",
  ),
  brokenSessions: estimate.describe('Share of clients that saw more than one pod.'),
})

const ways = z
  .strictObject({
    from: z.array(z.string()).describe('Zones of callers, and `outside`.'),
    machines: z
      .array(z.string())
      .describe('Zone of each machine of the load balancer, empty: in all; none: there is no load balancer.'),
    counts: z
      .array(z.tuple([count, z.int().min(-1), count, count, count]))
      .describe(
        'Positions in `from`, in `machines` (-1: none), in `nodes` of the point (where the first packet came in) and in `perPod` of `connections`; then connections.',
      ),
  })
  .describe('By which ways connections went, all replications together; of single runs.')

const perInterval = z.array(z.number().min(0))
const peakPerInterval = z.array(count)

const overTime = z
  .strictObject({
    intervalNs: z.number().describe('Length of each of the equal intervals of the window, 60 at most.'),
    pods: z
      .array(
        z.strictObject({
          pod: z.string(),
          utilisation: perInterval.describe('Busy servers over all, averaged over the interval.'),
          requests: perInterval.describe(
            'Requests in the pod, served or waiting, averaged over the interval.',
          ),
          placesPeak: peakPerInterval.describe('Most places taken at once, at servers and waiting.'),
          places: count.describe('How many there are.'),
        }),
      )
      .describe('The 64 with most requests in them, in the order of pods.'),
    nodes: z
      .array(
        z.strictObject({
          node: z.string(),
          conntrackPeak: peakPerInterval.describe('Most connections tracked at once.'),
          masqueradePortsPeak: peakPerInterval.describe(
            'Most connections masqueraded at once to one endpoint.',
          ),
          masqueradePortsMax: count,
          backlogPeak: peakPerInterval.describe('Most first packets that waited for the processors at once.'),
          backlogMax: count,
        }),
      )
      .describe('The 64 that track most, in the order of nodes.'),
    clientPortsPeak: peakPerInterval.describe('Most ports that one caller had taken towards one Service.'),
    clientPortsMax: count,
  })
  .describe(
    'The window in equal intervals: averages are means over replications, to six digits; peaks the greatest of all. Of single runs.',
  )

const instability = z
  .strictObject({
    offered: z
      .strictObject({
        workload: z.string().describe('Workload whose pods are asked for more than they can do.'),
        utilisation: z
          .number()
          .nullable()
          .describe('Work offered over the capacity of its eligible pods, 1 or more; null: without bound.'),
      })
      .optional(),
    backlog: z
      .strictObject({
        secondQuarter: z.number(),
        lastQuarter: z.number(),
      })
      .optional()
      .describe('Requests under way, on average over that quarter of the window.'),
  })
  .describe('Why response times depend on the horizon and on limits of queues: there is no steady state.')
  .meta({ id: 'Instability' })

const perReplication = z
  .strictObject({
    calls: z
      .array(z.record(z.string(), z.array(z.number().nullable())))
      .describe('By call: metric to its value in each replication, in their order.'),
    workloads: z.array(
      z.strictObject({
        workload: z.string(),
        utilisation: z
          .array(z.number().nullable())
          .describe('Of all pods of the workload together, in each replication.'),
      }),
    ),
  })
  .describe('Figures of single replications, for paired comparisons; where they were asked for.')

const call = z
  .strictObject({
    caller: z.string().describe('Client group or workload.'),
    service: z.string().describe('Service called; NAMESPACE/NAME outside the default namespace.'),
    port: z.int(),
    via: z.enum(['clusterIP', 'nodePort', 'loadBalancer', 'headless']),
    outcomes,
    offeredPerSec: estimate,
    completedPerSec: estimate,
    responseTime,
    parts,
    connections: spread,
    requests: spread,
    ways: ways.optional(),
    stickiness,
    attemptsPerRequest: estimate.describe('1 where nothing was retried.'),
    dnsQueriesPerRequest: estimate
      .optional()
      .describe(
        'Queries sent to resolve names, those of failed attempts included; absent: look-ups take a given time.',
      ),
    rulesPerConnection: estimate.describe(
      'Rules evaluated for the first packet, on all nodes that it passed.',
    ),
    instability: instability.optional(),
  })
  .describe('Who called whom: one client group or workload, one Service port.')

const pod = z.strictObject({
  pod: z.string(),
  node: z.string(),
  workload: z.string(),
  served: count,
  rejected: count,
  utilisation: estimate,
  meanQueueLength: estimate,
  throttledRatio: estimate
    .optional()
    .describe('Share of time in which there was work but the CPU limit let no server run; absent: no limit.'),
  dns: z
    .strictObject({
      queries: count.describe('Queries that came to the pod, those dropped included.'),
      noError: count.describe('Answers that a name exists.'),
      nxDomain: count.describe('Answers that a name does not exist.'),
    })
    .optional()
    .describe('All replications together; absent: the pod answers no DNS queries.'),
})

const nodeResult = z.strictObject({
  node: z.string(),
  zone: z.string(),
  firstPackets: count.describe('Packets that traversed the rules.'),
  rulesEvaluated: count,
  utilisation: estimate.describe('Share of time that the packet processors worked on first packets.'),
  drops: z
    .strictObject({
      rules: count.describe('By a rule.'),
      backlog: count.describe('As too many packets waited for the processors.'),
      conntrackFull: count.describe('As the table of connections was full.'),
      noMasqueradePort: count.describe('As no port was left to masquerade them.'),
    })
    .describe('First packets dropped, by cause.'),
  conntrackPeak: count.describe(
    'Most connections tracked at once, closed ones that keep their place included.',
  ),
  conntrackMax: count.nullable().describe('How many can be tracked; null: without limit.'),
  masqueradePortsPeak: count.describe('Most connections masqueraded at once to one endpoint.'),
})

const metricUnit = z.enum(['duration', 'ratio', 'count', 'perSec', 'number'])

const threshold = z
  .strictObject({
    threshold: z.string().describe('In full: METRIC OP VALUE.'),
    metric: z.string().describe('The figure, by its full name.'),
    unit: metricUnit,
    operator: z.enum(['<', '<=', '>', '>=']),
    limit: z.number().describe('In the unit of the figure: ns, 0 to 1, per second.'),
    value: estimate.shape.value,
    halfWidth95: estimate.shape.halfWidth95,
    verdict: z
      .enum(['passed', 'failed', 'undecided'])
      .describe('passed: the whole interval keeps to it; failed: none of it does; undecided: else.'),
    note: z.string().optional().describe('Why it is undecided.'),
  })
  .describe('A threshold at this point. Counts are means over replications here.')

const precision = z
  .strictObject({
    metric: z.string().describe('The figure watched.'),
    unit: metricUnit,
    value: estimate.shape.value,
    halfWidth95: estimate.shape.halfWidth95,
    asked: z.number().describe('Half of the interval over the value, at most.'),
    isReached: z.boolean(),
  })
  .describe('What replications went on for.')

const point = z
  .strictObject({
    settings: z
      .array(z.strictObject({ axis: z.string(), value: z.string() }))
      .describe('Empty for a single run.'),
    replications: z.int().min(1).optional().describe('Where there are more than at other points.'),
    calls: z.array(call),
    pods: z.array(pod),
    nodes: z.array(nodeResult),
    overTime: overTime.optional(),
    thresholds: z.array(threshold).optional(),
    precision: precision.optional(),
    perReplication: perReplication.optional(),
    pilotWarmUpNs: z
      .int()
      .min(0)
      .optional()
      .describe('What the pilot run of this point asks for; the longest of all points is in force.'),
  })
  .describe('One setting of all factors.')

const assumption = z.strictObject({
  preset: z.string(),
  name: z.string(),
  value: z.string().describe('With its unit.'),
  source: z.string().describe(`Where it was measured, read or published; or "${SET_BY_SCENARIO}".`),
})

const warning = z.strictObject({
  code: z.string(),
  message: z.string(),
  place: z.string().optional().describe('FILE:LINE:COLUMN'),
})

const solve = z
  .strictObject({
    path: z.string().describe('The field that was varied.'),
    goal: z.enum(['minimise', 'maximise']),
    range: z.string().describe('FIRST..LAST, with its unit.'),
    step: z.string(),
    until: z.array(z.string()).describe('The thresholds, as they were given.'),
    answer: z
      .string()
      .nullable()
      .describe('The least or greatest value that keeps all; null: none was found.'),
    isMonotone: z.boolean().describe('No value that was tried contradicts the answer.'),
    remark: z.string().optional().describe('What else there is to say about the answer.'),
    tried: z
      .array(
        z.strictObject({
          value: z.string(),
          verdict: threshold.shape.verdict.describe('passed: all thresholds; failed: at least one.'),
        }),
      )
      .describe('In the order in which they were tried; `points` has them by value.'),
  })
  .describe('The answer of `svcsim solve`.')

export const resultsSchema = z
  .strictObject({
    schemaVersion: z.literal(RESULTS_SCHEMA_VERSION),
    tool: z.strictObject({ name: z.literal('svcsim'), version: z.string(), modelVersion: z.int() }),
    scenario: z.strictObject({
      name: z.string(),
      description: z.string(),
      digest: z.string().describe('SHA-256 of the scenario and its manifests as settled, hexadecimal.'),
    }),
    seed: z.int(),
    replications: z.int().min(1),
    warmUpNs: z.int(),
    warmUpMethod: z
      .literal('mser5')
      .optional()
      .describe('How the warm-up was found, in pilot runs; absent: it was given.'),
    horizonNs: z.int(),
    command: z.string().describe('Repeats this run.'),
    assumptions: z.array(assumption),
    warnings: z.array(warning),
    sweep: z
      .strictObject({
        axes: z.array(z.string()),
        table: z
          .strictObject({
            columns: z.array(z.string()),
            metrics: z.array(z.string()),
            call: z.string().optional(),
          })
          .optional(),
      })
      .optional(),
    solve: solve.optional(),
    capacity: capacity.optional(),
    points: z.array(point).min(1),
  })
  .describe('Results of svcsim.')

export type Results = z.output<typeof resultsSchema>
export type PointResult = Results['points'][number]
export type CallResult = PointResult['calls'][number]
export type PodResult = PointResult['pods'][number]
export type NodeResult = PointResult['nodes'][number]
export type Estimate = z.output<typeof estimate>
export type ThresholdResult = z.output<typeof threshold>
export type PrecisionResult = z.output<typeof precision>
export type SolveResult = z.output<typeof solve>
export type Instability = z.output<typeof instability>
export type PerReplication = z.output<typeof perReplication>
export type CallWays = z.output<typeof ways>
export type OverTime = z.output<typeof overTime>
export type Spread = z.output<typeof spread>
