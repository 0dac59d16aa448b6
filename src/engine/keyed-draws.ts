/**
 * Random numbers that belong to a thing, such as a connection, instead of to the order in which things come.
 *
 * A thing has a key of 32 random bits, drawn from a stream. A number is the key mixed with what it is drawn for, so that the same
 * thing gets the same number for the same purpose however much else was drawn before: alternatives that are compared on common
 * random numbers stay in step. A number for one purpose is exactly even over all keys; numbers for several are as independent as the
 * mixing is good, which a test looks at. Left out: more than 32 bits of key, so that two of n things share theirs with a
 * probability of about n² / 2^33.
 * Sources: J. K. Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011 (numbers by key and counter); Appleby,
 * MurmurHash3 (the mixing).
 */
import { addWord, finishHash } from '../base/hash-text.js'

const TWO_31 = 0x8000_0000

/** Choices that are come to test by test. */
const CHAIN_MOST = 256

/** By how many are left: the threshold of a test for one of them, as kube-proxy writes it (ten decimals) and the kernel takes it. */
const THRESHOLDS = Float64Array.from({ length: CHAIN_MOST + 1 }, (_, left) =>
  left === 0 ? 0 : Math.round(Number((1 / left).toFixed(10)) * TWO_31),
)

/** Begins the sections of a walk; no threshold. */
const NEXT_SECTION = -1

/**
 * The key of something that belongs to what has a key: different words, different keys.
 *
 * @param word - an integer of 32 bits
 * @returns an integer from 0 to 2^32 - 1; each equally likely if the key is
 */
export function mixedKey(key: number, word: number): number {
  return finishHash(addWord(key, word))
}

/** What the rules of a node draw for one walk of a packet. Allocates nothing. */
export class KeyedDraws {
  #key = 0
  #lastThreshold = 0

  /** A new walk. @param key - of its own, 32 random bits */
  begin(key: number): void {
    this.#key = key
    this.#lastThreshold = 0
  }

  /**
   * 31 random bits for a test that passes where they are below a threshold.
   *
   * A rule of kube-proxy's takes one of n endpoints that are left, with a threshold of 2^31 / n, which grows along the chain. The number
   * depends on the threshold: of 5 endpoints a connection takes the first with a chance of 1/5, and otherwise meets the very tests, and
   * numbers, that it meets where there are 4. So as many connections as can choose alike at any two numbers of endpoints. A threshold
   * that does not grow is of another chain, and begins a section with other numbers.
   *
   * @param threshold - 0 to 2^31
   */
  draw31(threshold: number): number {
    if (threshold <= this.#lastThreshold) this.#key = mixedKey(this.#key, NEXT_SECTION)
    this.#lastThreshold = threshold
    return mixedKey(this.#key, threshold) >>> 1
  }

  /**
   * One of so many choices, the one that a chain of tests for 1 of those left comes to, so that it is the same whether rules are a
   * chain or one look-up. Above `CHAIN_MOST` one number is scaled instead, so that the cost stays small.
   *
   * @param count - 1 to 2^20
   * @returns 0 to `count` - 1, equally likely to one part in 2^31 / `count`
   */
  choose(count: number): number {
    if (count > CHAIN_MOST) return Math.floor((this.draw31(TWO_31) * count) / TWO_31)
    let left = count
    while (left > 1 && this.draw31(THRESHOLDS[left]) >= THRESHOLDS[left]) left--
    return count - left
  }
}
