/** Calls as readers name them, and the same call followed through the points of a sweep. */
import type { CallResult, PointResult, Results } from '../results/results-schema.js'

/** One call over all points: the n-th of its caller in each. */
export interface CallSeries {
  readonly caller: string
  /** "browsers → counter-np:3000 by nodePort" where all points agree on it, else as much as they agree on. */
  readonly title: string
  /** What the points do not agree on: `service` (with port) or `via`, or both. */
  readonly varying: readonly ('service' | 'via')[]
  /** The call in each point, in the order of the points; undefined where a point does not have it. */
  readonly calls: readonly (CallResult | undefined)[]
}

/** `counter-np:3000`. */
export function serviceName(call: CallResult): string {
  return `${call.service}:${call.port}`
}

/** `browsers → counter-np:3000 by nodePort`. */
export function callTitle(call: CallResult): string {
  return `${call.caller} → ${serviceName(call)} by ${call.via}`
}

/** `browsers-counter-np`: a call as part of the name of a file; letters, digits and hyphens only, at most 60. */
export function callFileName({ caller, service }: CallResult): string {
  const safe = `${caller}-${service}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
  return safe.replaceAll(/^-+|-+$/g, '')
}

/** Every call of the results, followed through their points, in order of first appearance. */
export function callSeries(results: Results): readonly CallSeries[] {
  const byKey = new Map<string, { caller: string; calls: (CallResult | undefined)[] }>()
  for (const [pointIndex, point] of results.points.entries()) {
    for (const { key, call } of keyedCalls(point)) {
      const series = byKey.get(key) ?? {
        caller: call.caller,
        calls: results.points.map(() => undefined),
      }
      series.calls[pointIndex] = call
      byKey.set(key, series)
    }
  }
  return [...byKey.values()].map(({ caller, calls }) => ({
    caller,
    calls,
    ...titleOf(caller, calls),
  }))
}

/** What a sweep varies may be the Service itself, so a call is known by its caller and its place among the caller's. */
function keyedCalls(point: PointResult): readonly { readonly key: string; readonly call: CallResult }[] {
  const counts = new Map<string, number>()
  return point.calls.map((call) => {
    const place = counts.get(call.caller) ?? 0
    counts.set(call.caller, place + 1)
    return { key: `${place} ${call.caller}`, call }
  })
}

function titleOf(
  caller: string,
  calls: readonly (CallResult | undefined)[],
): Pick<CallSeries, 'title' | 'varying'> {
  const present = calls.filter((call) => call !== undefined)
  const services = new Set(present.map(serviceName))
  const ways = new Set(present.map((call) => call.via))
  const service = services.size === 1 ? ` → ${[...services].join('')}` : ''
  const way = ways.size === 1 ? ` by ${[...ways].join('')}` : ''
  const varying = [
    ...(services.size > 1 ? (['service'] as const) : []),
    ...(ways.size > 1 ? (['via'] as const) : []),
  ]
  return { title: `${caller}${service}${way}`, varying }
}
