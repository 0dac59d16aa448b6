/**
 * A sync as the text that kube-proxy hands to `iptables-restore --noflush --counters`.
 *
 * Rules come grouped by chain; kube-proxy writes them Service by Service, which loads to the same tables. Marks are written
 * as kube-proxy's tests do (`0x4000`; in production `0x004000`).
 * Source: kubernetes pkg/proxy/iptables/proxier.go, `syncProxyRules`; pkg/util/iptables/save_restore.go.
 */
import { printRule } from '../../netfilter/iptables/iptables-save.js'
import type { Table } from '../../netfilter/iptables/rule.js'
import { type IptablesSync, iptablesSync, type ProxyState, type SyncOptions } from './iptables-sync.js'

/**
 * The input of `iptables-restore` for one sync: table filter, then nat; in each, a line for every chain that is flushed,
 * the rules, and `-X` for chains that go.
 *
 * @param previous - the state of the last sync; undefined: there was none, and the tables are empty
 * @returns lines ended by `\n`
 */
export function iptablesRestoreInput(
  previous: ProxyState | undefined,
  next: ProxyState,
  options: SyncOptions = {},
): string {
  return printSync(iptablesSync(previous, next, options))
}

/** See `iptablesRestoreInput`. */
export function printSync({ written, deletedChains }: IptablesSync): string {
  const lines = written.flatMap((table) => tableLines(table, table.name === 'nat' ? deletedChains : []))
  return `${lines.join('\n')}\n`
}

function tableLines({ name, chains }: Table, deletedChains: readonly string[]): string[] {
  return [
    `*${name}`,
    ...[...chains.map((chain) => chain.name), ...deletedChains].map((chain) => `:${chain} - [0:0]`),
    ...chains.flatMap((chain) => chain.rules.map((rule) => printRule(chain.name, rule, 'written'))),
    ...deletedChains.map((chain) => `-X ${chain}`),
    'COMMIT',
  ]
}
