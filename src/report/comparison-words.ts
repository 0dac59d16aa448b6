/** A comparison in words: what each alternative does to a call, in a sentence; and figures with their signs. */
import { formatNumber } from '../base/units.js'
import type { ComparedFigure, ComparedSubject, Difference } from '../results/comparison-schema.js'
import { type MetricUnit, metricAt } from '../results/metric-catalogue.js'
import { UTILISATION } from '../results/watched-metrics.js'
import { figureText, NO_VALUE } from './figures.js'

const MINUS = '−'
const HEADLINE = 'responseTime.p99'

/** What each verdict is called in tables. */
export const VERDICT_WORDS: Readonly<Record<Difference['verdict'], string>> = {
  real: 'real',
  possible: 'possible',
  none: 'no difference',
  equal: 'equal',
  unknown: 'no interval',
}

/** The heading of a watched figure. */
export function figureLabel(metric: string): string {
  if (metric === UTILISATION) return 'pod utilisation'
  if (metric === 'responseTime.mean') return 'mean'
  const { label } = metricAt(metric)
  return metric === 'connections.coefficientOfVariation' ? 'coefficient of variation' : label
}

/** `+12.4 ms`, `−0.3 points` (of percent), `0`. */
export function signedText(unit: MetricUnit, value: number | null): string {
  if (value === null) return NO_VALUE
  const sign = value > 0 ? '+' : value < 0 ? MINUS : ''
  return sign + sizeText(unit, Math.abs(value))
}

/** `−2.1 to +0.4 ms`. */
export function intervalText(unit: MetricUnit, { low95, high95 }: Difference): string {
  if (low95 === null || high95 === null) return NO_VALUE
  return `${signedText(unit, low95)} to ${signedText(unit, high95)}`
}

/** `−18 %` of the baseline; nothing where that means nothing. */
export function relativeText({ baseline, unit }: ComparedFigure, { difference }: Difference): string {
  if (baseline === null || baseline === 0 || difference === null || unit === 'ratio') return ''
  const percent = (100 * difference) / Math.abs(baseline)
  const sign = percent > 0 ? '+' : percent < 0 ? MINUS : ''
  return `${sign}${formatNumber(Math.abs(percent), 2)} %`
}

/**
 * `p99 of browsers → counter-np:3000 falls by 12.4 ms (−18 %, 95 % interval 10.1 ms to 14.7 ms), a real difference; …`.
 *
 * @param index - of the alternative, after the baseline
 */
export function subjectSentence(subject: ComparedSubject, index: number): string {
  const figures = subject.figures.filter((figure) => figure.alternatives[index] !== undefined)
  const [first, ...rest] = inOrder(figures)
  if (first === undefined) return `${subject.name}: nothing was observed.`
  const others = rest.filter((figure) => figure.alternatives[index].verdict === 'real')
  const tail =
    others.length === 0 ? '' : `; also real: ${others.map((each) => shortChange(each, index)).join(', ')}`
  const only = rest.length > 0 && others.length === 0 ? '; no other figure differs beyond chance' : ''
  return `${headlineClause(subject, first, index)}${tail}${only}.`
}

/** p99 first, where it is there. */
function inOrder(figures: readonly ComparedFigure[]): readonly ComparedFigure[] {
  const isHeadline = (figure: ComparedFigure) => figure.metric === HEADLINE
  return [...figures.filter(isHeadline), ...figures.filter((figure) => !isHeadline(figure))]
}

function headlineClause({ name }: ComparedSubject, figure: ComparedFigure, index: number): string {
  const subject = `${figureLabel(figure.metric)} of ${name}`
  const found = figure.alternatives[index]
  const { unit } = figure
  const { difference, low95, high95, verdict } = found
  if (difference === null) return `${subject} can not be compared`
  if (verdict === 'equal') return `${subject} is equal in every replication`
  if (verdict === 'unknown' || low95 === null || high95 === null)
    return `${subject} ${movement(unit, difference)}, of which nothing tells chance apart`
  if (verdict === 'none')
    return `${subject} shows no difference beyond chance (95 % interval ${intervalText(unit, found)})`
  const [least, most] = difference < 0 ? [-high95, -low95] : [low95, high95]
  const relative = relativeText(figure, found)
  const interval = `95 % interval ${sizeText(unit, least)} to ${sizeText(unit, most)}`
  const kind = verdict === 'real' ? 'a real difference' : 'perhaps by chance, as so many figures are compared'
  return `${subject} ${movement(unit, difference)} (${relative === '' ? '' : `${relative}, `}${interval}), ${kind}`
}

function movement(unit: MetricUnit, difference: number): string {
  if (difference === 0) return 'does not move'
  return `${difference < 0 ? 'falls' : 'rises'} by ${sizeText(unit, Math.abs(difference))}`
}

/** `mean −4.4 %`, `return ratio −13.3 points`. */
function shortChange(figure: ComparedFigure, index: number): string {
  const found = figure.alternatives[index]
  const relative = relativeText(figure, found)
  return `${figureLabel(figure.metric)} ${relative === '' ? signedText(figure.unit, found.difference) : relative}`
}

/** Differences of percentages are points. */
function sizeText(unit: MetricUnit, size: number): string {
  return unit === 'ratio' ? `${formatNumber(100 * size)} points` : figureText(unit, size)
}
