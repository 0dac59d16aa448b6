/**
 * Writing files so that a reader sees the old bytes or the new ones, whatever happens in between.
 *
 * A temporary file in the same folder takes all bytes in a loop (one call may write fewer than asked, without an error),
 * is synced, measured, closed and renamed into place; then the folder is synced. After a failure it is removed; after a
 * `kill -9`, by the next run that writes into the folder.
 * Left out: keeping the owner and mode of a file that is replaced.
 */
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { OutputError, systemCode, systemReason } from './exit-codes.js'

/** What is used of the file system; tests let single calls fail. */
export type FileCalls = Pick<
  typeof fs,
  | 'closeSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'openSync'
  | 'readdirSync'
  | 'realpathSync'
  | 'renameSync'
  | 'statSync'
  | 'unlinkSync'
  | 'writeSync'
>

/** Process, and a text of its own: processes of two containers may share both a number and a folder. */
const TEMPORARY_NAME = /^\.svcsim-([0-9]{1,10})-[0-9a-f-]{36}\.tmp$/

/**
 * Writes a file, or replaces it whole.
 *
 * @param file - absolute path; a link is followed
 * @param shownAs - the file as the user named it, for messages
 * @throws OutputError with the cause; nothing has changed then
 */
export function writeFile(file: string, bytes: Uint8Array, shownAs: string, calls: FileCalls = fs): void {
  try {
    replaceFile(destinationOf(file, calls), bytes, calls)
  } catch (error) {
    throw error instanceof OutputError ? error : new OutputError(shownAs, systemReason(error))
  }
}

/** Writes all bytes to an open file, however few each call takes. */
export function writeFully(descriptor: number, bytes: Uint8Array, calls: Pick<FileCalls, 'writeSync'>): void {
  for (let offset = 0; offset < bytes.length; ) {
    const written = calls.writeSync(descriptor, bytes, offset, bytes.length - offset)
    if (written === 0) throw new Error('the system takes no more bytes')
    offset += written
  }
}

/** Behind all links. What is there must be a file: a device would be replaced by one. */
function destinationOf(file: string, calls: FileCalls): string {
  try {
    const destination = calls.realpathSync(file)
    if (!calls.statSync(destination).isFile()) throw new Error('it exists and is no file')
    return destination
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return file
    throw error
  }
}

function replaceFile(destination: string, bytes: Uint8Array, calls: FileCalls): void {
  const folder = path.dirname(destination)
  removeAbandoned(folder, calls)
  const temporary = path.join(folder, `.svcsim-${process.pid}-${randomUUID()}.tmp`)
  const descriptor = calls.openSync(temporary, 'wx')
  try {
    writeAndClose(descriptor, bytes, calls)
    calls.renameSync(temporary, destination)
  } catch (error) {
    removeIfPossible(temporary, calls)
    throw error
  }
  syncFolder(folder, calls)
}

/** The failure at hand is the one to tell; where this fails too, the next run removes the file. */
function removeIfPossible(file: string, calls: FileCalls): void {
  try {
    calls.unlinkSync(file)
  } catch (error) {
    if (systemCode(error) === undefined) throw error
  }
}

function writeAndClose(descriptor: number, bytes: Uint8Array, calls: FileCalls): void {
  try {
    writeFully(descriptor, bytes, calls)
    calls.fsyncSync(descriptor)
    const { size } = calls.fstatSync(descriptor)
    if (size !== bytes.length) throw new Error(`only ${size} of ${bytes.length} bytes were stored`)
  } finally {
    calls.closeSync(descriptor)
  }
}

/** A name in a folder lasts once the folder is synced; some file systems can not, and rename is all they have. */
function syncFolder(folder: string, calls: FileCalls): void {
  let descriptor: number | undefined
  try {
    descriptor = calls.openSync(folder, 'r')
    calls.fsyncSync(descriptor)
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'EACCES', 'EISDIR', 'ENOTSUP'].includes(systemCode(error) ?? '')) throw error
  } finally {
    if (descriptor !== undefined) calls.closeSync(descriptor)
  }
}

/** Temporary files of processes that are no more. */
function removeAbandoned(folder: string, calls: FileCalls): void {
  for (const name of calls.readdirSync(folder)) {
    const processId = Number(TEMPORARY_NAME.exec(name)?.[1] ?? Number.NaN)
    if (Number.isNaN(processId) || (processId !== process.pid && isRunning(processId))) continue
    calls.unlinkSync(path.join(folder, name))
  }
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}
