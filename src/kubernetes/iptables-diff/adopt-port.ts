/**
 * Takes what the manifests of a Service port leave open from the rules of the node, so that only what they do say is
 * compared.
 *
 * Endpoints are matched by port: the endpoints that manifests count, with addresses of svcsim's, get the addresses that the node
 * has rules for. Where there are fewer on the node, the others keep an address that nobody has, and are missing.
 */
import { parseIpAddress } from '../../base/ip-address.js'
import type { Match, Rule } from '../../netfilter/iptables/rule.js'
import * as names from '../iptables/chain-names.js'
import { endpointText, type NodeInfo, type ProxyEndpoint, type ServicePortInfo } from '../proxy-inputs.js'
import type { ExpectedPort } from './expected-port.js'
import { commentOf } from './rule-owner.js'
import { jumpOf, type PortRules } from './rules-view.js'

/** The Service port with facts of the node, and which those are. */
export interface AdoptedPort {
  readonly info: ServicePortInfo
  /** `cluster IP 10.96.3.4`: for people. */
  readonly adopted: readonly string[]
  /** Endpoints that the node has none for, with addresses that svcsim has made up. */
  readonly invented: ReadonlySet<string>
}

/** An endpoint that the node has rules for. */
interface FoundEndpoint {
  readonly address: string
  readonly port: number
  /** It stands in a chain of local endpoints. */
  readonly isLocal: boolean
}

/**
 * @param rules - of the same Service port on the node; undefined: it has none
 * @param node - the one that the rules are of
 */
export function adoptPort(
  { info, open }: ExpectedPort,
  rules: PortRules | undefined,
  node: NodeInfo,
): AdoptedPort {
  if (rules === undefined) return { info, adopted: [], invented: open.addresses }
  const adopted: string[] = []
  const take = <T>(isOpen: boolean, own: T, found: T | undefined, label: string): T => {
    if (!isOpen || found === undefined) return own
    adopted.push(`${label} ${String(found)}`)
    return found
  }
  const clusterIp = take(open.hasClusterIp, info.clusterIp, clusterIpOf(rules, info), 'cluster IP')
  const nodePort = take(
    open.hasNodePort && info.nodePort !== undefined,
    info.nodePort,
    nodePortOf(rules),
    'node port',
  )
  const healthCheckNodePort = take(
    open.hasHealthCheckNodePort && info.healthCheckNodePort !== undefined,
    info.healthCheckNodePort,
    portOf(entriesOf(rules, 'filter', names.KUBE_NODEPORTS)[0]),
    'health check node port',
  )
  const vips = open.hasLoadBalancerVips ? vipsOf(rules, info) : info.loadBalancerVips
  if (open.hasLoadBalancerVips && vips.length > 0) adopted.push(`load-balancer address ${vips.join(', ')}`)
  const { endpoints, adoptedCount, invented } = adoptEndpoints({ info, open }, rules, node)
  if (adoptedCount > 0) adopted.push(`addresses of ${adoptedCount} ${adoptedCount === 1 ? 'pod' : 'pods'}`)
  return {
    info: { ...info, clusterIp, nodePort, healthCheckNodePort, loadBalancerVips: vips, endpoints },
    adopted,
    invented,
  }
}

function entriesOf(rules: PortRules, table: string, chain: string): readonly Rule[] {
  return rules.entries.find((group) => group.table === table && group.chain === chain)?.rules ?? []
}

function clusterIpOf(rules: PortRules, { name }: ServicePortInfo): string | undefined {
  const entry = entriesOf(rules, 'nat', names.KUBE_SERVICES).find(
    (rule) => commentOf(rule) === `${name} cluster IP`,
  )
  return destinationOf(entry ?? entriesOf(rules, 'filter', names.KUBE_SERVICES)[0])
}

function nodePortOf(rules: PortRules): number | undefined {
  const [entry] = entriesOf(rules, 'nat', names.KUBE_NODEPORTS)
  const refused = entriesOf(rules, 'filter', names.KUBE_EXTERNAL_SERVICES).find(
    (rule) => destinationOf(rule) === undefined,
  )
  return portOf(entry ?? refused)
}

/** In the order of their rules; of a Service without endpoints those that it refuses, but for its external IPs. */
function vipsOf(rules: PortRules, { name, externalIps }: ServicePortInfo): readonly string[] {
  const served = entriesOf(rules, 'nat', names.KUBE_SERVICES).filter(
    (rule) => commentOf(rule) === `${name} loadbalancer IP`,
  )
  const refused = entriesOf(rules, 'filter', names.KUBE_EXTERNAL_SERVICES)
  const addresses = [...served, ...refused].flatMap((rule) => destinationOf(rule) ?? [])
  return [...new Set(addresses)].filter((address) => !externalIps.includes(address))
}

function destinationOf(rule: Rule | undefined): string | undefined {
  const match = rule?.matches.find((each) => each.kind === 'destination')
  if (match?.kind !== 'destination' || match.isInverted) return undefined
  const [address] = match.cidr.text.split('/')
  return parseIpAddress(address)?.text
}

function portOf(rule: Rule | undefined): number | undefined {
  const match = rule?.matches.find(
    (each): each is Extract<Match, { kind: 'destinationPort' }> => each.kind === 'destinationPort',
  )
  return match?.first
}

interface AdoptedEndpoints {
  readonly endpoints: readonly ProxyEndpoint[]
  readonly adoptedCount: number
  /** Those that the node has none for, with addresses that svcsim has made up. */
  readonly invented: ReadonlySet<string>
}

