/**
 * The answer of `svcsim capacity`, a section of the results: how many replicas each rate takes, what the loss of a part of the
 * cluster changes, what other settings of the Service would do, what formulas say, and what limits first. Figures stand once,
 * in `points` of the results; the section names them by their position.
 */
import { z } from 'zod'
import { estimate } from './estimate-schema.js'

const ratePerSec = z.number().positive().describe('Requests per second of the client group.')
const replicas = z.int().min(0)
const point = z.int().min(0).describe('Position in `points` of the results.')
const verdict = z.enum(['passed', 'failed', 'undecided'])

const cell = z
  .strictObject({
    ratePerSec,
    replicas,
    verdict,
    basis: z
      .enum(['simulated', 'overloaded', 'implied'])
      .describe(
        'simulated: `point` has the figures; overloaded: the pods are asked for at least what they can do, so nothing was simulated; implied: fewer replicas at a rate no higher were tried and passed, or more at one no lower and failed.',
      ),
    point: point.optional(),
  })
  .describe('One rate with one number of replicas, everything else as written.')

const leastReplicas = z
  .strictObject({
    ratePerSec,
    replicas: replicas
      .nullable()
      .describe('The least number that keeps all objectives; null: none of the range does.'),
    point: point.optional(),
    greatestRatePerSec: z
      .number()
      .nullable()
      .describe('The greatest rate that was tried or implied at which this number keeps them.'),
    failsPerSec: z
      .number()
      .nullable()
      .describe('The next rate that was tried or implied, at which it does not; null: the range ends.'),
    connectionsUse: z
      .number()
      .nullable()
      .describe(
        'Of the table of connections that is fullest, the share in use there once closed connections leave it as fast as new ones come; above 1 it fills up after the run. null: not simulated, or no table has a limit.',
      ),
  })
  .describe('How many replicas one rate takes.')

const greatestRate = z
  .strictObject({
    replicas,
    holdsPerSec: z
      .number()
      .nullable()
      .describe(
        'The greatest rate at which all objectives are kept, of the grid or, for the number of the details, between two of its rates; null: at none.',
      ),
    failsPerSec: z
      .number()
      .nullable()
      .describe('The next rate that was looked at, at which they are not; null: the grid ends.'),
    saturatedPerSec: z
      .number()
      .nullable()
      .describe('The rate at which the pods are asked for all that they can do; null: not known.'),
  })
  .describe('What one number of replicas carries.')

const loss = z
  .strictObject({
    kind: z.enum(['pod', 'node', 'zone']),
    name: z.string().describe('Which pod, node or zone is lost.'),
    takes: z.array(z.string()).describe('Pods that go with it, at the number of replicas without a loss.'),
    replicas: replicas
      .nullable()
      .describe('The least number that keeps all objectives without it; null: none of the range does.'),
    points: z.array(point).describe('What was tried, by number of replicas.'),
    entryNodes: z
      .array(z.string())
      .describe('Lost nodes by whose addresses clients of the group come in, and go on trying to.'),
    lastPods: z
      .array(z.string())
      .describe('Workloads that requests need and that have no pod left without it.'),
  })
  .describe('What it takes to live on without a part of the cluster, after the control plane has noticed.')

const alternative = z
  .strictObject({
    name: z.string().describe('In words, such as `sessionAffinity: ClientIP`.'),
    isAsWritten: z.boolean(),
    settings: z
      .array(z.strictObject({ path: z.string(), value: z.string() }))
      .describe('What differs from the scenario, as in --set.'),
    points: z
      .array(
        z.strictObject({
          replicas,
          point,
          meanChange: estimate
            .optional()
            .describe(
              'Difference of the mean response time from that as written, replication by replication on the same random numbers, ns; absent: as written.',
            ),
          p99Change: estimate.optional().describe('The same of the 99th percentile of response times.'),
        }),
      )
      .describe('At the rate of the details, by number of replicas.'),
  })
  .describe('The Service as written, or with one of its settings changed.')

