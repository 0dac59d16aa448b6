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

/** maxSurge and maxUnavailable where nobody says. */
const DEFAULT_SHARE = '25%'

type Rollout = Extract<ScenarioEvent, { kind: 'rollout' }>

/** Replaces all pods of a group, from now on: until all are new, or another rollout begins. */
export function startRollout(loop: ControlLoop, group: PodGroup, event: Rollout, nowNs: number): void {
  const generation = loop.newGeneration(group)
  const isOld = (life: PodLife) => life.generation < generation
  const replace = replacementOf(loop, group, event, isOld)
  let isDone = false
  const step = (atNs: number) => {
    if (isDone || loop.generationOf(group) !== generation) return
    const hasRemoved = replace(atNs)
    // Whatever is deleted makes room for others at once.
    if (hasRemoved) loop.agenda.at(atNs, step)
    const active = loop.activeOf(group)
    isDone = active.length >= loop.wantedOf(group) && !active.some(isOld)
  }
  loop.watchers.push((changed, atNs) => {
    if (changed === group) step(atNs)
  })
  step(nowNs)
}

/** One step of a strategy; tells whether it has deleted pods. */
type Replacement = (nowNs: number) => boolean

function replacementOf(
  loop: ControlLoop,
  group: PodGroup,
  event: Rollout,
  isOld: (life: PodLife) => boolean,
): Replacement {
  const { strategy } = group
  if (strategy?.isRecreate === true) return (nowNs) => replaceAll(loop, group, isOld, nowNs)
  if (group.kind !== 'Deployment') return (nowNs) => replaceOne(loop, group, isOld, nowNs)
  const wanted = loop.wantedOf(group)
  const maxUnavailable = event.maxUnavailable ?? strategy?.maxUnavailable ?? DEFAULT_SHARE
  const surge = partOf(event.maxSurge ?? strategy?.maxSurge ?? DEFAULT_SHARE, wanted, Math.ceil)
  const given = partOf(maxUnavailable, wanted, Math.floor)
  // As Kubernetes does where rounding leaves nothing that could be done.
  const unavailable = surge === 0 && given === 0 ? 1 : given
  return (nowNs) => replaceSome(loop, group, { isOld, surge, unavailable }, nowNs)
}

interface Limits {
  readonly isOld: (life: PodLife) => boolean
  readonly surge: number
  readonly unavailable: number
}

/** New pods as far as there is room, then old ones as far as enough are ready; those that are not ready first. */
function replaceSome(loop: ControlLoop, group: PodGroup, limits: Limits, nowNs: number): boolean {
  const { isOld, surge, unavailable } = limits
  const wanted = loop.wantedOf(group)
  const active = loop.activeOf(group)
  const old = active.filter(isOld)
  const missing = Math.min(wanted + surge - active.length, wanted - (active.length - old.length))
  for (let count = 0; count < missing; count++) loop.start(group, nowNs)
  const readyCount = active.filter(({ isReady }) => isReady).length
  const spareCount = Math.max(0, readyCount - (wanted - unavailable))
  const removed = [
    ...old.filter(({ isReady }) => !isReady),
    ...old.filter(({ isReady }) => isReady).slice(0, spareCount),
  ]
  for (const life of removed) loop.terminate(life, nowNs, false)
  return removed.length > 0
}

/** Strategy Recreate: all old pods go, and new ones start when the last is gone. */
function replaceAll(
  loop: ControlLoop,
  group: PodGroup,
  isOld: (life: PodLife) => boolean,
  nowNs: number,
): boolean {
  const present = loop.lives.filter((life) => life.group === group && life.isPresent)
  for (const life of present.filter(isOld)) loop.terminate(life, nowNs, false)
  if (present.some(isOld)) return false
  for (let count = present.length; count < loop.wantedOf(group); count++) loop.start(group, nowNs)
  return false
}

function replaceOne(
  loop: ControlLoop,
  group: PodGroup,
  isOld: (life: PodLife) => boolean,
  nowNs: number,
): boolean {
  const all = loop.lives.filter((life) => life.group === group && life.isPresent)
  const isBusy = all.some((life) => life.isTerminating || !life.isReady)
  const next = all.filter(isOld).sort((a, b) => b.ordinal - a.ordinal)[0]
  if (!isBusy && next !== undefined) loop.terminate(next, nowNs, true)
  return false
}

/** A number of pods, or a percentage of those wanted. */
function partOf(share: number | string, wanted: number, round: (value: number) => number): number {
  return typeof share === 'number' ? share : round((Number(share.slice(0, -1)) * wanted) / 100)
}
