/** How the first packet of a client comes to its first node: from where it is sent, over which links, by which balancer. */
import { hashText } from '../../base/hash-text.js'
import { Streams } from '../../engine/streams.js'
import type { Scenario } from '../../input/scenario-schema.js'
import type { ClusterNode, ClusterService } from '../../kubernetes/cluster.js'
import { settingOf } from '../../kubernetes/pod-groups.js'
import { LINK_KINDS, type LinkKind } from '../../model/links.js'
import type { BalancerChoice, LoadBalancer } from '../../model/load-balancer.js'
import type { BalancerTarget } from '../../model/load-balancers/balancer-targets.js'
import { makeLoadBalancer, sharedByBalancers } from '../../model/load-balancers/make-load-balancer.js'
import type { BalancerSettings } from '../../model/load-balancers/preset.js'
import { AddressBook } from '../../netfilter/address-book.js'
import type { FlowDestination, SentTo } from './flow-destination.js'
import type { FlowQuestion } from './flow-question.js'
import type { FlowSource } from './flow-source.js'
import { nodeNamed, type OptionText, optionError } from './named-things.js'
import type { AddressMap } from './whereabouts.js'

/** The way of a packet up to its first node. */
export interface WayIn {
  /** What the client sends to. */
  readonly sentTo: SentTo
  /** Undefined: a load balancer that has no target. */
  readonly node: ClusterNode | undefined
  readonly balancer: PassedBalancer | undefined
  readonly notes: readonly string[]
}

/** A load balancer that stands before the node. */
export interface PassedBalancer {
  /** What it says of itself. */
  readonly text: string
  /** Where it sends the packet; undefined: it has no target. */
  readonly target: SentTo | undefined
  /** What the packet has for its source from then on; undefined: the client's. */
  readonly source: SentTo | undefined
  /** The link to the node; undefined: there is none. */
  readonly link: LinkKind | undefined
}

/** Port of a client's first connection, as in a run. */
const FIRST_CLIENT_PORT = 32_768

/** What decides about the way in. */
export interface WayInContext {
  readonly map: AddressMap
  readonly scenario: Scenario
  readonly source: FlowSource
  readonly destination: FlowDestination
  readonly question: FlowQuestion
}

/**
 * The ways in: one, or one for each address that the client may take.
 *
 * @throws InputError NODE_UNKNOWN, FLOW_IMPOSSIBLE, USAGE
 */
export function waysIn(context: WayInContext): readonly WayIn[] {
  const { source, destination, question } = context
  const { node } = source
  if (node !== undefined) {
    if (question.via !== undefined) throw viaFromInside(question.via)
    return destination.addresses.map((sentTo) => ({ sentTo, node, balancer: undefined, notes: [] }))
  }
  if (destination.entry === 'loadBalancer') return [byLoadBalancer(context)]
  if (destination.entry === 'nodePort') return [byNodePort(context)]
  return destination.addresses.map((sentTo) => byAddress(sentTo, context))
}

function viaFromInside(text: string) {
  const message =
    '--via is for clients outside: what a pod or a process sends meets the rules of its own node first'
  return optionError('USAGE', { option: '--via', text }, message)
}

function byNodePort(context: WayInContext): WayIn {
  const node = viaNode(context) ?? firstNode(context)
  const sentTo = { address: node.address, port: context.destination.port?.nodePort ?? 0 }
  return { sentTo, node, balancer: undefined, notes: chosenNote(context, node) }
}

/** A packet to an address comes to the machine that has it; Service addresses are taken to be routed to a node. */
function byAddress(sentTo: SentTo, context: WayInContext): WayIn {
  const { map, question, destination } = context
  const via = viaNode(context)
  const place = map.locate(sentTo.address, sentTo.port)
  if (place.kind === 'node') {
    if (via !== undefined && via !== place.node) {
      const message = `A packet to ${sentTo.address} comes in by ${place.node.name}, which has that address`
      throw optionError('FLOW_IMPOSSIBLE', viaOption(question), message, 'leave --via out')
    }
    return { sentTo, node: place.node, balancer: undefined, notes: [] }
  }
  const owner = place.kind === 'pod' || place.kind === 'podRange' ? place.node : undefined
  if (owner === undefined && destination.service === undefined && via === undefined) {
    const message = `Nobody in the cluster has the address ${sentTo.address}, so that no node gets a packet for it`
    const hint = '--via node/NAME says which node it is routed to'
    throw optionError('FLOW_IMPOSSIBLE', { option: '--to', text: question.to }, message, hint)
  }
  const node = via ?? owner ?? firstNode(context)
  const notes = owner === undefined ? [routedNote(context, node)] : chosenNote(context, node)
  return { sentTo, node, balancer: undefined, notes }
}

