/**
 * Rules that were written before, for clusters that differ in nothing that kube-proxy sees, as those of most sweeps: the same
 * rules are the same objects, made once and sent to a thread once.
 */
import { type NodeRules, rulesOfNodes } from './node-rules.js'

/** So many clusters' rules are found again: an inner axis of a sweep may have as many values. */
const REMEMBERED_COUNT = 100

/** What writes the rules of several nodes. */
export type RulesOfNodes = typeof rulesOfNodes

/** `rulesOfNodes` with a memory of its own: equal arguments give the same objects. */
export function rememberingRules(): RulesOfNodes {
  const known = new Map<string, readonly NodeRules[]>()
  return (mode, servicePorts, nodes, options) => {
    const { ipvsOrderKeyOf, ...rest } = options
    const orderKeys = nodes.map(({ name }) => ipvsOrderKeyOf?.(name) ?? null)
    const key = JSON.stringify([mode, servicePorts, nodes, rest, orderKeys], asPlain)
    const rules = known.get(key) ?? rulesOfNodes(mode, servicePorts, nodes, options)
    if (known.size >= REMEMBERED_COUNT) known.clear()
    known.set(key, rules)
    return rules
  }
}

/** @throws TypeError for what JSON would leave out, by which arguments could differ unseen */
function asPlain(name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'function' || value instanceof Map || value instanceof Set) {
    throw new TypeError(`"${name}" is nothing that arguments are told apart by`)
  }
  return value
}
