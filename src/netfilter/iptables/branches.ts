/**
 * Every way of one packet through the tables of a node, with the exact chance of each.
 *
 * `interpret` is run once for each way, with the outcome of every `statistic` test given: first all of them fail, then, for
 * each test that could have passed, it passes and the later ones fail, and so on. A test that always or never passes
 * branches nothing. Every run begins with the same `recent` lists.
 */
import { InputError } from '../../base/diagnostics.js'
import { type Fraction, fraction } from '../../base/fraction.js'
import {
  type DrawMet,
  type Interpretation,
  interpret,
  type ReadableNode,
  type ReadablePacket,
} from './interpret.js'

/** Numbers that 31 random bits can be. */
export const DRAW_RANGE = 0x80000000

/** Draws that pass on one way; kube-proxy's rules have one on each node. */
const MAX_NESTED_BRANCHES = 64

/** Over all ways together: some seconds. */
const MAX_RULES_EVALUATED = 20_000_000

/** A node and a packet that comes to it. */
export interface PacketAtNode {
  readonly node: Omit<ReadableNode, 'draw31'>
  readonly way: 'receive' | 'send'
  readonly packet: ReadablePacket
}

/** One run, and where it parts from others; `T` is what is made of each run. */
export interface BranchRun<T> {
  readonly run: Interpretation
  /** Where its own part begins in `run.rulesMet`: the rule whose draw it passed. Undefined: it is all its own. */
  readonly branchedAt: number | undefined
  /** By position in `run.rulesMet`: the ways of packets that pass a draw that this run failed. */
  readonly branches: ReadonlyMap<number, DrawnBranch<T>>
}

/** Packets that pass one draw, in place of failing it. */
export interface DrawnBranch<T> {
  readonly chance: Fraction
  readonly taken: T
}

/**
 * All ways of a packet through a node.
 *
 * @param at - its lists are the same for every way, and are not changed
 * @param finish - makes of each run what is to be kept: runs themselves hold every rule that was met
 * @returns what was made of the way on which every draw fails that can, from which the others branch off
 * @throws InputError FLOW_TOO_LONG if the ways are too many to follow
 * @remarks O(ways · rules evaluated).
 */
export function allBranches<T>(at: PacketAtNode, finish: (run: BranchRun<T>) => T): T {
  return new BranchExplorer(at, finish).explore([], undefined, 0)
}

/**
 * One way, by chance.
 *
 * @param draw31 - 31 random bits; one draw per `statistic` test run
 */
export function drawnRun(
  { node, way, packet }: PacketAtNode,
  draw31: (threshold: number) => number,
): Interpretation {
  return interpret({ ...node, lists: node.lists.copy(), draw31 }, way, packet, 0)
}

class BranchExplorer<T> {
  #rulesLeft = MAX_RULES_EVALUATED

  constructor(
    readonly at: PacketAtNode,
    readonly finish: (run: BranchRun<T>) => T,
  ) {}

  /** @param decided - of each draw from the first on, whether it passes; later ones fail */
  explore(decided: readonly boolean[], branchedAt: number | undefined, depth: number): T {
    const run = this.#run(decided)
    const branches = new Map<number, DrawnBranch<T>>()
    const passed: boolean[] = []
    for (const [position, met] of run.rulesMet.entries()) {
      for (const draw of met.draws) {
        if (passed.length >= decided.length && !draw.isPassed && isOpen(draw)) {
          if (depth === MAX_NESTED_BRANCHES) throw tooLong('more draws')
          const taken = this.explore([...passed, true], position, depth + 1)
          branches.set(position, { chance: fraction(draw.threshold, DRAW_RANGE), taken })
        }
        passed.push(draw.isPassed)
      }
    }
    return this.finish({ run, branchedAt, branches })
  }

  #run(decided: readonly boolean[]): Interpretation {
    let next = 0
    const draw31 = () => {
      const isPassing = decided[next] ?? false
      next += 1
      return isPassing ? 0 : DRAW_RANGE - 1
    }
    const run = drawnRun(this.at, draw31)
    this.#rulesLeft -= run.rulesEvaluated
    if (this.#rulesLeft < 0) throw tooLong('more rules')
    return run
  }
}

/** Can it pass, and can it fail? */
export function isOpen({ threshold }: DrawMet): boolean {
  return threshold > 0 && threshold < DRAW_RANGE
}

function tooLong(what: string): InputError {
  return new InputError([
    {
      severity: 'error',
      code: 'FLOW_TOO_LONG',
      message: `The ways of this packet meet ${what} than svcsim follows`,
      hint: 'follow one way with --draw N',
    },
  ])
}
