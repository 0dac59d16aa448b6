import { expect, it } from 'vitest'
import { checkScenarioSpec } from '../../src/input/check-scenario-spec.js'
import { clientsOf, scenario } from '../kubernetes/objects.js'

const ORIGIN = {
  place: (path: readonly (string | number)[]) => ({ file: path.join('.'), line: 1, column: 1 }),
}

/** Code and field of what is wrong with a client group or, the same, with a call of pods. */
function errorsOf(caller: object): string[] {
  const call = { to: 'web:80', ...caller }
  const spec = { clients: [clientsOf('web:80', caller)], pods: { web: { calls: [call] } } }
  const errors = checkScenarioSpec(scenario(spec).spec, ORIGIN as never)
  return errors.map(({ code, place }) => `${code} ${place?.file}`)
}

it.each([
  { name: 'balancing per request', caller: { pool: { balancing: 'random' } }, field: 'balancing' },
  { name: 'a resolver alone', caller: { pool: { resolver: 'once' } }, field: 'resolver' },
  { name: 'a refresh alone', caller: { pool: { refresh: '1s' } }, field: 'refresh' },
  {
    name: 'a refresh of what is asked once',
    caller: { connection: 'keepAlive', pool: { balancing: 'random', resolver: 'once', refresh: '1s' } },
    field: 'refresh',
  },
])('refuses $name, at its place', ({ caller, field }) => {
  expect(errorsOf(caller)).toEqual([
    `FIELD_FORBIDDEN spec.clients.0.pool.${field}`,
    `FIELD_FORBIDDEN spec.pods.web.calls.0.pool.${field}`,
  ])
})

it('takes balancing over connections that are kept', () => {
  expect(errorsOf({ connection: 'multiplexed', pool: { balancing: 'roundRobin', refresh: '10s' } })).toEqual(
    [],
  )
})
