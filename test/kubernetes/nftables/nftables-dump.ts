/**
 * Dumps of a table as kube-proxy's own tests compare them: only rules of one chain have an order.
 * Source: kubernetes pkg/proxy/nftables/helpers_test.go, `sortNFTablesTransaction`.
 */
import { isServiceChain } from '../../../src/kubernetes/nftables/object-names.js'
import { tableLines } from '../../../src/netfilter/nftables/print-ruleset.js'
import type { NftTable } from '../../../src/netfilter/nftables/ruleset.js'

/**
 * What is in the kernel after a sync.
 *
 * @param previous - the table before: chains of Services that are no longer used are empty until the next sync
 */
export function dumpOf(table: NftTable, previous?: NftTable): string[] {
  const used = new Set(table.chains.map((chain) => chain.name))
  const stale = (previous?.chains ?? []).filter(({ name }) => isServiceChain(name) && !used.has(name))
  return tableLines({ ...table, chains: [...table.chains, ...stale.map((each) => ({ ...each, rules: [] }))] })
}

/** Lines without comments, in a canonical order: by kind and name, rules of one chain as they come. */
export function canonicalDump(lines: readonly string[]): string[] {
  const ranked = lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line, position) => ({ line, key: keyOf(line), position }))
  ranked.sort((one, other) => compare(one.key, other.key) || one.position - other.position)
  return ranked.map(({ line }) => line)
}

/** `add rule ip kube-proxy CHAIN …` sorts by kind and chain, anything else by its whole text. */
function keyOf(line: string): string {
  const words = line.split(' ')
  return words[1] === 'rule' ? words.slice(0, 5).join(' ') : line
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
