/** How a caller keeps its connections to one Service port: from the scenario's words to what the model goes by. */
import type { ClientGroup } from '../input/scenario-schema.js'

/** One caller's pool of connections to one Service port. */
export interface PoolPolicy {
  /**
   * perRequest: a connection for each request. keepAlive: one request at a time on a connection that is kept (HTTP/1.1).
   * multiplexed: many at a time (HTTP/2, gRPC).
   */
  readonly kind: ClientGroup['connection']
  /** Connections that a caller has at most; infinite for perRequest. */
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
}

/** @param caller - a client group, or a call of a pod */
export function poolPolicyOf({
  connection,
  maxRequests,
  pool,
}: Pick<ClientGroup, 'connection' | 'maxRequests' | 'pool'>): PoolPolicy {
  const usualSize = connection === 'multiplexed' ? 1 : Number.POSITIVE_INFINITY
  return {
    kind: connection,
    size: connection === 'perRequest' ? Number.POSITIVE_INFINITY : (pool.size ?? usualSize),
    maxRequests: connection === 'perRequest' ? 1 : maxRequests,
    isLastInFirstOut: pool.reuse === 'lastInFirstOut',
    maxStreams: connection === 'multiplexed' ? pool.maxStreams : 1,
    idleTimeoutNs: pool.idleTimeout ?? Number.POSITIVE_INFINITY,
    maxAgeNs: pool.maxAge ?? Number.POSITIVE_INFINITY,
  }
}

/** Tells policies apart. */
export function poolPolicyKey(policy: PoolPolicy): string {
  return Object.values(policy).join(' ')
}
