/** The real surroundings: standard streams, signals and clock of this process. */
import fs from 'node:fs'
import { availableParallelism } from 'node:os'
import { buffer } from 'node:stream/consumers'
import { ClosedPipe, EXIT, Interruption, OutputError, systemCode, systemReason } from './exit-codes.js'
import type { Surroundings, TextSink } from './surroundings.js'
import { writeFully } from './write-file.js'

/** This process. Call once: it takes over the signals. */
export function machineSurroundings(): Surroundings {
  const { env } = process
  const signal = stopSignal()
  return {
    readStdin: () => Promise.race([buffer(process.stdin), rejected(signal)]),
    stdout: outputSink(process.stdout, env),
    stderr: quietSink(outputSink(process.stderr, env)),
    cwd: process.cwd(),
    env,
    signal,
    processorCount: availableParallelism(),
    nowMs: () => performance.now(),
  }
}

function outputSink(stream: NodeJS.WriteStream & { readonly fd: number }, env: NodeJS.ProcessEnv): TextSink {
  // Errors come to the callback of `write`; without a listener they would end the process as well.
  stream.on('error', () => {})
  const { TERM, CI } = env
  const isTerminal = stream.isTTY && TERM !== 'dumb' && CI === undefined
  const isStream = stream.isTTY || isPipe(stream.fd)
  return {
    isTerminal,
    async write(text) {
      if (text === '') return
      try {
        if (isStream) await writeToStream(stream, text)
        else writeFully(stream.fd, Buffer.from(text), fs)
      } catch (error) {
        if (systemCode(error) === 'EPIPE') throw new ClosedPipe()
        throw new OutputError('the standard output', systemReason(error))
      }
    },
  }
}

/** Nobody waits for the standard input once the program is to stop. */
function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** To a file Node writes once and does not look at how much was taken, so there svcsim writes itself. */
function isPipe(descriptor: number): boolean {
  const status = fs.fstatSync(descriptor)
  return status.isFIFO() || status.isSocket()
}

function writeToStream(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()))
  })
}

/** Where messages can not be written there is nobody to tell. */
function quietSink(sink: TextSink): TextSink {
  return {
    isTerminal: sink.isTerminal,
    async write(text) {
      try {
        await sink.write(text)
      } catch (error) {
        if (!(error instanceof ClosedPipe || error instanceof OutputError)) throw error
      }
    },
  }
}

/** The first signal asks to stop; the second one stops. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  const stop = (exitCode: number) => () => {
    if (controller.signal.aborted) process.exit(exitCode)
    controller.abort(new Interruption(exitCode))
  }
  process.on('SIGINT', stop(EXIT.interrupted))
  process.on('SIGTERM', stop(EXIT.terminated))
  // Past a file-size limit the system would end the process; with a listener the write fails instead.
  if (process.platform !== 'win32') process.on('SIGXFSZ', () => {})
  return controller.signal
}
