/**
 * Response times as HdrHistogram percentile distributions (`.hgrm`), which HdrHistogram's plotter, hdr-plot and the like
 * read: a file for each call of each point, in milliseconds, all replications together.
 *
 * A value is the upper bound of its bucket, as HdrHistogram writes it; mean and deviation are those of the middles of
 * buckets, so known to 1 part in 512; `Max` is the upper bound of the last bucket. Steps halve the distance to 100 % five
 * at a time. The last row has no fourth field: plotters skip it so.
 * Sources: HdrHistogram, `PercentileIterator`, `AbstractHistogram.outputPercentileDistribution`, `plotFiles.html`.
 */
import { bucketMiddle, bucketUpperBound } from '../base/histogram-buckets.js'
import type { CallResult, PointResult, Results } from '../results/results-schema.js'
import { callFileName } from './calls.js'
import type { ReportFile } from './report-file.js'

const TICKS_PER_HALF_DISTANCE = 5
const NS_PER_MS = 1_000_000

/** Octaves that integers below 2^53 span. */
const OCTAVES = 53

/** A row: the greatest value up to a percentile, and how many values are at most that. */
export interface PercentileRow {
  readonly valueNs: number
  /** 0 to 1. */
  readonly percentile: number
  readonly count: number
}

/** A file for each call with completed requests; one that says so if there is none. */
export function hgrmReport(results: Results): readonly ReportFile[] {
  const files = results.points.flatMap((point) =>
    point.calls
      .filter((call) => call.responseTime.histogram.counts.length > 0)
      .map((call) => ({ name: fileStem(point, call), text: hgrmText(call) })),
  )
  const counts = new Map<string, number>()
  const named = files.map(({ name, text }) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return { name: `${name}${count === 1 ? '' : `-no-${count}`}.hgrm`, text }
  })
  return named.length > 0
    ? named
    : [{ name: 'no-requests.hgrm', text: `${HEADER}\n\n${footer(0, 0, 0, 0, 0)}` }]
}

const HEADER = `${'Value'.padStart(12)} ${'Percentile'.padStart(14)} ${'TotalCount'.padStart(10)} ${'1/(1-Percentile)'.padStart(14)}`

/** The distribution of one call. */
export function hgrmText({ responseTime: { histogram } }: CallResult): string {
  const { bitsPerOctave, buckets, counts } = histogram
  const rows = percentileRows(histogram).map(rowText)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const middles = buckets.map((bucket) => bucketMiddle(bucket, bitsPerOctave) / NS_PER_MS)
  const mean = middles.reduce((sum, middle, index) => sum + middle * counts[index], 0) / total
  const squares = middles.reduce(
    (sum, middle, index) => sum + (middle - mean) * (middle - mean) * counts[index],
    0,
  )
  const most = bucketUpperBound(buckets[buckets.length - 1], bitsPerOctave) / NS_PER_MS
  return `${[HEADER, '', ...rows].join('\n')}\n${footer(mean, Math.sqrt(squares / total), most, total, bitsPerOctave)}`
}

/** The steps of a distribution: five for each halving of the distance to 100 %, and 100 % itself. */
export function percentileRows({
  bitsPerOctave,
  buckets,
  counts,
}: CallResult['responseTime']['histogram']): readonly PercentileRow[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const rows: PercentileRow[] = []
  // Percentiles as HdrHistogram counts them, 0 to 100, so that its steps fall into the same buckets.
  let level = 0
  let scale = 1
  let below = 0
  for (const [index, bucket] of buckets.entries()) {
    below += counts[index]
    const valueNs = bucketUpperBound(bucket, bitsPerOctave)
    const isLast = below === total
    while ((100 * below) / total >= level) {
      rows.push({ valueNs, percentile: level / 100, count: below })
      while (100 / (100 - level) >= 2 * scale) scale *= 2
      level += 100 / (TICKS_PER_HALF_DISTANCE * 2 * scale)
      if (isLast) break
    }
    if (isLast) rows.push({ valueNs, percentile: 1, count: total })
  }
  return rows
}

/** Four fields, but three for 100 %. */
function rowText({ valueNs, percentile, count }: PercentileRow): string {
  const fields = [
    (valueNs / NS_PER_MS).toFixed(3).padStart(12),
    percentile.toFixed(12).padStart(14),
    String(count).padStart(10),
  ]
  if (percentile < 1) fields.push((1 / (1 - percentile)).toFixed(2).padStart(14))
  return fields.join(' ')
}

function footer(mean: number, deviation: number, most: number, total: number, bitsPerOctave: number): string {
  const field = (value: string) => value.padStart(12)
  let perOctave = 1
  for (let count = 0; count < bitsPerOctave; count += 1) perOctave *= 2
  return [
    `#[Mean    = ${field(mean.toFixed(3))}, StdDeviation   = ${field(deviation.toFixed(3))}]`,
    `#[Max     = ${field(most.toFixed(3))}, Total count    = ${field(String(total))}]`,
    `#[Buckets = ${field(String(OCTAVES - bitsPerOctave))}, SubBuckets     = ${field(String(2 * perOctave))}]`,
    '',
  ].join('\n')
}

/** `counter-replicas-3-browsers-web`: settings of a sweep, then the call; letters, digits and hyphens. */
function fileStem({ settings }: PointResult, call: CallResult): string {
  const text = settings.map(({ axis, value }) => `${axis}-${value}`).join('-')
  const safe = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80)
  return [safe, callFileName(call)].filter((each) => each !== '').join('-') || 'call'
}
