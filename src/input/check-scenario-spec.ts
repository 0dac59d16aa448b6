/** What the schema of a scenario can not say: how its fields go together, and what would never end. */
import { type Diagnostic, InputError, type Origin } from '../base/diagnostics.js'
import { distributionMean } from '../base/distribution-moments.js'
import { NS_PER_S } from '../base/nanoseconds.js'
import { formatCount, formatDuration } from '../base/units.js'
import { balancingErrors } from './check-balancing.js'
import { LIMITS } from './limits.js'
import type { ClientGroup, ScenarioSpec, SweepSettings } from './scenario-schema.js'
import { axisOf } from './settings.js'
import { MSER5 } from './warm-up-schema.js'

/**
 * Checks a scenario that the schema has passed.
 *
 * @param origin - of the whole document
 * @returns errors WARM_UP_TOO_LONG, LIMIT_EXCEEDED, GAP_MEAN, NAME_DUPLICATE, SETTING_SYNTAX, FIELD_FORBIDDEN
 */
export function checkScenarioSpec(spec: ScenarioSpec, origin: Origin): Diagnostic[] {
  return [
    ...timeErrors(spec, origin),
    ...requestErrors(spec, origin),
    ...gapErrors(spec, origin),
    ...balancingErrors(spec, origin),
    ...doubleNames(spec.clients, 'Client group', ['spec', 'clients'], origin),
    ...doubleNames(spec.cluster.nodes, 'Node', ['spec', 'cluster', 'nodes'], origin),
    ...(spec.sweep === undefined ? [] : axisErrors(spec.sweep, origin)),
  ]
}

function timeErrors({ warmUp, horizon }: ScenarioSpec, origin: Origin): Diagnostic[] {
  const errors: Diagnostic[] = []
  const place = origin.place(['spec', 'horizon'])
  if (warmUp !== MSER5 && warmUp >= horizon) {
    const message = `The warm-up of ${formatDuration(warmUp)} does not end before the horizon of ${formatDuration(horizon)}`
    const hint = 'nothing would be measured: make the horizon longer, or the warm-up shorter'
    errors.push({ severity: 'error', code: 'WARM_UP_TOO_LONG', message, hint, place })
  }
  if (horizon > LIMITS.horizonNs) {
    const message = `The horizon of ${formatDuration(horizon)} is beyond 30 days (${formatDuration(LIMITS.horizonNs)})`
    const hint = 'take a shorter horizon, and more replications'
    errors.push({ severity: 'error', code: 'LIMIT_EXCEEDED', message, hint, place })
  }
  return errors
}

/** Requests of one replication, as the rates ask for them; told at the group that asks for most. */
function requestErrors({ clients, horizon, workload }: ScenarioSpec, origin: Origin): Diagnostic[] {
  if (workload !== undefined) return []
  const requestsOf = ({ arrivals }: ClientGroup) => (arrivals.rate * horizon) / NS_PER_S
  const count = clients.reduce((sum, group) => sum + requestsOf(group), 0)
  const limit = LIMITS.requestsPerReplication
  if (count <= limit) return []
  const largest = clients.reduce((best, group, index) => {
    return requestsOf(group) > requestsOf(clients[best]) ? index : best
  }, 0)
  const message = `The rates ask for more than ${formatCount(limit)} requests in ${formatDuration(horizon)}`
  const hint = 'lower the rates or the horizon'
  const place = origin.place(['spec', 'clients', largest, 'arrivals', 'rate'])
  return [{ severity: 'error', code: 'LIMIT_EXCEEDED', message, hint, place }]
}

function gapErrors({ clients }: ScenarioSpec, origin: Origin): Diagnostic[] {
  return clients.flatMap(({ name, arrivals }, index): Diagnostic[] => {
    if (arrivals.gap === undefined) return []
    const wantedNs = NS_PER_S / arrivals.rate
    if (Math.abs(distributionMean(arrivals.gap) - wantedNs) <= Math.max(1, wantedNs * 1e-6)) return []
    const message = `The mean gap of client group "${name}" is not the inverse of its rate`
    const hint = `1/rate is ${Math.round(wantedNs)}ns`
    const place = origin.place(['spec', 'clients', index, 'arrivals', 'gap'])
    return [{ severity: 'error', code: 'GAP_MEAN', message, hint, place }]
  })
}

function doubleNames(
  items: readonly { readonly name: string }[],
  what: string,
  path: readonly string[],
  origin: Origin,
): Diagnostic[] {
  const first = new Map<string, number>()
  return items.flatMap(({ name }, index): Diagnostic[] => {
    const firstIndex = first.get(name)
    if (firstIndex === undefined) {
      first.set(name, index)
      return []
    }
    const place = origin.place([...path, index, 'name'])
    const hint = `the first is in line ${origin.place([...path, firstIndex, 'name']).line}; rename one of them`
    const message = `${what} "${name}" is there twice`
    return [{ severity: 'error', code: 'NAME_DUPLICATE', message, hint, place }]
  })
}

/** Axes that vary nothing, or in two ways, or over values that can not be read. */
function axisErrors({ axes }: SweepSettings, origin: Origin): Diagnostic[] {
  return axes.flatMap((axis, index): Diagnostic[] => {
    const path = ['spec', 'sweep', 'axes', index] as const
    if (axis.variants !== undefined && (axis.path !== undefined || axis.values !== undefined)) {
      const message = `Axis "${axis.name ?? axis.path ?? 'variant'}" has variants as well as a path or values`
      const hint = 'give path and values, or variants'
      const place = origin.place([...path, 'variants'])
      return [{ severity: 'error', code: 'FIELD_FORBIDDEN', message, hint, place }]
    }
    try {
      axisOf(axis)
      return []
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return error.diagnostics.map((each) => ({ ...each, place: origin.place([...path, 'values']) }))
    }
  })
}
