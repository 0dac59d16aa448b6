/**
 * Turns one chain into instructions that any node can use, and remembers them.
 *
 * All nodes of a simulation have most chains in common, and a change of one Service leaves most chains of a node as they
 * were: per address book every chain is compiled once, as long as it lives.
 */
import type { AddressBook } from '../address-book.js'
import { type ChainShape, chainShape } from './chain-shape.js'
import { CodeWriter, type OpenCode } from './code-writer.js'
import { writeTests } from './compile-tests.js'
import type { Chain, Target } from './rule.js'
import type { RuleIndex } from './rule-index.js'
import {
  GO_ACCEPT,
  GO_DNAT,
  GO_DROP,
  GO_GOTO,
  GO_JUMP,
  GO_MARK,
  GO_MASQUERADE,
  GO_ON,
  GO_REJECT,
  GO_RETURN,
  KEEP_PORT,
} from './rule-program.js'
import { withSeeks } from './seek-runs.js'

/** A compiled chain. */
export interface ChainCode extends OpenCode {
  /** What its `GO_SEEK` look up; undefined if it has none. */
  readonly index: RuleIndex | undefined
}

const COMPILED = new WeakMap<AddressBook, WeakMap<Chain, ChainCode>>()

/** Compiles chains whose addresses are numbers of one book. */
export class ChainCompiler {
  readonly #book: AddressBook
  readonly #compiled: WeakMap<Chain, ChainCode>
  #writer: CodeWriter | undefined

  constructor(book: AddressBook) {
    this.#book = book
    this.#compiled = COMPILED.get(book) ?? new WeakMap<Chain, ChainCode>()
    COMPILED.set(book, this.#compiled)
  }

  /** The code of a chain; its rules must never change. O(rules) the first time, O(1) later. */
  codeOf(chain: Chain): ChainCode {
    const known = this.#compiled.get(chain)
    if (known !== undefined) return known
    const code = this.#compile(chain)
    this.#compiled.set(chain, code)
    return code
  }

  #compile(chain: Chain): ChainCode {
    const writer = this.#begin(chainShape(chain))
    for (const rule of chain.rules) {
      writer.beginRule()
      writeTests(rule, this.#book, writer)
      this.#writeTarget(rule.target, writer)
    }
    const { ruleStarts } = writer
    return withSeeks(writer.endChain(), ruleStarts)
  }

  #begin(shape: ChainShape): CodeWriter {
    this.#writer ??= new CodeWriter(shape)
    this.#writer.beginChain(shape)
    return this.#writer
  }

  #writeTarget(target: Target, writer: CodeWriter): void {
    switch (target.kind) {
      case 'none':
        writer.go(GO_ON)
        return
      case 'jump':
        writer.jump(GO_JUMP, target.chain)
        return
      case 'goto':
        writer.jump(GO_GOTO, target.chain)
        return
      case 'RETURN':
        writer.go(GO_RETURN)
        return
      case 'ACCEPT':
        writer.go(GO_ACCEPT)
        return
      case 'DROP':
        writer.go(GO_DROP)
        return
      case 'REJECT':
        writer.go(GO_REJECT)
        return
      case 'DNAT':
        writer.go(GO_DNAT, this.#book.idOf(target.address), target.port ?? KEEP_PORT)
        return
      case 'MASQUERADE':
        writer.go(GO_MASQUERADE)
        return
      case 'MARK':
        writer.go(GO_MARK, target.value, target.mask)
        return
    }
  }
}
