/** How a caller keeps its connections to one Service port: from the scenario's words to what the model goes by. */
import { NS_PER_S } from '../base/nanoseconds.js'
import type { ClientGroup } from '../input/scenario-schema.js'

/** One caller's pool of connections to one Service port. */
export interface PoolPolicy {
  /**
   * perRequest: a connection for each request. keepAlive: one request at a time on a connection that is kept (HTTP/1.1).
   * multiplexed: many at a time (HTTP/2, gRPC).
   */
  readonly kind: ClientGroup['connection']
  /** Connections that a caller has at most, with balancing to each address; infinite for perRequest. */
  readonly size: number
  /** Requests on one connection before it is closed. */
  readonly maxRequests: number
  /** keepAlive: of idle connections, is the one used last taken first? */
  readonly isLastInFirstOut: boolean
  /** multiplexed: requests at a time on one connection. */
  readonly maxStreams: number
  /** How long an idle connection is kept, and how long any is used; infinite: for ever. */
  readonly idleTimeoutNs: number
  readonly maxAgeNs: number
  /** How a client chooses among the addresses of a headless Service; undefined: a random one for each new connection. */
  readonly balancing: Balancing | undefined
  /** When it looks the name up again, and how long it goes by one answer, or asks no more, ns. */
  readonly resolver: Resolver
  readonly refreshNs: number
}

export type Balancing = NonNullable<ClientGroup['pool']['balancing']>
export type Resolver = NonNullable<ClientGroup['pool']['resolver']>

/** How callers with balancing look names up where the scenario does not say. Source: gRPC DNS resolver. */
export const DEFAULT_RESOLVER: Resolver = 'onFailure'
/** How long an answer is used, or how soon after it there is another look-up, ns. */
export const DEFAULT_REFRESH_NS: Readonly<Record<Resolver, number>> = {
  // Source: gRPC, DNS resolver, minimum of 30 s between resolutions (grpc-go MinResolutionInterval).
  onFailure: 30 * NS_PER_S,
  // Source: Envoy, dns_refresh_rate, default 5000 ms.
  every: 5 * NS_PER_S,
  onConnect: 0,
  once: Number.POSITIVE_INFINITY,
}

/** @param caller - a client group, or a call of a pod */
export function poolPolicyOf({
  connection,
  maxRequests,
  pool,
}: Pick<ClientGroup, 'connection' | 'maxRequests' | 'pool'>): PoolPolicy {
  const resolver = pool.resolver ?? DEFAULT_RESOLVER
  const usualSize = connection === 'multiplexed' ? 1 : Number.POSITIVE_INFINITY
  return {
    kind: connection,
    size: connection === 'perRequest' ? Number.POSITIVE_INFINITY : (pool.size ?? usualSize),
    maxRequests: connection === 'perRequest' ? 1 : maxRequests,
    isLastInFirstOut: pool.reuse === 'lastInFirstOut',
    maxStreams: connection === 'multiplexed' ? pool.maxStreams : 1,
    idleTimeoutNs: pool.idleTimeout ?? Number.POSITIVE_INFINITY,
    maxAgeNs: pool.maxAge ?? Number.POSITIVE_INFINITY,
    balancing: pool.balancing,
    resolver,
    refreshNs: pool.refresh ?? DEFAULT_REFRESH_NS[resolver],
  }
}

/** Tells policies apart. */
export function poolPolicyKey(policy: PoolPolicy): string {
  return Object.values(policy).join(' ')
}
