/** The events of a scenario, carried out one after another. */
import type { ScenarioEvent } from '../../input/scenario-schema.js'
import { reportUnknownNode } from '../place-pods.js'
import { groupTitle, type PodGroup } from '../pod-groups.js'
import type { ControlLoop } from './control-loop.js'
import type { PodLife } from './pod-life.js'
import { startRollout } from './rolling-updates.js'

type EventOf<Kind extends ScenarioEvent['kind']> = Extract<ScenarioEvent, { kind: Kind }>

/** Puts the events of the scenario on the agenda. Findings: NODE_UNKNOWN, WORKLOAD_UNKNOWN, SETTING_WITHOUT_EFFECT. */
export function planEvents(loop: ControlLoop): void {
  const { spec } = loop.options
  for (const [position, event] of (spec.events ?? []).entries()) {
    const act = 'node' in event ? nodeAction(loop, event, position) : workloadAction(loop, event, position)
    if (act === undefined) continue
    if (event.at > spec.horizon) warnLate(loop, position)
    loop.agenda.at(event.at, act)
  }
}

function nodeAction(loop: ControlLoop, event: EventOf<'drainNode' | 'loseNode'>, position: number) {
  const { nodes, findings } = loop.options
  const nodeIndex = nodes.findIndex(({ name }) => name === event.node)
  if (nodeIndex < 0) {
    const names = nodes.map(({ name }) => name)
    reportUnknownNode(findings, event.node, names, findings.place('spec', 'events', position, 'node'))
    return undefined
  }
  return (nowNs: number) =>
    event.kind === 'drainNode' ? drainNode(loop, nodeIndex, nowNs) : loseNode(loop, nodeIndex, event, nowNs)
}

function workloadAction(
  loop: ControlLoop,
  event: Exclude<ScenarioEvent, EventOf<'drainNode' | 'loseNode'>>,
  position: number,
) {
  const { groups, findings } = loop.options
  const named = groups.filter(({ name }) => name === event.workload)
  if (named.length === 0) {
    findings.error({
      code: 'WORKLOAD_UNKNOWN',
      message: `No workload is named "${event.workload}"`,
      place: findings.place('spec', 'events', position, 'workload'),
      hint: findings.nameHint(event.workload, () => groups.map(({ name }) => name), 'workloads'),
    })
    return undefined
  }
  for (const group of named) checkKind(loop, group, event, position)
  return (nowNs: number) => {
    for (const group of named) act(loop, group, event, position, nowNs)
  }
}

function act(
  loop: ControlLoop,
  group: PodGroup,
  event: Exclude<ScenarioEvent, EventOf<'drainNode' | 'loseNode'>>,
  position: number,
  nowNs: number,
): void {
  switch (event.kind) {
    case 'killPods':
      for (const life of chosen(loop, group, event.pods, position))
        loop.fail(life, event.how, nowNs, event.restartAfter)
      break
    case 'deletePods':
      for (const life of chosen(loop, group, event.pods, position))
        loop.terminate(life, nowNs, group.kind !== 'Pod')
      break
    case 'setReady':
      for (const life of chosen(loop, group, event.pods, position)) loop.setReady(life, event.ready, nowNs)
      break
    case 'scale':
      scale(loop, group, event.replicas, nowNs)
      break
    case 'rollout':
      startRollout(loop, group, event, nowNs)
      break
  }
}

/** Pods by their positions among those that are there; all where none are named. */
function chosen(
  loop: ControlLoop,
  group: PodGroup,
  positions: readonly number[] | undefined,
  event: number,
): PodLife[] {
  const active = loop.activeOf(group)
  if (positions === undefined) return active
  const { findings } = loop.options
  return positions.flatMap((at, index) => {
    if (at < active.length) return [active[at]]
    findings.warn({
      code: 'SETTING_WITHOUT_EFFECT',
      message: `${groupTitle(group)} has ${active.length} pods then, from 0: there is no pod ${at}`,
      place: findings.place('spec', 'events', event, 'pods', index),
      hint: 'take a position below the number of pods',
    })
    return []
  })
}

