/**
 * The `recent` lists of one node: under a name, up to 100 source addresses with the time each was last set.
 *
 * Modelled: set, rcheck, update and remove, age limits, `--reap`, eviction of the least recently set address from a full
 * list, lists that outlive a reload while some rule names them, and how many lists the kernel walks to find one by name.
 * Left out: `--hitcount`, `--rttl`, `--rdest`, masks, and the grain of the kernel's clock (one jiffy, 4 ms at HZ=250):
 * ages are exact here.
 * Sources: Linux net/netfilter/xt_recent.c (recent_mt, recent_entry_init, recent_entry_reap, recent_table_lookup);
 * measured on Linux 6.18.44 (test/data/ground-truth/affinity.json and affinity_overflow.json).
 */
import { InvariantError } from '../../base/diagnostics.js'
import { NS_PER_S } from '../../base/nanoseconds.js'
import type { AddressId } from '../address-book.js'
import { ABSENT, PairIndex } from './pair-index.js'
import { NO_ENTRY, RecentEntryPool } from './recent-entry-pool.js'

/** Addresses that one list holds. Source: xt_recent.c, module parameter ip_list_tot, default; kube-proxy keeps it. */
export const ADDRESSES_PER_RECENT_LIST = 100

/** As an age limit: entries of any age count. */
export const NO_AGE_LIMIT = -1

/** One list of a node. The number of a list that died may be given to another one. */
export type RecentListId = number & { readonly brand: 'RecentListId' }

/** An address in a list. */
export interface RecentEntry {
  readonly address: AddressId
  /** Simulated time, integer ns. */
  readonly lastSetNs: number
}

interface RecentList {
  readonly name: string
  readonly id: RecentListId
  /** Lists made before it that still live. */
  position: number
  size: number
  /** First and last entry by the time of the last set, or `NO_ENTRY`. */
  oldest: number
  newest: number
}

/** All `recent` lists of one node. Every operation on a list is O(1) and allocates nothing once the tables have grown. */
export class RecentLists {
  readonly #addressesPerList: number
  readonly #byName = new Map<string, RecentList>()
  /** By list number; a dead list stays until its number is used again. */
  readonly #lists: RecentList[] = []
  readonly #freeIds: RecentListId[] = []
  readonly #entries = new RecentEntryPool()
  /** From list number and address to the entry. */
  readonly #index = new PairIndex()

  /** @param options.addressesPerList - at least 1; `ADDRESSES_PER_RECENT_LIST` if not given */
  constructor(options: { readonly addressesPerList?: number } = {}) {
    this.#addressesPerList = options.addressesPerList ?? ADDRESSES_PER_RECENT_LIST
  }

  /** Lists that live. */
  get listCount(): number {
    return this.#byName.size
  }

