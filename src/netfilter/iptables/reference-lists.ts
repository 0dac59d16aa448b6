/**
 * `recent` lists in the plainest form: what `recent-lists.ts` must agree with, and what a trace of one packet uses.
 * Every operation looks through whole lists. Source: Linux net/netfilter/xt_recent.c.
 */
import { NS_PER_S } from '../../base/nanoseconds.js'
import { ADDRESSES_PER_RECENT_LIST } from './recent-lists.js'
import type { RecentMatch, Table } from './rule.js'

/** An address in a list, with the simulated time at which it was last set. */
export interface ReferenceListEntry {
  readonly address: string
  readonly lastSetNs: number
}

interface ReferenceList {
  readonly name: string
  /** The least recently set first. */
  readonly entries: ReferenceListEntry[]
}

/** All `recent` lists of one node, in the order in which they were made. */
export class ReferenceLists {
  #lists: readonly ReferenceList[] = []
  /** By name, the position in `#lists`. */
  #positions: ReadonlyMap<string, number> = new Map()

  /** @param addressesPerList - at least 1 */
  constructor(readonly addressesPerList: number = ADDRESSES_PER_RECENT_LIST) {}

  /** Loads new rules: keeps the lists that they name, makes those that are missing, forgets the others. */
  retain(tables: readonly Table[]): void {
    const names = new Set(
      tables.flatMap((table) =>
        table.chains.flatMap((chain) =>
          chain.rules.flatMap((rule) =>
            rule.matches.flatMap((match) => (match.kind === 'recent' ? [match.list] : [])),
          ),
        ),
      ),
    )
    const kept = this.#lists.filter((list) => names.has(list.name))
    for (const { name } of kept) names.delete(name)
    this.#hold([...kept, ...Array.from(names, (name) => ({ name, entries: [] }))])
  }

  /** The same lists with the same contents, which change on their own from now on. */
  copy(): ReferenceLists {
    const copy = new ReferenceLists(this.addressesPerList)
    copy.#hold(this.#lists.map(({ name, entries }) => ({ name, entries: [...entries] })))
    return copy
  }

  /** What a list holds, the least recently set first; empty if there is no such list. */
  entriesOf(name: string): readonly ReferenceListEntry[] {
    return this.#lists.find((list) => list.name === name)?.entries ?? []
  }

  /** Lists that the kernel walks until it has found this one. */
  walkedListCount(name: string): number {
    return this.#position(name) + 1
  }

  /** Runs a `recent` test: the answer, and the change that it makes to the list. */
  test(match: RecentMatch, address: string, nowNs: number): boolean {
    const entries = this.#lists[this.#position(match.list)].entries
    const known = entries.find((entry) => entry.address === address)
    if (match.mode === 'set') {
      this.#set(entries, address, nowNs)
      return true
    }
    if (known === undefined) return false
    if (match.mode === 'remove') {
      entries.splice(entries.indexOf(known), 1)
      return true
    }
    const isExpired = (entry: ReferenceListEntry) =>
      match.seconds !== undefined && nowNs - entry.lastSetNs > match.seconds * NS_PER_S
    const isHit = !isExpired(known)
    if (match.isReaping && isExpired(entries[0])) entries.shift()
    if (isHit && match.mode === 'update') this.#set(entries, address, nowNs)
    return isHit
  }

  #set(entries: ReferenceListEntry[], address: string, nowNs: number): void {
    const at = entries.findIndex((entry) => entry.address === address)
    if (at >= 0) entries.splice(at, 1)
    else if (entries.length >= this.addressesPerList) entries.shift()
    entries.push({ address, lastSetNs: nowNs })
  }

  #hold(lists: readonly ReferenceList[]): void {
    this.#lists = lists
    this.#positions = new Map(lists.map(({ name }, position) => [name, position]))
  }

  #position(name: string): number {
    return this.#positions.get(name) ?? -1
  }
}
