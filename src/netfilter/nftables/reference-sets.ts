/**
 * Timed sets in the plainest form: what `timed-sets.ts` must agree with, and what a trace of one packet uses. Every
 * operation looks through whole sets. Sources as there.
 */
import { NS_PER_S } from '../../base/nanoseconds.js'
import { isTimedSet, type NftTable } from './ruleset.js'
import { ELEMENTS_PER_TIMED_SET } from './timed-sets.js'

/** An address in a set, with the simulated time at which it vanishes. */
export interface ReferenceElement {
  readonly address: string
  readonly endsAtNs: number
}

interface ReferenceSet {
  readonly name: string
  readonly timeoutSeconds: number
  /** The least recently updated first; vanished ones may still be there. */
  readonly elements: readonly ReferenceElement[]
}

/** All timed sets of one node. */
export class ReferenceSets {
  #sets: ReferenceSet[] = []

  /** @param elementsPerSet - at least 1 */
  constructor(readonly elementsPerSet: number = ELEMENTS_PER_TIMED_SET) {}

  /** Loads a new table: keeps the elements of the sets that it has, forgets the others. */
  retain(table: NftTable): void {
    this.#sets = table.sets.filter(isTimedSet).map(({ name, timeoutSeconds = 0 }) => ({
      name,
      timeoutSeconds,
      elements: this.#find(name)?.elements ?? [],
    }))
  }

  /** Is there a timed set of this name? */
  has(name: string): boolean {
    return this.#find(name) !== undefined
  }

  /** What a set holds, the least recently updated first; empty if there is no such set. */
  elementsOf(name: string, nowNs: number): readonly ReferenceElement[] {
    return this.#find(name)?.elements.filter((each) => each.endsAtNs > nowNs) ?? []
  }

  /** Is the address in the set, not yet vanished? */
  contains(name: string, address: string, nowNs: number): boolean {
    return this.elementsOf(name, nowNs).some((each) => each.address === address)
  }

  /** Puts the address into the set; false if there is no place for it. */
  update(name: string, address: string, nowNs: number): boolean {
    const elements = this.elementsOf(name, nowNs)
    const others = elements.filter((each) => each.address !== address)
    if (others.length === elements.length && elements.length >= this.elementsPerSet) return false
    this.#sets = this.#sets.map((set) =>
      set.name === name
        ? { ...set, elements: [...others, { address, endsAtNs: nowNs + set.timeoutSeconds * NS_PER_S }] }
        : set,
    )
    return true
  }

  #find(name: string): ReferenceSet | undefined {
    return this.#sets.find((set) => set.name === name)
  }
}
