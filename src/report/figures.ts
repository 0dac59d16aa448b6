/** Figures as people read them: a number with its unit, and with its interval where it has one. */
import { formatCount, formatDuration, formatNumber, formatPercent } from '../base/units.js'
import type { MetricUnit } from '../results/metric-catalogue.js'
import type { CallResult, Estimate, NodeResult, PodResult } from '../results/results-schema.js'

/** Stands where nothing was observed. */
export const NO_VALUE = '–'

/** Below this p-value a spread is called uneven: one even spread in a hundred is called so by chance. */
export const UNEVEN_BELOW = 0.01

/** Nanoseconds in the units that `formatDuration` writes. */
const NS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['h', 3_600_000_000_000],
  ['min', 60_000_000_000],
  ['s', 1_000_000_000],
  ['ms', 1_000_000],
  ['µs', 1_000],
  ['ns', 1],
])

/** A figure without its interval: `46.3 ms`, `33.1 %`, `12,000`, `40 /s`, `1.02`; a dash for null. */
export function figureText(unit: MetricUnit, value: number | null): string {
  if (value === null) return NO_VALUE
  switch (unit) {
    case 'duration':
      return formatDuration(value)
    case 'ratio':
      return formatPercent(value)
    case 'count':
      return Number.isSafeInteger(value) ? formatCount(value) : formatNumber(value)
    case 'perSec':
      return `${formatNumber(value)} /s`
    case 'number':
      return formatNumber(value)
  }
}

/** A figure with half of its interval in the same unit: `46.3 ± 1.2 ms`; the figure alone where it has none. */
export function estimateText(unit: MetricUnit, estimate: Estimate): string {
  const { value } = estimate
  const text = figureText(unit, value)
  const half = halfWidthText(unit, estimate)
  if (value === null || half === undefined) return text
  const space = text.indexOf(' ')
  return space < 0 ? `${text} ${half}` : `${text.slice(0, space)} ${half}${text.slice(space)}`
}

/** Half of the interval, in the unit in which the value is written: `± 1.2`; undefined where there is none, or 0. */
export function halfWidthText(unit: MetricUnit, { value, halfWidth95 }: Estimate): string | undefined {
  if (value === null || halfWidth95 === null || halfWidth95 === 0) return undefined
  return `± ${formatNumber(halfWidth95 / displayUnit(unit, value), 2)}`
}

/** How many of the stored unit make one of the unit in which `figureText` writes the value. */
function displayUnit(unit: MetricUnit, value: number): number {
  if (unit === 'ratio') return 0.01
  if (unit !== 'duration') return 1
  const name = formatDuration(value).split(' ')[1] ?? ''
  return value === 0 ? 1_000_000 : (NS_PER_UNIT.get(name) ?? 1)
}

/** `p = 0.468`, `p < 0.0001`. */
export function pValueText(pValue: number): string {
  return pValue < 0.0001 ? 'p < 0.0001' : `p = ${formatNumber(pValue)}`
}

/** What a p-value says about a spread; undefined where the test can not be made. */
export function spreadVerdict(pValue: number | null): string | undefined {
  if (pValue === null) return undefined
  return pValue < UNEVEN_BELOW ? 'uneven' : 'consistent with even'
}

/** How many times something is: `1.00`, `12.3`; near 1 the decimals are what counts. */
export function timesText(value: number): string {
  return value < 9.995 ? value.toFixed(2) : formatNumber(value)
}

/** `1 replica`, `3 replicas`. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** Stands with response times of a call that has no steady state; undefined where nothing speaks against one. */
export function instabilityText({ instability }: CallResult): string | undefined {
  if (instability === undefined) return undefined
  const { offered, backlog } = instability
  const load =
    offered === undefined
      ? []
      : offered.utilisation === null
        ? [`${offered.workload} is asked for more than any pods can do`]
        : [`${offered.workload} is asked for ${formatPercent(offered.utilisation)} of what its pods can do`]
  const growth =
    backlog === undefined
      ? []
      : [
          `${formatNumber(backlog.secondQuarter)} requests under way in the second quarter, ${formatNumber(backlog.lastQuarter)} in the last`,
        ]
  return `no steady state, so these times depend on how long the run is: ${[...load, ...growth].join('; ')}`
}

/** Packets that a node dropped, whatever the cause. */
export function droppedCount({ drops }: NodeResult): number {
  return drops.rules + drops.backlog + drops.conntrackFull + drops.noMasqueradePort
}

/** Most connections tracked at once, and how much of the table that is: `24,512 (18.7 %)`. */
export function trackedText({ conntrackPeak, conntrackMax }: NodeResult): string {
  const count = formatCount(conntrackPeak)
  return conntrackMax === null
    ? count
    : `${count} (${formatPercent(conntrackPeak / Math.max(1, conntrackMax))})`
}

/** Headings of what pods that answer DNS queries were asked and answered; none where no pod does. */
export function dnsHeadings(pods: readonly PodResult[]): readonly string[] {
  return pods.some((pod) => pod.dns !== undefined) ? ['queries', 'NOERROR', 'NXDOMAIN'] : []
}

/** The figures below these headings; dashes for a pod that answers none. */
export function dnsTexts({ dns }: PodResult): readonly string[] {
  const counts =
    dns === undefined ? [undefined, undefined, undefined] : [dns.queries, dns.noError, dns.nxDomain]
  return counts.map((count) => (count === undefined ? NO_VALUE : formatCount(count)))
}

/** Share of time that a pod was throttled; a dash where it has no CPU limit. */
export function throttledText({ throttledRatio }: PodResult): string {
  return throttledRatio === undefined ? NO_VALUE : estimateText('ratio', throttledRatio)
}
