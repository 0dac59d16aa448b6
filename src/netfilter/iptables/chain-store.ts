/**
 * What is known of chains: what each refers to, and its code once it is compiled.
 *
 * All nodes of a simulation have most chains in common, and a change of one Service leaves most chains of a node as they
 * were. So each chain is looked through once, and what was found is kept as long as the chain. Names of chains become
 * numbers, which are the same for all nodes.
 */
import type { AddressBook } from '../address-book.js'
import type { ChainCode } from './code-writer.js'
import type { Chain, Target, Unmodelled } from './rule.js'

/** Kinds of targets that may stand in some tables and be reached from some hooks only. */
export type PlacedTargetKind = Extract<Target['kind'], 'DNAT' | 'MASQUERADE' | 'REJECT'>

/** What a chain refers to. */
export interface ChainShape {
  /** Number of its name. */
  readonly name: number
  /** Numbers of the names that its rules jump or go to, one for each such rule, in order. */
  readonly callees: readonly number[]
  /** Names of the `recent` lists of its rules, one for each such test, in order. */
  readonly recentLists: readonly string[]
  /** Each once. */
  readonly placedTargets: readonly PlacedTargetKind[]
  /** What its rules hold that is not modelled, in order. */
  readonly unmodelled: readonly Unmodelled[]
  /** Undefined until somebody compiles it. */
  code: ChainCode | undefined
}

const PLACED_KINDS: readonly PlacedTargetKind[] = ['DNAT', 'MASQUERADE', 'REJECT']
/** Every set of them, by the bits of their positions: the many chains share these. */
const PLACED_SETS = Array.from({ length: 1 << PLACED_KINDS.length }, (_, bits) =>
  PLACED_KINDS.filter((_kind, position) => (bits & (1 << position)) !== 0),
)

/** For the many chains that name nothing. */
const NOTHING: readonly never[] = []

const STORES = new WeakMap<AddressBook, ChainStore>()

/** The chains whose addresses are numbers of one book; they live as long as the book. */
export function chainStoreOf(book: AddressBook): ChainStore {
  let store = STORES.get(book)
  if (store === undefined) {
    store = new ChainStore()
    STORES.set(book, store)
  }
  return store
}

/** What is known of chains. */
export class ChainStore {
  readonly #numbers = new Map<string, number>()
  readonly #names: string[] = []
  readonly #shapes = new WeakMap<Chain, ChainShape>()
  /** What the chain looked through names so far. */
  readonly #callees: number[] = []
  readonly #lists: string[] = []
  readonly #unmodelled: Unmodelled[] = []

  /** Names of chains that ever were, or were jumped to. */
  get nameCount(): number {
    return this.#names.length
  }

  nameOf(number: number): string {
    return this.#names[number]
  }

  /** What a chain refers to; its rules must never change. O(rules) the first time, O(1) later. */
  shapeOf(chain: Chain): ChainShape {
    let shape = this.#shapes.get(chain)
    if (shape === undefined) {
      shape = this.#lookThrough(chain)
      this.#shapes.set(chain, shape)
    }
    return shape
  }

  #lookThrough({ name, rules }: Chain): ChainShape {
    let placed = 0
    for (const { matches, target } of rules) {
      for (const match of matches) {
        if (match.kind === 'recent') this.#lists.push(match.list)
        else if (match.kind === 'unmodelled') this.#unmodelled.push(match)
      }
      if (target.kind === 'jump' || target.kind === 'goto') this.#callees.push(this.#numberOf(target.chain))
      else if (isPlaced(target.kind)) placed |= 1 << PLACED_KINDS.indexOf(target.kind)
      else if (target.kind === 'unmodelled') this.#unmodelled.push(target)
    }
    const [callees, recentLists] = [taken(this.#callees), taken(this.#lists)]
    return {
      name: this.#numberOf(name),
      callees,
      recentLists,
      placedTargets: PLACED_SETS[placed],
      unmodelled: taken(this.#unmodelled),
      code: undefined,
    }
  }

  #numberOf(name: string): number {
    let number = this.#numbers.get(name)
    if (number === undefined) {
      number = this.#names.length
      this.#numbers.set(name, number)
      this.#names.push(name)
    }
    return number
  }
}

function isPlaced(kind: Target['kind']): kind is PlacedTargetKind {
  return kind === 'DNAT' || kind === 'MASQUERADE' || kind === 'REJECT'
}

/** A copy of what is gathered in an array, which is emptied for the next chain. */
function taken<T>(items: T[]): readonly T[] {
  if (items.length === 0) return NOTHING
  const copy = items.slice()
  items.length = 0
  return copy
}
