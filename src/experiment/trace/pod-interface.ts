/** Interfaces of nodes: manifests do not name them, and rules of real nodes test them. */
import type { Scenario } from '../../input/scenario-schema.js'
import { podInterfaceOf } from '../../model/world.js'
import type { Rule } from '../../netfilter/iptables/rule.js'
import type { FlowQuestion } from './flow-question.js'
import { optionError } from './named-things.js'
import { OUTER_INTERFACE } from './node-plane.js'
import type { GivenRules } from './node-planes.js'

/** What the kernel takes as the name of an interface. Source: Linux net/core/dev.c, dev_valid_name. */
const INTERFACE_NAME = /^(?!\.{1,2}$)[^\s/:]{1,15}$/

/**
 * The name of the interface by which packets of a node's pods come in and leave.
 *
 * @throws InputError FLOW_SYNTAX if the one asked for is no name of an interface
 */
export function podInterfaceFor({ podInterface: name }: FlowQuestion, scenario: Scenario): string {
  if (name === undefined) return podInterfaceOf(scenario)
  if (INTERFACE_NAME.test(name)) return name
  const message = `"${name}" is no name of an interface`
  const hint = 'names have up to 15 characters, without blanks, "/" and ":"'
  throw optionError('FLOW_SYNTAX', { option: '--pod-interface', text: name }, message, hint)
}

/** What interfaces are taken to be called, if rules of real nodes ask for them. */
export function interfaceNotes(given: readonly GivenRules[], podInterface: string): string[] {
  const isAsked = given.some(({ tables }) =>
    tables.some(({ chains }) => chains.some(({ rules }) => rules.some(asksForInterface))),
  )
  if (!isAsked) return []
  return [
    `rules ask for interfaces: those of pods are taken to be ${podInterface} (--pod-interface), all others ${OUTER_INTERFACE}`,
  ]
}

function asksForInterface({ matches }: Rule): boolean {
  return matches.some(({ kind }) => kind === 'inInterface' || kind === 'outInterface')
}
