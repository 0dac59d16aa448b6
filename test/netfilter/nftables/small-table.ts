/** The smallest tables for tests. */
import { parseCidr } from '../../../src/base/ip-address.js'
import type {
  AddressOperand,
  NftChain,
  NftHookPlace,
  NftRule,
  NftTable,
  NftVerdict,
} from '../../../src/netfilter/nftables/ruleset.js'

export function table(parts: Partial<NftTable> = {}): NftTable {
  return { family: 4, name: 't', comment: undefined, sets: [], maps: [], chains: [], ...parts }
}

export function chain(name: string, rules: readonly NftRule[] = [], place?: NftHookPlace): NftChain {
  return { name, place, comment: undefined, rules }
}

export function rule(...parts: [...NftRule['statements'], NftVerdict | undefined]): NftRule {
  return {
    statements: parts.slice(0, -1) as NftRule['statements'],
    verdict: parts.at(-1) as NftVerdict | undefined,
    comment: undefined,
  }
}

export function operand(text: string): AddressOperand {
  const range = parseCidr(text)
  if (range === undefined) throw new Error(text)
  return { text, range }
}
