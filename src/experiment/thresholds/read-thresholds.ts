/**
 * Thresholds: what a run must keep to, as `METRIC OP VALUE`, e.g. `service.web.responseTime.p99 < 250ms`. The value has a unit
 * where the metric has one: a duration, percent, a rate.
 */
import { type Diagnostic, InputError, type SourcePlace } from '../../base/diagnostics.js'
import { parseDuration, parseRate } from '../../base/units.js'
import type { MetricUnit } from '../../results/metric-catalogue.js'
import type { WrittenThreshold } from '../plan.js'
import type { Threshold, ThresholdOperator } from './figure.js'
import type { FigureNames } from './figure-names.js'
import { resolveFigure } from './resolve-figure.js'

const FORM = /^\s*([^\s<>=]+)\s*(<=|>=|<|>)\s*([^\s<>=]+(?:\s[^\s<>=]+)?)\s*$/
const NUMBER = /^\d{1,15}(?:\.\d{1,15})?$/

const VALUES: Readonly<
  Record<MetricUnit, { readonly example: string; read(text: string): number | undefined }>
> = {
  duration: { example: 'a duration, as 250ms', read: parseDuration },
  ratio: { example: 'a share, as 0.1% or 0.001', read: parseShare },
  perSec: { example: 'a rate, as 400/s', read: parseRate },
  count: { example: 'a number', read: parseNumber },
  number: { example: 'a number', read: parseNumber },
}

/**
 * Reads thresholds.
 *
 * @returns in the order given; a metric alone stands for one threshold of each client group
 * @throws InputError THRESHOLD_SYNTAX, METRIC_UNKNOWN, NAME_UNKNOWN: all errors of all thresholds
 */
export function readThresholds(
  written: readonly WrittenThreshold[],
  names: FigureNames,
): readonly Threshold[] {
  const errors: Diagnostic[] = []
  const thresholds = written.flatMap((each) => {
    try {
      return readThreshold(each, names)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      errors.push(...error.diagnostics)
      return []
    }
  })
  if (errors.length > 0) throw new InputError(errors)
  return thresholds
}

function readThreshold({ text, place }: WrittenThreshold, names: FigureNames): readonly Threshold[] {
  const [, metric, operator, value] = FORM.exec(text) ?? []
  if (metric === undefined || operator === undefined || value === undefined) {
    throw syntaxError(`"${text}" is no threshold`, 'write METRIC < VALUE, as in p99 < 250ms', place)
  }
  return resolveFigure(metric, names, place).map((figure) => {
    const { example, read } = VALUES[figure.unit]
    const limitText = value.replaceAll(/\s/g, '')
    const limit = read(limitText)
    if (limit === undefined) {
      throw syntaxError(`"${value}" can not be compared with ${figure.name}`, `it must be ${example}`, place)
    }
    const full = `${figure.name} ${operator} ${limitText}`
    return { figure, operator: operator as ThresholdOperator, limit, text: full }
  })
}

/** `2%`, `0.02`: a share as 0 to 1 and above; undefined if the text is none. */
export function parseShare(text: string): number | undefined {
  const isPercent = text.endsWith('%')
  const value = parseNumber(isPercent ? text.slice(0, -1) : text)
  return value === undefined || !isPercent ? value : value / 100
}

function parseNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined
}

function syntaxError(message: string, hint: string, place: SourcePlace | undefined): InputError {
  const where = place === undefined ? {} : { place }
  return new InputError([{ severity: 'error', code: 'THRESHOLD_SYNTAX', message, hint, ...where }])
}
