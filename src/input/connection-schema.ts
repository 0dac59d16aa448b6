/** The part of a scenario about how callers keep connections and try again: the same for client groups and calls of pods. */
import { z } from 'zod'
import { duration, hostName, quantity } from './scalars.js'

const positiveInteger = z.int().min(1)

const pool = z
  .strictObject({
    size: positiveInteger
      .max(1_000_000)
      .optional()
      .describe(
        'Connections that one caller has at most; requests wait for a free one. Without limit by default for keepAlive, 1 for multiplexed.',
      ),
    reuse: z
      .enum(['lastInFirstOut', 'firstInFirstOut'])
      .default('lastInFirstOut')
      .describe('keepAlive: which idle connection is taken, the one used last or the one idle longest.'),
    maxStreams: positiveInteger
      .max(1_000_000)
      .default(100)
      .describe('multiplexed: requests at a time on one connection.'),
    idleTimeout: duration.optional().describe('How long an idle connection is kept; for ever by default.'),
    maxAge: duration
      .optional()
      .describe('How old a connection may get before it takes no further request; without limit by default.'),
    balancing: z
      .enum(['pickFirst', 'roundRobin', 'random', 'leastRequests'])
      .optional()
      .describe(
        'For headless Services: how the client chooses among the addresses of the DNS answer, for each request. pickFirst: the first that connects, until it breaks (gRPC without settings). roundRobin: one after another (gRPC round_robin). random: any. leastRequests: of two drawn the one with fewer requests under way (Envoy, gRPC least_request). Limits of the pool are then per address. By default each new connection goes to a random address.',
      ),
    resolver: z
      .enum(['onFailure', 'every', 'onConnect', 'once'])
      .optional()
      .describe(
        'With balancing: when the name is looked up again. onFailure (default): after a connection was lost, `refresh` after the last answer at the earliest (gRPC). every: when the answer is older than `refresh` (Envoy STRICT_DNS, JVM). onConnect: before each new connection (Go net/http). once: never (a JVM that caches for ever).',
      ),
    refresh: duration
      .optional()
      .describe(
        'With resolver every: how long an answer is used, 5s by default (Envoy). With onFailure: the least time between two look-ups, 30s by default (gRPC).',
      ),
  })
  .describe('The connections that one caller keeps, for keepAlive and multiplexed.')

const retry = z
  .strictObject({
    attempts: positiveInteger.min(2).max(100).default(3).describe('Attempts in all, the first included.'),
    on: z
      .array(z.enum(['refused', 'timedOut', 'reset', 'rejected']))
      .min(1)
      .default(['refused', 'reset', 'rejected'])
      .describe('Outcomes of an attempt after which there is another.'),
    attemptTimeout: duration
      .optional()
      .describe('How long one attempt may take; the time-out of the whole request by default.'),
    backoff: duration
      .prefault('25ms')
      .describe(
        'Pause before the second attempt; doubled for each further one. Half of it is drawn at random.',
      ),
    maxBackoff: duration.prefault('1s').describe('Longest pause.'),
    budget: z
      .number()
      .min(0)
      .max(100)
      .default(0.2)
      .describe('Retries that all callers together may make, as a share of their requests, and ten at once.'),
  })
  .describe('Tries failed requests again. A retry is a new attempt of the same request. None by default.')

/** Fields of every caller. */
export const connectionFields = {
  connection: z
    .enum(['perRequest', 'keepAlive', 'multiplexed'])
    .default('perRequest')
    .describe(
      'perRequest: a new connection for each request. keepAlive: kept open and used again, for one request at a time (HTTP/1.1). multiplexed: for many at a time (HTTP/2, gRPC).',
    ),
  maxRequests: positiveInteger
    .default(1_000_000_000)
    .describe('Requests on one connection before it is closed, for keepAlive and multiplexed.'),
  pool: pool.prefault({}),
  requestSize: quantity
    .default(0)
    .describe('Bytes of a request, such as 2Ki; counts where links have a bandwidth. 0 by default.'),
  responseSize: quantity
    .default(0)
    .describe('Bytes of an answer, such as 20Ki; counts where links have a bandwidth. 0 by default.'),
  retry: retry.optional(),
  resolves: hostName
    .optional()
    .describe(
      'Name that is looked up in place of that of the Service, for callers inside and spec.dns.mode coredns: api.example.com, say, for which the Service stands in. The connection goes to the Service. The name of the Service by default.',
    ),
}