  /**
   * Loads new rules: lists that the rules name live on, others die with all their entries, missing ones are made.
   *
   * @param names - every list that a rule names, in the order of the rules; repetitions do not matter
   * @remarks New lists are walked last, as in the kernel. O(lists + entries that die).
   */
  retain(names: Iterable<string>): void {
    const wanted = new Set(names)
    for (const list of [...this.#byName.values()]) {
      if (!wanted.has(list.name)) this.#destroy(list)
    }
    for (const name of wanted) {
      if (!this.#byName.has(name)) this.#create(name)
    }
    // A Map keeps the order in which its keys were made.
    let position = 0
    for (const list of this.#byName.values()) {
      list.position = position
      position += 1
    }
  }

  /** Is there a list of this name? */
  has(name: string): boolean {
    return this.#byName.has(name)
  }

  /**
   * The number of a list.
   *
   * @throws InvariantError if no rule names it: see `retain`
   */
  idOf(name: string): RecentListId {
    const list = this.#byName.get(name)
    if (list === undefined) throw new InvariantError('no rule names this list', { name })
    return list.id
  }

  /** How many lists the kernel compares names with until it has found this one: 1 for the list made first. */
  walkedListCount(id: RecentListId): number {
    return this.#lists[id].position + 1
  }

  /** Addresses in a list. */
  size(id: RecentListId): number {
    return this.#lists[id].size
  }

  /** What a list holds, the least recently set first. For tests and traces: allocates. */
  entriesOf(id: RecentListId): readonly RecentEntry[] {
    const found: RecentEntry[] = []
    for (let entry = this.#lists[id].oldest; entry !== NO_ENTRY; entry = this.#entries.newer[entry]) {
      found.push({
        address: this.#entries.address[entry] as AddressId,
        lastSetNs: this.#entries.stampNs[entry],
      })
    }
    return found
  }

  /** `--set`: notes the address as seen now. A new one pushes the least recently set one out of a full list. */
  set(id: RecentListId, address: AddressId, nowNs: number): void {
    const list = this.#lists[id]
    const known = this.#index.get(id, address)
    if (known !== ABSENT) {
      this.#refresh(list, known, nowNs)
      return
    }
    if (list.size >= this.#addressesPerList) this.#removeEntry(list, list.oldest)
    const entry = this.#entries.take(address)
    this.#index.set(id, address, entry)
    this.#append(list, entry, nowNs)
    list.size += 1
  }

  /**
   * `--rcheck`: is the address in the list, last set at most so long ago? An age of exactly the limit still counts.
   *
   * @param maxAgeSeconds - an integer, or `NO_AGE_LIMIT`
   * @param isReaping - `--reap`: if the address has an entry, of whatever age, then the oldest entry of the list is
   *   removed if it is over the limit. That is at most one entry; it may be the one just found too old.
   */
  check(
    id: RecentListId,
    address: AddressId,
    nowNs: number,
    maxAgeSeconds: number,
    isReaping: boolean,
  ): boolean {
    const entry = this.#index.get(id, address)
    if (entry === ABSENT) return false
    const oldestValidNs = maxAgeSeconds === NO_AGE_LIMIT ? -1 : nowNs - maxAgeSeconds * NS_PER_S
    const isHit = this.#entries.stampNs[entry] >= oldestValidNs
    if (isReaping) {
      const list = this.#lists[id]
      if (this.#entries.stampNs[list.oldest] < oldestValidNs) this.#removeEntry(list, list.oldest)
    }
    return isHit
  }

  /** `--update`: as `check`; a hit also notes the address as seen now. */
  update(
    id: RecentListId,
    address: AddressId,
    nowNs: number,
    maxAgeSeconds: number,
    isReaping: boolean,
  ): boolean {
    const isHit = this.check(id, address, nowNs, maxAgeSeconds, isReaping)
    if (isHit) this.set(id, address, nowNs)
    return isHit
  }

  /** `--remove`: forgets the address. Was it there? */
  remove(id: RecentListId, address: AddressId): boolean {
    const entry = this.#index.get(id, address)
    if (entry === ABSENT) return false
    this.#removeEntry(this.#lists[id], entry)
    return true
  }

  #create(name: string): void {
    const id = this.#freeIds.pop() ?? (this.#lists.length as RecentListId)
    const list = { name, id, position: 0, size: 0, oldest: NO_ENTRY, newest: NO_ENTRY }
    this.#lists[id] = list
    this.#byName.set(name, list)
  }

  #destroy(list: RecentList): void {
    while (list.size > 0) this.#removeEntry(list, list.oldest)
    this.#byName.delete(list.name)
    this.#freeIds.push(list.id)
  }

  #refresh(list: RecentList, entry: number, nowNs: number): void {
    if (list.newest === entry) {
      this.#entries.stampNs[entry] = nowNs
      return
    }
    this.#unlink(list, entry)
    this.#append(list, entry, nowNs)
  }

  #removeEntry(list: RecentList, entry: number): void {
    this.#unlink(list, entry)
    this.#index.delete(list.id, this.#entries.address[entry])
    this.#entries.free(entry)
    list.size -= 1
  }

  #append(list: RecentList, entry: number, nowNs: number): void {
    const { stampNs, older, newer } = this.#entries
    stampNs[entry] = nowNs
    older[entry] = list.newest
    newer[entry] = NO_ENTRY
    if (list.newest === NO_ENTRY) list.oldest = entry
    else newer[list.newest] = entry
    list.newest = entry
  }

  #unlink(list: RecentList, entry: number): void {
    const { older, newer } = this.#entries
    const before = older[entry]
    const after = newer[entry]
    if (before === NO_ENTRY) list.oldest = after
    else newer[before] = after
    if (after === NO_ENTRY) list.newest = before
    else older[after] = before
  }
}
