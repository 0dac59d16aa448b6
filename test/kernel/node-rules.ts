/** The rules of one node, as svcsim reads them and as the kernel of this machine has them. */
import type { LoadedCluster } from '../../src/experiment/load-cluster.js'
import type { ClusterNode } from '../../src/kubernetes/cluster.js'
import type { ReadablePacket } from '../../src/netfilter/iptables/interpret.js'
import type { LabAgent } from './lab-agent.js'

/** A packet that comes to a node: by `packet.inInterface`, or, where that is undefined, from a process of the node. */
export interface PacketAt {
  readonly packet: ReadablePacket
  /** The monotonic clock of the kernel, ns; never less than at the last `take`. */
  readonly nowNs: number
}

/** One way through the rules of a node. */
export interface NodeRun {
  /** What chance decided: a name for `take`. */
  readonly choice: number
  /** Of all packets like this one, above 0. */
  readonly chance: number
  readonly verdict: 'accepted' | 'dropped' | 'rejected' | 'unknown'
  /** As it left the rules; masquerading is left to the caller. */
  readonly packet: ReadablePacket
  readonly isDestinationTranslated: boolean
  readonly isMasqueraded: boolean
  /**
   * Does connection tracking know the connection from now on? It learns of it when the packet leaves the node or is received,
   * and of what a node sends to itself when that passes POSTROUTING.
   */
  readonly isTracked: boolean
  /** Has it met a rule that remembers clients? Else it is the same at any time. */
  readonly isByMemory: boolean
  /** The rules whose counters it moved, in order. */
  readonly counted: readonly CountedRule[]
}

/** A rule that counted a packet. */
export interface CountedRule {
  /** `TABLE CHAIN NUMBER`, numbers from 1; or `nfacct NAME` of a counter that a rule names. */
  readonly place: string
  /** Would a repetition of the packet meet it too, although connection tracking knows the connection? */
  readonly isMetAgain: boolean
}

/** By place, what a rule has counted. */
export type RuleCounts = ReadonlyMap<string, number>

/** By the name of a list or set that is not empty, the addresses in it, sorted. */
export type RememberedAddresses = ReadonlyMap<string, readonly string[]>

/** The rules of one node, by svcsim's account. */
export interface NodeRules {
  readonly node: ClusterNode
  /** Do counters tell the packets that a rule matched, or those that it tested? */
  readonly isCountingMatches: boolean
  /** Every way of a packet; changes nothing. */
  runs(at: PacketAt): NodeRun[]
  /** A packet takes a way: what the rules remember of it, they remember from now on. */
  take(at: PacketAt, choice: number): void
  /** The places of rules that only first packets of connections meet: the others depend on how the kernel cuts streams. */
  countedPlaces(): string[]
  /** @param nowNs - the monotonic clock of the kernel */
  remembered(nowNs: number): RememberedAddresses
}

/** The same rules in the kernel. */
export interface LoadableRules extends NodeRules {
  /** Loads them into a namespace that has none, with the tool that kube-proxy uses, all counters at 0. */
  load(netns: string): void
  /** Lets the tool read a text without loading it. @throws Error if it can not be loaded */
  checkText(netns: string, text: string): void
  /** What the kernel prints of the rules that is not what svcsim has; nothing if svcsim can not read the print. */
  differences(netns: string, compiled: LoadedCluster): string[]
  counts(netns: string, agent: LabAgent): Promise<RuleCounts>
  rememberedByKernel(netns: string): RememberedAddresses
}
