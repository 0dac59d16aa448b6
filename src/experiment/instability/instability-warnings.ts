/** Warnings about calls without a steady state: one for each call, with the points of a sweep at which it has none. */
import type { DiagnosticCode } from '../../base/error-codes.js'
import { formatNumber, formatPercent } from '../../base/units.js'
import type { Instability, PointResult, Results } from '../../results/results-schema.js'

/** Points that a warning lists by name. */
const MAX_LISTED = 5

/** In the order of first appearance. */
export function instabilityWarnings(points: readonly PointResult[]): Results['warnings'] {
  const found = new Map<string, { why: string; places: string[] }>()
  for (const { settings, calls } of points) {
    const place = settings.map(({ axis, value }) => `${axis} = ${value}`).join(', ')
    for (const call of calls) {
      if (call.instability === undefined) continue
      const name = `${call.caller} → ${call.service}:${call.port}`
      const known = found.get(name)
      if (known === undefined) found.set(name, { why: reason(call.instability), places: [place] })
      else known.places.push(place)
    }
  }
  return [...found].map(([name, { why, places }]) => ({
    code: 'UNSTABLE_LOAD' satisfies DiagnosticCode,
    message: `${name} has no steady state${placesText(places)}: ${why}; its response times depend on how long the run is, on limits of queues and on time-outs`,
  }))
}

/** `web is asked for 110 % of what its pods can do`. */
function reason({ offered, backlog }: Instability): string {
  if (offered !== undefined) {
    const share =
      offered.utilisation === null ? 'without bound more than' : `${formatPercent(offered.utilisation)} of`
    return `${offered.workload} is asked for ${share} what its pods can do`
  }
  const { secondQuarter = 0, lastQuarter = 0 } = backlog ?? {}
  return `${formatNumber(secondQuarter)} requests were under way in the second quarter of the window, ${formatNumber(lastQuarter)} in the last`
}

function placesText(places: readonly string[]): string {
  const named = places.filter((place) => place !== '')
  if (named.length === 0) return ''
  const rest = named.length > MAX_LISTED ? ` and at ${named.length - MAX_LISTED} more points` : ''
  const first = named.length > 1 ? ' (figures of the first)' : ''
  return ` at ${named.slice(0, MAX_LISTED).join('; ')}${rest}${first}`
}
