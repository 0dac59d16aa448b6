/**
 * Writes the instructions of one chain after another, with a note of every operand that only a node can settle: places
 * of chains, numbers of `recent` lists, the node's own addresses, its interfaces.
 */
import type { RuleIndex } from './rule-index.js'
import { GO_END, STRIDE } from './rule-program.js'

/** The instructions of one chain, in part open. */
export interface ChainCode {
  /** As in `RuleProgram.code`, but that places are relative to the chain's; operands listed in `links` are 0. */
  readonly code: readonly number[]
  /**
   * Pairs: the place of an instruction with an open operand, and what belongs there. That is the number of a chain's
   * name; or which of the `recent` tests of the chain it is, from 0; or a position in `interfaceNames`; else 0.
   */
  readonly links: readonly number[]
  readonly interfaceNames: readonly string[]
  /** What its `GO_SEEK` look up; undefined if it has none. */
  readonly index: RuleIndex | undefined
}

const NO_LINKS: readonly number[] = []
const NO_NAMES: readonly string[] = []

/** Writes code; serves any number of chains, one after another. */
export class CodeWriter {
  /** Arrays that are used again and again, the first so many entries of each. */
  readonly #code: number[] = []
  #codeLength = 0
  readonly #links: number[] = []
  #linkLength = 0
  readonly #ruleStarts: number[] = []
  readonly #interfaceNames: string[] = []
  #recentTestCount = 0

  /** Begins a rule of the present chain. */
  beginRule(): void {
    this.#ruleStarts.push(this.#codeLength)
  }

  /** A test; operands are 32 bits, signed or not. */
  test(code: number, a: number, b = 0): void {
    // The place of the next rule is known at the end of this one.
    this.#write(code, 0, a | 0, b | 0)
  }

  /** A test of a `recent` list: the next one of the chain. */
  listTest(code: number, maxAgeSeconds: number): void {
    this.#link(this.#recentTestCount)
    this.#recentTestCount += 1
    this.test(code, 0, maxAgeSeconds)
  }

  /** A test of the node's own addresses. */
  localTest(code: number): void {
    this.#link(0)
    this.test(code, 0)
  }

  /** A test of interfaces of a name, which may end in `+`. */
  interfaceTest(code: number, name: string): void {
    this.#link(this.#interfaceNames.push(name) - 1)
    this.test(code, 0)
  }

  /** What a rule does, but for jumps; ends the rule. */
  go(code: number, a = 0, b = 0): void {
    this.#write(code, a | 0, b | 0, 0)
    const end = this.#codeLength
    const start = this.#ruleStarts[this.#ruleStarts.length - 1]
    for (let at = start; at < end - STRIDE; at += STRIDE) this.#code[at + 1] = end
  }

  /** What a rule does: a jump or goto; ends the rule. */
  jump(code: number, chainName: number): void {
    this.#link(chainName)
    this.go(code)
  }

  /** Places of the rules of the present chain, so far; overwritten by the next one. */
  get ruleStarts(): readonly number[] {
    return this.#ruleStarts
  }

  /** Begins a chain. */
  beginChain(): void {
    this.#codeLength = 0
    this.#linkLength = 0
    this.#ruleStarts.length = 0
    this.#interfaceNames.length = 0
    this.#recentTestCount = 0
  }

  /** Ends the chain: its code, without look-ups. */
  endChain(): ChainCode {
    this.#write(GO_END, 0, 0, 0)
    return {
      code: this.#code.slice(0, this.#codeLength),
      links: this.#linkLength === 0 ? NO_LINKS : this.#links.slice(0, this.#linkLength),
      interfaceNames: this.#interfaceNames.length === 0 ? NO_NAMES : this.#interfaceNames.slice(),
      index: undefined,
    }
  }

  /** The instruction written next has an open operand. */
  #link(operand: number): void {
    this.#links[this.#linkLength] = this.#codeLength
    this.#links[this.#linkLength + 1] = operand
    this.#linkLength += 2
  }

  #write(first: number, second: number, third: number, fourth: number): void {
    const at = this.#codeLength
    this.#code[at] = first
    this.#code[at + 1] = second
    this.#code[at + 2] = third
    this.#code[at + 3] = fourth
    this.#codeLength = at + STRIDE
  }
}
