/**
 * All that the command line knows of the machine: a value, so that the whole program is a function of arguments and
 * surroundings, and tests hand in their own. `machine.ts` makes the real ones.
 */

/** Where text goes. */
export interface TextSink {
  /** A person is watching, on a terminal that can rewrite a line. */
  readonly isTerminal: boolean
  /**
   * Writes all of it, or fails.
   *
   * @throws ClosedPipe if nobody reads any more; OutputError if it can not be written
   */
  write(text: string): Promise<void>
}

export interface Surroundings {
  /** All of the standard input; asked for once at most. */
  readonly readStdin: () => Promise<Uint8Array>
  readonly stdout: TextSink
  readonly stderr: TextSink
  /** Absolute; relative paths are meant from here. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted with an `Interruption` when the program is to stop. */
  readonly signal: AbortSignal
  /** Processors that this process may use. */
  readonly processorCount: number
  /** Wall-clock time since some moment, ms; for progress only. */
  readonly nowMs: () => number
}
