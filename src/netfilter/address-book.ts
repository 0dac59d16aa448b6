/**
 * Addresses as small integers, and ranges of addresses as sets of them: what the rules of a node compare.
 *
 * One book serves a whole simulation. Interning parses text and may allocate; comparing does neither, and costs the same
 * for both families and for any number of ranges. Nothing is ever forgotten: a book grows to the number of different
 * addresses of the run. Left out: everything but the identity of an address and the ranges that it lies in.
 */

import { InvariantError } from '../base/diagnostics.js'
import { type Cidr, cidrContains, parseIpAddress } from '../base/ip-address.js'

/** One address of a book: 0, 1, 2 … in the order of interning. */
export type AddressId = number & { readonly brand: 'AddressId' }

/** One set of ranges of a book: 0, 1, 2 … in the order of making. */
export type AddressSetId = number & { readonly brand: 'AddressSetId' }

const INITIAL_ADDRESS_CAPACITY = 64
const INITIAL_SET_CAPACITY = 4

/** All addresses of a simulation. */
export class AddressBook {
  readonly #texts: string[] = []
  readonly #ids = new Map<string, AddressId>()
  readonly #sets: (readonly Cidr[])[] = []
  readonly #setIds = new Map<string, AddressSetId>()
  #addressCapacity = INITIAL_ADDRESS_CAPACITY
  #setCapacity = INITIAL_SET_CAPACITY
  /** One row per set, one byte per address: 1 if the address lies in the set. */
  #membership = new Uint8Array(INITIAL_ADDRESS_CAPACITY * INITIAL_SET_CAPACITY)

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
    const address = parseIpAddress(text)
    if (address?.text !== text) throw new InvariantError('not the canonical text of an address', { text })
    const id = this.#texts.length as AddressId
    if (id === this.#addressCapacity) this.#resize(2 * this.#addressCapacity, this.#setCapacity)
    this.#texts.push(text)
    this.#ids.set(text, id)
    for (const [set, cidrs] of this.#sets.entries()) {
      if (cidrs.some((cidr) => cidrContains(cidr, address))) this.#include(set, id)
    }
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
    this.#sets.push(cidrs)
    this.#setIds.set(key, set)
    for (const [id, text] of this.#texts.entries()) {
      const address = parseIpAddress(text)
      if (address !== undefined && cidrs.some((cidr) => cidrContains(cidr, address))) this.#include(set, id)
    }
    return set
  }

  /** Does the address lie in the set? One look-up; allocates nothing. */
  has(set: AddressSetId, id: AddressId): boolean {
    return this.#membership[set * this.#addressCapacity + id] === 1
  }

  #include(set: number, id: number): void {
    this.#membership[set * this.#addressCapacity + id] = 1
  }

  #resize(addressCapacity: number, setCapacity: number): void {
    const membership = new Uint8Array(addressCapacity * setCapacity)
    for (let set = 0; set < this.#sets.length; set += 1) {
      const start = set * this.#addressCapacity
      membership.set(this.#membership.subarray(start, start + this.#addressCapacity), set * addressCapacity)
    }
    this.#membership = membership
    this.#addressCapacity = addressCapacity
    this.#setCapacity = setCapacity
  }
}
