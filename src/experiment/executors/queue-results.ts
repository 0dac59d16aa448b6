/** What a worker on another machine answers. */
import { decode, encode } from '@msgpack/msgpack'
import { InvariantError } from '../../base/diagnostics.js'
import type { Task } from '../tasks.js'
import type { PortableError } from './portable-error.js'

/** `unknownInputs`: the server has lost the texts, so they have to be stored again. */
export type QueueAnswer =
  | { readonly kind: 'measures'; readonly bytes: Uint8Array }
  | { readonly kind: 'error'; readonly error: PortableError }
  | { readonly kind: 'unknownInputs' }

/** An answer with the task that it is about. */
export interface QueueResult {
  readonly task: Task
  readonly answer: QueueAnswer
}

export function encodeResult({ task, answer }: QueueResult): Uint8Array {
  return encode([task.point, task.replication, answer])
}

/** @throws InvariantError if the bytes are no answer */
export function decodeResult(bytes: Uint8Array): QueueResult {
  const value = decode(bytes)
  if (!Array.isArray(value) || value.length !== 3 || typeof value[2]?.kind !== 'string') {
    throw new InvariantError('what the queue holds is no answer')
  }
  const [point, replication, answer] = value
  return { task: { point, replication }, answer }
}
