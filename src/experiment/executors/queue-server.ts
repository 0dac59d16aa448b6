/**
 * The Redis (or Valkey) server that hands out tasks: its address, and connections to it. Loaded only where a queue is used.
 *
 * What is stored there, all below `svcsim:` and with an end of life:
 * - `svcsim:inputs:<SHA-256>`: the texts that an experiment is made from, once for all of its tasks
 * - `svcsim:run:<id>`: exists while whoever wants the results is alive; tasks of others are dropped
 * - `svcsim:results:<id>`: a list of results, as they come
 * - `svcsim:queue:…`: BullMQ's own keys
 */
import type { Redis } from 'ioredis'
import { InputError } from '../../base/diagnostics.js'
import { MODEL_VERSION, VERSION } from '../../base/version.js'

/** Workers take tasks of their own version only: others may count otherwise. */
export const QUEUE_NAME = `tasks-${VERSION}-${MODEL_VERSION}`
export const QUEUE_PREFIX = 'svcsim:queue'

const CONNECT_TIMEOUT_MS = 5_000
/** A server that has gone away is asked for again this often. */
const RECONNECT_EVERY_MS = 500

/** One for each thing that is stored. */
export const keyOf = {
  inputs: (digest: string) => `svcsim:inputs:${digest}`,
  run: (id: string) => `svcsim:run:${id}`,
  results: (id: string) => `svcsim:results:${id}`,
}

/** One task in the queue. */
export interface QueuedTask {
  /** Of whoever wants the result. */
  readonly run: string
  /** Of the inputs, see `encodeInputs`. */
  readonly inputs: string
  /** Among the points of those inputs. */
  readonly index: number
  /** Found by pilot runs, ns; left out where the inputs have it. */
  readonly warmUpNs?: number
  /** Of the point as whoever asks has it, see `pointDigest`. */
  readonly pointDigest: string
  /** Names the task for whoever asks. */
  readonly point: number
  readonly replication: number
  readonly seed: number
}

/**
 * Checks an address.
 *
 * @returns how it may be shown: without its password
 * @throws InputError QUEUE_UNREACHABLE
 */
export function checkAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    throw unreachable(`"${address}" is no address of a queue`, 'write redis://HOST:PORT')
  }
  if (url.password !== '') url.password = '***'
  return url.href
}

/**
 * Connects once, to see whether it can be done.
 *
 * @throws InputError QUEUE_UNREACHABLE
 */
export async function connect(address: string): Promise<Redis> {
  const shownAs = checkAddress(address)
  const { Redis } = await import('ioredis')
  let isOpen = false
  const client = new Redis(address, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // BullMQ asks for it: commands wait until the server is back.
    maxRetriesPerRequest: null,
    retryStrategy: () => (isOpen ? RECONNECT_EVERY_MS : null),
  })
  let reason = 'no answer'
  client.on('error', (error: Error) => {
    reason = ('code' in error && String(error.code)) || error.message
  })
  try {
    await client.connect()
    isOpen = true
    return client
  } catch {
    client.disconnect()
    throw unreachable(
      `the queue ${shownAs} can not be reached: ${reason}`,
      'is Redis or Valkey running there?',
    )
  }
}

function unreachable(message: string, hint: string): InputError {
  return new InputError([{ severity: 'error', code: 'QUEUE_UNREACHABLE', message, hint }])
}
