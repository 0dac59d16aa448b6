/**
 * Rolling updates: how many old pods go and new ones come whenever a pod became ready, or went.
 *
 * A Deployment keeps to maxSurge and maxUnavailable; StatefulSets and DaemonSets replace one pod after another, the youngest first.
 * Sources: kubernetes pkg/controller/deployment/rolling.go; util/deployment_util.go (ResolveFenceposts).
 */
import type { ScenarioEvent } from '../../input/scenario-schema.js'
import type { PodGroup } from '../pod-groups.js'
import type { ControlLoop } from './control-loop.js'
import type { PodLife } from './pod-life.js'

type Rollout = Extract<ScenarioEvent, { kind: 'rollout' }>

/** Replaces all pods of a group, from now on. */
export function startRollout(loop: ControlLoop, group: PodGroup, event: Rollout, nowNs: number): void {
  const wanted = loop.activeOf(group).length
  const generation = loop.newGeneration(group)
  const isOld = (life: PodLife) => life.generation < generation
  const surge = partOf(event.maxSurge, wanted, Math.ceil)
  const unavailable = partOf(event.maxUnavailable, wanted, Math.floor)
  // As Kubernetes does where rounding leaves nothing that could be done.
  const limits = { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
  const step = (atNs: number) =>
    group.kind === 'Deployment'
      ? replaceSome(loop, group, { wanted, isOld, ...limits }, atNs)
      : replaceOne(loop, group, isOld, atNs)
  loop.watchers.push((changed, atNs) => {
    if (changed === group) step(atNs)
  })
  step(nowNs)
}

interface DeploymentState {
  readonly wanted: number
  readonly isOld: (life: PodLife) => boolean
  readonly surge: number
  readonly unavailable: number
}

function replaceSome(loop: ControlLoop, group: PodGroup, state: DeploymentState, nowNs: number): void {
  const { wanted, isOld, surge, unavailable } = state
  const active = loop.activeOf(group)
  const old = active.filter(isOld)
  if (old.length === 0) return
  const missing = Math.min(wanted + surge - active.length, wanted - (active.length - old.length))
  for (let count = 0; count < missing; count++) loop.start(group, nowNs)
  const ready = active.filter(({ isReady }) => isReady).length
  let spare = ready - (wanted - unavailable)
  for (const life of old.filter(({ isReady }) => !isReady)) loop.terminate(life, nowNs, false)
  for (const life of old.filter(({ isReady }) => isReady)) {
    if (spare <= 0) return
    spare--
    loop.terminate(life, nowNs, false)
  }
}

function replaceOne(
  loop: ControlLoop,
  group: PodGroup,
  isOld: (life: PodLife) => boolean,
  nowNs: number,
): void {
  const all = loop.lives.filter((life) => life.group === group && life.isPresent)
  const isBusy = all.some((life) => life.isTerminating || !life.isReady)
  const next = all.filter(isOld).sort((a, b) => b.ordinal - a.ordinal)[0]
  if (!isBusy && next !== undefined) loop.terminate(next, nowNs, true)
}

/** A number of pods, or a percentage of those wanted. */
function partOf(share: number | string, wanted: number, round: (value: number) => number): number {
  return typeof share === 'number' ? share : round((Number(share.slice(0, -1)) * wanted) / 100)
}
