/** From what was thrown to a message on the standard error and an exit code. */
import { CommanderError } from 'commander'
import { type Diagnostic, InputError, InvariantError } from '../base/diagnostics.js'
import { terminalText } from '../base/terminal-text.js'
import { formatCount } from '../base/units.js'
import { MODEL_VERSION, VERSION } from '../base/version.js'
import {
  ClosedPipe,
  COMMAND_LINE,
  EXIT,
  Fault,
  FoundDifference,
  Interruption,
  OutputError,
  ThresholdFailed,
  Unfinished,
  usageError,
} from './exit-codes.js'
import { shellText } from './shell-text.js'
import type { Surroundings } from './surroundings.js'

/**
 * Tells the user what went wrong.
 *
 * @param argv - the command line, for what is our fault
 * @returns the exit code; 0 if whoever read the output has gone
 */
export async function tellError(
  error: unknown,
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { stderr } = surroundings
  if (error instanceof ClosedPipe) return EXIT.done
  if (error instanceof FoundDifference) return EXIT.difference
  if (error instanceof ThresholdFailed) {
    await stderr.write(`${error.message}\n`)
    return EXIT.thresholdFailed
  }
  if (error instanceof CommanderError) return tellUsage(error, argv, surroundings)
  if (error instanceof InputError) return tellInput(error, surroundings)
  if (error instanceof Unfinished) return tellUnfinished(error, argv, surroundings)
  if (error instanceof Interruption) {
    await stderr.write(
      `${error.message === 'interrupted' ? 'interrupted; nothing was written' : error.message}\n`,
    )
    return error.exitCode
  }
  if (error instanceof OutputError) {
    await writeDiagnostics(
      [{ severity: 'error', code: 'OUTPUT_FAILED', message: error.message }],
      surroundings,
    )
    return EXIT.outputFailed
  }
  await stderr.write(faultText(error, argv))
  return EXIT.ourFault
}

/** What stopped the run, and the command that goes on with it. */
async function tellUnfinished(
  { cause, kept }: Unfinished,
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { doneCount, total, journal } = kept
  const isInterruption = cause instanceof Interruption
  const code = isInterruption ? cause.exitCode : await tellError(cause, argv, surroundings)
  const done = `${formatCount(doneCount)} of ${formatCount(total)} replications are kept in "${journal}"`
  const command = `svcsim ${shellText([...argv.filter((arg) => arg !== '--resume'), '--resume'])}`
  const lines = [`${isInterruption ? 'interrupted; ' : ''}${done}`, `go on with: ${command}`]
  await surroundings.stderr.write(lines.map((line) => `${terminalText(line)}\n`).join(''))
  return code
}

/** Errors and warnings, on the standard error. */
export async function writeDiagnostics(
  diagnostics: readonly Diagnostic[],
  { stderr }: Pick<Surroundings, 'stderr'>,
): Promise<void> {
  if (diagnostics.length === 0) return
  const { renderDiagnostics } = await import('../input/render-diagnostics.js')
  await stderr.write(renderDiagnostics(diagnostics))
}

async function tellInput({ diagnostics }: InputError, surroundings: Surroundings): Promise<number> {
  await writeDiagnostics(diagnostics, surroundings)
  return diagnostics.every(isAboutCommandLine) ? EXIT.usage : EXIT.invalidInput
}

function isAboutCommandLine({ code, place }: Diagnostic): boolean {
  return (
    code === 'USAGE' || code === 'SETTING_PATH' || place?.file === COMMAND_LINE || place?.file === '<setting>'
  )
}

/** The library's message on one line, with the verb whose help has the answer. */
async function tellUsage(
  error: CommanderError,
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  if (error.exitCode === 0) return EXIT.done
  // `svcsim` or `svcsim bench` alone: the library has printed help.
  if (error.code === 'commander.help') return EXIT.usage
  const [message, suggestion] = error.message.replace(/^error: /, '').split('\n')
  const verb = argv.find((arg) => !arg.startsWith('-'))
  const isKnownVerb = error.code !== 'commander.unknownCommand' && verb !== undefined
  const help = `see \`svcsim help${isKnownVerb ? ` ${verb}` : ''}\``
  const hint = suggestion === undefined ? help : `${suggestion.replace(/^\(D(.*)\)$/, 'd$1')}; ${help}`
  await writeDiagnostics(usageError(message ?? 'wrong usage', hint).diagnostics, surroundings)
  return EXIT.usage
}

function faultText(error: unknown, argv: readonly string[]): string {
  const cause = error instanceof Fault ? error.cause : error
  const command = error instanceof Fault ? error.command : `svcsim ${shellText(argv)}`
  const detail = cause instanceof InvariantError ? cause.message : String(cause)
  const trace = cause instanceof Error ? (cause.stack ?? '').split('\n').slice(1) : []
  const lines = [
    'svcsim has found a fault in itself; your input is not to blame.',
    `  ${detail}`,
    ...trace.slice(0, 8),
    `  svcsim ${VERSION}, model version ${MODEL_VERSION}, Node ${process.version}`,
    `  replay with: ${command}`,
    'Please report all of this, with the scenario.',
  ]
  return lines.map((line) => `${terminalText(line)}\n`).join('')
}
