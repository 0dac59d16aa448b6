/** What is taken for granted of callers that choose among the addresses of a headless Service by themselves. */
import { formatDuration } from '../base/units.js'
import type { ClientGroup, Scenario } from '../input/scenario-schema.js'
import { poolPolicyOf, type Resolver } from '../model/pool-policy.js'
import { SET_BY_SCENARIO } from '../results/results-schema.js'
import type { Assumption } from './assumption.js'

type Caller = Pick<ClientGroup, 'connection' | 'maxRequests' | 'pool'>

/** Where the usual times come from. */
const SOURCES: Readonly<Record<Resolver, string>> = {
  onFailure: 'gRPC: DNS resolver, at least 30 s between two look-ups (grpc-go MinResolutionInterval)',
  every: 'Envoy: dns_refresh_rate, 5 s by default',
  onConnect: 'Go: net.Dialer looks the name up for each connection',
  once: 'Java: networkaddress.cache.ttl -1',
}

/** Lines for client groups, then for calls of pods; none where nobody balances. */
export function balancingAssumptions({ spec }: Scenario): Assumption[] {
  return [
    ...spec.clients.flatMap((group) => linesOf(`clients/${group.name}`, group)),
    ...Object.entries(spec.pods).flatMap(([workload, { calls, classes }]) => [
      ...calls.flatMap((call) => linesOf(`pods/${workload}/calls/${call.to.host}`, call)),
      ...Object.entries(classes).flatMap(([name, { calls: ofClass = [] }]) =>
        ofClass.flatMap((call) => linesOf(`pods/${workload}/classes/${name}/calls/${call.to.host}`, call)),
      ),
    ]),
  ]
}

function linesOf(preset: string, caller: Caller): Assumption[] {
  const { balancing, resolver, refreshNs } = poolPolicyOf(caller)
  if (balancing === undefined) return []
  const usual = SOURCES[resolver]
  const lines = [
    { preset, name: 'pool.balancing', value: balancing, source: SET_BY_SCENARIO },
    {
      preset,
      name: 'pool.resolver',
      value: resolver,
      source: caller.pool.resolver === undefined ? usual : SET_BY_SCENARIO,
    },
  ]
  if (resolver === 'once' || resolver === 'onConnect') return lines
  const source = caller.pool.refresh === undefined ? usual : SET_BY_SCENARIO
  return [...lines, { preset, name: 'pool.refresh', value: formatDuration(refreshNs), source }]
}
