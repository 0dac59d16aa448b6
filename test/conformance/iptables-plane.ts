/**
 * Walks flows through the rules that svcsim writes for kube-proxy in iptables mode.
 *
 * As the data have it, the path through the kernel is not modelled: the nat rules run first, then every filter chain.
 */
import { iptablesRules } from '../../src/kubernetes/iptables/iptables-rules.js'
import { iptablesSync, type ProxyState } from '../../src/kubernetes/iptables/iptables-sync.js'
import { endpointText } from '../../src/kubernetes/proxy-inputs.js'
import {
  type Interpretation,
  interpret,
  type ReadableNode,
  type ReadablePacket,
  type RuleMet,
} from '../../src/netfilter/iptables/interpret.js'
import { printRule } from '../../src/netfilter/iptables/iptables-save.js'
import { ReferenceLists } from '../../src/netfilter/iptables/reference-lists.js'
import type { HookName, Table } from '../../src/netfilter/iptables/rule.js'
import { applySync } from './apply-sync.js'
import {
  type FlowEnd,
  type FlowWalk,
  inInterfaceOf,
  type MetRule,
  type Plane,
  podInterfaceOf,
  protocolOf,
  type RawFlow,
  SOURCE_PORT,
} from './flow.js'
import { type NatWay, natWays } from './iptables-ways.js'
import { localRanges, type RawNode } from './raw-node.js'
import { canonicalAddress } from './raw-objects.js'

const FILTER_HOOKS = ['INPUT', 'FORWARD', 'OUTPUT'] as const satisfies readonly HookName[]

/** Tables of a state, reached in one full sync. */
export function iptablesTables({ servicePorts, node, options }: ProxyState): readonly Table[] {
  return iptablesRules(servicePorts, node, options)
}

/** Tables of a state, reached by a partial sync from the tables of another. */
export function iptablesTablesAfter(
  tables: readonly Table[],
  previous: ProxyState,
  next: ProxyState,
): readonly Table[] {
  return applySync(tables, iptablesSync(previous, next, { isFull: false }))
}

/** A node with these tables. */
export function iptablesPlane(tables: readonly Table[], node: RawNode, state: ProxyState): Plane {
  return {
    walk: (flow) => walkEveryWay(tables, node, state, flow),
    hasLocalnetGuard: tables.some((table) =>
      table.chains.some((chain) => chain.name === 'KUBE-FIREWALL' && chain.rules.length > 0),
    ),
  }
}

function walkEveryWay(tables: readonly Table[], node: RawNode, state: ProxyState, flow: RawFlow): FlowWalk {
  const nat = tables.find((table) => table.name === 'nat')
  if (nat === undefined) throw new Error('there is no table nat')
  const lists = new ReferenceLists()
  lists.retain(tables)
  const readable: Surroundings = { localAddresses: localRanges(node), lists }
  const hooks = FILTER_HOOKS.map((hook) => ({ hook, table: filterOfHook(tables, hook) }))
  const ways = natWays(nat, readable, firstPacket(node, state, flow)).map((way) =>
    throughFilter(way, hooks, readable, 1 << state.options.masqueradeBit),
  )
  return { end: endOf(ways), wayCount: ways.length, rulesMet: (way) => ways[way].met() }
}

type Surroundings = Omit<ReadableNode, 'tables' | 'draw31'>

interface Way {
  readonly end: FlowEnd['outcome']
  readonly endpoint: string | undefined
  readonly isMarked: boolean
  met(): readonly MetRule[]
}

interface HookTable {
  readonly hook: HookName
  readonly table: Table
}

/** Runs each filter hook, until a rule settles the packet. */
function throughFilter(way: NatWay, hooks: readonly HookTable[], readable: Surroundings, mark: number): Way {
  const translation = way.run
  // POSTROUTING took the mark off again, but the filter chains come before it.
  const isMarked = translation.isMasqueraded || (translation.packet.mark & mark) !== 0
  const packet = { ...translation.packet, mark: isMarked ? mark >>> 0 : 0 }
  const runs: (HookTable & { readonly run: Interpretation })[] = []
  let end: FlowEnd['outcome'] = 'none'
  for (const { hook, table } of hooks) {
    const run = interpret({ ...readable, tables: [table], draw31: () => 0 }, 'receive', packet, 0)
    runs.push({ hook, table, run })
    end = outcomeOf(run)
    if (end !== 'none') break
  }
  const isTranslated = translation.isDestinationTranslated
  const { destination: address, destinationPort: port } = packet
  return {
    end: isTranslated && (end === 'none' || end === 'accept') ? 'dnat' : end,
    endpoint: isTranslated ? endpointText({ address, port }) : undefined,
    isMarked,
    met: () => [
      ...way.rulesMet().map((each) => metRule(each, each.chain)),
      ...runs.flatMap(({ hook, run }) =>
        run.rulesMet.map((each) => metRule(each, isHookChain(each.chain) ? hook : each.chain)),
      ),
    ],
  }
}

function firstPacket(node: RawNode, state: ProxyState, flow: RawFlow): ReadablePacket {
  return {
    protocol: protocolOf(flow),
    source: canonicalAddress(flow.from),
    sourcePort: SOURCE_PORT,
    destination: canonicalAddress(flow.to),
    destinationPort: flow.port,
    mark: 0,
    states: ['NEW'],
    inInterface: inInterfaceOf(flow, node, podInterfaceOf(state.options)),
  }
}

/** Table filter with the chain of one hook at every hook that a packet may come by. */
function filterOfHook(tables: readonly Table[], hook: HookName): Table {
  const chains = tables.find((table) => table.name === 'filter')?.chains ?? []
  const rules = chains.find((chain) => chain.name === hook)?.rules ?? []
  return {
    name: 'filter',
    chains: chains.map((chain) => (isHookChain(chain.name) ? { ...chain, rules } : chain)),
  }
}

function isHookChain(name: string): boolean {
  return name === 'INPUT' || name === 'FORWARD'
}

function outcomeOf({ verdict, rulesMet }: Interpretation): FlowEnd['outcome'] {
  if (verdict === 'rejected') return 'reject'
  if (verdict === 'dropped') return 'drop'
  return rulesMet.some((met) => met.isMatched && met.rule.target.kind === 'ACCEPT') ? 'accept' : 'none'
}

function endOf(ways: readonly Way[]): FlowEnd {
  const { end } = ways[0]
  if (ways.some((each) => each.end !== end)) throw new Error('chance decides between different outcomes')
  if (end !== 'dnat') return { outcome: end, endpoints: [], masquerade: false }
  return {
    outcome: end,
    endpoints: ways.flatMap((each) => each.endpoint ?? []),
    masquerade: ways.some((each) => each.endpoint !== undefined && each.isMarked),
  }
}

function metRule({ table, rule, isMatched }: RuleMet, chain: string): MetRule {
  return { chain: `${table} ${chain}`, text: printRule(chain, rule, 'written'), isMatched }
}
