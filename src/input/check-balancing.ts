/** Whether settings of how clients balance go together: what a pool is for, and when names are looked up. */
import type { Diagnostic, Origin } from '../base/diagnostics.js'
import type { ClientGroup, ScenarioSpec } from './scenario-schema.js'

type Caller = Pick<ClientGroup, 'connection' | 'pool'>
type Path = readonly (string | number)[]

/** @returns errors FIELD_FORBIDDEN */
export function balancingErrors({ clients, pods }: ScenarioSpec, origin: Origin): Diagnostic[] {
  const ofClients = clients.flatMap((group, index) => errorsOf(group, ['spec', 'clients', index], origin))
  const ofPods = Object.entries(pods).flatMap(([name, { calls, classes }]) => [
    ...calls.flatMap((call, index) => errorsOf(call, ['spec', 'pods', name, 'calls', index], origin)),
    ...Object.entries(classes).flatMap(([each, { calls: ofClass = [] }]) =>
      ofClass.flatMap((call, index) =>
        errorsOf(call, ['spec', 'pods', name, 'classes', each, 'calls', index], origin),
      ),
    ),
  ])
  return [...ofClients, ...ofPods]
}

function errorsOf({ connection, pool }: Caller, path: Path, origin: Origin): Diagnostic[] {
  const error = (field: string, message: string, hint: string): Diagnostic => {
    const place = origin.place([...path, 'pool', field])
    return { severity: 'error', code: 'FIELD_FORBIDDEN', message, hint, place }
  }
  const { balancing, resolver, refresh } = pool
  if (balancing === undefined) {
    const field = resolver === undefined ? 'refresh' : 'resolver'
    if (resolver === undefined && refresh === undefined) return []
    const message = `A pool without balancing has no ${field}: each new connection looks the name up, as spec.dns says`
    return [error(field, message, 'set pool.balancing, or leave it out')]
  }
  const errors: Diagnostic[] = []
  if (connection === 'perRequest') {
    const message = `Balancing "${balancing}" needs connections that are kept, and connection is perRequest`
    errors.push(error('balancing', message, 'set connection: multiplexed or keepAlive, or leave it out'))
  }
  if (refresh !== undefined && (resolver === 'once' || resolver === 'onConnect')) {
    const message = `With resolver "${resolver}" there is no refresh`
    errors.push(error('refresh', message, 'set resolver: every or onFailure, or leave it out'))
  }
  return errors
}
