/**
 * The timed sets of one node: under a name, addresses that vanish some time after they were last updated.
 *
 * Modelled: flags `dynamic,timeout`, update, look-up, the limit of elements, sets that outlive a reload while the table
 * has them. An element of exactly the age of the timeout has vanished. A set whose timeout is changed keeps its elements
 * with the ends that they had. Left out: the kernel's garbage collection (a vanished element frees its place at once
 * here, within about a second there), and the grain of its clock (4 ms at HZ=250).
 * Sources: Linux net/netfilter/nft_set_hash.c, nft_dynset.c, nf_tables.h (nft_set_elem_expired); measured on Linux 6.18.44
 * (test/data/ground-truth/affinity.json, affinity_overflow.json).
 */
import { InvariantError } from '../../base/diagnostics.js'
import { NS_PER_S } from '../../base/nanoseconds.js'
import type { AddressId } from '../address-book.js'
import { ABSENT, PairIndex } from '../iptables/pair-index.js'
import { NO_ENTRY, RecentEntryPool } from '../iptables/recent-entry-pool.js'

/** Elements of a dynamic set for which no size is given. Source: Linux net/netfilter/nft_dynset.c, 2^16 - 1. */
export const ELEMENTS_PER_TIMED_SET = 65_535

/** One timed set of a node. The number of a set that died may be given to another one. */
export type TimedSetId = number & { readonly brand: 'TimedSetId' }

/** An address in a set. */
export interface TimedElement {
  readonly address: AddressId
  /** Simulated time at which it vanishes, integer ns. */
  readonly endsAtNs: number
}

interface TimedSet {
  readonly name: string
  readonly id: TimedSetId
  timeoutNs: number
  /** Elements held, vanished ones that were not yet swept out included. */
  size: number
  /** First and last element by the time of the last update, or `NO_ENTRY`. */
  oldest: number
  newest: number
  /** A timeout was shortened while the set held elements: a newer one may vanish before an older one. */
  isMixed: boolean
}

/**
 * All timed sets of one node. Every operation is O(1), a sweep apart that takes out what has vanished, once for each
 * element; nothing is allocated once the tables have grown.
 */
export class TimedSets {
  readonly #elementsPerSet: number
  readonly #byName = new Map<string, TimedSet>()
  /** By number of the set; a dead set stays until its number is used again. */
  readonly #sets: TimedSet[] = []
  readonly #freeIds: TimedSetId[] = []
  /** The stamp of an entry is the time at which it vanishes. */
  readonly #entries = new RecentEntryPool()
  /** From number of the set and address to the entry. */
  readonly #index = new PairIndex()

  /** @param options.elementsPerSet - at least 1; `ELEMENTS_PER_TIMED_SET` if not given */
  constructor(options: { readonly elementsPerSet?: number } = {}) {
    this.#elementsPerSet = options.elementsPerSet ?? ELEMENTS_PER_TIMED_SET
  }

