/** The smallest Service ports, endpoints and nodes for tests of nftables mode. */
import { nftablesRuleset } from '../../../src/kubernetes/nftables/nftables-ruleset.js'
import {
  defaultProxyOptions,
  type NodeInfo,
  type ProxyEndpoint,
  type ProxyOptions,
  type ServicePortInfo,
} from '../../../src/kubernetes/proxy-inputs.js'
import { printRule, tableLines } from '../../../src/netfilter/nftables/print-ruleset.js'
import type { NftTable } from '../../../src/netfilter/nftables/ruleset.js'
import { range } from '../conformance.js'

export const NODE: NodeInfo = {
  name: 'a',
  zone: 'z',
  address: '192.168.0.2',
  localAddresses: ['192.168.0.2', '10.244.0.1'],
  podCidr: '10.244.0.0/24',
}

export function endpoint(host: number, changes: Partial<ProxyEndpoint> = {}): ProxyEndpoint {
  return {
    address: `10.244.0.${host}`,
    port: 8080,
    nodeName: 'a',
    ready: true,
    serving: true,
    terminating: false,
    hintedZones: [],
    hintedNodes: [],
    ...changes,
  }
}

export function web(changes: Partial<ServicePortInfo> = {}): ServicePortInfo {
  return {
    name: 'shop/web:http',
    protocol: 'TCP',
    clusterIp: '10.96.0.10',
    port: 80,
    nodePort: undefined,
    externalIps: [],
    loadBalancerVips: [],
    loadBalancerSourceRanges: [],
    isInternalPolicyLocal: false,
    isExternalPolicyLocal: false,
    affinityTimeoutSeconds: undefined,
    healthCheckNodePort: undefined,
    endpoints: [endpoint(2), endpoint(3)],
    ...changes,
  }
}

export function optionsWith(changes: Partial<ProxyOptions> = {}): ProxyOptions {
  return { ...defaultProxyOptions(range('10.244.0.0/16')), ...changes }
}

export function generate(
  ports: ServicePortInfo | readonly ServicePortInfo[],
  options: Partial<ProxyOptions> = {},
  node: NodeInfo = NODE,
): NftTable {
  const list = Array.isArray(ports) ? (ports as readonly ServicePortInfo[]) : [ports as ServicePortInfo]
  return nftablesRuleset(list, node, optionsWith(options))
}

/** Rules of one chain; undefined if there is none. */
export function rulesOf(table: NftTable, name: string): string[] | undefined {
  return table.chains.find((chain) => chain.name === name)?.rules.map((rule) => printRule(rule, table))
}

/** Names of the chains that belong to Services, without hashes. */
export function serviceChains(table: NftTable): string[] {
  return table.chains
    .map(({ name }) => name)
    .filter((name) => name.includes('/'))
    .map(withoutHash)
}

/** Elements of a set or map, without the hashes of chains. */
export function elementsOf(table: NftTable, name: string): string[] {
  const start = `add element ${table.family === 4 ? 'ip' : 'ip6'} kube-proxy ${name} { `
  return tableLines(table)
    .filter((line) => line.startsWith(start))
    .map((line) => withoutHash(line.slice(start.length, -2)))
}

export function withoutHash(text: string): string {
  return text.replace(/\b(service|local|external|firewall|endpoint|affinity)-[A-Z2-7]{8}-/g, '$1-')
}
