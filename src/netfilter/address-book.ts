/**
 * Addresses as small integers, and ranges of addresses as sets of them: what the rules of a node compare.
 *
 * One book serves a whole simulation. Interning parses text and may allocate; comparing does neither, and costs the same
 * for both families and for any number of ranges. Nothing is ever forgotten: a book grows to the number of different
 * addresses of the run. Left out: everything but the identity of an address and the ranges that it lies in.
 */

import { InvariantError } from '../base/diagnostics.js'
import type { Cidr } from '../base/ip-address.js'
import { ADDRESS_WORDS, type RangeWords, rangeHolds, rangeWords, writeAddressWords } from './address-words.js'

/** One address of a book: 0, 1, 2 … in the order of interning. */
export type AddressId = number & { readonly brand: 'AddressId' }

/** One set of ranges of a book: 0, 1, 2 … in the order of making. */
export type AddressSetId = number & { readonly brand: 'AddressSetId' }

const INITIAL_ADDRESS_CAPACITY = 64
const INITIAL_SET_CAPACITY = 4

/** Bits of an integer of a typed array. */
const BITS = 32

/** All addresses of a simulation. */
export class AddressBook {
  readonly #texts: string[] = []
  readonly #ids = new Map<string, AddressId>()
  readonly #sets: (readonly RangeWords[])[] = []
  readonly #setIds = new Map<string, AddressSetId>()
  #addressCapacity = INITIAL_ADDRESS_CAPACITY
  #setCapacity = INITIAL_SET_CAPACITY
  /** By address: 4 or 6. */
  #families = new Uint8Array(INITIAL_ADDRESS_CAPACITY)
  /** By address: its words. */
  #words = new Int32Array(INITIAL_ADDRESS_CAPACITY * ADDRESS_WORDS)
  /** One row per set, one bit per address: 1 if the address lies in the set. */
  #membership = new Int32Array((INITIAL_ADDRESS_CAPACITY * INITIAL_SET_CAPACITY) / BITS)

  /** Addresses interned so far. */
  get addressCount(): number {
    return this.#texts.length
  }

  /**
   * The number of an address; the same text has the same number for good.
   *
   * @param text - canonical text, as `IpAddress.text`
   * @throws InvariantError if the text is no address, or not canonical
   * @remarks O(1) for a known address, O(sets) for a new one.
   */
  idOf(text: string): AddressId {
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    const id = this.#texts.length as AddressId
    if (id === this.#addressCapacity) this.#resize(2 * this.#addressCapacity, this.#setCapacity)
    const family = writeAddressWords(text, this.#words, id * ADDRESS_WORDS)
    if (family === undefined) throw new InvariantError('not the canonical text of an address', { text })
    this.#families[id] = family
    this.#texts.push(text)
    this.#ids.set(text, id)
    for (let set = 0; set < this.#sets.length; set += 1) this.#includeIfHeld(set, id)
    return id
  }

  /**
   * The canonical text of an address.
   *
   * @throws InvariantError if no address has that number
   */
  textOf(id: AddressId): string {
    const text = this.#texts[id]
    if (text === undefined) throw new InvariantError('no address has this number', { id })
    return text
  }

  /**
   * The set of all addresses, known and to come, that lie in any of the ranges.
   *
   * @param cidrs - any number, of either family; none makes an empty set
   * @returns the same number for the same ranges in the same order
   * @remarks O(addresses × ranges) for new ranges.
   */
  setOf(cidrs: readonly Cidr[]): AddressSetId {
    const key = cidrs.map((cidr) => cidr.text).join(' ')
    const known = this.#setIds.get(key)
    if (known !== undefined) return known
    const set = this.#sets.length as AddressSetId
    if (set === this.#setCapacity) this.#resize(this.#addressCapacity, 2 * this.#setCapacity)
    this.#sets.push(cidrs.map(rangeWords))
    this.#setIds.set(key, set)
    for (let id = 0; id < this.#texts.length; id += 1) this.#includeIfHeld(set, id)
    return set
  }

  /** Does the address lie in the set? One look-up; allocates nothing. */
  has(set: AddressSetId, id: AddressId): boolean {
    return ((this.#membership[this.#cell(set, id)] >>> (id % BITS)) & 1) === 1
  }

  #includeIfHeld(set: number, id: number): void {
    for (const range of this.#sets[set]) {
      if (!rangeHolds(range, this.#families[id], this.#words, id * ADDRESS_WORDS)) continue
      this.#membership[this.#cell(set, id)] |= 1 << (id % BITS)
      return
    }
  }

  /** Where the bit of an address stands in the row of a set. */
  #cell(set: number, id: number): number {
    return (set * this.#addressCapacity + id) >>> 5
  }

  #resize(addressCapacity: number, setCapacity: number): void {
    const membership = new Int32Array((addressCapacity * setCapacity) / BITS)
    const [oldSize, newSize] = [this.#addressCapacity / BITS, addressCapacity / BITS]
    for (let set = 0; set < this.#sets.length; set += 1) {
      membership.set(this.#membership.subarray(set * oldSize, (set + 1) * oldSize), set * newSize)
    }
    this.#membership = membership
    this.#families = grown(this.#families, new Uint8Array(addressCapacity))
    this.#words = grown(this.#words, new Int32Array(addressCapacity * ADDRESS_WORDS))
    this.#addressCapacity = addressCapacity
    this.#setCapacity = setCapacity
  }
}

function grown<T extends Uint8Array | Int32Array>(from: T, to: T): T {
  to.set(from.subarray(0, Math.min(from.length, to.length)))
  return to
}
