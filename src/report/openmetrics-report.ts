/**
 * Results as OpenMetrics text, for Prometheus, Grafana and what reads them: response times as a histogram and as a
 * summary, outcomes as counters, every other figure as a gauge. Times are seconds, ratios 0 to 1.
 *
 * The factors of a sweep are labels (`axis_` and the name, in letters, digits and underscores). Bounds of buckets are
 * four per octave, at bounds of the stored histogram, so counts are exact; the sum is that of the middles of stored buckets.
 * Halves of 95 % intervals are a family of their own, by metric.
 * Source: OpenMetrics 1.0 (RFC draft-richih-opsawg-openmetrics), sections 3 (syntax) and 5 (types).
 */
import { bucketLowerBound, bucketMiddle } from '../base/histogram-buckets.js'
import { terminalText } from '../base/terminal-text.js'
import { callMetricsOf, type Metric } from '../results/metric-catalogue.js'
import type { CallResult, Estimate, PointResult, Results } from '../results/results-schema.js'
import { callAtPodMetrics, nodeMetrics, podMetricsOf } from '../results/station-metrics.js'
import { allSpreadRows } from './spread-rows.js'

const NS_PER_S = 1_000_000_000

/** Names and values, in order. */
type Labels = readonly (readonly [string, string])[]

/** What one line says. */
interface Sample {
  readonly suffix: string
  readonly labels: Labels
  readonly value: number
}

/** Samples that have a name, a type, a unit and a meaning in common. */
interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary' | 'info'
  readonly unit: '' | 'seconds' | 'ratio'
  readonly help: string
  readonly samples: Sample[]
}

const QUANTILES = [
  ['0.5', 'p50'],
  ['0.9', 'p90'],
  ['0.95', 'p95'],
  ['0.99', 'p99'],
  ['0.999', 'p999'],
] as const

const OUTCOMES = ['completed', 'refused', 'timedOut', 'reset', 'rejected', 'unfinished'] as const

/** Figures that stand in a family of their own. */
const ELSEWHERE = /^outcomes\.(?!.*Ratio$)|^responseTime\.p\d/

/** Families by name, in order of first use. */
class Families {
  readonly #byName = new Map<string, Family>()

  add(name: string, about: Omit<Family, 'samples'>, ...samples: readonly Sample[]): void {
    const family = this.#byName.get(name) ?? { ...about, samples: [] }
    family.samples.push(...samples)
    this.#byName.set(name, family)
  }

  text(): string {
    const lines = [...this.#byName].flatMap(([name, { type, unit, help, samples }]) => [
      `# TYPE ${name} ${type}`,
      ...(unit === '' ? [] : [`# UNIT ${name} ${unit}`]),
      `# HELP ${name} ${escaped(help)}`,
      ...samples.map(
        ({ suffix, labels, value }) => `${name}${suffix}${labelText(labels)} ${numberText(value)}`,
      ),
    ])
    return `${[...lines, '# EOF'].join('\n')}\n`
  }
}

/** Renders all figures of all points. */
export function openMetricsReport(results: Results): string {
  const families = new Families()
  addRun(families, results)
  const axes = axisLabels(results.sweep?.axes ?? [])
  for (const point of results.points) {
    const settings = point.settings.map(
      ({ value }, index) => [axes[index] ?? `axis_${index}`, value] as const,
    )
    addPoint(families, point, settings)
  }
  return families.text()
}

function addRun(families: Families, { tool, scenario, seed, replications }: Results): void {
  const labels: Labels = [
    ['version', tool.version],
    ['model_version', String(tool.modelVersion)],
    ['scenario', scenario.name],
    ['digest', scenario.digest],
    ['seed', String(seed)],
    ['replications', String(replications)],
  ]
  const help = 'What the figures were made with.'
  families.add('svcsim_run', { type: 'info', unit: '', help }, { suffix: '_info', labels, value: 1 })
}

function addPoint(families: Families, point: PointResult, settings: Labels): void {
  const bounds = bucketBounds(point.calls)
  // Calls alike in caller, Service, port and way in are told apart by a number, as samples must differ.
  const seen = new Map<string, number>()
  for (const call of point.calls) {
    const names = [call.caller, call.service, String(call.port), call.via]
    const key = JSON.stringify(names)
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    const labels: Labels = [
      ...settings,
      ['caller', names[0]],
      ['service', names[1]],
      ['port', names[2]],
      ['via', names[3]],
      ...(count === 1 ? [] : [['call', String(count)] as const]),
    ]
    addResponseTimes(families, call, labels, bounds)
    addOutcomes(families, call, labels)
    const others = callMetricsOf(call).filter(({ path }) => !ELSEWHERE.test(path))
    addFigures(families, 'call', others, call, labels)
    for (const row of allSpreadRows(call))
      addFigures(families, 'call_at_pod', callAtPodMetrics, row, [
        ...labels,
        ['pod', row.pod],
        ['node', row.node],
      ])
  }
  for (const pod of point.pods)
    addFigures(families, '', podMetricsOf(pod), pod, [...settings, ['pod', pod.pod], ['node', pod.node]])
  for (const node of point.nodes)
    addFigures(families, '', nodeMetrics, node, [...settings, ['node', node.node]])
}

