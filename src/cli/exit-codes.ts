/** How the command line ends: exit codes, and the errors that lead to them. */
import type { Diagnostic } from '../base/diagnostics.js'
import { InputError } from '../base/diagnostics.js'

/** Exit codes; above 64 those of sysexits.h, 128 + n for signal n. */
export const EXIT = {
  done: 0,
  /** Two things that were compared differ. */
  difference: 1,
  /** The command line can not be understood. */
  usage: 2,
  /** Manifests, scenario, trace or results can not be used. */
  invalidInput: 3,
  /** svcsim has contradicted itself (EX_SOFTWARE). */
  ourFault: 70,
  /** A file or the standard output could not be written (EX_IOERR). */
  outputFailed: 74,
  /** A threshold was not kept, or no value keeps it. */
  thresholdFailed: 99,
  interrupted: 130,
  terminated: 143,
} as const

/** The file of places on the command line. */
export const COMMAND_LINE = '<command line>'

/** What the command line asks for makes no sense. */
export function usageError(message: string, hint?: string): InputError {
  const diagnostic: Diagnostic = { severity: 'error', code: 'USAGE', message }
  return new InputError([hint === undefined ? diagnostic : { ...diagnostic, hint }])
}

/** Two things that were compared differ; what they were was told. */
export class FoundDifference extends Error {
  override readonly name = 'FoundDifference'
}

/** A threshold was not kept, or no value keeps all; the report says which. */
export class ThresholdFailed extends Error {
  override readonly name = 'ThresholdFailed'
}

/** Something could not be written; what stood there before is whole. */
export class OutputError extends Error {
  override readonly name = 'OutputError'

  /**
   * @param target - the file as the user named it, or `the standard output`
   * @param reason - e.g. `the disk is full (ENOSPC)`
   */
  constructor(
    readonly target: string,
    readonly reason: string,
  ) {
    super(`${target} could not be written: ${reason}`)
  }
}

/** Whoever read the output has gone: `| head -1`. No error. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe'
}

/** The user, or the system, has asked to stop: the reason of the abort signal. */
export class Interruption extends Error {
  override readonly name = 'Interruption'

  /** @param message - what there is to say of it; `interrupted` by default */
  constructor(
    readonly exitCode: number,
    message = 'interrupted',
  ) {
    super(message)
  }
}

/** What is done of a run that did not end, and where it is kept. */
export interface KeptWork {
  readonly doneCount: number
  /** Replications of the whole run. */
  readonly total: number
  /** The journal as the user would name it. */
  readonly journal: string
}

/** A run did not end, and the same command with `--resume` goes on with it. */
export class Unfinished extends Error {
  override readonly name = 'Unfinished'

  constructor(
    override readonly cause: unknown,
    readonly kept: KeptWork,
  ) {
    super('a run did not end')
  }
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EDQUOT: 'the quota of disk space is used up',
  EFBIG: 'it exceeds the file-size limit',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is no folder',
  EPERM: 'it is not permitted',
  EROFS: 'the file system is read-only',
}

/** Why the system refused, for people: `the disk is full (ENOSPC)`. */
export function systemReason(error: unknown): string {
  const code = systemCode(error)
  if (code === undefined) return error instanceof Error ? error.message : String(error)
  const reason = Object.hasOwn(SYSTEM_REASONS, code) ? SYSTEM_REASONS[code] : undefined
  return reason === undefined ? code : `${reason} (${code})`
}

/** `ENOSPC` and the like, of an error of the system. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Something went wrong within svcsim while it ran an experiment. */
export class Fault extends Error {
  override readonly name = 'Fault'

  /**
   * @param cause - what was thrown
   * @param command - runs into it again
   */
  constructor(
    override readonly cause: unknown,
    readonly command: string,
  ) {
    super('a fault of svcsim')
  }
}
