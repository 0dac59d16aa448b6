/**
 * Named streams of random numbers: each part of the model draws from its own, so that adding a part, or drawing more
 * often in one, moves no draw of another.
 *
 * A stream is the generator Alea (J. Baagøe, 2010; period about 2^116; in seedrandom) seeded with the text
 * `seed/replication/name`. Its draws are integers times 2^-32, made by exact arithmetic only.
 * Left out: jumping ahead and saving of state; a replication is always run from its start.
 */
import seedrandom from 'seedrandom'

const TWO_32 = 4_294_967_296
const TWO_21 = 2_097_152
const TWO_20 = 1_048_576
const TWO_MINUS_52 = 2.220446049250313e-16
const TWO_MINUS_53 = 1.1102230246251565e-16

/** All streams of one replication. */
export class Streams {
  private readonly streams = new Map<string, Stream>()
  private readonly prefix: string

  /**
   * @param seed - the run's number, a safe integer from 0
   * @param replication - number of the replication, a safe integer from 0
   * @throws RangeError if either is anything else
   */
  constructor(seed: number, replication: number) {
    if (!isCount(seed) || !isCount(replication))
      throw new RangeError(`no streams for ${seed}, ${replication}`)
    this.prefix = `${seed}/${replication}/`
  }

  /**
   * The stream of a name, e.g. `pod/web-0/service`; the same object for the same name.
   *
   * @remarks Costs a look-up and, the first time, some microseconds: keep the stream, do not ask for each draw.
   */
  get(name: string): Stream {
    const known = this.streams.get(name)
    if (known !== undefined) return known
    const stream = new Stream(this.prefix + name)
    this.streams.set(name, stream)
    return stream
  }
}

/** An independent sequence of draws. Nothing here allocates. */
export class Stream {
  private readonly next: () => number

  /** @param key - what the sequence is derived from; equal keys give equal sequences */
  constructor(key: string) {
    this.next = seedrandom.alea(key)
  }

  /** 32 random bits: an integer from 0 to 2^32 - 1. */
  uint32(): number {
    return this.next() * TWO_32
  }

  /** A multiple of 2^-53 from 0 to below 1. Two steps of the generator. */
  uniform(): number {
    return this.next() + Math.floor(this.next() * TWO_21) * TWO_MINUS_53
  }

  /** An odd multiple of 2^-53 above 0 and below 1, for logarithms and the like. Two steps of the generator. */
  openUniform(): number {
    return this.next() + (Math.floor(this.next() * TWO_20) + 0.5) * TWO_MINUS_52
  }

  /**
   * One of n choices, each exactly as likely as the others.
   *
   * @param n - an integer from 1 to 2^32
   * @returns an integer from 0 to n - 1
   * @remarks One step, or more with probability below n / 2^32 each: draws of the incomplete last round are rejected.
   */
  below(n: number): number {
    for (;;) {
      const draw = (this.next() * TWO_32) >>> 0
      const choice = draw % n
      if (draw - choice + n <= TWO_32) return choice
    }
  }

  /** Puts an array into random order, every order being equally likely; one `below` per element but the first. */
  shuffle<T>(array: T[]): void {
    for (let last = array.length - 1; last > 0; last -= 1) {
      const chosen = this.below(last + 1)
      const element = array[chosen]
      array[chosen] = array[last]
      array[last] = element
    }
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
