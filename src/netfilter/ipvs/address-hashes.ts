/**
 * The hashes by which the schedulers sh, mh and dh choose, as the kernel computes them on a 64-bit machine.
 *
 * Sources: Linux include/linux/hash.h (hash_32), lib/siphash.c (hsiphash_1u32, which is SipHash-1-3 where `long` has 64
 * bits, and its halved sibling elsewhere), net/netfilter/ipvs/ip_vs_sh.c, ip_vs_mh.c (folding of addresses).
 */
import { InvariantError } from '../../base/diagnostics.js'
import { type IpAddress, parseIpAddress } from '../../base/ip-address.js'
import type { AddressBook, AddressId } from '../address-book.js'

const GOLDEN_RATIO_32 = 0x61c88647
const WORD = 0xffffffffn

/** An address as 32 bits, unsigned: IPv4 as it is, IPv6 as the exclusive or of its four words. */
export function foldAddress({ value }: IpAddress): number {
  return Number(((value >> 96n) ^ (value >> 64n) ^ (value >> 32n) ^ value) & WORD)
}

/** The upper bits of a 32-bit product: 0 to 2^bits - 1. `bits` is 1 to 32. */
export function hash32(value: number, bits: number): number {
  return Math.imul(value, GOLDEN_RATIO_32) >>> (32 - bits)
}

/** The folds of a book's addresses, each computed once. */
export class AddressFolds {
  readonly #book: AddressBook
  readonly #folds: number[] = []

  constructor(book: AddressBook) {
    this.#book = book
  }

  /** 32 bits, unsigned. Allocates only for addresses not seen before. */
  of(id: AddressId): number {
    return id < this.#folds.length ? this.#folds[id] : this.#extend(id)
  }

  #extend(last: AddressId): number {
    for (let id = this.#folds.length; id <= last; id += 1) {
      const text = this.#book.textOf(id as AddressId)
      const address = parseIpAddress(text)
      if (address === undefined) throw new InvariantError('not an address', { text })
      this.#folds.push(foldAddress(address))
    }
    return this.#folds[last]
  }
}

/** The two words of a SipHash key: 64 bits each, unsigned. */
export interface SipKey {
  readonly first: bigint
  readonly second: bigint
}

/** Words v0 to v3 of a key before hashing, low half first: `sipHash13` starts from a copy. */
export function sipState(key: SipKey): Int32Array {
  const words = [
    0x736f6d6570736575n ^ key.first,
    0x646f72616e646f6dn ^ key.second,
    0x6c7967656e657261n ^ key.first,
    0x7465646279746573n ^ key.second,
  ]
  return Int32Array.from(words.flatMap((word) => [Number(word & WORD) | 0, Number(word >> 32n) | 0]))
}

/** Length of the input in bytes, which SipHash mixes in above the last bytes. */
const INPUT_LENGTH_BITS = 4 << 24

/** Room for the four words; one hash is computed at a time. */
const words = new Int32Array(8)

/**
 * SipHash-1-3 of four bytes, cut to 32 bits.
 *
 * @param start - `sipState` of the key; not changed
 * @param value - 32 bits, signed or not
 * @returns 32 bits, unsigned
 * @remarks Allocates nothing: 64-bit words are two halves each.
 */
export function sipHash13(start: Int32Array, value: number): number {
  words.set(start)
  words[6] ^= value
  words[7] ^= INPUT_LENGTH_BITS
  sipRound()
  words[0] ^= value
  words[1] ^= INPUT_LENGTH_BITS
  words[4] ^= 0xff
  sipRound()
  sipRound()
  sipRound()
  return (words[0] ^ words[2] ^ words[4] ^ words[6]) >>> 0
}

/** Places of the words' low halves; each high half comes after its low one. */
const V0 = 0
const V1 = 2
const V2 = 4
const V3 = 6

function sipRound(): void {
  add(V0, V1)
  rotate(V1, 13)
  mix(V1, V0)
  swapHalves(V0)
  add(V2, V3)
  rotate(V3, 16)
  mix(V3, V2)
  add(V0, V3)
  rotate(V3, 21)
  mix(V3, V0)
  add(V2, V1)
  rotate(V1, 17)
  mix(V1, V2)
  swapHalves(V2)
}

function add(to: number, from: number): void {
  const low = (words[to] >>> 0) + (words[from] >>> 0)
  const carry = low > 0xffffffff ? 1 : 0
  words[to] = low | 0
  words[to + 1] = (words[to + 1] + words[from + 1] + carry) | 0
}

/** Rotates left; `bits` is 1 to 31. */
function rotate(at: number, bits: number): void {
  const low = words[at]
  const high = words[at + 1]
  words[at] = (low << bits) | (high >>> (32 - bits))
  words[at + 1] = (high << bits) | (low >>> (32 - bits))
}

function mix(to: number, from: number): void {
  words[to] ^= words[from]
  words[to + 1] ^= words[from + 1]
}

/** Rotates by 32. */
function swapHalves(at: number): void {
  const low = words[at]
  words[at] = words[at + 1]
  words[at + 1] = low
}
