/**
 * What a chain refers to beside itself: other chains, `recent` lists, targets that may not stand everywhere.
 *
 * A simulation loads the same chains many times, on every node and after every change of a Service: each chain is looked
 * through once and what was found is kept as long as the chain.
 */
import type { Chain, Rule, Target } from './rule.js'

/** From this many names on, a map finds one faster than a look through all of them. */
const MAP_MIN_NAME_COUNT = 16

/** Names, each once, with their numbers 0, 1, 2 … in the order in which they came. */
export class NameList {
  readonly #names: string[] = []
  #numbers: Map<string, number> | undefined

  get names(): readonly string[] {
    return this.#names
  }

  /** The number of a name; -1 if it is not there. */
  numberOf(name: string): number {
    return this.#numbers === undefined ? this.#names.indexOf(name) : (this.#numbers.get(name) ?? -1)
  }

  /** Takes a name in, if it is not there yet. */
  add(name: string): void {
    if (this.numberOf(name) >= 0) return
    this.#numbers?.set(name, this.#names.length)
    this.#names.push(name)
    if (this.#names.length === MAP_MIN_NAME_COUNT) {
      this.#numbers = new Map(this.#names.map((each, number) => [each, number]))
    }
  }
}

/** Kinds of targets that may stand in some tables and be reached from some hooks only. */
export type PlacedTargetKind = Extract<Target['kind'], 'DNAT' | 'MASQUERADE' | 'REJECT'>

/** What a chain refers to. */
export interface ChainShape {
  /** Chains that its rules jump or go to. */
  readonly callees: NameList
  /** `recent` lists that its rules name. */
  readonly recentLists: NameList
  /** Each once. */
  readonly placedTargets: readonly PlacedTargetKind[]
}

const SHAPES = new WeakMap<Chain, ChainShape>()
/** For the many chains that name nothing: never added to. */
const NO_NAMES = new NameList()

/** What a chain refers to; its rules must never change. O(rules) the first time, O(1) later. */
export function chainShape(chain: Chain): ChainShape {
  const known = SHAPES.get(chain)
  if (known !== undefined) return known
  const shape = shapeOf(chain.rules)
  SHAPES.set(chain, shape)
  return shape
}

function shapeOf(rules: readonly Rule[]): ChainShape {
  let callees: NameList | undefined
  let recentLists: NameList | undefined
  const placedTargets: PlacedTargetKind[] = []
  for (const { matches, target } of rules) {
    for (const match of matches) {
      if (match.kind !== 'recent') continue
      recentLists ??= new NameList()
      recentLists.add(match.list)
    }
    if (target.kind === 'jump' || target.kind === 'goto') {
      callees ??= new NameList()
      callees.add(target.chain)
    } else if (isPlaced(target.kind) && !placedTargets.includes(target.kind)) {
      placedTargets.push(target.kind)
    }
  }
  return { callees: callees ?? NO_NAMES, recentLists: recentLists ?? NO_NAMES, placedTargets }
}

function isPlaced(kind: Target['kind']): kind is PlacedTargetKind {
  return kind === 'DNAT' || kind === 'MASQUERADE' || kind === 'REJECT'
}
