/**
 * The ways that svcsim sees for the first packet of a connection: through the rules of one node after another, to a pod or to
 * nowhere, one way for each outcome of the random choices.
 *
 * What the rules do is svcsim's word; what lies between nodes (routes, who answers) is that of `topology.ts`.
 */
import type { Cluster, ClusterNode, ClusterPod } from '../../src/kubernetes/cluster.js'
import type { ReadablePacket } from '../../src/netfilter/iptables/interpret.js'
import { Addresses } from './addresses.js'
import type { NodeRules, NodeRun } from './node-rules.js'
import { UPLINK } from './topology.js'

/** A packet for nobody goes from node to node at most so often. */
const MAX_HOPS = 4

/** Who opens a connection. */
export interface Sender {
  readonly kind: 'pod' | 'node' | 'outside'
  /** For messages. */
  readonly title: string
  /** The node whose rules the packet meets first. */
  readonly node: ClusterNode
  readonly address: string
  /** By which interface of that node the packet comes in; undefined: its own process sends it. */
  readonly inInterface: string | undefined
}

/** What a sender connects to. */
export interface Target {
  readonly title: string
  readonly address: string
  readonly port: number
}

/** One node on the way of the first packet. */
export interface Hop {
  readonly node: ClusterNode
  readonly run: NodeRun
  /** As it came to the node. */
  readonly before: ReadablePacket
  /** As it left, masquerading included. */
  readonly after: ReadablePacket
}

/** One way of the first packet. */
export interface Way {
  readonly hops: readonly Hop[]
  /** Of all packets like this one; above 0. */
  readonly chance: number
  readonly outcome: 'answered' | 'refused' | 'timedOut'
  /** Who answers. */
  readonly pod: ClusterPod | undefined
  /** The client's address as the pod sees it. */
  readonly seen: string
  /** The answer goes past a node that has translated the packet: the client does not know it. */
  readonly isAnswerLost: boolean
}

type UnsettledWay = Pick<Way, 'hops' | 'chance'>

/** Finds ways through the nodes of a cluster. */
export class WayFinder {
  /** Do rules count the packets that they match, or those that they test? */
  readonly isCountingMatches: boolean
  readonly #addresses: Addresses
  /** Ways that are the same at any time. */
  readonly #known = new Map<string, Way[]>()

  /** @param rules - by node index */
  constructor(
    readonly cluster: Cluster,
    readonly rules: readonly NodeRules[],
  ) {
    this.isCountingMatches = rules.every((each) => each.isCountingMatches)
    this.#addresses = new Addresses(cluster)
  }

  /**
   * All ways of a connection that is opened now. Changes nothing.
   *
   * @param nowNs - any clock; never less than at the last `take`
   */
  ways(sender: Sender, target: Target, nowNs = 0): Way[] {
    const key = `${sender.title} ${sender.address} ${target.address} ${target.port}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const ways = this.#findWays(sender, target, nowNs)
    if (!ways.some((way) => way.hops.some(({ run }) => run.isByMemory))) this.#known.set(key, ways)
    return ways
  }

  #findWays(sender: Sender, target: Target, nowNs: number): Way[] {
    const packet: ReadablePacket = {
      protocol: 'tcp',
      source: sender.address,
      sourcePort: 40_000,
      destination: target.address,
      destinationPort: target.port,
      mark: 0,
      states: ['NEW'],
      inInterface: sender.inInterface,
    }
    return this.#from(sender.node, packet, nowNs, MAX_HOPS).map((way) => this.#settled(way))
  }

  /** A connection takes this way: all nodes passed remember it, if their rules do. */
  take({ hops }: Way, nowNs: number): void {
    for (const { node, before, run } of hops)
      if (run.isByMemory) this.rules[node.index].take({ packet: before, nowNs }, run.choice)
  }

  #from(node: ClusterNode, packet: ReadablePacket, nowNs: number, hopsLeft: number): UnsettledWay[] {
    return this.rules[node.index].runs({ packet, nowNs }).flatMap((run) => {
      const hop = this.#hop(node, run, packet)
      const next = this.#nextNode(hop)
      if (next === undefined || hopsLeft === 1) return [{ hops: [hop], chance: run.chance }]
      const onwards = { ...hop.after, mark: 0, states: ['NEW' as const], inInterface: UPLINK }
      return this.#from(next, onwards, nowNs, hopsLeft - 1).map((rest) => ({
        hops: [hop, ...rest.hops],
        chance: run.chance * rest.chance,
      }))
    })
  }

  #hop(node: ClusterNode, run: NodeRun, before: ReadablePacket): Hop {
    const { destination } = run.packet
    const source = run.isMasqueraded
      ? this.#addresses.masqueradeAddress(node, destination)
      : run.packet.source
    return { node, run, before, after: { ...run.packet, source } }
  }

  /** The node that the packet goes on to; undefined: it has come to its end. */
  #nextNode({ node, run, after }: Hop): ClusterNode | undefined {
    if (run.verdict !== 'accepted') return undefined
    const owner = this.#addresses.ownerOf(after.destination)
    return owner === node ? undefined : owner
  }

  #settled({ hops, chance }: UnsettledWay): Way {
    const { run, after, node } = hops[hops.length - 1]
    const { destination, destinationPort, source } = after
    const isAnswerLost = this.#isAnswerLost(hops)
    const way = { hops, chance, seen: source, isAnswerLost, pod: undefined }
    if (run.verdict === 'rejected') return { ...way, outcome: 'refused' }
    if (run.verdict === 'dropped' || isAnswerLost) return { ...way, outcome: 'timedOut' }
    const isHere = this.#addresses.ownerOf(destination) === node || this.#addresses.isLoopback(destination)
    if (!isHere) return { ...way, outcome: 'timedOut' }
    const pod = this.#addresses.listenerAt(destination, destinationPort)
    return pod === undefined ? { ...way, outcome: 'refused' } : { ...way, outcome: 'answered', pod }
  }

  /** The answer goes, from each node, to the machine that has the address that the packet came to that node with. */
  #isAnswerLost(hops: readonly Hop[]): boolean {
    return hops.some(({ node, run }, position) => {
      const next = hops[position + 1]
      if (next === undefined || !(run.isDestinationTranslated || run.isMasqueraded)) return false
      return this.#addresses.ownerOf(next.before.source) !== node
    })
  }
}
