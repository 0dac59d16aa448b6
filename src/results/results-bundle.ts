/**
 * Results as a bundle: the same object in MessagePack, a third of the size of the JSON, for recording and moving.
 * Equal results are equal bytes, and a bundle read back is the very same object.
 */
import { decode, encode } from '@msgpack/msgpack'
import { InputError } from '../base/diagnostics.js'
import { readResults, settledResults } from './results-json.js'
import type { Results } from './results-schema.js'

/**
 * Writes results as a bundle.
 *
 * @returns MessagePack; integers in the shortest form, other numbers as doubles
 * @throws InvariantError if the results do not have the form of the schema
 */
export function resultsToBundle(results: Results): Uint8Array {
  return encode(settledResults(results))
}

/**
 * Reads a bundle.
 *
 * @param fileName - as the user named it, for messages
 * @throws InputError RESULTS_INVALID if the bytes are no bundle of results; RESULTS_VERSION if of another version
 */
export function bundleToResults(bytes: Uint8Array, fileName = 'bundle'): Results {
  return readResults(decodeBundle(bytes, fileName), fileName)
}

function decodeBundle(bytes: Uint8Array, fileName: string): unknown {
  try {
    return decode(bytes)
  } catch {
    // The library says why in terms of bytes; for the user the file is cut off or is something else.
    const message = `"${fileName}" is not a bundle of results: it is cut off, or no MessagePack`
    throw new InputError([{ severity: 'error', code: 'RESULTS_INVALID', message }])
  }
}
