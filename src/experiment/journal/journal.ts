/**
 * What is done of an experiment, on disk: each finished replication is added to a file, so that a run that is interrupted, or
 * killed at any moment, goes on where it was. The measures are stored as they were, so the results in the end are the same
 * bytes as those of a run in one piece.
 *
 * A file of records (record-file.ts): the first says which experiment it is of, each other one has a task and its measures.
 * A new journal is put in place whole, with its first record, over one that was there before.
 * A kill loses what the system was not yet told: nothing but replications under way. After a loss of power the last seconds may
 * be missing, as records are synced when the run is interrupted and not after each.
 * Left out: two processes that add to one journal at the same time; what both do is stored twice, and read once.
 */
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { decode, encode } from '@msgpack/msgpack'
import { InputError } from '../../base/diagnostics.js'
import { MODEL_VERSION, VERSION } from '../../base/version.js'
import { decodeMeasures, encodeMeasures } from '../executors/encode-measures.js'
import type { ExperimentPlan } from '../plan.js'
import type { FinishedTask } from '../tasks.js'
import { framed, readRecords, writeAll } from './record-file.js'

const FORMAT = 'svcsim.dev/journal/v1'

/** What must be the same for measures to be: everything but the number of replications. */
interface JournalHeader {
  readonly format: string
  readonly version: string
  readonly modelVersion: number
  /** Of all inputs as settled. */
  readonly digest: string
  readonly seed: number
}

export interface JournalOptions {
  /** Absolute path. Its folder is made if need be. */
  readonly file: string
  /** The file as the user would name it, for messages. */
  readonly shownAs: string
  readonly plan: Pick<ExperimentPlan, 'digest' | 'seed'>
  /** Goes on with a journal that is there. Without: one that is there is replaced. */
  readonly isResumed: boolean
  /** The file is not made before so much wall-clock time has passed; until then records wait in memory. 0 by default. */
  readonly notBeforeMs?: number
}

/** What a file holds in whole records. */
interface KeptRecords {
  readonly bytes: number
  readonly taskCount: number
}

/** A journal can not be written. */
export class JournalError extends Error {
  override readonly name = 'JournalError'

  constructor(
    readonly shownAs: string,
    override readonly cause: unknown,
  ) {
    super(`the journal "${shownAs}" can not be written: ${cause instanceof Error ? cause.message : cause}`)
  }
}

/** The journal of one run. */
export class Journal {
  readonly #dueMs: number
  #isOnDisk: boolean
  #descriptor: number | undefined
  /** Records that wait for the file to be made. */
  #waiting: Uint8Array[] = []
  #taskCount: number

  private constructor(
    readonly options: JournalOptions,
    /** What there was: up to the last whole record. */
    readonly kept: KeptRecords,
    descriptor: number | undefined,
  ) {
    this.#isOnDisk = descriptor !== undefined
    this.#taskCount = kept.taskCount
    this.#dueMs = performance.now() + (options.notBeforeMs ?? 0)
    this.#descriptor = descriptor
  }

  /**
   * Opens it; with `isResumed` what was begun goes on, if there is anything.
   *
   * @throws InputError JOURNAL_MISMATCH if the file is of another experiment; JournalError if it can not be written
   */
  static open(options: JournalOptions): Journal {
    if (options.isResumed && fs.existsSync(options.file)) return attempt(options, () => resume(options))
    const journal = new Journal(options, { bytes: 0, taskCount: 0 }, undefined)
    if ((options.notBeforeMs ?? 0) === 0) journal.keep()
    return journal
  }

  /** As `open`, of a file that has been looked through and is open for more. */
  static resumed(options: JournalOptions, kept: KeptRecords, descriptor: number): Journal {
    return new Journal(options, kept, descriptor)
  }

  /** Tasks that it holds. */
  get taskCount(): number {
    return this.#taskCount
  }

  /** Was the file made, or there? */
  get isOnDisk(): boolean {
    return this.#isOnDisk
  }