  /**
   * Loads a new table: sets that it has live on, others die with all their elements, missing ones are made.
   *
   * @param timeouts - by name of the set, in seconds
   */
  retain(timeouts: ReadonlyMap<string, number>): void {
    for (const set of [...this.#byName.values()]) {
      if (!timeouts.has(set.name)) this.#destroy(set)
    }
    for (const [name, seconds] of timeouts) {
      const set = this.#byName.get(name) ?? this.#create(name)
      const timeoutNs = seconds * NS_PER_S
      if (set.size > 0 && timeoutNs < set.timeoutNs) set.isMixed = true
      set.timeoutNs = timeoutNs
    }
  }

  /** Is there a set of this name? */
  has(name: string): boolean {
    return this.#byName.has(name)
  }

  /**
   * The number of a set.
   *
   * @throws InvariantError if the table has no such set: see `retain`
   */
  idOf(name: string): TimedSetId {
    const set = this.#byName.get(name)
    if (set === undefined) throw new InvariantError('no such timed set', { name })
    return set.id
  }

  /** Is the address in the set, not yet vanished? */
  contains(id: TimedSetId, address: AddressId, nowNs: number): boolean {
    const entry = this.#index.get(id, address)
    return entry !== ABSENT && this.#entries.stampNs[entry] > nowNs
  }

  /**
   * Puts the address into the set, to vanish a timeout from now.
   *
   * @returns false, and nothing has changed, if the set is full and the address was not in it
   */
  update(id: TimedSetId, address: AddressId, nowNs: number): boolean {
    const set = this.#sets[id]
    this.#sweep(set, nowNs)
    const known = this.#index.get(id, address)
    if (known === ABSENT) {
      if (set.size >= this.#elementsPerSet) return false
      const entry = this.#entries.take(address)
      this.#index.set(id, address, entry)
      this.#append(set, entry, nowNs)
      set.size += 1
      return true
    }
    if (set.newest !== known) {
      this.#unlink(set, known)
      this.#append(set, known, nowNs)
    } else {
      this.#entries.stampNs[known] = nowNs + set.timeoutNs
    }
    return true
  }

  /** Addresses in a set that have not vanished. */
  size(id: TimedSetId, nowNs: number): number {
    this.#sweep(this.#sets[id], nowNs)
    return this.elementsOf(id, nowNs).length
  }

  /** What a set holds, the least recently updated first. For tests and traces: allocates. */
  elementsOf(id: TimedSetId, nowNs: number): readonly TimedElement[] {
    const found: TimedElement[] = []
    for (let entry = this.#sets[id].oldest; entry !== NO_ENTRY; entry = this.#entries.newer[entry]) {
      const endsAtNs = this.#entries.stampNs[entry]
      if (endsAtNs > nowNs) found.push({ address: this.#entries.address[entry] as AddressId, endsAtNs })
    }
    return found
  }

  #create(name: string): TimedSet {
    const id = this.#freeIds.pop() ?? (this.#sets.length as TimedSetId)
    const set = { name, id, timeoutNs: 0, size: 0, oldest: NO_ENTRY, newest: NO_ENTRY, isMixed: false }
    this.#sets[id] = set
    this.#byName.set(name, set)
    return set
  }

  #destroy(set: TimedSet): void {
    while (set.size > 0) this.#remove(set, set.oldest)
    this.#byName.delete(set.name)
    this.#freeIds.push(set.id)
  }

  /** Takes out what has vanished: from the oldest on, or, in a mixed set that is full, wherever it is. */
  #sweep(set: TimedSet, nowNs: number): void {
    const { stampNs, newer } = this.#entries
    while (set.oldest !== NO_ENTRY && stampNs[set.oldest] <= nowNs) this.#remove(set, set.oldest)
    if (set.size === 0) set.isMixed = false
    if (!set.isMixed || set.size < this.#elementsPerSet) return
    for (let entry = set.oldest; entry !== NO_ENTRY; ) {
      const next = newer[entry]
      if (stampNs[entry] <= nowNs) this.#remove(set, entry)
      entry = next
    }
  }

  #remove(set: TimedSet, entry: number): void {
    this.#unlink(set, entry)
    this.#index.delete(set.id, this.#entries.address[entry])
    this.#entries.free(entry)
    set.size -= 1
  }

  #append(set: TimedSet, entry: number, nowNs: number): void {
    const { stampNs, older, newer } = this.#entries
    stampNs[entry] = nowNs + set.timeoutNs
    older[entry] = set.newest
    newer[entry] = NO_ENTRY
    if (set.newest === NO_ENTRY) set.oldest = entry
    else newer[set.newest] = entry
    set.newest = entry
  }

  #unlink(set: TimedSet, entry: number): void {
    const { older, newer } = this.#entries
    const before = older[entry]
    const after = newer[entry]
    if (before === NO_ENTRY) set.oldest = after
    else newer[before] = after
    if (after === NO_ENTRY) set.newest = before
    else older[after] = before
  }
}
