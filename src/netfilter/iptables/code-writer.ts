/**
 * Writes the instructions of one chain after another, with a note of every operand that only a node can settle: places
 * of chains, numbers of `recent` lists, the node's own addresses, its interfaces.
 */
import { InvariantError } from '../../base/diagnostics.js'
import { type ChainShape, NameList } from './chain-shape.js'
import { GO_END, STRIDE } from './rule-program.js'

/** The instructions of one chain, in part open. Places are relative to its first one. */
export interface OpenCode {
  /** As in `RuleProgram.code`; operands that are listed in `links` are 0. */
  readonly code: readonly number[]
  /**
   * Pairs: the place of an instruction with an open operand, and what belongs there, which is a number of `callees` or
   * `recentLists` of the chain's shape, or of `interfaceNames`, or 0, as the instruction has it.
   */
  readonly links: readonly number[]
  readonly interfaceNames: readonly string[]
}

/** Writes code; serves any number of chains, one after another. */
export class CodeWriter {
  #code: number[] = []
  #links: number[] = []
  #ruleStarts: number[] = []
  #interfaceNames = new NameList()
  #shape: ChainShape

  /** @param shape - of the first chain */
  constructor(shape: ChainShape) {
    this.#shape = shape
  }

  /** Places of the rules written so far, in order. */
  get ruleStarts(): readonly number[] {
    return this.#ruleStarts
  }

  beginChain(shape: ChainShape): void {
    this.#code = []
    this.#links = []
    this.#ruleStarts = []
    this.#interfaceNames = new NameList()
    this.#shape = shape
  }

  beginRule(): void {
    this.#ruleStarts.push(this.#code.length)
  }

  /** A test; operands are 32 bits, signed or not. */
  test(code: number, a: number, b = 0): void {
    // The place of the next rule is known at the end of this one.
    this.#code.push(code, 0, a | 0, b | 0)
  }

  /** A test of a `recent` list. */
  listTest(code: number, list: string, maxAgeSeconds: number): void {
    this.#link(this.#shape.recentLists.numberOf(list))
    this.test(code, 0, maxAgeSeconds)
  }

  /** A test of the node's own addresses. */
  localTest(code: number): void {
    this.#link(0)
    this.test(code, 0)
  }

  /** A test of interfaces of a name, which may end in `+`. */
  interfaceTest(code: number, name: string): void {
    this.#interfaceNames.add(name)
    this.#link(this.#interfaceNames.numberOf(name))
    this.test(code, 0)
  }

  /** What a rule does, but for jumps; ends the rule. */
  go(code: number, a = 0, b = 0): void {
    this.#code.push(code, a | 0, b | 0, 0)
    this.#endRule()
  }

  /** What a rule does: a jump or goto; ends the rule. */
  jump(code: number, chain: string): void {
    this.#link(this.#shape.callees.numberOf(chain))
    this.go(code)
  }

  /** Ends the chain; the next one must be begun. */
  endChain(): OpenCode {
    this.#code.push(GO_END, 0, 0, 0)
    return { code: this.#code, links: this.#links, interfaceNames: this.#interfaceNames.names }
  }

  #link(operand: number): void {
    if (operand < 0) throw new InvariantError('the shape of a chain lacks a name that its rules hold')
    this.#links.push(this.#code.length, operand)
  }

  #endRule(): void {
    const code = this.#code
    const end = code.length
    for (let at = this.#ruleStarts[this.#ruleStarts.length - 1]; at < end - STRIDE; at += STRIDE) {
      code[at + 1] = end
    }
  }
}
