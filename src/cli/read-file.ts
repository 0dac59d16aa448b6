/** Reading what the user names, within limits: files, pipes, folders of manifests, the standard input. */
import fs from 'node:fs/promises'
import path from 'node:path'
import { closestName } from '../base/closest-name.js'
import { InputError } from '../base/diagnostics.js'
import type { DiagnosticCode } from '../base/error-codes.js'
import { systemCode, systemReason } from './exit-codes.js'

/** Bytes of one file; texts have a lower limit of their own, in characters. */
const MAX_FILE_BYTES = 512 * 1024 * 1024
const CHUNK_BYTES = 1024 * 1024
const MANIFEST_NAME = /\.(?:ya?ml|json)$/i

/**
 * All bytes of a file, a pipe or a device that ends.
 *
 * @param file - absolute path
 * @param shownAs - the file as the user named it, for messages
 * @throws InputError FILE_UNREADABLE, with the nearest name in its folder; TEXT_TOO_LARGE
 */
export async function readBytes(file: string, shownAs: string): Promise<Uint8Array> {
  try {
    const handle = await fs.open(file)
    try {
      return await readToEnd(handle, shownAs)
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof InputError) throw error
    throw await unreadable(file, shownAs, error)
  }
}

/**
 * Bytes as text.
 *
 * @throws InputError TEXT_NOT_PRINTABLE if they are not UTF-8
 */
export function decodeText(bytes: Uint8Array, shownAs: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw fileError('TEXT_NOT_PRINTABLE', `"${shownAs}" is not UTF-8 text`)
  }
}

/** Is it a folder? @throws InputError FILE_UNREADABLE if there is nothing of that name */
export async function isFolder(file: string, shownAs: string): Promise<boolean> {
  try {
    return (await fs.stat(file)).isDirectory()
  } catch (error) {
    throw await unreadable(file, shownAs, error)
  }
}

/**
 * The manifest files directly in a folder, as `kubectl apply -f FOLDER` takes them: `.yaml`, `.yml`, `.json`.
 *
 * @returns names in the order of their code units; links are followed, other things than files left out
 */
export async function manifestNames(folder: string, shownAs: string): Promise<readonly string[]> {
  try {
    const names = (await fs.readdir(folder)).filter((name) => MANIFEST_NAME.test(name)).sort()
    const areFiles = await Promise.all(
      names.map(async (name) => (await fs.stat(path.join(folder, name))).isFile()),
    )
    return names.filter((_, index) => areFiles[index])
  } catch (error) {
    throw await unreadable(folder, shownAs, error)
  }
}

/** @throws InputError FILE_UNREADABLE always */
export function fileError(code: DiagnosticCode, message: string, hint?: string): InputError {
  return new InputError([{ severity: 'error', code, message, ...(hint === undefined ? {} : { hint }) }])
}

async function readToEnd(handle: fs.FileHandle, shownAs: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for (let total = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, null)
    if (bytesRead === 0) return Buffer.concat(chunks)
    chunks.push(buffer.subarray(0, bytesRead))
    total += bytesRead
    if (total > MAX_FILE_BYTES) {
      const hint = 'split it, or leave out what the question does not depend on'
      throw fileError('TEXT_TOO_LARGE', `"${shownAs}" has more than ${MAX_FILE_BYTES} bytes`, hint)
    }
  }
}

async function unreadable(file: string, shownAs: string, error: unknown): Promise<InputError> {
  const hint = systemCode(error) === 'ENOENT' ? await similarName(file, shownAs) : undefined
  const message = `"${shownAs}" can not be read: ${systemReason(error)}`
  return fileError('FILE_UNREADABLE', message, hint)
}

/** The first part of a path that does not exist, and what comes nearest to it there. */
async function similarName(file: string, shownAs: string): Promise<string | undefined> {
  const folder = path.dirname(file)
  const names = await fs.readdir(folder).catch(() => [])
  const nearest = closestName(path.basename(file), names)
  return nearest === undefined ? undefined : `did you mean "${path.join(path.dirname(shownAs), nearest)}"?`
}
