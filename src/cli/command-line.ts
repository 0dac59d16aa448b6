/** The whole program as a function of arguments and surroundings. */

import { makeProgram } from './program.js'
import type { Surroundings } from './surroundings.js'
import { tellError } from './tell-error.js'

/** So long a verb may take to end by itself once it is to stop; together with all else less than two seconds. */
const GRACE_MS = 1_300

/**
 * Runs one command line.
 *
 * @param argv - without the names of the interpreter and the program
 * @returns the exit code, when all has been written
 */
export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    await Promise.race([execute(argv, surroundings), interruption(surroundings.signal)])
    return 0
  } catch (error) {
    return tellError(error, argv, surroundings)
  }
}

async function execute(argv: readonly string[], surroundings: Surroundings): Promise<void> {
  const printed: string[] = []
  const complaints: string[] = []
  const program = makeProgram(
    surroundings,
    (text) => printed.push(text),
    (text) => complaints.push(text),
  )
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } finally {
    // Help and version; the library writes without waiting, so it is done here.
    await surroundings.stdout.write(printed.join(''))
    await surroundings.stderr.write(complaints.join(''))
  }
}

/** A run looks at the signal by itself and brings what is done to safety; waiting for a pipe ends here. */
function interruption(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => setTimeout(() => reject(signal.reason), GRACE_MS)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
