/**
 * A file of records that is only ever added to. A record is the length of its bytes and their CRC-32, both in 4 bytes,
 * little-endian, then the bytes. Whoever is killed while adding leaves a torn record at the end: readers stop there.
 */
import fs from 'node:fs'
import { crc32 } from 'node:zlib'

const HEAD_BYTES = 8
const CHUNK_BYTES = 1024 * 1024
/** No record is longer; what says so is no record. */
const MAX_RECORD_BYTES = 1024 * 1024 * 1024

/** A whole record. */
export interface StoredRecord {
  readonly bytes: Uint8Array
  /** Where the next one begins. */
  readonly end: number
}

/** The bytes of a record with what goes before them. */
export function framed(bytes: Uint8Array): Uint8Array {
  const record = Buffer.alloc(HEAD_BYTES + bytes.length)
  record.writeUInt32LE(bytes.length, 0)
  record.writeUInt32LE(crc32(bytes), 4)
  record.set(bytes, HEAD_BYTES)
  return record
}

/** Whole records from the start of a file up to its end or the first torn one. @throws an error of the system */
export function* readRecords(descriptor: number): Generator<StoredRecord> {
  let buffer = Buffer.alloc(0)
  let end = 0
  let isEndOfFile = false
  for (;;) {
    const needed = buffer.length < HEAD_BYTES ? HEAD_BYTES : HEAD_BYTES + buffer.readUInt32LE(0)
    if (needed > MAX_RECORD_BYTES) return
    if (buffer.length < needed) {
      if (isEndOfFile) return
      const more = readChunk(descriptor, end + buffer.length)
      isEndOfFile = more.length === 0
      buffer = Buffer.concat([buffer, more])
      continue
    }
    const bytes = buffer.subarray(HEAD_BYTES, needed)
    if (needed === HEAD_BYTES || crc32(bytes) !== buffer.readUInt32LE(4)) return
    end += needed
    buffer = buffer.subarray(needed)
    yield { bytes, end }
  }
}

/** Writes all bytes, however few each call takes. @throws an error of the system */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) {
    const written = fs.writeSync(descriptor, bytes, offset)
    if (written === 0) throw new Error('the system takes no more bytes')
    offset += written
  }
}

function readChunk(descriptor: number, position: number): Buffer {
  const chunk = Buffer.alloc(CHUNK_BYTES)
  return chunk.subarray(0, fs.readSync(descriptor, chunk, 0, CHUNK_BYTES, position))
}
