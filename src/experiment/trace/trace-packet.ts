/**
 * The way of one first packet of a connection through a cluster, rule by rule: a pure function of cluster, scenario and
 * question.
 */
import { fraction } from '../../base/fraction.js'
import { MODEL_VERSION, VERSION } from '../../base/version.js'
import { Streams } from '../../engine/streams.js'
import type { Scenario } from '../../input/scenario-schema.js'
import { nodeInfoOf } from '../../kubernetes/cluster-proxy.js'
import {
  TRACE_SCHEMA_VERSION,
  type Trace,
  type TracePacket,
  type TraceStep,
} from '../../results/trace-schema.js'
import type { LoadedCluster } from '../load-cluster.js'
import { adoptDumps } from './adopt-dumps.js'
import { flowDestination } from './flow-destination.js'
import type { FlowQuestion } from './flow-question.js'
import { type FlowSource, flowSource } from './flow-source.js'
import { FlowTimes } from './flow-times.js'
import { PacketFollower } from './follow-packet.js'
import { servicePortTitle } from './known-addresses.js'
import { podNamed } from './named-things.js'
import type { PlaneOptions } from './node-plane.js'
import { type GivenRules, givenRules, nodePlanes } from './node-planes.js'
import type { Passage } from './outcome-maker.js'
import { interfaceNotes, podInterfaceFor } from './pod-interface.js'
import { CERTAIN, type Chance, probabilityOf } from './probability.js'
import { type WayIn, waysIn } from './way-in.js'
import { AddressMap } from './whereabouts.js'

/** The first port that Linux gives to a client. Source: net.ipv4.ip_local_port_range. */
const FIRST_EPHEMERAL_PORT = 32_768

/**
 * Follows the packet that the question describes.
 *
 * @throws InputError FLOW_SYNTAX, FLOW_IMPOSSIBLE, FLOW_TOO_LONG, NODE_UNKNOWN, POD_UNKNOWN, SVC_UNKNOWN,
 *   SVC_PORT_UNKNOWN, COST_UNKNOWN, and for dumps NF_SYNTAX and the like
 */
export function tracePacket(loaded: LoadedCluster, question: FlowQuestion): Trace {
  const { scenario, scenarioName } = loaded
  const given = givenRules(loaded.cluster, question)
  const dumps = given.map(({ node, tables }) => ({ node: nodeInfoOf(node), tables }))
  const { cluster, adopted } = adoptDumps(loaded, dumps)
  const map = new AddressMap(cluster)
  const source = flowSource(question.from, map)
  const destination = flowDestination(question.to, { map, source, protocol: question.protocol })
  const times = new FlowTimes(scenario)
  const entries = waysIn({ map, scenario, source, destination, question })
  const podInterface = podInterfaceFor(question, scenario)
  const planes = nodePlanes(cluster, given, planeOptions(loaded, question, source, podInterface))
  const follower = new PacketFollower({
    map,
    times,
    protocol: destination.protocol,
    planeOf: planes,
    podInterface,
  })
  const starts = entries.map((entry) => new Start(entry, source, question, map, times))
  const steps =
    starts.length === 1 ? starts[0].steps(follower, CERTAIN) : [choiceStep(starts, follower, question)]
  const { service, port } = destination
  return {
    schemaVersion: TRACE_SCHEMA_VERSION,
    tool: { name: 'svcsim', version: VERSION, modelVersion: MODEL_VERSION },
    command: question.command,
    scenario: scenarioName ?? null,
    mode: scenario.spec.proxy.mode,
    seed: scenario.spec.seed,
    draw: question.draw ?? null,
    question: {
      protocol: destination.protocol,
      from: { kind: source.kind, name: source.name ?? null, node: source.node?.name ?? null },
      to: {
        written: question.to,
        what: destination.what,
        service: service === undefined || port === undefined ? null : servicePortTitle(service, port),
      },
      packet: starts.length === 1 ? starts[0].sent : null,
    },
    costs: { preset: times.preset, links: times.links },
    notes: [
      ...new Set(entries.flatMap((entry) => entry.notes)),
      ...adoptedNotes(service?.index, adopted, given),
      ...interfaceNotes(given, podInterface),
      ...modeNotes(scenario, question, follower),
    ],
    way: { steps },
    outcomes: follower.outcomes,
  }
}

/** What of the Service asked for is from the rules that were given. */
function adoptedNotes(
  service: number | undefined,
  adopted: ReadonlyMap<number, readonly string[]>,
  given: readonly GivenRules[],
): string[] {
  const facts = service === undefined ? undefined : adopted.get(service)
  if (facts === undefined) return []
  const files = given.map(({ file }) => file).join(', ')
  return [`not in the manifests, so taken from ${files}: ${facts.join(', ')}`]
}

