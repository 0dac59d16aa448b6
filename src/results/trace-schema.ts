/**
 * The trace object: the way of one first packet of a connection through the cluster, rule by rule, with every way that
 * chance can take and its exact probability. Versioned like the results object; times are nanoseconds.
 *
 * The way is a list of steps. A step with branches parts it: each branch is the way of packets that take it, and what
 * follows in the list is the way of those that take none. So what ways share is there once. Every way ends in a step
 * `end`, which names one of `outcomes`.
 */
import { z } from 'zod'

export const TRACE_SCHEMA_VERSION = 'svcsim.dev/trace/v1'

const count = z.int().min(0)
const port = z.int().min(0).max(65_535)
const timeNs = z.number().min(0)

const probability = z
  .strictObject({
    ratio: z.number().min(0).max(1),
    numerator: z
      .string()
      .nullable()
      .describe('Exact, as decimal digits; null where it has more than a hundred draws.'),
    denominator: z
      .string()
      .nullable()
      .describe('2^31 to the power of the draws, times what else chance decides; digits like numerator.'),
    draws: count.describe('Draws of 31 random bits that it is the product of.'),
  })
  .describe('An exact probability.')
  .meta({ id: 'Probability' })

const packet = z
  .strictObject({
    source: z.string(),
    sourcePort: port.nullable().describe('Null: a random port, 1024 to 65535.'),
    destination: z.string(),
    destinationPort: port.nullable().describe('Null: that random port, in an answer.'),
  })
  .meta({ id: 'Packet' })

const linkKind = z.enum(['sameNode', 'sameZone', 'otherZone', 'outside'])

/** One rule, to be found again in the output of `svcsim rules`. */
const rulePlace = z
  .strictObject({
    node: z.string(),
    table: z.string(),
    chain: z.string(),
    number: count.describe('Position in its chain, from 1; 0: the policy of the chain.'),
    text: z.string(),
  })
  .describe('A rule, or the policy of a chain, that ended the way.')

const nodeWork = z.strictObject({
  node: z.string(),
  rulesEvaluated: count,
  rulesMatched: count,
  statisticRulesEvaluated: count,
  recentListsWalked: count,
  recentLookups: count.optional().describe('Tests of `recent` that were run; left out where none was.'),
  affinitySetsChecked: count,
  workNs: count.describe('Processor time of the first packet on this node, waiting left out.'),
  isTranslated: z.boolean().describe('The rules changed the destination here.'),
  isMasqueraded: z.boolean(),
})

const replyHop = z.strictObject({
  node: z.string().describe('Or `load balancer`.'),
  isTranslatedBack: z.boolean().describe('Connection tracking undoes the translation here.'),
  packet: packet.describe('As it leaves.'),
})

const reply = z
  .strictObject({
    hops: z.array(replyHop),
    packet: packet.describe('As it comes to the client.'),
    isRecognised: z
      .boolean()
      .describe('It comes from where the client has sent to, and to where it sent from.'),
    timeNs,
  })
  .describe('The first answer of the pod, back to the client.')

const outcome = z
  .strictObject({
    probability,
    disposition: z
      .enum(['delivered', 'unanswered', 'refused', 'dropped', 'lost', 'unknown'])
      .describe(
        'delivered: the pod answers, and the client knows the answer; unanswered: the pod gets the packet, but its answer does not come back as one; refused: answered by an error; dropped: by a rule; lost: nobody has the address; unknown: svcsim does not model a rule on the way, or the manifests do not say who has the address.',
      ),
    reason: z.string().describe('One sentence; empty where the disposition says it all.'),
    endedBy: rulePlace.nullable(),
    destination: z.strictObject({
      address: z.string(),
      port,
      pod: z.string().nullable(),
      node: z.string().nullable().describe('The node that has the address, or the pod.'),
    }),
    isHairpin: z.boolean().describe('A pod that reaches itself.'),
    source: z
      .strictObject({
        address: z.string(),
        port: port.nullable().describe('Null: a random port.'),
        of: z.string().describe('Whose address it is.'),
      })
      .nullable()
      .describe('What the pod sees; null where nothing arrives.'),
    nodes: z.array(nodeWork).describe('Every node passed, in order.'),
    firstPacketNs: timeNs.describe('From the client to where the way ends.'),
    connectNs: timeNs
      .nullable()
      .describe('From the first packet to the answer at the client; null without an answer.'),
    reply: reply.nullable(),
  })
  .describe('How one way ends.')

/** The way of those packets that take it. */
export interface TraceWay {
  readonly steps: readonly TraceStep[]
}

