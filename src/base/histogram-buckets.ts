/**
 * The buckets of the log-linear histogram of response times: which values a bucket number stands for.
 *
 * Each octave [2^e, 2^(e+1)) is cut into 2^bits buckets of equal width, so a value is known to 1 part in 2^bits
 * (bits = 7: within 0.8 %); values below 2^(bits+1) have a bucket each. Bucket numbers follow one another without
 * gaps: value v has number v if v < 2^bits, else (e - bits + 1) * 2^bits + the `bits` bits below the leading one,
 * with e = floor(log2 v). All of it is integer arithmetic, exact to 2^53 - 1.
 *
 * Source: HdrHistogram (G. Tene), with the bucket number in place of its two indices.
 */

/** Most bits that an octave may have; the collector in metrics/ uses far fewer. */
const MAX_BITS = 20

/**
 * The number of the bucket that holds a value.
 *
 * @param value - an integer, 0 to 2^53 - 1 (ns, for response times)
 * @param bitsPerOctave - 0 to 20
 * @throws RangeError for any other value
 */
export function bucketNumber(value: number, bitsPerOctave: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a value of a histogram: ${value}`)
  const perOctave = bucketsPerOctave(bitsPerOctave)
  if (value < perOctave) return value
  let octave = 0
  let width = 1
  // `value / width` is the leading one and the bits below it; halving until bitsPerOctave + 1 bits are left.
  while (value / width >= 2 * perOctave) {
    octave += 1
    width *= 2
  }
  return octave * perOctave + Math.floor(value / width)
}

/**
 * The least value in a bucket.
 *
 * @param bucket - a bucket number
 * @returns an integer, in the unit of the values
 * @throws RangeError if no value below 2^53 has that number
 */
export function bucketLowerBound(bucket: number, bitsPerOctave: number): number {
  const { leading, width } = bucketShape(bucket, bitsPerOctave)
  return leading * width
}

/** The greatest value in a bucket (itself included); otherwise as `bucketLowerBound`. */
export function bucketUpperBound(bucket: number, bitsPerOctave: number): number {
  const { leading, width } = bucketShape(bucket, bitsPerOctave)
  return leading * width + (width - 1)
}

/** The value at the middle of a bucket, rounded down: what stands for all of its values. */
export function bucketMiddle(bucket: number, bitsPerOctave: number): number {
  const { leading, width } = bucketShape(bucket, bitsPerOctave)
  return leading * width + Math.floor(width / 2)
}

/** `leading`: the bits of the value that the bucket fixes; `width`: how many values share them, a power of two. */
function bucketShape(bucket: number, bitsPerOctave: number): { leading: number; width: number } {
  const perOctave = bucketsPerOctave(bitsPerOctave)
  if (!Number.isSafeInteger(bucket) || bucket < 0) throw new RangeError(`not a bucket number: ${bucket}`)
  if (bucket < perOctave) return { leading: bucket, width: 1 }
  const octave = Math.floor(bucket / perOctave) - 1
  // Value 2^53 - 1 is in octave 52, counted from the first one that has 2^bits values.
  if (octave > 52 - bitsPerOctave) throw new RangeError(`not a bucket number: ${bucket}`)
  return { leading: perOctave + (bucket % perOctave), width: powerOfTwo(octave) }
}

function bucketsPerOctave(bitsPerOctave: number): number {
  const isAllowed = Number.isInteger(bitsPerOctave) && bitsPerOctave >= 0 && bitsPerOctave <= MAX_BITS
  if (!isAllowed) throw new RangeError(`not a number of bits per octave: ${bitsPerOctave}`)
  return powerOfTwo(bitsPerOctave)
}

/** 2^exponent for 0 to 52, by doubling: `**` is not exact on every engine. */
function powerOfTwo(exponent: number): number {
  let power = 1
  for (let count = 0; count < exponent; count += 1) power *= 2
  return power
}
