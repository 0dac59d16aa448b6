/** Nodes, pods and Services by the names that a user gives them, with the nearest name where there is none. */
import { closestName } from '../../base/closest-name.js'
import { type Diagnostic, InputError } from '../../base/diagnostics.js'
import type { DiagnosticCode } from '../../base/error-codes.js'
import type { Cluster, ClusterNode, ClusterPod } from '../../kubernetes/cluster.js'
import { podTitle } from './whereabouts.js'

/** The file of places on the command line; see `cli/exit-codes.ts`. */
const COMMAND_LINE = '<command line>'

/** Names that a message lists where none is near. */
const MAX_LISTED = 8

/** One word of the command line, for messages: `--from pod/web`. */
export interface OptionText {
  readonly option: string
  readonly text: string
}

/** An error about one option. */
export function optionError(
  code: DiagnosticCode,
  { option, text }: OptionText,
  message: string,
  hint?: string,
): InputError {
  const lead = `${option} `
  const place = {
    file: COMMAND_LINE,
    line: 1,
    column: lead.length + 1,
    length: Math.max(1, text.length),
    excerpt: lead + text,
  }
  const diagnostic: Diagnostic = { severity: 'error', code, message, place }
  return new InputError([hint === undefined ? diagnostic : { ...diagnostic, hint }])
}

/** @throws InputError NODE_UNKNOWN */
export function nodeNamed(name: string, { nodes }: Cluster, from: OptionText): ClusterNode {
  const found = nodes.find((node) => node.name === name)
  if (found !== undefined) return found
  const names = nodes.map((node) => node.name)
  throw optionError('NODE_UNKNOWN', from, `There is no node "${name}"`, nearest(name, names, 'node'))
}

/**
 * The pod of a name, in the default namespace, or in the only one that has it.
 *
 * @param name - `web-0`, or `shop/web-0`
 * @throws InputError POD_UNKNOWN
 */
export function podNamed(name: string, { pods }: Cluster, from: OptionText): ClusterPod {
  const named = pods.filter((pod) => pod.name === name)
  const found = pods.find((pod) => podTitle(pod) === name) ?? (named.length === 1 ? named[0] : undefined)
  if (found !== undefined) return found
  if (named.length > 1) {
    const titles = named.map(podTitle).join(', ')
    throw optionError('POD_UNKNOWN', from, `There are several pods "${name}"`, `one of ${titles}`)
  }
  const ofWorkload = pods.find((pod) => pod.workload === name)
  const names = pods.map(podTitle)
  const hint =
    ofWorkload === undefined ? nearest(name, names, 'pod') : `its pods are called ${name}-0, ${name}-1 …`
  throw optionError('POD_UNKNOWN', from, `There is no pod "${name}"`, hint)
}

/** A "did you mean", or what there is. */
export function nearest(name: string, names: readonly string[], kind: string): string {
  const closest = closestName(name, names)
  if (closest !== undefined) return `did you mean "${closest}"?`
  if (names.length === 0) return `the cluster has no ${kind}`
  const listed = names.slice(0, MAX_LISTED).join(', ')
  return names.length > MAX_LISTED ? `there are ${listed} …` : `there is ${listed}`
}
