/** Opens connections of everyone to everything in a laboratory, and holds what becomes of them against svcsim's ways. */
import type { Cluster } from '../../src/kubernetes/cluster.js'
import { Addresses } from './addresses.js'
import type { Lab } from './lab.js'
import type { Attempt, AttemptResult } from './lab-agent.js'
import { namespaceOf } from './topology.js'
import { canSend, sendersOf, senderTo, targetsOf } from './traffic.js'
import type { Sender, Target, Way, WayFinder } from './ways.js'

/** How long a connection waits that svcsim says nobody will answer, ms: refusals on one node take 1.02 s. */
const SHORT_PATIENCE_MS = 1_300

/** How long a connection waits that svcsim says will be answered or refused, ms: only a busy machine needs so much. */
const LONG_PATIENCE_MS = 20_000

/** Connections under way at once, of those that have to wait. */
const PARALLEL = 500

/** One kind of connection: from one sender to one target. */
export interface Flow {
  readonly sender: Sender
  readonly target: Target
}

/** A connection, and the way that svcsim has for what became of it. */
export interface MetConnection {
  readonly flow: Flow
  readonly result: AttemptResult
  /** Undefined: svcsim says that this can not happen. */
  readonly way: Way | undefined
  /** The ways that svcsim had for it. */
  readonly ways: readonly Way[]
}

/** A flow with its ways before any connection. */
interface PlannedFlow {
  readonly flow: Flow
  readonly ways: readonly Way[]
}

/** Every flow of a cluster that there can be. */
export function flowsOf(cluster: Cluster): Flow[] {
  const targets = targetsOf(cluster)
  const addresses = new Addresses(cluster)
  return sendersOf(cluster).flatMap((sender) =>
    targets
      .filter((target) => canSend(sender, target, cluster))
      .map((target) => ({ sender: senderTo(sender, target, addresses), target })),
  )
}

/** Has the flow a way whose answer goes past a node that has translated the packet? Resets go to and fro then. */
export function hasLostAnswer(finder: WayFinder, { sender, target }: Flow): boolean {
  return finder.ways(sender, target).some((way) => way.isAnswerLost)
}

/**
 * Opens connections of every flow: enough of each for most of its ways to be taken, one where nobody answers.
 *
 * Those that are answered come one after another, so that the lists behind session affinity fill in their order; the others,
 * which take a second and more, all at once. The finder remembers every connection.
 */
export async function tryFlows(
  lab: Lab,
  finder: WayFinder,
  flows: readonly Flow[],
): Promise<MetConnection[]> {
  const planned = flows.map((flow) => ({ flow, ways: finder.ways(flow.sender, flow.target) }))
  const isAnswered = ({ ways }: PlannedFlow) => ways.every((way) => way.outcome === 'answered')
  const quick = planned.filter((each) => isAnswered(each)).flatMap((each) => repeated(each))
  const slow = planned.filter((each) => !isAnswered(each)).flatMap((each) => repeated(each))
  return [...(await tryAll(lab, finder, quick, 1)), ...(await tryAll(lab, finder, slow, PARALLEL))]
}

/** Opens these connections one after another, each as often as it is there. */
export function tryInTurn(lab: Lab, finder: WayFinder, flows: readonly Flow[]): Promise<MetConnection[]> {
  const ways: readonly Way[] = []
  return tryAll(
    lab,
    finder,
    flows.map((flow) => ({ flow, ways })),
    1,
  )
}

/** What svcsim can not explain, in words. */
export function unexplained(connections: readonly MetConnection[]): string[] {
  const lines = connections
    .filter((each) => each.way === undefined)
    .map(({ flow: { sender, target }, result, ways }) => {
      const expected = ways.map(wayText).join(' or ')
      return `${sender.title} → ${target.title}: kernel ${resultText(result)}, svcsim ${expected}`
    })
  return [...new Set(lines)]
}

async function tryAll(
  lab: Lab,
  finder: WayFinder,
  planned: readonly PlannedFlow[],
  parallel: number,
): Promise<MetConnection[]> {
  const results = await lab.agent.connect(
    planned.map((each) => attemptOf(lab, each)),
    parallel,
  )
  return results.map((result, index) => {
    const { flow } = planned[index]
    const ways = finder.ways(flow.sender, flow.target, result.atNs)
    const way = ways.find((each) => isAsSeen(each, result))
    if (way !== undefined) finder.take(way, result.atNs)
    return { flow, result, way, ways }
  })
}

function repeated(planned: PlannedFlow): PlannedFlow[] {
  const { ways } = planned
  const count = ways.length === 1 && ways[0].outcome !== 'answered' ? 1 : ways.length + 2
  return Array.from({ length: count }, () => planned)
}

function attemptOf(lab: Lab, { flow: { sender, target }, ways }: PlannedFlow): Attempt {
  const isSilent = ways.some((way) => way.outcome === 'timedOut')
  return {
    netns: senderNamespace(lab, sender),
    source: sender.kind === 'node' ? null : sender.address,
    address: target.address,
    port: target.port,
    patienceMs: isSilent ? SHORT_PATIENCE_MS : LONG_PATIENCE_MS,
  }
}

function senderNamespace({ name, cluster }: Lab, { kind, node, address }: Sender): string {
  if (kind === 'outside') return namespaceOf.outside(name)
  const pod = cluster.pods.find((each) => each.address === address)
  return kind === 'node' || pod === undefined
    ? namespaceOf.node(name, node)
    : namespaceOf.pod(name, cluster, pod)
}

function isAsSeen(way: Way, { outcome, name, seen }: AttemptResult): boolean {
  if (way.outcome !== outcome) return false
  return outcome !== 'answered' || (way.pod?.name === name && way.seen === seen)
}

function wayText({ outcome, pod, seen }: Way): string {
  return outcome === 'answered' ? `${pod?.name} sees ${seen}` : outcome
}

function resultText({ outcome, name, seen }: AttemptResult): string {
  return outcome === 'answered' ? `${name} sees ${seen}` : outcome
}
