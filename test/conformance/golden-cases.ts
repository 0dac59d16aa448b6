/**
 * Golden dumps: what kube-proxy hands to `iptables-restore`, or the nft transaction that makes the same rules.
 */
import { printSync } from '../../src/kubernetes/iptables/iptables-restore-input.js'
import {
  changedServices,
  iptablesSync,
  type ProxyState,
} from '../../src/kubernetes/iptables/iptables-sync.js'
import { canonicalIptables } from './canonical-iptables.js'
import { type CaseResult, canonicalText, caseResult, difference, messageOf } from './case-result.js'
import { stateOf } from './flow-cases.js'
import { lineDifferences } from './line-differences.js'
import { nftablesDifferences } from './nftables-golden.js'
import type { RawNode } from './raw-node.js'
import { type RawObject, serviceOfSlice, slicesOf } from './raw-objects.js'

/** Objects of a golden dump. */
export interface RawGolden {
  readonly proxyMode?: string
  readonly sync?: 'full' | 'partial'
  readonly node: RawNode
  readonly objects: readonly RawObject[]
  readonly previousObjects?: readonly RawObject[]
  readonly changeInTotalNatRules?: number
}

/**
 * Compares one dump with what svcsim writes.
 *
 * @param text - the dump
 */
export function runGolden(name: string, golden: RawGolden, text: string): CaseResult {
  try {
    const mode = golden.proxyMode ?? golden.node.proxyMode
    if (mode === 'iptables') return iptablesGolden(name, golden, text)
    if (mode === 'nftables') return nftablesGolden(name, golden, text)
    return caseResult(name, [`proxyMode "${mode}" is not understood`])
  } catch (error) {
    return caseResult(name, [messageOf(error)])
  }
}

function iptablesGolden(name: string, golden: RawGolden, text: string): CaseResult {
  const { objects, previousObjects = [], sync, changeInTotalNatRules } = golden
  const next = stateOf(golden.node, objects)
  const previous = previousState(golden)
  const changed = [
    ...changedServices(previous?.servicePorts ?? [], next.servicePorts),
    ...servicesOfChangedSlices(previousObjects, objects),
  ]
  const done = iptablesSync(previous, next, {
    isFull: sync !== 'partial',
    changedServices: new Set(changed),
  })
  const differences = lineDifferences(canonicalIptables(text), canonicalIptables(printSync(done)))
  const count =
    changeInTotalNatRules === undefined
      ? []
      : difference('change in nat rules', changeInTotalNatRules, done.natRuleCountChange)
  return differing(name, count, differences)
}

function nftablesGolden(name: string, golden: RawGolden, text: string): CaseResult {
  const next = stateOf(golden.node, golden.objects)
  return differing(name, [], nftablesDifferences(previousState(golden), next, text))
}

/** A partial sync without objects before it follows one without any objects. */
function previousState({ node, sync, previousObjects }: RawGolden): ProxyState | undefined {
  if (previousObjects === undefined && sync !== 'partial') return undefined
  return stateOf(node, previousObjects ?? [])
}

function differing(name: string, reasons: readonly string[], lines: readonly string[]): CaseResult {
  const ofLines = lines.length > 0 ? ['the dump differs (- expected, + written):'] : []
  return caseResult(name, [...reasons, ...ofLines], lines)
}

/** kube-proxy compares whole EndpointSlices: whatever differs in one makes its Service a changed one. */
export function servicesOfChangedSlices(
  previous: readonly RawObject[],
  next: readonly RawObject[],
): ReadonlySet<string> {
  const texts = (objects: readonly RawObject[]) =>
    new Map(
      slicesOf(objects).map((each) => [
        `${each.metadata.namespace}/${each.metadata.name}`,
        { service: serviceOfSlice(each), text: canonicalText(each) },
      ]),
    )
  const [before, after] = [texts(previous), texts(next)]
  const changed = [...before.keys(), ...after.keys()].filter(
    (key) => before.get(key)?.text !== after.get(key)?.text,
  )
  return new Set(
    changed.flatMap((key) => [before.get(key), after.get(key)].flatMap((each) => each?.service ?? [])),
  )
}