function adoptEndpoints({ info, open }: ExpectedPort, rules: PortRules, node: NodeInfo): AdoptedEndpoints {
  const isOpen = (endpoint: ProxyEndpoint) => open.addresses.has(endpointText(endpoint))
  const isNodeOpen = (endpoint: ProxyEndpoint) => open.nodes.has(endpointText(endpoint))
  const given = new Set(info.endpoints.filter((endpoint) => !isOpen(endpoint)).map(endpointText))
  const served = endpointsOf(rules)
  const found = inOrderOfChoice(served.filter((each) => !given.has(endpointText(each))))
  const total = found.length
  const spare = spareAddresses(info.endpoints.filter(isOpen), served)
  const invented = new Set<string>()
  const adopt = (endpoint: ProxyEndpoint): ProxyEndpoint => {
    if (!isOpen(endpoint)) return endpoint
    const isHere = endpoint.nodeName === node.name
    const match = isUsable(endpoint)
      ? takeMatch(found, endpoint.port, isNodeOpen(endpoint) ? undefined : isHere)
      : undefined
    const adopted = { ...endpoint, address: match?.address ?? takeSpare(spare, endpoint) }
    if (match === undefined) invented.add(endpointText(adopted))
    const isPlaced = isNodeOpen(endpoint) && isUsable(endpoint)
    return isPlaced ? placed(adopted, match !== undefined, node, match?.isLocal) : adopted
  }
  // Those whose place is known choose first, and of them those that hints leave to this node.
  const byHints = (one: ProxyEndpoint, other: ProxyEndpoint) => distance(one, node) - distance(other, node)
  const endpoints = [
    ...info.endpoints
      .filter((endpoint) => !isNodeOpen(endpoint))
      .sort(byHints)
      .map(adopt),
    ...info.endpoints.filter(isNodeOpen).map(adopt),
  ]
  endpoints.sort((one, other) => (endpointText(one) < endpointText(other) ? -1 : 1))
  return { endpoints, adoptedCount: total - found.length, invented }
}

/** Addresses of svcsim's that no endpoint on the node has: for endpoints that the node has no rules for. */
function spareAddresses(open: readonly ProxyEndpoint[], served: readonly FoundEndpoint[]): Set<string> {
  const spare = new Set(open.map(({ address }) => address))
  for (const { address } of served) spare.delete(address)
  return spare
}

/** Its own where no endpoint of the node has it. */
function takeSpare(spare: Set<string>, { address }: ProxyEndpoint): string {
  const [first = address] = spare
  const taken = spare.has(address) ? address : first
  spare.delete(taken)
  return taken
}

/** Those of this node first: that they are here is certain. */
function inOrderOfChoice(found: readonly FoundEndpoint[]): FoundEndpoint[] {
  const rank = (endpoint: FoundEndpoint) => `${endpoint.isLocal ? 0 : 1} ${endpointText(endpoint)}`
  return [...found].sort((one, other) => (rank(one) < rank(other) ? -1 : 1))
}

/** Takes an endpoint of the port from those found; `isLocal` undefined: on any node. */
function takeMatch(
  found: FoundEndpoint[],
  port: number,
  isLocal: boolean | undefined,
): FoundEndpoint | undefined {
  const isExact = (each: FoundEndpoint) => each.port === port && (isLocal ?? each.isLocal) === each.isLocal
  const exact = found.findIndex(isExact)
  // Without a chain of local endpoints nothing tells where one is.
  const position = exact >= 0 ? exact : found.findIndex((each) => each.port === port && !each.isLocal)
  return position < 0 ? undefined : found.splice(position, 1)[0]
}

/** How far from the node hints put an endpoint: a node uses the nearest only. */
function distance({ hintedNodes, hintedZones }: ProxyEndpoint, { name, zone }: NodeInfo): number {
  if (hintedNodes.includes(name)) return 0
  return hintedZones.length === 0 || hintedZones.includes(zone) ? 1 : 2
}

/** An endpoint whose node nobody has given, where the rules of this node put it: hints follow. */
function placed(
  endpoint: ProxyEndpoint,
  isUsed: boolean,
  { name, zone }: NodeInfo,
  isLocal = false,
): ProxyEndpoint {
  const isElsewhere = endpoint.nodeName === name && !isLocal
  const nodeName = isLocal ? name : isElsewhere ? undefined : endpoint.nodeName
  const hasHints = endpoint.hintedZones.length + endpoint.hintedNodes.length > 0
  if (!hasHints) return { ...endpoint, nodeName }
  return { ...endpoint, nodeName, hintedNodes: [], hintedZones: [isUsed ? zone : ELSEWHERE] }
}

/** A zone that no node is in: labels are not empty and have no blanks. */
const ELSEWHERE = 'another zone'

function isUsable({ ready, serving, terminating }: ProxyEndpoint): boolean {
  return ready || (serving && terminating)
}

/** Every endpoint that chains of the Service port lead to. */
function endpointsOf({ chains }: PortRules): FoundEndpoint[] {
  const local = new Set(
    chains
      .filter(({ chain }) => chain.startsWith('KUBE-SVL-'))
      .flatMap(({ rules }) => rules.flatMap((rule) => jumpOf(rule) ?? [])),
  )
  return chains.flatMap(({ chain, rules }) =>
    rules.flatMap(({ target }) =>
      target.kind === 'DNAT' && target.port !== undefined
        ? [{ address: target.address, port: target.port, isLocal: local.has(chain) }]
        : [],
    ),
  )
}
