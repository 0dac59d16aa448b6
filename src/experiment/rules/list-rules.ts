/** The rules of one node as texts that the programs of that node load: `svcsim rules`. */

import { MODEL_VERSION, VERSION } from '../../base/version.js'
import { nodeInfoOf, proxyOptionsOfScenario, servicePortsOf } from '../../kubernetes/cluster-proxy.js'
import { type NodeRules, rulesOfNodes } from '../../kubernetes/node-rules.js'
import type { ServicePortInfo } from '../../kubernetes/proxy-inputs.js'
import { printTables } from '../../netfilter/iptables/iptables-save.js'
import type { Table } from '../../netfilter/iptables/rule.js'
import { printIpSets } from '../../netfilter/ipvs/ipset-save.js'
import { printVirtualServers } from '../../netfilter/ipvs/ipvsadm-save.js'
import { printSetTables } from '../../netfilter/ipvs/print-set-tables.js'
import { printTable } from '../../netfilter/nftables/print-ruleset.js'
import { type NodeRulesListing, RULES_SCHEMA_VERSION } from '../../results/rules-schema.js'
import { drawFrom } from '../draws.js'
import type { LoadedCluster } from '../load-cluster.js'
import { nearest, nodeNamed, optionError } from '../trace/named-things.js'
import { drawnFacts } from './open-facts.js'

/** What is asked. */
export interface RulesQuestion {
  readonly node: string
  /** A Service by name, or NAMESPACE/NAME: its rules alone, with those that every node has. Undefined: all. */
  readonly service?: string | undefined
  /** A table of iptables by name. Undefined: all. */
  readonly table?: 'nat' | 'filter' | undefined
  /** Repeats the listing. */
  readonly command: string
}

/**
 * Lists the rules of a node.
 *
 * @throws InputError NODE_UNKNOWN, SVC_UNKNOWN, USAGE
 */
export function listRules(loaded: LoadedCluster, question: RulesQuestion): NodeRulesListing {
  const { cluster, scenario, scenarioName } = loaded
  const node = nodeNamed(question.node, cluster, { option: '--node', text: question.node })
  const rules =
    question.service === undefined
      ? cluster.nodeRules[node.index]
      : rulesOfService(question.service, loaded, node.index)
  if (question.table !== undefined && rules.kind === 'nftables') {
    const option = { option: '--table', text: question.table }
    throw optionError(
      'USAGE',
      option,
      'In mode nftables kube-proxy has one table, and no others to choose from',
    )
  }
  return {
    schemaVersion: RULES_SCHEMA_VERSION,
    tool: { name: 'svcsim', version: VERSION, modelVersion: MODEL_VERSION },
    command: question.command,
    scenario: scenarioName ?? null,
    seed: scenario.spec.seed,
    mode: rules.kind,
    node: node.name,
    notes: notesOf(rules, loaded),
    parts: partsOf(rules, cluster.ipFamily === 6, question.table),
  }
}

/** As if the cluster had no other Service, but with comments as they are. */
function rulesOfService(wanted: string, { cluster, scenario }: LoadedCluster, nodeIndex: number): NodeRules {
  const titles = cluster.services.map(({ namespace, name }) => `${namespace}/${name}`)
  const position = titles.findIndex((title) => title === wanted || title === `default/${wanted}`)
  if (position < 0) {
    const option = { option: '--service', text: wanted }
    const names = titles.map((title) => title.replace(/^default\//, ''))
    throw optionError(
      'SVC_UNKNOWN',
      option,
      `There is no Service "${wanted}"`,
      nearest(wanted, names, 'Service'),
    )
  }
  const options = proxyOptionsOfScenario(scenario, drawFrom(scenario.spec.seed))
  const all = cluster.services.flatMap((service) => servicePortsOf(service, cluster))
  const isLarge = endpointCount(all) > options.largeClusterEndpointCount
  const [rules] = rulesOfNodes(
    scenario.spec.proxy.mode,
    servicePortsOf(cluster.services[position], cluster),
    [nodeInfoOf(cluster.nodes[nodeIndex])],
    { ...options, largeClusterEndpointCount: isLarge ? -1 : Number.POSITIVE_INFINITY },
  )
  return rules
}

function endpointCount(ports: readonly ServicePortInfo[]): number {
  return ports.reduce((sum, { endpoints }) => sum + endpoints.length, 0)
}

function partsOf(
  rules: NodeRules,
  isIpv6: boolean,
  wanted: RulesQuestion['table'],
): NodeRulesListing['parts'] {
  const restore = isIpv6 ? 'ip6tables-restore' : 'iptables-restore'
  const isWanted = ({ name }: { readonly name: string }) => wanted === undefined || name === wanted
  switch (rules.kind) {
    case 'iptables':
      return [{ program: restore, text: printTables(rules.tables.filter(isWanted).map(withoutCounters)) }]
    case 'nftables':
      return [{ program: 'nft', text: printTable(rules.table) }]
    case 'ipvs': {
      const { virtualServers, boundAddresses, ipSets, tables } = rules.tables
      const addresses = boundAddresses.map((address) => `address add ${address} dev kube-ipvs0\n`)
      const tablesPart = { program: restore, text: printSetTables(tables.filter(isWanted)) } as const
      if (wanted !== undefined) return [tablesPart]
      return [
        { program: 'ipvsadm', text: printVirtualServers(virtualServers) },
        { program: 'ip', text: addresses.join('') },
        { program: 'ipset', text: printIpSets(ipSets) },
        tablesPart,
      ]
    }
  }
}

/** The tests of counters, which are always true, and of which the kernel loads none before the counter was made. */
function withoutCounters(table: Table): Table {
  const chains = table.chains.map((chain) => ({
    ...chain,
    rules: chain.rules.map((rule) => ({
      ...rule,
      matches: rule.matches.filter(({ kind }) => kind !== 'nfacct'),
    })),
  }))
  return { ...table, chains }
}

function notesOf(rules: NodeRules, loaded: LoadedCluster): string[] {
  const counters =
    rules.kind === 'iptables'
      ? [
          'left out: `-m nfacct --nfacct-name NAME`, always true: a rule with it loads only after `nfacct add`',
        ]
      : []
  return [...counters, ...drawnFacts(loaded)]
}