const formulas = z
  .strictObject({
    holdingNs: z
      .number()
      .describe('Mean time that a request holds a server, its calls included, as measured, ns.'),
    serversPerPod: z.int().min(1),
    isCpuBound: z
      .boolean()
      .describe(
        'A CPU limit is reached before all servers are busy: servers are the CPUs of a pod, rounded up, and the holding time is that of its work on one of them.',
      ),
    overheadNs: z.number().describe('Mean time of a request outside of the pods, as measured, ns.'),
    objective: z
      .string()
      .nullable()
      .describe('The objective that the Erlang formulas were asked for; null: none is one of time.'),
    rows: z.array(
      z.strictObject({
        ratePerSec,
        usual: replicas.describe('⌈rate × holding time / (0.7 × servers)⌉'),
        pooled: replicas
          .nullable()
          .describe(
            'Erlang C with all servers of all pods behind one queue, a perfect balancer; null: not asked, or no number does.',
          ),
        split: replicas
          .nullable()
          .describe('Erlang C for each pod with an even share of requests, chosen at random.'),
        simulated: replicas.nullable(),
      }),
    ),
    busiest: z
      .strictObject({
        pod: z.string(),
        utilisation: z.number(),
        meanUtilisation: z.number().describe('Of all pods of the workload.'),
        connectionsOverMean: z.number().describe('Connections of the busiest pod over the mean of all.'),
      })
      .nullable()
      .describe('At the rate of the details with the least number of replicas.'),
  })
  .describe('What formulas would have said.')

const limit = z
  .strictObject({
    resource: z.enum(['pods', 'dns', 'packets', 'connections', 'masqueradePorts']),
    name: z.string().describe('Workload or node that has it.'),
    use: z
      .number()
      .describe('Share in use at the rate of the details with the least number of replicas; 1 is full.'),
    fullPerSec: z
      .number()
      .nullable()
      .describe('Rate at which it would be full, by the rule of three; null: it is not used.'),
    isExtrapolated: z
      .boolean()
      .describe('The run ended before the use was steady: entries outlive it, and `use` has them all.'),
  })
  .describe('Something that runs out as the rate grows, with as many replicas as now.')

/** `capacity` of the results. */
export const capacity = z
  .strictObject({
    client: z.string().describe('The client group whose rate was varied.'),
    service: z.string().describe('The Service that it calls; NAMESPACE/NAME outside the default namespace.'),
    port: z.int(),
    workload: z.string().describe('The workload whose replicas were varied.'),
    ratePath: z.string(),
    replicasPath: z.string(),
    objectives: z.array(z.string()).min(1).describe('In full: METRIC OP VALUE.'),
    rates: z.array(ratePerSec).min(1).describe('In increasing order.'),
    replicas: z.array(replicas).min(1).describe('All numbers considered, in increasing order.'),
    maxReplications: z.int().min(1),
    isMonotone: z
      .boolean()
      .describe('Nothing that was simulated contradicts that more replicas or a lower rate help.'),
    details: z
      .strictObject({
        ratePerSec,
        replicas: replicas.nullable().describe('The least number there; null: none of the range.'),
      })
      .describe('The rate that losses, alternatives and limits are told for.'),
    cells: z.array(cell).describe('Every rate with every number of replicas.'),
    leastReplicas: z.array(leastReplicas).describe('By rate.'),
    greatestRates: z.array(greatestRate).describe('By number of replicas.'),
    losses: z.array(loss),
    leftOut: z
      .array(z.string())
      .describe(
        'What is not told, and why, in words: no loss of a node as there is only one, an alternative that the Service can not have.',
      ),
    alternatives: z.array(alternative).describe('The Service as written first.'),
    formulas: formulas.nullable().describe('null: nothing was served at the rate of the details.'),
    limits: z.array(limit).describe('The one that is full first stands first.'),
  })
  .describe('The answer of `svcsim capacity`.')

export type CapacityResult = z.output<typeof capacity>
export type CapacityCell = z.output<typeof cell>
export type CapacityLoss = z.output<typeof loss>
export type CapacityAlternative = z.output<typeof alternative>
export type CapacityFormulas = z.output<typeof formulas>
export type CapacityLimit = z.output<typeof limit>
