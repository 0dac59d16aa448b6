/**
 * The controllers that start and end pods, and kubelet, over the time of a run: how one pod starts, ends in order, fails, and is
 * replaced. What sets it off is in `cluster-events.ts`.
 *
 * All of it is settled before the run, since nothing here depends on traffic: a process that drains ends when its time is up, whether
 * it has work left or not. Left out: resources, images, PodDisruptionBudgets, CrashLoopBackOff, failures of probes through load,
 * StatefulSets that wait for one pod before they start the next.
 * Sources: Kubernetes documentation, Pod Lifecycle (termination, "Pod Termination"), Nodes (node controller);
 * kubernetes pkg/controller/replicaset, pkg/kubelet/kuberuntime.
 */
import { NS_PER_S } from '../../base/nanoseconds.js'
import { controlPlaneDefaults, shutdownDefaults, startupDefaults } from '../../input/events-schema.js'
import type { ScenarioSpec } from '../../input/scenario-schema.js'
import type { PodState } from '../cluster.js'
import type { LaterPod } from '../compile-nodes.js'
import type { Findings } from '../findings.js'
import { type LabelIndex, labelIndex } from '../label-selector.js'
import { nodeForOneMore, type PlacedGroup } from '../place-pods.js'
import { groupTitle, type PodGroup, settingOf } from '../pod-groups.js'
import type { SettledNode } from '../settle-nodes.js'
import { Agenda } from './agenda.js'
import type { PodLife, TimelineLog } from './pod-life.js'

export interface ControlLoopOptions {
  readonly spec: ScenarioSpec
  readonly groups: readonly PodGroup[]
  readonly nodes: readonly SettledNode[]
  readonly placed: readonly PlacedGroup[]
  readonly findings: Findings
}

/** What becomes of packets to an address that no pod has, where the scenario does not say. */
const DEFAULT_GONE_STATE = 'noArpReply'

/** `terminationGracePeriodSeconds` where it is not written. */
const DEFAULT_GRACE_S = 30

/** What becomes of packets to an address that no pod has. */
export function goneStateOf({ cluster }: ScenarioSpec): PodState {
  return cluster.goneAddress ?? DEFAULT_GONE_STATE
}

/** Pods and nodes, changed by actions at their times. */
export class ControlLoop {
  readonly agenda: Agenda
  readonly lives: PodLife[]
  readonly log: TimelineLog = { states: [], conditions: [], nodes: [] }
  /** Pods that start during the run, in the order of their starts: their lives follow those of the beginning. */
  readonly later: LaterPod[] = []
  readonly times: typeof controlPlaneDefaults
  readonly goneState: PodState
  /** By node index: may pods start there? Is it cut off? */
  readonly isOpen: boolean[]
  readonly isLost: boolean[]
  /** Told of every pod that became ready, or went. */
  readonly watchers: ((group: PodGroup, nowNs: number) => void)[] = []
  readonly #index: LabelIndex<PodGroup>
  readonly wanted = new Map<PodGroup, number>()
  readonly #nextOrdinal = new Map<PodGroup, number>()
  readonly #generation = new Map<PodGroup, number>()

  constructor(readonly options: ControlLoopOptions) {
    const { spec, groups, nodes, placed } = options
    this.agenda = new Agenda(spec.horizon)
    this.times = spec.controlPlane ?? controlPlaneDefaults
    this.goneState = goneStateOf(spec)
    this.isOpen = nodes.map(({ isReady }) => isReady)
    this.isLost = nodes.map(() => false)
    this.#index = labelIndex(groups)
    this.lives = placed
      .flatMap(({ group, nodeIndices }) =>
        nodeIndices.map((nodeIndex, ordinal) => ({ group, nodeIndex, ordinal })),
      )
      .map((each, index) => ({
        ...each,
        index,
        generation: 0,
        state: 'up',
        isPresent: true,
        isReady: each.group.isReady && nodes[each.nodeIndex].isReady,
        isTerminating: false,
      }))
    for (const { group, nodeIndices } of placed) {
      this.#nextOrdinal.set(group, nodeIndices.length)
      this.wanted.set(group, nodeIndices.length)
    }
  }

  /** Pods of a group that are not on their way out, oldest first. */
  activeOf(group: PodGroup): PodLife[] {
    return this.lives.filter((life) => life.group === group && life.isPresent && !life.isTerminating)
  }