function viaNode({ map, question }: WayInContext): ClusterNode | undefined {
  if (question.via === undefined) return undefined
  return nodeNamed(question.via.replace(/^nodes?\//, ''), map.cluster, viaOption(question))
}

function viaOption({ via = '' }: FlowQuestion): OptionText {
  return { option: '--via', text: via }
}

function firstNode({ map }: WayInContext): ClusterNode {
  const { nodes } = map.cluster
  return nodes.find((node) => node.isReady) ?? nodes[0]
}

function routedNote({ question, destination }: WayInContext, node: ClusterNode): string {
  const other = question.via === undefined ? '; --via node/NAME takes another' : ''
  return `the ${destination.what} is taken to be routed to ${node.name}${other}`
}

function chosenNote({ question, map }: WayInContext, node: ClusterNode): string[] {
  if (question.via !== undefined || map.cluster.nodes.length < 2) return []
  return [`it comes in by ${node.name}, the first node; --via node/NAME takes another`]
}

/** The balancer chooses as for the n-th connection of a run that sees no other. */
function byLoadBalancer(context: WayInContext): WayIn {
  const { map, scenario, source, destination, question } = context
  const { service, port } = destination
  if (service === undefined || port === undefined) return byNodePort(context)
  const settings = settingOf(scenario.spec.loadBalancers, service.name)
  const book = new AddressBook()
  const streams = new Streams(scenario.spec.seed, 0)
  const { cluster } = map
  const shared = sharedByBalancers(streams)
  const balancer = makeLoadBalancer({ cluster, service, port, settings, book, streams, shared })
  const targets = balancer.inUse.map((target) => balancer.targets[target])
  const sentTo = { address: addressOfBalancer(service), port: port.port }
  const via = viaNode(context)
  const sourceHash = hashText(source.address ?? '')
  let choice = -1
  for (let number = 0; number < (question.draw ?? 1); number++) {
    choice = balancer.open({ client: 0, sourceHash, sourcePort: FIRST_CLIENT_PORT + number })
  }
  const text = balancerText(balancer.settings, targets.length, via)
  if (via !== undefined) choice = balancer.targets.indexOf(targetOn(via, targets, question))
  const chosen = balancer.targetOf(choice)
  if (chosen === undefined) {
    const nowhere = { text, target: undefined, source: undefined, link: undefined }
    return { sentTo, node: undefined, balancer: nowhere, notes: [] }
  }
  const node = cluster.nodes[chosen.nodeIndex]
  const target = { address: book.textOf(chosen.address), port: chosen.port }
  const notes = balancerNotes(balancer, via === undefined && targets.length > 1 ? node : undefined)
  return { sentTo, node, balancer: { text, target, ...onwards(balancer, choice, book) }, notes }
}

/** How a packet goes on from its load balancer. */
function onwards(
  balancer: LoadBalancer,
  choice: BalancerChoice,
  book: AddressBook,
): Pick<PassedBalancer, 'source' | 'link'> {
  const step = balancer.linkOf(choice)
  const link = step === undefined ? undefined : LINK_KINDS[step]
  if (balancer.settings.preservesSource && !balancer.isProxy) return { source: undefined, link }
  const { address, port } = balancer.sourceOf(choice)
  return { source: { address: book.textOf(address), port }, link }
}

/** @param node - the one taken out of several */
function balancerNotes({ isProxy }: LoadBalancer, node: ClusterNode | undefined): string[] {
  const taken =
    node === undefined
      ? []
      : [
          `the load balancer takes ${node.name}, as for the first connection of a run; --via node/NAME takes another`,
        ]
  const ends = "connections of clients end at the load balancer: what it sends on is the load balancer's own"
  return isProxy ? [...taken, ends] : taken
}

function targetOn(
  via: ClusterNode,
  targets: readonly BalancerTarget[],
  question: FlowQuestion,
): BalancerTarget {
  const target = targets.find((each) => each.nodeIndex === via.index)
  if (target !== undefined) return target
  const message = `The load balancer has no target on ${via.name}`
  const hint = 'it sends to nodes that are ready and, under externalTrafficPolicy Local, have a ready pod'
  throw optionError('FLOW_IMPOSSIBLE', viaOption(question), message, hint)
}

function balancerText(
  { algorithm, announcement, targets }: BalancerSettings,
  count: number,
  via: ClusterNode | undefined,
) {
  const kind = targets === 'pods' ? 'pod' : 'node'
  const among = `${count} ${kind}${count === 1 ? '' : 's'}`
  const rule = announcement === 'none' ? algorithm : `announced by one (${announcement})`
  return via === undefined ? `${rule} over ${among}` : `over ${among}, ${via.name} as asked`
}

/** The address of a load balancer; its name where it has no other. */
function addressOfBalancer({ loadBalancerAddresses, object }: ClusterService): string {
  const [ingress] = object.loadBalancerIngress
  return loadBalancerAddresses[0] ?? ingress?.ip ?? ingress?.hostname ?? 'load balancer'
}
