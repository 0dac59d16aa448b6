/** Loads svcsim's rules into a node's kernel with the real tools, and reads what the kernel says of them. */
import { printTables } from '../../src/netfilter/iptables/iptables-save.js'
import type { Table } from '../../src/netfilter/iptables/rule.js'
import { runInside } from './tools.js'

/** The two programs called iptables: with tables of their own in the kernel, or on those of nftables. */
export type IptablesVariant = 'iptables-legacy' | 'iptables-nft'

/** `TABLE CHAIN NUMBER`, numbers from 1, to packets. */
export type RuleCounts = ReadonlyMap<string, number>

/** Puts tables in the place of those that are there, with all counters at 0. */
export function loadTables(variant: IptablesVariant, netns: string, tables: readonly Table[]): void {
  runInside(netns, `${variant}-restore`, [], printTables(tables))
}

/** What `iptables-save` says of the tables nat and filter. */
export function dumpTables(variant: IptablesVariant, netns: string): string {
  return ['filter', 'nat'].map((table) => runInside(netns, `${variant}-save`, ['-c', '-t', table])).join('')
}

/** How many packets each rule of a dump has matched. */
export function ruleCounts(dump: string): RuleCounts {
  const counts = new Map<string, number>()
  const numbers = new Map<string, number>()
  let table = ''
  for (const line of dump.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1)
    const [, packets, chain] = /^\[(\d+):\d+\] -A (\S+)/.exec(line) ?? []
    if (packets === undefined) continue
    const place = `${table} ${chain}`
    const number = (numbers.get(place) ?? 0) + 1
    numbers.set(place, number)
    counts.set(`${place} ${number}`, Number(packets))
  }
  return counts
}