  /** What the file held when it was opened, in the order of its records. */
  *finished(): Generator<FinishedTask> {
    if (this.#descriptor === undefined) return
    for (const { bytes, end } of readRecords(this.#descriptor)) {
      if (end > this.kept.bytes) return
      const task = taskOf(bytes)
      if (task !== undefined) yield task
    }
  }

  /** Adds a task. @throws JournalError */
  append({ task, measures, bytes }: FinishedTask): void {
    const { point, replication } = task
    const record = framed(encode([point, replication, bytes ?? encodeMeasures(measures)]))
    this.#taskCount++
    if (this.#descriptor === undefined) {
      this.#waiting.push(record)
      if (performance.now() >= this.#dueMs) this.keep()
      return
    }
    const descriptor = this.#descriptor
    attempt(this.options, () => writeAll(descriptor, record))
  }

  /** Makes the file, if it is not there yet. @throws JournalError */
  keep(): void {
    if (this.#descriptor !== undefined) return
    const bytes = Buffer.concat([framed(encode(headerOf(this.options))), ...this.#waiting])
    this.#descriptor = attempt(this.options, () => createFile(this.options.file, bytes))
    this.#isOnDisk = true
    this.#waiting = []
  }

  /** Has all of it on the disk, and closes the file. @throws JournalError */
  close(): void {
    const descriptor = this.#descriptor
    if (descriptor === undefined) return
    this.#descriptor = undefined
    attempt(this.options, () => {
      fs.fsyncSync(descriptor)
      fs.closeSync(descriptor)
    })
  }

  /** Removes the file, if it is still the one that was written. @throws JournalError */
  remove(): void {
    const descriptor = this.#descriptor
    if (descriptor === undefined) return
    this.#descriptor = undefined
    attempt(this.options, () => {
      const { ino } = fs.fstatSync(descriptor)
      fs.closeSync(descriptor)
      const there = fs.statSync(this.options.file, { throwIfNoEntry: false })
      if (there?.ino === ino) fs.unlinkSync(this.options.file)
    })
  }
}

function resume(options: JournalOptions): Journal {
  const descriptor = fs.openSync(options.file, 'r+')
  try {
    const kept = wholeRecords(descriptor, options)
    fs.ftruncateSync(descriptor, kept.bytes)
    return Journal.resumed(options, kept, fs.openSync(options.file, 'a+'))
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Up to the last whole record; a torn one ends the file. @throws InputError JOURNAL_MISMATCH */
function wholeRecords(descriptor: number, options: JournalOptions): KeptRecords {
  let kept = { bytes: 0, taskCount: -1 }
  for (const { bytes, end } of readRecords(descriptor)) {
    if (kept.bytes === 0) checkHeader(bytes, headerOf(options), options.shownAs)
    kept = { bytes: end, taskCount: kept.taskCount + 1 }
  }
  if (kept.bytes === 0) throw mismatch(`"${options.shownAs}" is no journal of svcsim`)
  return kept
}

function headerOf({ plan: { digest, seed } }: Pick<JournalOptions, 'plan'>): JournalHeader {
  return { format: FORMAT, version: VERSION, modelVersion: MODEL_VERSION, digest, seed }
}

function checkHeader(bytes: Uint8Array, expected: JournalHeader, shownAs: string): void {
  const found = fieldsOf(bytes)
  if (found?.format !== FORMAT) throw mismatch(`"${shownAs}" is no journal of this version of svcsim`)
  if (found.version !== VERSION || found.modelVersion !== MODEL_VERSION) {
    const writer = `svcsim ${found.version}, model version ${found.modelVersion}`
    throw mismatch(`the journal "${shownAs}" was written by ${writer}; this is ${VERSION}, ${MODEL_VERSION}`)
  }
  if (found.digest !== expected.digest) {
    throw mismatch(
      `the journal "${shownAs}" is of another experiment: manifests, scenario or settings differ`,
    )
  }
  if (found.seed !== expected.seed) {
    throw mismatch(`the journal "${shownAs}" is of seed ${found.seed}, and not ${expected.seed}`)
  }
}

function mismatch(message: string): InputError {
  const hint = 'give the command line that was interrupted; or remove the file, and begin without --resume'
  return new InputError([{ severity: 'error', code: 'JOURNAL_MISMATCH', message, hint }])
}

function fieldsOf(bytes: Uint8Array): Partial<Record<string, unknown>> | undefined {
  const value = decoded(bytes)
  return typeof value === 'object' && value !== null ? { ...value } : undefined
}

/** The task of a record; undefined for the first one. */
function taskOf(bytes: Uint8Array): FinishedTask | undefined {
  const value = decoded(bytes)
  if (!Array.isArray(value)) return undefined
  const [point, replication, measures] = value
  return { task: { point, replication }, measures: decodeMeasures(measures), bytes: measures }
}

/** Undefined: it is no MessagePack. */
function decoded(bytes: Uint8Array): unknown {
  try {
    return decode(bytes)
  } catch {
    return undefined
  }
}

/** A file with these bytes, in place of what was there; open for more. */
function createFile(file: string, bytes: Uint8Array): number {
  const folder = path.dirname(file)
  fs.mkdirSync(folder, { recursive: true })
  const temporary = path.join(folder, `.svcsim-${process.pid}-${randomUUID()}.tmp`)
  const descriptor = fs.openSync(temporary, 'ax+')
  try {
    writeAll(descriptor, bytes)
    fs.renameSync(temporary, file)
    return descriptor
  } catch (error) {
    fs.closeSync(descriptor)
    fs.rmSync(temporary, { force: true })
    throw error
  }
}

/** Errors of the system are about the journal. */
function attempt<T>({ shownAs }: JournalOptions, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw error instanceof InputError || error instanceof JournalError
      ? error
      : new JournalError(shownAs, error)
  }
}
