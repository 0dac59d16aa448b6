/**
 * Which labels a selector selects, and a quick way to find all objects that it selects.
 * Source: kubernetes staging apimachinery/pkg/labels/selector.go.
 */
import type { LabelRequirement, LabelSelector } from '../input/kubernetes-objects.js'

/** Labels, or the equalities that a plain selector asks for. */
export type Labels = ReadonlyMap<string, string>

/** Do labels have every key with its value? Nothing wanted: yes. */
export function hasLabels(labels: Labels, wanted: Labels): boolean {
  for (const [key, value] of wanted) if (labels.get(key) !== value) return false
  return true
}

/** Does a selector select labels? All of its parts must hold; an empty one selects everything. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  return (
    hasLabels(labels, selector.matchLabels) && selector.matchExpressions.every((each) => meets(each, labels))
  )
}

/** The selector of some equalities. */
export function selectorOf(matchLabels: Labels): LabelSelector {
  return { matchLabels, matchExpressions: [] }
}

/** `NotIn` and `DoesNotExist` hold for labels without the key. */
function meets({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = labels.get(key)
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}

/** What can be found by its labels. */
export interface Labelled {
  readonly namespace: string
  readonly labels: Labels
}

/** Finds objects of one namespace by selector, in the order in which they were given. */
export interface LabelIndex<T extends Labelled> {
  find(namespace: string, selector: LabelSelector): readonly T[]
}

/**
 * @remarks O(labels) to make. A search costs what the rarest wanted label has; one without `matchLabels` costs the
 *   whole namespace.
 */
export function labelIndex<T extends Labelled>(items: readonly T[]): LabelIndex<T> {
  const byLabel = new Map<string, T[]>()
  const byNamespace = new Map<string, T[]>()
  for (const item of items) {
    append(byNamespace, item.namespace, item)
    for (const [key, value] of item.labels) append(byLabel, labelKey(item.namespace, key, value), item)
  }
  return {
    find(namespace, selector) {
      let candidates: readonly T[] = byNamespace.get(namespace) ?? []
      for (const [key, value] of selector.matchLabels) {
        const labelled = byLabel.get(labelKey(namespace, key, value)) ?? []
        if (labelled.length < candidates.length) candidates = labelled
      }
      return candidates.filter((each) => selects(selector, each.labels))
    },
  }
}

/** Neither names nor label values hold a line break. */
function labelKey(namespace: string, key: string, value: string): string {
  return `${namespace}\n${key}\n${value}`
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}
