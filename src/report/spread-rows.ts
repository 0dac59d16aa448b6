/** The rows of a spread table: the pods of a call with what reached each, cut to the ends where there are very many. */
import { spreadTotal } from '../results/metric-catalogue.js'
import type { CallResult, Spread } from '../results/results-schema.js'

/** One pod of a call. */
export interface SpreadRow {
  readonly pod: string
  readonly node: string
  readonly connections: number
  readonly requests: number
}

/** The pods of a call. */
export interface SpreadRows {
  /** In the order of the results; or, if pods are left out, the busiest and then the least busy. */
  readonly rows: readonly SpreadRow[]
  /** Pods left out, between `rows[cutAt - 1]` and `rows[cutAt]`. */
  readonly hiddenCount: number
  readonly cutAt: number
}

/** Pods shown in full; beyond that, the ends. */
const MAX_ROWS = 24
const BUSIEST_SHOWN = 12
const IDLEST_SHOWN = 4

/** The pods of a call, at most 24 of them. */
export function spreadRows(call: CallResult): SpreadRows {
  const rows = allSpreadRows(call)
  if (rows.length <= MAX_ROWS) return { rows, hiddenCount: 0, cutAt: rows.length }
  const sorted = [...rows].sort(
    (left, right) => right.connections - left.connections || right.requests - left.requests,
  )
  return {
    rows: [...sorted.slice(0, BUSIEST_SHOWN), ...sorted.slice(-IDLEST_SHOWN)],
    hiddenCount: rows.length - BUSIEST_SHOWN - IDLEST_SHOWN,
    cutAt: BUSIEST_SHOWN,
  }
}

/** Every pod of a call that either spread names, those of the connections first. */
export function allSpreadRows(call: CallResult): readonly SpreadRow[] {
  const requests = new Map(call.requests.perPod.map((each) => [each.pod, each.count]))
  const named = new Set(call.connections.perPod.map((each) => each.pod))
  const rows = call.connections.perPod.map(({ pod, node, count }) => ({
    pod,
    node,
    connections: count,
    requests: requests.get(pod) ?? 0,
  }))
  const others = call.requests.perPod.filter((each) => !named.has(each.pod))
  return [
    ...rows,
    ...others.map(({ pod, node, count }) => ({
      pod,
      node,
      connections: 0,
      requests: count,
    })),
  ]
}

/** What each pod would get if all got the same; null without pods. */
export function evenShare(spread: Spread): number | null {
  return spread.perPod.length === 0 ? null : spreadTotal(spread) / spread.perPod.length
}
