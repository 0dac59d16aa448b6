/** Turns one chain into instructions that any node can use. */
import { InvariantError } from '../../base/diagnostics.js'
import type { AddressBook } from '../address-book.js'
import type { ChainShape } from './chain-store.js'
import { type ChainCode, CodeWriter } from './code-writer.js'
import { writeTests } from './compile-tests.js'
import type { Chain, Target } from './rule.js'
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

/** Compiles chains whose addresses are numbers of one book. */
export class ChainCompiler {
  readonly #book: AddressBook
  readonly #writer = new CodeWriter()

  constructor(book: AddressBook) {
    this.#book = book
  }

  /**
   * The code of a chain. O(rules).
   *
   * @param shape - of the chain
   */
  compile(chain: Chain, shape: ChainShape): ChainCode {
    const writer = this.#writer
    let jumps = 0
    writer.beginChain()
    for (const { matches, target } of chain.rules) {
      writer.beginRule()
      writeTests(matches, this.#book, writer)
      if (target.kind === 'jump' || target.kind === 'goto') jumps += 1
      this.#writeTarget(target, shape.callees[jumps - 1])
    }
    return withSeeks(writer.endChain(), writer.ruleStarts)
  }

  /** @param callee - the number of the name that a jump or goto leads to; nothing else asks for it */
  #writeTarget(target: Target, callee: number): void {
    switch (target.kind) {
      case 'jump':
        this.#writer.jump(GO_JUMP, callee)
        return
      case 'goto':
        this.#writer.jump(GO_GOTO, callee)
        return
      case 'none':
        this.#writer.go(GO_ON)
        return
      case 'RETURN':
        this.#writer.go(GO_RETURN)
        return
      case 'ACCEPT':
        this.#writer.go(GO_ACCEPT)
        return
      case 'DROP':
        this.#writer.go(GO_DROP)
        return
      case 'REJECT':
        this.#writer.go(GO_REJECT)
        return
      case 'DNAT':
        this.#writer.go(GO_DNAT, this.#book.idOf(target.address), target.port ?? KEEP_PORT)
        return
      case 'MASQUERADE':
        this.#writer.go(GO_MASQUERADE)
        return
      case 'MARK':
        this.#writer.go(GO_MARK, target.value, target.mask)
        return
      case 'unmodelled':
        throw new InvariantError('rules that are not modelled were to be compiled', { text: target.text })
    }
  }
}
