/**
 * Why a selector selects no pod: which of its labels nobody has, and which label was meant.
 */
import { closestName } from '../base/closest-name.js'
import { hasLabels, type Labels } from './label-selector.js'
import type { PodGroup } from './pod-groups.js'

/** What to tell the user. */
export interface Explanation {
  /** The part of the selector to blame; undefined: the whole. */
  readonly key: string | undefined
  readonly text: string
}

/** @remarks O(groups · labels). */
export function explainEmptySelection(
  selector: Labels,
  namespace: string,
  groups: readonly PodGroup[],
): Explanation {
  const near = groups.filter((each) => each.namespace === namespace)
  const matching = near.find((each) => hasLabels(each.labels, selector))
  if (matching !== undefined) {
    return { key: undefined, text: `${whereIs(matching)} has these labels, but no pods` }
  }
  const elsewhere = groups.find((each) => each.namespace !== namespace && hasLabels(each.labels, selector))
  if (elsewhere !== undefined) {
    const where = `namespace "${elsewhere.namespace}"`
    const text = `${whereIs(elsewhere)} has these labels in ${where}; a Service selects pods of its own`
    return { key: undefined, text }
  }
  for (const [key, value] of selector) {
    if (!near.some((each) => each.labels.get(key) === value)) return explainLabel(key, value, near)
  }
  return explainCombination(selector, near)
}

/** No pod has one of the labels at all. */
function explainLabel(key: string, value: string, groups: readonly PodGroup[]): Explanation {
  const missing = `no pod has the label ${key}=${value}`
  const owners = groups.filter((each) => each.labels.has(key))
  if (owners.length > 0) {
    const meant = closestName(
      value,
      owners.map((each) => each.labels.get(key) ?? ''),
    )
    const owner = owners.find((each) => each.labels.get(key) === meant)
    return {
      key,
      text: owner === undefined ? missing : `${missing}; did you mean "${meant}" (${whereIs(owner, key)})?`,
    }
  }
  const meantKey = closestName(
    key,
    groups.flatMap((each) => [...each.labels.keys()]),
  )
  const owner = meantKey === undefined ? undefined : groups.find((each) => each.labels.has(meantKey))
  if (meantKey === undefined || owner === undefined) return { key, text: missing }
  return { key, text: `${missing}; did you mean the key "${meantKey}" (${whereIs(owner, meantKey)})?` }
}

/** Every label is there, but no pod has all of them: the group that lacks fewest is the nearest. */
function explainCombination(selector: Labels, groups: readonly PodGroup[]): Explanation {
  const missingOf = (group: PodGroup) =>
    [...selector].filter(([key, value]) => group.labels.get(key) !== value)
  let nearest: PodGroup | undefined
  for (const group of groups) {
    if (nearest === undefined || missingOf(group).length < missingOf(nearest).length) nearest = group
  }
  if (nearest === undefined) return { key: undefined, text: 'no pod has all of these labels' }
  const missing = missingOf(nearest)
  const labels = missing.map(([key, value]) => `${key}=${value}`).join(',')
  const text = `no pod has all of these labels; the nearest, ${whereIs(nearest)}, lacks ${labels}`
  return { key: missing[0]?.[0], text }
}

/** `Deployment web, shop.yaml:3`: where a label of a group stands, or the group itself. */
function whereIs(group: PodGroup, labelKey?: string): string {
  const labelPath = group.kind === 'Pod' ? ['metadata', 'labels'] : ['spec', 'template', 'metadata', 'labels']
  const { file, line } = group.origin.place(
    labelKey === undefined ? ['metadata', 'name'] : [...labelPath, labelKey],
  )
  return `${group.kind} ${group.name}, ${file}:${line}`
}
