/**
 * One sync of kube-proxy in iptables mode: which chains it writes, which it deletes.
 *
 * A full sync writes everything. A partial one leaves out the chains of Services in which nothing changed, but writes
 * KUBE-SERVICES, KUBE-NODEPORTS and the whole of table filter always. Left out: the jumps from built-in chains, which
 * `iptables-restore` is not asked to write, and the canary chains; when syncs happen.
 * Source: kubernetes pkg/proxy/iptables/proxier.go, `syncProxyRules`, version 1.34.
 */
import type { Chain, Table } from '../../netfilter/iptables/rule.js'
import type { NodeInfo, ProxyOptions, ServicePortInfo } from '../proxy-inputs.js'
import { endpointText } from '../proxy-inputs.js'
import { isServicePortChain, KUBE_FIREWALL, KUBE_PROXY_CANARY, serviceOfPort } from './chain-names.js'
import { filterTable, isLargeClusterOf, natTable, rulesOfServicePorts } from './iptables-rules.js'
import { isLoopbackServed } from './rule-parts.js'
import type { ServicePortRules } from './service-port-rules.js'

/** What kube-proxy works from at one sync. The settings are those of its whole life. */
export interface ProxyState {
  /** In the order in which their rules are to come: by namespace and name of the Service. */
  readonly servicePorts: readonly ServicePortInfo[]
  readonly node: NodeInfo
  readonly options: ProxyOptions
}

/** How a sync is done, as far as two states do not say it. */
export interface SyncOptions {
  /** Whether everything is written; not given: only at the first sync and when the node changed its zone. */
  readonly isFull?: boolean
  /**
   * `namespace/name` of Services that changed; not given: those of which a Service port or endpoint differs. kube-proxy
   * goes by objects: an EndpointSlice with a new annotation counts as well.
   */
  readonly changedServices?: ReadonlySet<string>
  /** Chains of Service ports in table nat; not given: those that the previous state needs. */
  readonly existingChains?: ReadonlySet<string>
  /** Whether a large cluster's unused chains are looked for this time: once per syncPeriod. True if not given. */
  readonly isDeletionDue?: boolean
}

/** What one sync does to the tables of a node. */
export interface IptablesSync {
  readonly isFull: boolean
  /** filter and nat with the chains that are flushed and written anew, each whole. */
  readonly written: readonly Table[]
  /** Chains of table nat that are flushed and deleted, by name. */
  readonly deletedChains: readonly string[]
  /** Chains of Service ports in table nat afterwards: `existingChains` of the next sync. */
  readonly remainingChains: ReadonlySet<string>
  /** Rules of table nat that are there afterwards less those before. */
  readonly natRuleCountChange: number
}

/**
 * Works out one sync.
 *
 * @param previous - the state of the last sync; undefined: there was none, and the tables are empty
 * @remarks O(Service ports + endpoints) of both states.
 */
export function iptablesSync(
  previous: ProxyState | undefined,
  next: ProxyState,
  sync: SyncOptions = {},
): IptablesSync {
  const before = previous === undefined ? [] : portRules(previous)
  const after = portRules(next)
  const isFull = sync.isFull ?? (previous === undefined || previous.node.zone !== next.node.zone)
  const changed = sync.changedServices ?? changedServices(previous?.servicePorts ?? [], next.servicePorts)
  const written = after.map((rules, index) =>
    isFull || changed.has(serviceOfPort(next.servicePorts[index].name)) ? rules : { ...rules, chains: [] },
  )
  const existing = sync.existingChains ?? chainNames(before)
  const active = chainNames(after)
  const deletedChains = isDeleting(next, sync)
    ? [...existing].filter((name) => isServicePortChain(name) && !active.has(name)).sort()
    : []
  const remaining = new Set([...existing, ...active])
  for (const name of deletedChains) remaining.delete(name)
  return {
    isFull,
    written: writtenTables(written, next),
    deletedChains,
    remainingChains: remaining,
    natRuleCountChange: natRuleCount(after, next) - (previous ? natRuleCount(before, previous) : 0),
  }
}

/**
 * The Services that differ between two states, added and removed ones included.
 *
 * @returns `namespace/name` of each
 */
export function changedServices(
  previous: readonly ServicePortInfo[],
  next: readonly ServicePortInfo[],
): ReadonlySet<string> {
  const before = servicesOf(previous)
  const after = servicesOf(next)
  return new Set([...before.keys(), ...after.keys()].filter((name) => before.get(name) !== after.get(name)))
}

/** Everything that kube-proxy compares, as text, by Service. */
function servicesOf(ports: readonly ServicePortInfo[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  for (const port of ports) {
    const service = serviceOfPort(port.name)
    texts.set(service, `${texts.get(service) ?? ''}${portText(port)}\n`)
  }
  return texts
}

function portText(port: ServicePortInfo): string {
  const { endpoints, loadBalancerSourceRanges, ...rest } = port
  return JSON.stringify([
    Object.entries(rest).sort(([left], [right]) => (left < right ? -1 : 1)),
    loadBalancerSourceRanges.map((range) => range.text),
    endpoints.map((each) => [
      endpointText(each),
      each.nodeName ?? null,
      each.ready,
      each.serving,
      each.terminating,
      each.hintedZones,
      each.hintedNodes,
    ]),
  ])
}

function portRules({ servicePorts, node, options }: ProxyState): ServicePortRules[] {
  return rulesOfServicePorts(servicePorts, options).map((rulesOf) => rulesOf(node))
}

function chainNames(ports: readonly ServicePortRules[]): ReadonlySet<string> {
  return new Set(ports.flatMap((port) => port.chains.map((chain) => chain.name)))
}

function isDeleting({ servicePorts, options }: ProxyState, { isDeletionDue = true }: SyncOptions): boolean {
  return isDeletionDue || !isLargeClusterOf(servicePorts, options)
}

function writtenTables(ports: readonly ServicePortRules[], { node, options }: ProxyState): Table[] {
  const tables = [filterTable(ports, options), natTable(ports, node, options)]
  return tables.map((table) => ({
    ...table,
    chains: table.chains.filter((chain) => isWritten(chain, options)),
  }))
}

function isWritten(chain: Chain, options: ProxyOptions): boolean {
  if (chain.policy !== undefined || chain.name === KUBE_PROXY_CANARY) return false
  return chain.name !== KUBE_FIREWALL || isLoopbackServed(options)
}

function natRuleCount(ports: readonly ServicePortRules[], { node, options }: ProxyState): number {
  const table = natTable(ports, node, options)
  return table.chains
    .filter((chain) => isWritten(chain, options))
    .reduce((sum, { rules }) => sum + rules.length, 0)
}
