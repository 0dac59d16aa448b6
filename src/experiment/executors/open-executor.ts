/** Which executor does what options ask for. */
import { AdaptiveExecutor } from './adaptive-executor.js'
import type { Executor } from './executor.js'
import { InlineExecutor } from './inline-executor.js'
import { QueueExecutor } from './queue-executor.js'
import { canStartThreads, ThreadExecutor } from './thread-executor.js'

/**
 * The executor for a queue, or for a number of threads. Where the program runs from its TypeScript sources there are no
 * threads to be had, and all runs inline.
 */
export function openExecutor(options: {
  readonly workers?: number | undefined
  readonly queue?: string | undefined
}): Executor {
  const { workers = 1, queue } = options
  if (queue !== undefined) return new QueueExecutor(queue)
  if (workers === 1 || !canStartThreads()) return new InlineExecutor()
  return new AdaptiveExecutor(new ThreadExecutor(workers))
}
