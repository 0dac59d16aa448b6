/** Whether the table that a sweep asks for can be made, before the sweep is run. */

import { closestName } from '../base/closest-name.js'
import { type Diagnostic, InputError, type Origin } from '../base/diagnostics.js'
import { qualifiedName } from '../base/qualified-name.js'
import type { SweepSettings } from '../input/scenario-schema.js'
import { buildCallGraph } from '../model/call-sites.js'
import { metricAt } from '../results/metric-catalogue.js'
import type { DesignPoint } from './plan.js'

type TableSettings = NonNullable<SweepSettings['table']>

const TABLE_PATH = ['spec', 'sweep', 'table'] as const

/**
 * What is wrong with a table.
 *
 * @param axes - headings
 * @param points - those that could be compiled
 * @returns METRIC_UNKNOWN, NAME_UNKNOWN for columns, CALL_UNKNOWN
 */
export function tableErrors(
  table: TableSettings,
  axes: readonly string[],
  points: readonly DesignPoint[],
  origin: Origin,
): Diagnostic[] {
  return [
    ...table.metrics.flatMap((metric, index) => metricErrors(metric, index, origin)),
    ...table.columns.flatMap((column, index) => columnErrors(column, index, axes, origin)),
    ...callErrors(table.call, points, origin),
  ]
}

function metricErrors(metric: string, index: number, origin: Origin): readonly Diagnostic[] {
  try {
    metricAt(metric, origin.place([...TABLE_PATH, 'metrics', index]))
    return []
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics
    throw error
  }
}

function columnErrors(column: string, index: number, axes: readonly string[], origin: Origin): Diagnostic[] {
  if (axes.includes(column)) return []
  const nearest = closestName(column, axes)
  return [
    {
      severity: 'error',
      code: 'NAME_UNKNOWN',
      message: `The sweep has no axis "${column}"`,
      hint: nearest === undefined ? `axes: ${axes.join(', ')}` : `did you mean "${nearest}"?`,
      place: origin.place([...TABLE_PATH, 'columns', index]),
    },
  ]
}

function callErrors(
  wanted: string | undefined,
  points: readonly DesignPoint[],
  origin: Origin,
): Diagnostic[] {
  if (wanted === undefined || points.length === 0) return []
  const names = new Set(points.flatMap(callNames))
  const name = wanted.split(/\s*(?:→|->)\s*/).join('→')
  if (names.has(name)) return []
  const withoutPorts = [...names].filter((each) => !each.includes(':'))
  const nearest = closestName(name, withoutPorts)
  return [
    {
      severity: 'error',
      code: 'CALL_UNKNOWN',
      message: `There is no call "${wanted}" at any point of the sweep`,
      hint: nearest === undefined ? `calls: ${withoutPorts.join(', ')}` : `did you mean "${nearest}"?`,
      place: origin.place([...TABLE_PATH, 'call']),
    },
  ]
}

/** `CALLER→SERVICE` of every call, without and with the port. */
function callNames({ cluster, scenario }: DesignPoint): string[] {
  return buildCallGraph(cluster, scenario).sites.flatMap(({ caller, service, port }) => {
    const name = qualifiedName(service)
    return [`${caller}→${name}`, `${caller}→${name}:${port.port}`]
  })
}