function addResponseTimes(
  families: Families,
  call: CallResult,
  labels: Labels,
  bounds: readonly { readonly bucket: number; readonly bitsPerOctave: number }[],
): void {
  const { histogram, count } = call.responseTime
  const { buckets, counts, bitsPerOctave } = histogram
  const about = {
    type: 'histogram',
    unit: 'seconds',
    help: 'Response times of completed requests, from the intended start to the last byte; the sum is known to 1 part in 500.',
  } as const
  const upTo = bounds
    .filter((bound) => bound.bitsPerOctave === bitsPerOctave)
    .map(({ bucket }) => {
      const below = buckets.reduce((sum, each, index) => (each < bucket ? sum + counts[index] : sum), 0)
      const bound = (bucketLowerBound(bucket, bitsPerOctave) - 1) / NS_PER_S
      return { suffix: '_bucket', labels: [...labels, ['le', numberText(bound)] as const], value: below }
    })
  const sum = buckets.reduce(
    (total, bucket, index) => total + bucketMiddle(bucket, bitsPerOctave) * counts[index],
    0,
  )
  families.add(
    'svcsim_response_time_seconds',
    about,
    ...upTo,
    { suffix: '_bucket', labels: [...labels, ['le', '+Inf']], value: count },
    { suffix: '_count', labels, value: count },
    { suffix: '_sum', labels, value: sum / NS_PER_S },
  )
  const quantiles = QUANTILES.flatMap(([quantile, name]) => {
    const { value } = call.responseTime[name]
    return value === null
      ? []
      : [{ suffix: '', labels: [...labels, ['quantile', quantile] as const], value: value / NS_PER_S }]
  })
  const help = 'Response times that a share of completed requests does not exceed, means over replications.'
  families.add(
    'svcsim_response_time_quantile_seconds',
    { type: 'summary', unit: 'seconds', help },
    ...quantiles,
  )
  for (const [, name] of QUANTILES)
    addHalf(families, `responseTime.${name}`, 'duration', call.responseTime[name], labels)
}

/** Four bounds per octave from below the least time of all calls to above the greatest. */
function bucketBounds(
  calls: readonly CallResult[],
): readonly { readonly bucket: number; readonly bitsPerOctave: number }[] {
  const sizes = [...new Set(calls.map(({ responseTime }) => responseTime.histogram.bitsPerOctave))]
  return sizes.flatMap((bitsPerOctave) => {
    const used = calls
      .map(({ responseTime }) => responseTime.histogram)
      .filter((histogram) => histogram.bitsPerOctave === bitsPerOctave && histogram.buckets.length > 0)
    if (used.length === 0 || bitsPerOctave < 2) return []
    let step = 1
    for (let count = 2; count < bitsPerOctave; count += 1) step *= 2
    const least = Math.min(...used.map(({ buckets }) => buckets[0]))
    const most = Math.max(...used.map(({ buckets }) => buckets[buckets.length - 1]))
    const first = Math.max(1, Math.floor(least / step)) * step
    const bounds = Array.from(
      { length: Math.floor((most - first) / step) + 2 },
      (_, index) => first + index * step,
    )
    return bounds.map((bucket) => ({ bucket, bitsPerOctave }))
  })
}

function addOutcomes(families: Families, { outcomes }: CallResult, labels: Labels): void {
  const help = 'Requests by how they ended, all replications together.'
  const samples = OUTCOMES.map((outcome) => ({
    suffix: '_total',
    labels: [...labels, ['outcome', outcome] as const],
    value: outcomes[outcome],
  }))
  families.add('svcsim_requests', { type: 'counter', unit: '', help }, ...samples)
}

function addFigures<Subject>(
  families: Families,
  prefix: string,
  metrics: readonly Metric<Subject>[],
  subject: Subject,
  labels: Labels,
): void {
  for (const { path, unit, definition, of } of metrics) {
    const estimate = of(subject)
    if (estimate.value === null) continue
    const shown = unit === 'duration' ? 'seconds' : unit === 'ratio' ? 'ratio' : ''
    const words = ['svcsim', prefix, snake(path)].filter((word) => word !== '').join('_')
    const name = shown === '' || words.endsWith(`_${shown}`) ? words : `${words}_${shown}`
    const value = unit === 'duration' ? estimate.value / NS_PER_S : estimate.value
    families.add(name, { type: 'gauge', unit: shown, help: definition }, { suffix: '', labels, value })
    addHalf(families, path, unit, estimate, labels)
  }
}

function addHalf(
  families: Families,
  path: string,
  unit: Metric['unit'],
  { halfWidth95 }: Estimate,
  labels: Labels,
): void {
  if (halfWidth95 === null) return
  const help = 'Half of the 95 % interval of the figure named by the label, in its unit (seconds for times).'
  const value = unit === 'duration' ? halfWidth95 / NS_PER_S : halfWidth95
  const sample = { suffix: '', labels: [...labels, ['metric', path] as const], value }
  families.add('svcsim_half_width_95', { type: 'gauge', unit: '', help }, sample)
}

/** `responseTime.p99` as `response_time_p99`. */
function snake(path: string): string {
  return path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll('.', '_')
}

/** Names of labels for the factors; those that become alike get a number. */
function axisLabels(axes: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return axes.map((axis) => {
    const base = `axis_${axis
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_')
      .replaceAll(/^_+|_+$/g, '')}`
    let name = base
    for (let count = 2; taken.has(name); count += 1) name = `${base}_${count}`
    taken.add(name)
    return name
  })
}

function labelText(labels: Labels): string {
  return labels.length === 0
    ? ''
    : `{${labels.map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`
}

/** Backslashes, quotes and line breaks as the format wants them; other control characters become visible escapes. */
function escaped(text: string): string {
  const lines = text.split('\n').map((line) => terminalText(line))
  return lines.join('\n').replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}

/** The shortest text that reads back as the same double, with a point or an exponent as canonical bounds have. */
function numberText(value: number): string {
  const text = String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}