  /** How many pods a group is to have: as many as at the beginning, until it is scaled. */
  wantedOf(group: PodGroup): number {
    return this.wanted.get(group) ?? 0
  }

  generationOf(group: PodGroup): number {
    return this.#generation.get(group) ?? 0
  }

  /** Pods of a group that start from now on are of a new generation. */
  newGeneration(group: PodGroup): number {
    const generation = this.generationOf(group) + 1
    this.#generation.set(group, generation)
    return generation
  }

  /** Starts one more pod of a group. @param like - the pod whose place it takes, where name or node are kept */
  start(group: PodGroup, nowNs: number, like?: PodLife): void {
    const isSameNode = group.kind === 'DaemonSet'
    const ordinal =
      group.kind === 'StatefulSet' ? (like?.ordinal ?? this.#freeOrdinal(group)) : this.#takeOrdinal(group)
    const nodeIndex = isSameNode ? like?.nodeIndex : this.#nodeFor(group, ordinal)
    if (nodeIndex === undefined) {
      this.#warnPending(group, nowNs)
      return
    }
    const index = this.lives.length
    const life: PodLife = {
      index,
      group,
      ordinal,
      nodeIndex,
      generation: this.generationOf(group),
      state: this.goneState,
      isPresent: true,
      isReady: false,
      isTerminating: false,
    }
    const namesakes = this.lives.filter((each) => each.group === group && each.ordinal === ordinal)
    this.lives.push(life)
    this.later.push({ group, ordinal, nodeIndex, life: namesakes.length })
    this.#note(life, nowNs)
    const { readyAfter } = this.#behaviourOf(group)?.startup ?? startupDefaults
    this.agenda.at(nowNs + readyAfter, (atNs) => {
      if (life.isTerminating || this.isLost[nodeIndex]) return
      this.setState(life, 'up', atNs)
      this.setReady(life, true, atNs)
    })
  }

  /** Ends a pod in order. @param isReplaced - does its controller start another? */
  terminate(life: PodLife, nowNs: number, isReplaced: boolean): void {
    if (!life.isPresent || life.isTerminating) return
    const { group } = life
    life.isTerminating = true
    this.#note(life, nowNs)
    // A ReplicaSet starts another at once; what keeps name or node waits until the old one is gone.
    const keepsPlace = group.kind === 'StatefulSet' || group.kind === 'DaemonSet'
    if (isReplaced && !keepsPlace) this.start(group, nowNs)
    const whenGone = isReplaced && keepsPlace ? (atNs: number) => this.start(group, atNs, life) : () => {}
    // No kubelet of a lost node says that a pod has ended.
    if (this.isLost[life.nodeIndex]) return
    const { preStop, onTerm, drainTime, gracePeriod } = this.#shutdownOf(group)
    const isRunning = life.state === 'up'
    const killNs = nowNs + gracePeriod
    const termNs = isRunning ? Math.min(nowNs + preStop, killNs) : nowNs
    const endNs =
      onTerm === 'drain' ? Math.min(termNs + drainTime, killNs) : onTerm === 'ignore' ? killNs : termNs
    if (onTerm === 'drain' && isRunning)
      this.agenda.at(termNs, (atNs) => this.setState(life, 'draining', atNs))
    const end: PodState = isRunning && endNs === killNs && onTerm !== 'exit' ? 'crash' : 'exit'
    this.agenda.at(isRunning ? endNs : nowNs, (atNs) => this.#end(life, end, atNs, whenGone))
  }

  /** A process ends, or a pod is cut off; kubelet notices, and the pod may come back. */
  fail(life: PodLife, state: PodState, nowNs: number, restartAfterNs: number | undefined): void {
    if (!life.isPresent) return
    const wasReady = life.isReady
    this.setState(life, state, nowNs)
    const isProcess = state === 'exit' || state === 'crash'
    const noticesAfterNs = isProcess ? this.times.kubeletNotices : this.times.probeFailureNotices
    const isNoticed = isProcess || restartAfterNs === undefined || restartAfterNs >= noticesAfterNs
    if (isNoticed)
      this.agenda.at(nowNs + noticesAfterNs, (atNs) => {
        if (life.state === state) this.setReady(life, false, atNs)
      })
    if (restartAfterNs === undefined) return
    const { readyAfter } = this.#behaviourOf(life.group)?.startup ?? startupDefaults
    this.agenda.at(nowNs + restartAfterNs, (atNs) => {
      if (life.state !== state) return
      if (isProcess) this.setReady(life, false, atNs)
      this.setState(life, 'up', atNs)
      if (!wasReady || !isNoticed) return
      this.agenda.at(atNs + (isProcess ? readyAfter : 0), (laterNs) => {
        if (life.state === 'up') this.setReady(life, true, laterNs)
      })
    })
  }

  setState(life: PodLife, state: PodState, nowNs: number): void {
    if (life.state === state || (!life.isPresent && state !== this.goneState)) return
    life.state = state
    this.log.states.push({ atNs: nowNs, podIndex: life.index, state })
  }

  setReady(life: PodLife, isReady: boolean, nowNs: number): void {
    if (life.isReady === isReady || !life.isPresent) return
    life.isReady = isReady
    this.#note(life, nowNs)
    this.#tell(life.group, nowNs)
  }

  /** The process has ended: the pod is no more, and soon its address leads nowhere. */
  #end(life: PodLife, state: PodState, nowNs: number, whenGone: (atNs: number) => void): void {
    if (!life.isPresent || this.isLost[life.nodeIndex]) return
    if (life.state === 'up' || life.state === 'draining') this.setState(life, state, nowNs)
    this.agenda.at(nowNs + this.times.kubeletNotices, (atNs) => {
      life.isPresent = false
      life.isReady = false
      this.setState(life, this.goneState, atNs)
      this.#note(life, atNs)
      whenGone(atNs)
      this.#tell(life.group, atNs)
    })
  }

  #note({ index, isPresent, isReady, isTerminating }: PodLife, nowNs: number): void {
    this.log.conditions.push({
      atNs: nowNs,
      condition: { podIndex: index, isPresent, isReady, isTerminating },
    })
  }

