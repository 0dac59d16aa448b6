/**
 * The tables of a node after a sync: what `iptables-restore --noflush` makes of them.
 */
import type { IptablesSync } from '../../src/kubernetes/iptables/iptables-sync.js'
import type { Table } from '../../src/netfilter/iptables/rule.js'

/** Writes the chains of a sync into the tables, and deletes those that it deletes. */
export function applySync(tables: readonly Table[], sync: IptablesSync): readonly Table[] {
  const deleted = new Set(sync.deletedChains)
  return tables.map((table) => {
    const chains = new Map(table.chains.map((chain) => [chain.name, chain]))
    for (const written of sync.written.filter((each) => each.name === table.name)) {
      for (const chain of written.chains) chains.set(chain.name, chain)
    }
    const isKept = (name: string) => table.name !== 'nat' || !deleted.has(name)
    return { ...table, chains: [...chains.values()].filter((chain) => isKept(chain.name)) }
  })
}
