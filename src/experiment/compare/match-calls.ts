/**
 * The same call in several alternatives: by caller, Service and port. What is left of a caller is matched in order, so that
 * clients who use a NodePort here and a load balancer there can be compared.
 */
import type { CallResult } from '../../results/results-schema.js'

/** A call followed through the alternatives. */
export interface MatchedCall {
  /** `browsers → counter-np:3000`; both Services where they differ. */
  readonly name: string
  readonly calls: readonly CallResult[]
}

/** @param byAlternative - calls of each alternative, the baseline first */
export function matchCalls(byAlternative: readonly (readonly CallResult[])[]): {
  readonly matched: readonly MatchedCall[]
  readonly unmatched: readonly string[]
} {
  const [baseline, ...others] = byAlternative
  const partners = others.map((calls) => partnersOf(baseline, calls))
  const matched = baseline.flatMap((call, index) => {
    const found = partners.map((each) => each[index])
    const calls = found.filter((each) => each !== undefined)
    return calls.length === others.length ? [{ name: nameOf([call, ...calls]), calls: [call, ...calls] }] : []
  })
  const used = new Set(matched.flatMap(({ calls }) => calls))
  const left = byAlternative.flat().filter((call) => !used.has(call))
  return { matched, unmatched: [...new Set(left.map((call) => nameOf([call])))] }
}

/** By call of the baseline: the call of the other alternative, each used once. */
function partnersOf(
  baseline: readonly CallResult[],
  others: readonly CallResult[],
): readonly (CallResult | undefined)[] {
  const left = new Set(others)
  const partners = baseline.map((call) => take(left, (other) => keyOf(other) === keyOf(call)))
  return partners.map(
    (partner, index) => partner ?? take(left, (other) => other.caller === baseline[index].caller),
  )
}

function take(left: Set<CallResult>, isWanted: (call: CallResult) => boolean): CallResult | undefined {
  const found = [...left].find(isWanted)
  if (found !== undefined) left.delete(found)
  return found
}

function keyOf({ caller, service, port }: CallResult): string {
  return JSON.stringify([caller, service, port])
}

function nameOf(calls: readonly CallResult[]): string {
  const services = new Set(calls.map(({ service, port }) => `${service}:${port}`))
  return `${calls[0].caller} → ${[...services].join(' or ')}`
}
