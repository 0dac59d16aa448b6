/** Which pods and nodes can be reached now, as far as that changes during the run. */
import type { Cluster, PodState } from '../../kubernetes/cluster.js'
import { type ConnectionPool, MAX_NODES_ON_WAY } from '../connection-pool.js'

/** States of pods as numbers; up is 0. */
export const POD_STATES = [
  'up',
  'draining',
  'exit',
  'crash',
  'swallowed',
  'noRoute',
  'unreachable',
  'blackhole',
  'noArpReply',
] as const satisfies readonly PodState[]

export const UP = 0

/** What a packet to a pod meets: closed ports answer, the others are named after what they do. */
export type Encounter = 'open' | 'closedPort' | 'swallowed' | 'droppedByNode' | 'refusedByNode' | 'noArpReply'

const ENCOUNTERS: Readonly<Record<PodState, Encounter>> = {
  up: 'open',
  draining: 'closedPort',
  exit: 'closedPort',
  crash: 'closedPort',
  swallowed: 'swallowed',
  noRoute: 'refusedByNode',
  unreachable: 'refusedByNode',
  blackhole: 'droppedByNode',
  noArpReply: 'noArpReply',
}

/** Pods and nodes as they are now. */
export class Presence {
  /** Does anything change during the run? If not, everything is up, always. */
  readonly isEventful: boolean
  /** By pod index: position in `POD_STATES`. */
  readonly podState: Uint8Array
  /** By node index. */
  readonly isNodeLost: Uint8Array
  /** By pod index: how many of its processes have ended. */
  readonly endedProcesses: Int32Array
  readonly #podNode: Int32Array

  constructor({ pods, nodes, changes, goneState, isThereAtFirst }: Cluster) {
    this.isEventful = changes.length > 0
    const gone = POD_STATES.indexOf(goneState)
    this.podState = Uint8Array.from(pods, ({ index }) => (isThereAtFirst[index] ? UP : gone))
    this.isNodeLost = new Uint8Array(nodes.length)
    this.endedProcesses = new Int32Array(pods.length)
    this.#podNode = Int32Array.from(pods, ({ nodeIndex }) => nodeIndex)
  }

  setPod(pod: number, state: PodState): void {
    this.podState[pod] = POD_STATES.indexOf(state)
  }

  stateOf(pod: number): PodState {
    return POD_STATES[this.podState[pod]]
  }

  /** What a first packet to a pod meets. */
  encounter(pod: number): Encounter {
    return ENCOUNTERS[this.stateOf(pod)]
  }

  /** Does the process of a pod run, so that it works on what it has? */
  isRunning(pod: number): boolean {
    const state = this.stateOf(pod)
    return state !== 'exit' && state !== 'crash'
  }

  /** Is a pod cut off, by itself or with its node? */
  isPodCut(pod: number): boolean {
    const encounter = this.encounter(pod)
    return (encounter !== 'open' && encounter !== 'closedPort') || this.isNodeLost[this.#podNode[pod]] === 1
  }

  /** Do packets of an open connection reach its other end no more? */
  isCut(connections: ConnectionPool, connection: number): boolean {
    const pod = connections.pod[connection]
    if (pod >= 0 && this.isPodCut(pod)) return true
    const first = connection * MAX_NODES_ON_WAY
    for (let at = first; at < first + connections.nodeCount[connection]; at++) {
      if (this.isNodeLost[connections.nodes[at]] === 1) return true
    }
    return false
  }
}
