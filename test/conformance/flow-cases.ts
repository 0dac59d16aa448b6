/**
 * Flow cases: a node, objects, and what becomes of packets.
 */
import type { ProxyState } from '../../src/kubernetes/iptables/iptables-sync.js'
import { type CaseResult, caseResult, difference, messageOf } from './case-result.js'
import { expectedEnd, type FlowWalk, type MetRule, type Plane, type RawFlow } from './flow.js'
import { iptablesPlane, iptablesTables, iptablesTablesAfter } from './iptables-plane.js'
import { nftablesPlane } from './nftables-plane.js'
import { familyOf, nodeInfo, proxyOptions, type RawNode } from './raw-node.js'
import { type RawObject, servicePortsOf } from './raw-objects.js'

/** One state of a node with the flows that are tried on it. */
export interface RawFlowCase {
  readonly name: string
  readonly node: RawNode
  readonly objects: readonly RawObject[]
  readonly flows: readonly RawFlow[]
  /** Name of the case whose state kube-proxy was in before it synced. */
  readonly follows?: string
  readonly expectLocalnetFirewallRule?: boolean
}

/** A file of flow cases. */
export interface FlowFile {
  readonly proxyMode?: string
  readonly cases: readonly RawFlowCase[]
}

/** Ways of its packet that a failing flow shows at most. */
const MAX_WAYS_SHOWN = 8

/** Lines of rules that a failing flow shows at most. */
const MAX_MET_RULES = 200

/** The state that kube-proxy works from. */
export function stateOf(node: RawNode, objects: readonly RawObject[]): ProxyState {
  return {
    servicePorts: servicePortsOf(objects, familyOf(node)),
    node: nodeInfo(node),
    options: proxyOptions(node),
  }
}

/** Runs the flows of one case: one result each. */
export function runFlowCase(flowCase: RawFlowCase, file: FlowFile): CaseResult[] {
  const names = flowCase.flows.map((flow) => `${flowCase.name}: ${describe(flow)}`)
  let plane: Plane
  try {
    plane = planeOf(flowCase, file)
  } catch (error) {
    return failAll(flowCase, names, [messageOf(error)])
  }
  const unmet = caseReasons(flowCase, plane)
  if (unmet.length > 0) return failAll(flowCase, names, unmet)
  return flowCase.flows.map((flow, index) => runFlow(names[index], flow, plane))
}

function describe({ name, protocol, from, to, port }: RawFlow): string {
  return `${name} (${protocol} from ${from} to ${to} port ${port})`
}

/** What holds of a whole case fails all its flows, or the case itself if it has none. */
function failAll(flowCase: RawFlowCase, names: readonly string[], reasons: readonly string[]): CaseResult[] {
  return (names.length === 0 ? [flowCase.name] : names).map((name) => caseResult(name, reasons))
}

/** Fields of expectation that a case may have beside its flows. */
function caseReasons(flowCase: RawFlowCase, plane: Plane): string[] {
  const unknown = Object.keys(flowCase).filter(
    (key) => key.startsWith('expect') && key !== 'expectLocalnetFirewallRule',
  )
  const expected = flowCase.expectLocalnetFirewallRule
  return [
    ...unknown.map((key) => `"${key}" is not understood`),
    ...(expected === undefined
      ? []
      : difference('a rule guards 127.0.0.0/8', expected, plane.hasLocalnetGuard)),
  ]
}

function runFlow(name: string, flow: RawFlow, plane: Plane): CaseResult {
  try {
    const walk = plane.walk(flow)
    const reasons = difference('outcome', expectedEnd(flow), walk.end)
    return caseResult(name, reasons, reasons.length > 0 ? metRules(walk) : [])
  } catch (error) {
    return caseResult(name, [messageOf(error)])
  }
}

function planeOf(flowCase: RawFlowCase, file: FlowFile): Plane {
  const { node, objects } = flowCase
  const mode = node.proxyMode ?? file.proxyMode
  const previous = previousOf(flowCase, file)
  const state = stateOf(node, objects)
  switch (mode) {
    case 'iptables': {
      if (previous === undefined) return iptablesPlane(iptablesTables(state), node, state)
      const before = stateOf(previous.node, previous.objects)
      return iptablesPlane(iptablesTablesAfter(iptablesTables(before), before, state), node, state)
    }
    case 'nftables':
      return nftablesPlane(node, state)
    default:
      throw new Error(`proxyMode "${mode}" is not understood`)
  }
}

function previousOf({ follows }: RawFlowCase, file: FlowFile): RawFlowCase | undefined {
  if (follows === undefined) return undefined
  const previous = file.cases.find((each) => each.name === follows)
  if (previous === undefined) throw new Error(`it follows "${follows}", which is no case of this file`)
  return previous
}

/** The rules met on each of the first ways; what a way shares with the one before it is shown once. */
function metRules(walk: FlowWalk): string[] {
  const { wayCount } = walk
  const ways = Array.from({ length: Math.min(wayCount, MAX_WAYS_SHOWN) }, (_, way) => walk.rulesMet(way))
  const lines = ways.flatMap((way, index) => {
    const shared = index === 0 ? 0 : sharedLength(ways[index - 1], way)
    const title = wayCount === 1 ? 'rules met:' : `rules met on way ${index + 1} of ${wayCount}:`
    const again = shared > 0 ? [`  (the first ${shared} as on the way before)`] : []
    return [title, ...again, ...way.slice(shared).map(metRuleText)]
  })
  if (lines.length <= MAX_MET_RULES) return lines
  return [...lines.slice(0, MAX_MET_RULES), `… and ${lines.length - MAX_MET_RULES} lines more`]
}

function sharedLength(one: readonly MetRule[], other: readonly MetRule[]): number {
  const differing = one.findIndex(
    ({ text, isMatched }, index) => text !== other[index]?.text || isMatched !== other[index].isMatched,
  )
  return differing < 0 ? one.length : differing
}

function metRuleText({ chain, text, isMatched }: MetRule): string {
  return `  ${isMatched ? 'matched    ' : 'not matched'}  ${chain}: ${text}`
}