/** The youngest go first. */
function scale(loop: ControlLoop, group: PodGroup, replicas: number, nowNs: number): void {
  if (group.kind === 'DaemonSet' || group.kind === 'Pod') return
  loop.wanted.set(group, replicas)
  const active = loop.activeOf(group)
  for (let count = active.length; count < replicas; count++) loop.start(group, nowNs)
  for (const life of active.slice(replicas).reverse()) loop.terminate(life, nowNs, false)
}

function drainNode(loop: ControlLoop, nodeIndex: number, nowNs: number): void {
  loop.isOpen[nodeIndex] = false
  for (const life of [...loop.lives]) {
    const { kind } = life.group
    if (life.nodeIndex === nodeIndex && kind !== 'DaemonSet') loop.terminate(life, nowNs, kind !== 'Pod')
  }
}

function loseNode(
  loop: ControlLoop,
  nodeIndex: number,
  { backAfter }: EventOf<'loseNode'>,
  nowNs: number,
): void {
  const { nodeMonitorGracePeriod, podEvictionAfter } = loop.times
  const here = () => loop.lives.filter((life) => life.nodeIndex === nodeIndex && life.isPresent)
  const ready = new Set(here().filter(({ isReady }) => isReady))
  loop.isOpen[nodeIndex] = false
  loop.isLost[nodeIndex] = true
  loop.log.nodes.push({ atNs: nowNs, nodeIndex, isLost: true })
  const ifLost = (act: (atNs: number) => void) => (atNs: number) => {
    if (loop.isLost[nodeIndex]) act(atNs)
  }
  loop.agenda.at(
    nowNs + nodeMonitorGracePeriod,
    ifLost((atNs) => {
      for (const life of here()) loop.setReady(life, false, atNs)
    }),
  )
  loop.agenda.at(
    nowNs + nodeMonitorGracePeriod + podEvictionAfter,
    ifLost((atNs) => {
      for (const life of here()) {
        if (life.group.kind !== 'DaemonSet')
          loop.terminate(life, atNs, life.group.kind === 'Deployment' || life.group.kind === 'ReplicaSet')
      }
    }),
  )
  if (backAfter !== undefined)
    loop.agenda.at(nowNs + backAfter, (atNs) => findNode(loop, nodeIndex, ready, atNs))
}

/** A lost node is back: its pods go on, but for those that were to end meanwhile. */
function findNode(loop: ControlLoop, nodeIndex: number, ready: ReadonlySet<PodLife>, nowNs: number): void {
  if (!loop.isLost[nodeIndex]) return
  loop.isOpen[nodeIndex] = true
  loop.isLost[nodeIndex] = false
  loop.log.nodes.push({ atNs: nowNs, nodeIndex, isLost: false })
  for (const life of loop.lives.filter((each) => each.nodeIndex === nodeIndex && each.isPresent)) {
    if (life.isTerminating) {
      life.isTerminating = false
      loop.terminate(life, nowNs, false)
    } else if (ready.has(life)) loop.setReady(life, true, nowNs)
  }
}

/** Events that mean nothing for what they name. */
function checkKind(loop: ControlLoop, group: PodGroup, { kind }: ScenarioEvent, position: number): void {
  const isFixed = group.kind === 'Pod' || (kind === 'scale' && group.kind === 'DaemonSet')
  const isRollout = kind === 'rollout' && group.kind === 'ReplicaSet'
  if (!((kind === 'scale' || kind === 'rollout') && isFixed) && !isRollout) return
  const { findings } = loop.options
  findings.warn({
    code: 'SETTING_WITHOUT_EFFECT',
    message: `"${kind}" has no effect on ${groupTitle(group)}`,
    place: findings.place('spec', 'events', position, 'kind'),
    hint: 'take the event out, or name another workload',
  })
}

function warnLate(loop: ControlLoop, position: number): void {
  const { findings } = loop.options
  findings.warn({
    code: 'SETTING_WITHOUT_EFFECT',
    message: `Event ${position + 1} has no effect: it comes after the horizon`,
    place: findings.place('spec', 'events', position, 'at'),
    hint: 'set spec.horizon later, or the event earlier',
  })
}