  #tell(group: PodGroup, nowNs: number): void {
    for (const watcher of this.watchers) watcher(group, nowNs)
  }

  /** What the scenario says wins over the manifest. */
  #shutdownOf(group: PodGroup) {
    const given = this.#behaviourOf(group)?.shutdown ?? shutdownDefaults
    const { containers, gracePeriodSeconds = DEFAULT_GRACE_S } = group.podSpec
    // Hooks of containers run side by side.
    const preStopSeconds = Math.max(0, ...containers.map((each) => each.preStopSeconds ?? 0))
    return {
      onTerm: given.onTerm,
      drainTime: given.drainTime,
      preStop: given.preStop ?? Math.round(preStopSeconds * NS_PER_S),
      gracePeriod: given.gracePeriod ?? gracePeriodSeconds * NS_PER_S,
    }
  }

  #behaviourOf(group: PodGroup) {
    return settingOf(this.options.spec.pods, group.name)
  }

  #takeOrdinal(group: PodGroup): number {
    const ordinal = this.#nextOrdinal.get(group) ?? 0
    this.#nextOrdinal.set(group, ordinal + 1)
    return ordinal
  }

  #freeOrdinal(group: PodGroup): number {
    const taken = new Set(this.activeOf(group).map((life) => life.ordinal))
    let ordinal = 0
    while (taken.has(ordinal)) ordinal++
    return ordinal
  }

  #nodeFor(group: PodGroup, ordinal: number): number | undefined {
    const nodesOf = new Map<PodGroup, number[]>(this.options.groups.map((each) => [each, []]))
    for (const life of this.lives) if (life.isPresent) nodesOf.get(life.group)?.push(life.nodeIndex)
    const { nodes } = this.options
    return nodeForOneMore(group, ordinal, { nodes, index: this.#index, nodesOf }, (at) => this.isOpen[at])
  }

  #warnPending(group: PodGroup, nowNs: number): void {
    this.options.findings.warn({
      code: 'POD_UNSCHEDULABLE',
      message: `A pod of ${groupTitle(group)} that is to start ${nowNs / 1e9} s into the run fits on no node, and is left out`,
      place: group.origin.place(['metadata', 'name']),
      hint: 'add a node that fits, or place the pods by hand in spec.cluster.placement',
    })
  }
}
