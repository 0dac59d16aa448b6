/**
 * How names of a random scenario are resolved: by a time, or by queries, with all that can be set of those. Drawn apart from
 * all else, so that the other parts of a scenario do not depend on it.
 */
import { NS_PER_MS, NS_PER_US } from '../../src/base/nanoseconds.js'
import type { Stream } from '../../src/engine/streams.js'
import type { PodOptions } from './random-pods.js'

interface Settings {
  readonly clients: readonly object[]
  readonly dns: object
  readonly limits: object
}

/** The settings with queries to CoreDNS, in half of the scenarios. */
export function withDns({ clients, dns, limits }: Settings, stream: Stream, options: PodOptions): Settings {
  const pick = <T>(...choices: readonly T[]): T => choices[stream.below(choices.length)]
  const time = (ns: number) => `${ns * options.timeFactor}ns`
  if (pick(true, false)) return { clients, dns, limits }
  const drawnOrConstant = (ns: number) => {
    const drawn = pick<unknown>(time(ns), { distribution: 'exponential', mean: time(ns) })
    return options.isConstant ? time(ns) : drawn
  }
  return {
    // Nothing is to be left after 100 s.
    limits: { ...limits, conntrackUdpStream: '60s' },
    clients: clients.map((group) => ({ ...group, ...pick({}, {}, { resolves: 'api.example.com' }) })),
    dns: {
      ...dns,
      mode: 'coredns',
      replicas: pick(0, 1, 2, 2, 2, 3),
      server: {
        servers: pick(1, 2),
        queueCapacity: pick(0, 2, 1_024, 1_024),
        serviceTime: drawnOrConstant(pick(60, 60, 2_000) * NS_PER_US),
        upstreamTime: drawnOrConstant(14 * NS_PER_MS),
        cacheTime: time(pick(0, 100) * NS_PER_MS),
      },
      ndots: pick(0, 2, 5),
      searchDomains: pick([], ['corp.example']),
      aaaa: pick(true, true, false),
      singleRequest: pick(false, false, true),
      sourcePorts: pick('random', 'random', 'fixed'),
      timeout: time(pick(5, 50, 5_000) * NS_PER_MS),
      attempts: pick(1, 2, 3),
      nodeCache: {
        enabled: pick(false, false, true),
        ttl: time(pick(0, 50, 30_000) * NS_PER_MS),
        negativeTtl: time(pick(0, 20) * NS_PER_MS),
      },
    },
  }
}
