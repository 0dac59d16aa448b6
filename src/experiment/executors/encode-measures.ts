/**
 * The measures of one replication as bytes, and back without any loss: what comes from another thread, another machine or a
 * journal gives the same results to the bit.
 *
 * MessagePack, with every number as a 64-bit float (an integer format would lose the sign of -0), and extensions for what it
 * has no word for: undefined, typed arrays, histograms. The layout follows the measures, so both sides must be of one version;
 * whoever stores or sends them sees to that.
 */
import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack'
import { InvariantError } from '../../base/diagnostics.js'
import type { ReplicationMeasures } from '../../metrics/replication-collector.js'
import { ResponseHistogram } from '../../metrics/response-histogram.js'

/** Numbers of the extensions. */
const UNDEFINED = 1
const HISTOGRAM = 2
const FLOAT64 = 3
const UINT32 = 4

/** Stands for undefined, which the format would write as null. */
class Undefined {}
const undefinedMark = new Undefined()

const NO_BYTES = new Uint8Array(0)

const extensionCodec = new ExtensionCodec()
extensionCodec.register({
  type: UNDEFINED,
  encode: (value) => (value instanceof Undefined ? NO_BYTES : null),
  decode: () => undefined,
})
extensionCodec.register({
  type: HISTOGRAM,
  encode: (value) => (value instanceof ResponseHistogram ? histogramBytes(value) : null),
  decode: (bytes) => histogramOf(bytes),
})
extensionCodec.register({
  type: FLOAT64,
  encode: (value) => (value instanceof Float64Array ? bytesOf(value) : null),
  decode: (bytes) => new Float64Array(alignedBuffer(bytes)),
})
extensionCodec.register({
  type: UINT32,
  encode: (value) => (value instanceof Uint32Array ? bytesOf(value) : null),
  decode: (bytes) => new Uint32Array(alignedBuffer(bytes)),
})

const encoder = new Encoder({ extensionCodec, forceIntegerToFloat: true, initialBufferSize: 16_384 })
const decoder = new Decoder({ extensionCodec })

/** Measures as bytes of their own. */
export function encodeMeasures(measures: ReplicationMeasures): Uint8Array {
  return encoder.encode(withMarks(measures))
}

/**
 * What was encoded.
 *
 * @throws Error if the bytes are no measures of this version
 */
export function decodeMeasures(bytes: Uint8Array): ReplicationMeasures {
  const value = decoder.decode(bytes)
  if (!isMeasures(value)) throw new InvariantError('these bytes are no measures')
  return value
}

function isMeasures(value: unknown): value is ReplicationMeasures {
  return typeof value === 'object' && value !== null && 'calls' in value && 'totals' in value
}

/** The same value with a mark in place of each undefined; only what holds one is copied. */
function withMarks(value: unknown): unknown {
  if (value === undefined) return undefinedMark
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.every(isNumber) ? value : value.map(withMarks)
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withMarks(each)]))
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number'
}

/** Floats: sum, least, greatest, then a bucket and its count each. */
function histogramBytes(histogram: ResponseHistogram): Uint8Array {
  const { buckets, counts, sumNs, minNs, maxNs } = histogram.state()
  const floats = new Float64Array(3 + 2 * buckets.length)
  floats.set([sumNs, minNs, maxNs])
  for (const [at, bucket] of buckets.entries()) {
    floats[3 + 2 * at] = bucket
    floats[4 + 2 * at] = counts[at]
  }
  return bytesOf(floats)
}

function histogramOf(bytes: Uint8Array): ResponseHistogram {
  const [sumNs, minNs, maxNs, ...pairs] = new Float64Array(alignedBuffer(bytes))
  return ResponseHistogram.of({
    buckets: pairs.filter((_, at) => at % 2 === 0),
    counts: pairs.filter((_, at) => at % 2 === 1),
    sumNs,
    minNs,
    maxNs,
  })
}

/** The bytes of a typed array, little-endian as on every machine that Node runs on but s390x. */
function bytesOf(array: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

/** A copy of its own: floats must begin at a multiple of their size. (`slice` of a Buffer would be no copy.) */
function alignedBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