function modeNotes({ spec }: Scenario, { draw }: FlowQuestion, { outcomes }: PacketFollower): string[] {
  const isChoosing = spec.proxy.mode === 'ipvs' && draw === undefined && outcomes.length > 1
  if (!isChoosing) return []
  return ['IPVS draws nothing, it goes by what it remembers: chances are shares of many connections']
}

function planeOptions(
  { scenario, cluster }: LoadedCluster,
  question: FlowQuestion,
  source: FlowSource,
  podInterface: string,
): PlaneOptions {
  const { draw, remembered, maxRunLength } = question
  const drawn = draw === undefined ? undefined : { streams: new Streams(scenario.spec.seed, 0), draw }
  if (remembered === undefined) return { maxRunLength, podInterface, drawn, remembered: undefined }
  const name = remembered.replace(/^pods?\//, '')
  const pod = podNamed(name, cluster, { option: '--remembered', text: remembered })
  const address = source.address ?? source.node?.address ?? ''
  return { maxRunLength, podInterface, drawn, remembered: { client: address, address: pod.address } }
}

/** A name that stands for several addresses: the client takes any. */
function choiceStep(starts: readonly Start[], follower: PacketFollower, question: FlowQuestion): TraceStep {
  const { draw } = question
  const chosen = draw === undefined ? starts : [starts[(draw - 1) % starts.length]]
  const chance: Chance = { fraction: fraction(1, chosen.length), draws: 0 }
  return {
    kind: 'choice',
    text: `the name stands for ${starts.length} addresses, of which a client takes any`,
    branches: chosen.map((start) => ({
      chance: probabilityOf(chance),
      way: { steps: start.steps(follower, chance) },
    })),
  }
}

/** One way in, up to the first node. */
class Start {
  readonly sent: TracePacket

  constructor(
    readonly entry: WayIn,
    readonly source: FlowSource,
    question: FlowQuestion,
    map: AddressMap,
    readonly times: FlowTimes,
  ) {
    const { address, port } = entry.sentTo
    const node = source.node
    const own = source.address ?? (node === undefined ? '' : map.sourceOf(node, address, port))
    this.sent = {
      source: own,
      sourcePort: question.sourcePort ?? FIRST_EPHEMERAL_PORT,
      destination: address,
      destinationPort: port,
    }
  }

  steps(follower: PacketFollower, chance: Chance): TraceStep[] {
    const { source, entry, sent, times } = this
    const passage: Passage = { chance, sent, clientNode: source.node, hops: [], works: [], timeNs: 0 }
    if (source.kind === 'pod' && sent.destination === sent.source) return [follower.stayed(passage, sent)]
    if (source.node !== undefined) {
      const by = source.kind === 'node' ? 'process' : 'pod'
      return follower.follow({ node: source.node, by, packet: sent, passage })
    }
    const outsideNs = times.linkNs('outside')
    const first = { ...passage, timeNs: outsideNs }
    const { node, balancer } = entry
    const to = balancer === undefined ? (node?.name ?? '') : 'load balancer'
    const link: TraceStep = { kind: 'link', link: 'outside', from: 'client', to, timeNs: outsideNs }
    if (balancer !== undefined) return [link, ...this.#byBalancer(follower, first)]
    return node === undefined
      ? [link]
      : [link, ...follower.follow({ node, by: 'outside', packet: sent, passage: first })]
  }

  #byBalancer(follower: PacketFollower, passage: Passage): TraceStep[] {
    const { entry, sent, times } = this
    const { node, balancer } = entry
    const text = balancer?.text ?? ''
    if (node === undefined || balancer?.target === undefined) {
      return [{ kind: 'balancer', text, packet: sent }, follower.refusedByBalancer(passage, sent)]
    }
    const { target, source } = balancer
    const own = source && { source: source.address, sourcePort: source.port }
    const packet = { ...sent, ...own, destination: target.address, destinationPort: target.port }
    const timeNs = balancer.link === undefined ? 0 : times.linkNs(balancer.link)
    const link: TraceStep[] =
      balancer.link === undefined
        ? []
        : [{ kind: 'link', link: balancer.link, from: 'load balancer', to: node.name, timeNs }]
    const hops = [{ node: undefined, link: balancer.link, before: sent, after: packet }]
    const next = { ...passage, hops, timeNs: passage.timeNs + timeNs }
    return [
      { kind: 'balancer', text, packet },
      ...link,
      ...follower.follow({ node, by: 'balancer', packet, passage: next }),
    ]
  }
}