export interface TraceBranch {
  /** Of the packets that come to the step. */
  readonly chance: z.output<typeof probability>
  /** For a rule, its first step is the same rule, as these packets find it. */
  readonly way: TraceWay
}

const branch: z.ZodType<TraceBranch> = z
  .strictObject({
    chance: probability,
    get way() {
      return way
    },
  })
  .meta({ id: 'Branch' })

const ruleResult = z.enum([
  'noMatch',
  'drawn',
  'jump',
  'goto',
  'return',
  'accept',
  'drop',
  'reject',
  'dnat',
  'masquerade',
  'mark',
  'goOn',
  'unknown',
])

const step = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z
        .literal('choice')
        .describe('Something other than a rule chooses: a name with several addresses.'),
      text: z.string(),
      branches: z.array(branch).min(1),
    }),
    z.strictObject({
      kind: z.literal('link'),
      link: linkKind,
      from: z.string(),
      to: z.string(),
      timeNs,
    }),
    z.strictObject({
      kind: z.literal('balancer').describe('A load balancer sends the connection on.'),
      text: z.string(),
      packet,
    }),
    z.strictObject({
      kind: z.literal('node').describe('The packet comes to a node, or a process of the node sends it.'),
      node: z.string(),
      arrival: z.enum(['outside', 'balancer', 'pod', 'process', 'node']),
      rules: z.string().describe('Where its rules are from: `generated`, or the dump that was given.'),
      packet,
    }),
    z.strictObject({ kind: z.literal('hook'), table: z.string(), chain: z.string() }),
    z.strictObject({
      kind: z.literal('rule'),
      table: z.string(),
      chain: z.string(),
      depth: count.describe('Jumps between the chain of the hook and this one.'),
      number: count.describe('Position in its chain, from 1.'),
      text: z.string(),
      result: ruleResult,
      detail: z.string(),
      branches: z.array(branch),
    }),
    z.strictObject({
      kind: z.literal('skipped').describe('Rules in a row that were tested and did not match.'),
      table: z.string(),
      chain: z.string(),
      depth: count,
      firstNumber: count,
      ruleCount: count,
    }),
    z.strictObject({
      kind: z.literal('policy').describe('The end of a built-in chain.'),
      table: z.string(),
      chain: z.string(),
      verdict: z.enum(['ACCEPT', 'DROP']),
    }),
    z.strictObject({
      kind: z
        .literal('masquerade')
        .describe('The packet gets the address of the interface that it leaves by.'),
      node: z.string(),
      of: z.string().describe('Whose address it is.'),
      packet,
    }),
    z.strictObject({ kind: z.literal('end'), outcome: count }),
  ])
  .meta({ id: 'Step' })

export type TraceStep = z.output<typeof step>

const way: z.ZodType<TraceWay> = z.strictObject({ steps: z.array(step).readonly() }).meta({ id: 'Way' })

export const traceSchema = z
  .strictObject({
    schemaVersion: z.literal(TRACE_SCHEMA_VERSION),
    tool: z.strictObject({ name: z.literal('svcsim'), version: z.string(), modelVersion: z.int() }),
    command: z.string().describe('Repeats the trace.'),
    scenario: z.string().nullable().describe('Name of the scenario; null for manifests alone.'),
    mode: z.string().describe('What kube-proxy programs on the nodes.'),
    seed: z.int(),
    draw: count.nullable().describe('The number of the draw that was followed; null: all ways.'),
    question: z.strictObject({
      protocol: z.enum(['tcp', 'udp', 'sctp']),
      from: z.strictObject({
        kind: z.enum(['pod', 'node', 'outside']),
        name: z.string().nullable(),
        node: z.string().nullable(),
      }),
      to: z.strictObject({
        written: z.string(),
        what: z.string().describe('What the address is: `node port of default/web`.'),
        service: z.string().nullable().describe('NAMESPACE/NAME:PORT'),
      }),
      packet: packet.nullable().describe('As the client sends it; null where a name has several addresses.'),
    }),
    costs: z.strictObject({
      preset: z.string(),
      links: z.array(z.strictObject({ link: linkKind, timeNs, isMean: z.boolean() })),
    }),
    notes: z.array(z.string()).describe('What svcsim chose or took for granted.'),
    way,
    outcomes: z.array(outcome),
  })
  .describe('A trace of svcsim.')

export type Trace = z.output<typeof traceSchema>
export type TraceOutcome = Trace['outcomes'][number]
export type TracePacket = z.output<typeof packet>
export type TraceProbability = z.output<typeof probability>
export type TraceReply = NonNullable<TraceOutcome['reply']>
