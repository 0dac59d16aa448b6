/** `svcsim worker`: takes tasks of other machines' runs from a queue. */
import { formatCount } from '../../base/units.js'
import { VERSION } from '../../base/version.js'
import { Interruption } from '../exit-codes.js'
import type { Surroundings } from '../surroundings.js'

/** As the command line gives them. */
export interface WorkerOptions {
  readonly queue: string
  readonly workers?: number
  readonly quiet?: boolean
}

/** @throws InputError QUEUE_UNREACHABLE; Interruption, which is how it ends */
export async function workerVerb(options: WorkerOptions, surroundings: Surroundings): Promise<void> {
  const { queue, workers = surroundings.processorCount, quiet = false } = options
  const { signal, stderr } = surroundings
  const { runQueueWorker } = await import('../../experiment/executors/queue-worker.js')
  let done = 0
  const onReady = () => {
    const threads = `${formatCount(workers)} ${workers === 1 ? 'thread' : 'threads'}`
    if (!quiet) void stderr.write(`svcsim ${VERSION} takes tasks, with ${threads}; Ctrl-C ends it\n`)
  }
  const onDone = (doneCount: number) => {
    done = doneCount
  }
  try {
    await runQueueWorker({ queue, workers, signal, onReady, onDone })
  } catch (error) {
    if (!(error instanceof Interruption)) throw error
    throw new Interruption(error.exitCode, `stopped after ${formatCount(done)} replications`)
  }
}
