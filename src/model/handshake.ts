/**
 * The first packet (SYN) of a connection on its way to a pod: load balancer, nodes one after another, and what becomes of
 * it where it is refused or lost.
 *
 * It goes from node to node as events, since each node's rules, lists, tables and processors act when it comes. Once it has
 * reached the pod, the rest of the handshake (the answer back, then the request) takes the way twice and needs no event of
 * its own. A packet that is lost is repeated by its client (`syn-schedule.ts`): it follows its first way as far as that went,
 * since connection tracking has pinned it, and meets the rules anew where it was dropped.
 *
 * Left out: the rules of table filter for repeated packets that are pinned; the load balancer's own memory of the flow is
 * for good. Sources: test/data/ground-truth/{syn_retry,removal,nodeport_and_source_ip}.json.
 */
import { NS_PER_MS } from '../base/nanoseconds.js'
import type { LaneId } from '../engine/simulator.js'
import type { AddressId } from '../netfilter/address-book.js'
import { emptyPacket, type Packet, PROTOCOL_TCP, STATE_NEW } from '../netfilter/packet.js'
import { DROPPED, REJECTED } from '../netfilter/traversal.js'
import { OUTSIDE } from './callers.js'
import { UP } from './changes/presence.js'
import { MAX_NODES_ON_WAY } from './connection-pool.js'
import type { EntryAddress } from './entry.js'
import { IcmpRation } from './icmp-ration.js'
import { linkBetween, Step, type StepNumber, type WayId } from './links.js'
import type { ProxyConnection } from './load-balancers/proxies.js'
import type { PacketSide } from './network-node.js'
import { type ConnectionRecord, type Observer, Outcome } from './records.js'
import { type SynSchedule, synSchedule } from './syn-schedule.js'
import { hostPodKey, type World } from './world.js'

/** Where a first packet was lost, if at no node: those have indices from 0 on. */
const LOST_BEYOND = -1
const LOST_AT_POD = -2
const LOST_AT_BALANCER = -3

/** After three questions that nobody answers, a second apart, a node says that a host is unreachable. Measured: removal.json. */
const ARP_FAILURE_NS = 3_070 * NS_PER_MS

/** Takes first packets to their pods. */
export class Handshake {
  readonly #packet: Packet = emptyPacket()
  readonly #record: ConnectionRecord = {
    call: 0,
    client: 0,
    pod: 0,
    rulesEvaluated: 0,
    intendedNs: 0,
    callerNode: OUTSIDE,
    machine: -1,
    entryNode: -1,
  }
  readonly #podNode: Int32Array
  readonly #nodeAddresses: readonly AddressId[]
  readonly #isForPodOf: readonly ((destination: AddressId) => boolean)[]
  readonly #schedule: SynSchedule
  readonly #icmp: IcmpRation

  constructor(
    readonly world: World,
    readonly observer: Observer,
    /** Told of each connection that will be open, and when. */
    readonly onEstablished: (connection: number, openNs: number) => void,
  ) {
    const { cluster, locations, scenario, book } = world
    const { synSchedule: name, synRetries } = scenario.spec.tcp
    this.#schedule = synSchedule(name, synRetries)
    this.#icmp = new IcmpRation(cluster.nodes.length)
    this.#podNode = Int32Array.from(cluster.pods, (pod) => pod.nodeIndex)
    this.#nodeAddresses = cluster.nodes.map(({ address }) => book.idOf(address))
    this.#isForPodOf = cluster.nodes.map((node) => (destination) => {
      const pod = locations.podAt[destination]
      return pod >= 0 && this.#podNode[pod] === node.index
    })
  }

  /** A new connection's first packet leaves its caller. @param chosen - where it goes, if the caller has chosen by itself */
  start(request: number, chosen?: EntryAddress): void {
    const { requests, connections, callers, simulator, lanes, entries } = this.world
    const site = requests.site[request]
    const client = requests.client[request]
    const connection = requests.connection[request]
    connections.synStartNs[connection] = simulator.now
    const node = callers.bySite[site].nodes[client]
    const entry = entries[site]
    if (node !== OUTSIDE) {
      if (this.#address(connection, chosen ?? entry.choose(client, simulator.now)))
        this.passNode(request, node)
      else this.#refuse(request, simulator.now)
      return
    }
    if (entry.loadBalancer !== undefined)
      this.#travel(request, Step.outside, LOST_AT_BALANCER, lanes.toLoadBalancer, simulator.now)
    else if (this.#address(connection, entry.choose(client, simulator.now)))
      this.#travel(request, Step.outside, connections.nextNode[connection], lanes.fromOutside, simulator.now)
    else this.#refuse(request, simulator.now + this.#takeLink(connection, Step.outside))
  }

  /** The first packet is at the load balancer. */
  passLoadBalancer(request: number): void {
    const { requests, connections, callers, simulator, lanes, entries } = this.world
    const site = requests.site[request]
    const connection = requests.connection[request]
    const balancer = entries[site].loadBalancer
    const client = requests.client[request]
    const sourceHash = callers.bySite[site].sourceHashes[client]
    const sourcePort = connections.sourcePort[connection]
    const choice = balancer === undefined ? -1 : balancer.open({ client, sourceHash, sourcePort })
    if (balancer === undefined || !this.#address(connection, balancer.targetOf(choice))) {
      this.#refuse(request, simulator.now)
      return
    }
    connections.balancerTarget[connection] = choice
    connections.machine[connection] = balancer.machineIndexOf(choice)
    if (!balancer.settings.preservesSource) {
      const source = balancer.sourceOf(choice)
      connections.source[connection] = source.address
      connections.sourcePort[connection] = source.port
    }
    const link = balancer.linkOf(choice)
    const whither = connections.nextNode[connection]
    if (link === undefined) simulator.schedule(lanes.fromLoadBalancer, simulator.now, request)
    else this.#travel(request, link, whither, lanes.fromLoadBalancer, simulator.now)
  }

  /** The first packet of a load balancer's own connection leaves it. */
  startFromProxy(request: number, { target, machine, link, untilNs }: ProxyConnection): void {
    const { requests, connections, simulator, lanes } = this.world
    const connection = requests.connection[request]
    connections.synStartNs[connection] = simulator.now
    connections.openUntilNs[connection] = untilNs
    connections.machine[connection] = machine
    this.#address(connection, target)
    if (link === undefined) simulator.schedule(lanes.fromLoadBalancer, simulator.now, request)
    else this.#travel(request, link, target.nodeIndex, lanes.fromLoadBalancer, simulator.now)
  }

  /** The first packet is at the node that it is under way to. */
  passNextNode(request: number): void {
    this.passNode(request, this.world.connections.nextNode[this.world.requests.connection[request]])
  }

  /** The first packet is at a node: its rules say where it goes. */
  passNode(request: number, nodeIndex: number): void {
    const { requests, connections, simulator, links, nodes, presence } = this.world
    if (presence.isNodeLost[nodeIndex] === 1) {
      this.#lose(request, nodeIndex)
      return
    }
    const connection = requests.connection[request]
    const node = nodes[nodeIndex]
    const side = this.#sideOf(request, connection, nodeIndex)
    const packet = this.#loadPacket(connection)
    const doneNs = node.passFirstPacket(packet, side, simulator.now, this.#isForPodOf[nodeIndex])
    connections.rulesEvaluated[connection] += node.traversal.rulesEvaluated
    requests.rulesNs[request] += doneNs - simulator.now
    if (node.traversal.verdict === DROPPED) {
      this.#lose(request, nodeIndex)
      return
    }
    if (node.traversal.verdict === REJECTED) {
      connections.way[connection] = links.extend(connections.way[connection] as WayId, Step.node)
      this.#reject(request, nodeIndex, packet.source, doneNs)
      return
    }
    if (presence.isEventful && this.#endsAtNode(request, nodeIndex, packet, doneNs)) return
    this.#storePacket(connection, packet)
    connections.addNode(connection, nodeIndex, node.lastEntry, node.traversal.binding)
    const { isDestinationTranslated, isMasqueraded } = node.traversal
    if (isDestinationTranslated && !isMasqueraded && this.#callerNode(request) !== nodeIndex)
      connections.returnNode[connection] = nodeIndex
    connections.way[connection] = links.extend(connections.way[connection] as WayId, Step.node)
    this.#leaveNode(request, nodeIndex, doneNs)
  }

  /** The client repeats its first packet: as far as the last one came, and on from there. */
  repeat(request: number): void {
    const { requests, connections, simulator, lanes, links } = this.world
    const connection = requests.connection[request]
    const lostAt = connections.lostAt[connection]
    if (connections.synCount[connection] > this.#schedule.repeatNs.length) {
      requests.outcome[request] = Outcome.timedOut
      simulator.schedule(lanes.refusal, simulator.now, request)
      return
    }
    const way = connections.way[connection] as WayId
    const arrivalNs = simulator.now + links.wayNs(way)
    if (links.losesOver(way)) {
      this.#lose(request, lostAt)
    } else if (lostAt >= 0) {
      connections.nextNode[connection] = lostAt
      simulator.schedule(lanes.repeated, arrivalNs, request)
    } else if (lostAt === LOST_AT_POD) simulator.schedule(lanes.atPod, arrivalNs, request)
    else if (lostAt === LOST_AT_BALANCER) simulator.schedule(lanes.toLoadBalancer, arrivalNs, request)
    else this.#lose(request, LOST_BEYOND)
  }

  /** The first packet is at its pod, which may take no more connections than it has places for. */
  arriveAtPod(request: number): void {
    const { requests, connections, stations, simulator } = this.world
    const pod = connections.pod[requests.connection[request]]
    if (this.#isMissed(request, pod, simulator.now)) return
    const station = stations[pod]
    if (station.hasListenBacklog) {
      if (!station.reserve()) {
        this.#lose(request, LOST_AT_POD)
        return
      }
      requests.hasReserved[request] = 1
    }
    this.#establish(request, simulator.now)
  }

  /** Where to next: the pod, another node, or nowhere. */
  #leaveNode(request: number, nodeIndex: number, doneNs: number): void {
    const { requests, connections, locations } = this.world
    const connection = requests.connection[request]
    const destination = connections.destination[connection] as AddressId
    const ownerNode = locations.nodeAt[destination]
    const pod = ownerNode < 0 ? locations.podAt[destination] : this.#hostPodAt(connection)
    if (pod >= 0) {
      connections.pod[connection] = pod
      const isLastNode = this.#podNode[pod] === nodeIndex
      if (isLastNode) this.#reachPod(request, doneNs)
      else this.#forward(request, nodeIndex, this.#podNode[pod], doneNs)
    } else if (ownerNode < 0) this.#lose(request, LOST_BEYOND)
    else if (ownerNode === nodeIndex) this.#refuse(request, doneNs)
    else this.#forward(request, nodeIndex, ownerNode, doneNs)
  }

  /** The pod in the network of its node that the packet is addressed to; -1 for none. */
  #hostPodAt(connection: number): number {
    const { connections, locations } = this.world
    const address = connections.destination[connection] as AddressId
    return locations.hostPodAt.get(hostPodKey(address, connections.destinationPort[connection])) ?? -1
  }

  /** The first packet goes on to another node; one that has passed too many goes round and round, and is lost. */
  #forward(request: number, from: number, to: number, doneNs: number): void {
    const { requests, connections, lanes, cluster } = this.world
    const connection = requests.connection[request]
    if (connections.nodeCount[connection] === MAX_NODES_ON_WAY) {
      this.#lose(request, LOST_BEYOND)
      return
    }
    const link = linkBetween(cluster.nodes[from], cluster.nodes[to])
    connections.nextNode[connection] = to
    this.#travel(request, link, to, lanes.betweenNodes(from, link), doneNs)
  }

  /**
   * The node's routes say that there is no way to the pod, once the rules have chosen it. Nothing has left the node, so connection
   * tracking keeps nothing, and the next packet meets the rules anew.
   */
  #endsAtNode(request: number, nodeIndex: number, packet: Packet, doneNs: number): boolean {
    const { requests, connections, locations, nodes, presence, links, simulator } = this.world
    const pod = locations.nodeAt[packet.destination] < 0 ? locations.podAt[packet.destination] : -1
    if (pod < 0 || this.#podNode[pod] !== nodeIndex) return false
    const encounter = presence.encounter(pod)
    if (encounter !== 'droppedByNode' && encounter !== 'refusedByNode') return false
    const node = nodes[nodeIndex]
    node.close(node.lastEntry, node.traversal.binding, 'expired', simulator.now)
    if (encounter === 'droppedByNode' || !this.#icmp.allows(nodeIndex, packet.source, simulator.now)) {
      this.#lose(request, nodeIndex)
      return true
    }
    const connection = requests.connection[request]
    connections.way[connection] = links.extend(connections.way[connection] as WayId, Step.node)
    this.#refuse(request, doneNs)
    return true
  }

  /** A first packet comes to where its pod should be. False: the pod takes it. */
  #isMissed(request: number, pod: number, nowNs: number): boolean {
    const { presence, requests, connections } = this.world
    const returnNode = connections.returnNode[requests.connection[request]]
    if (returnNode >= 0 && returnNode !== this.#podNode[pod]) {
      // The answer goes past the node that translated: its client gets it from somebody that it never spoke to, and resets.
      this.#lose(request, LOST_AT_POD)
      return true
    }
    if (presence.podState[pod] === UP) return false
    switch (presence.encounter(pod)) {
      case 'closedPort':
        this.#refuse(request, nowNs)
        return true
      case 'noArpReply':
        this.#refuse(request, nowNs + ARP_FAILURE_NS)
        return true
      default:
        this.#lose(request, LOST_AT_POD)
        return true
    }
  }

  /** The first packet goes on to a pod of this node. */
  #reachPod(request: number, doneNs: number): void {
    const { requests, connections, simulator, lanes, links, stations } = this.world
    const connection = requests.connection[request]
    let reachedNs = doneNs
    if (connections.nodeCount[connection] === 1) {
      reachedNs += this.#takeLink(connection, Step.sameNode)
      if (links.loses(Step.sameNode)) {
        this.#lose(request, LOST_AT_POD)
        return
      }
    }
    if (this.#isMissed(request, connections.pod[connection], reachedNs)) return
    if (stations[connections.pod[connection]].hasListenBacklog)
      simulator.schedule(lanes.atPod, reachedNs, request)
    else this.#establish(request, reachedNs)
  }

  /** The pod answers, and the request follows: the way back and forth once more. */
  #establish(request: number, reachedNs: number): void {
    const { requests, connections, callers, graph, simulator, lanes, links } = this.world
    const connection = requests.connection[request]
    const way = connections.way[connection] as WayId
    const backNs = links.wayNs(way)
    const { requestBytes } = graph.sites[requests.site[request]]
    const sender = callers.bySite[requests.site[request]].nodes[requests.client[request]]
    const forthNs = links.messageNs(way, sender, requestBytes, simulator.now)
    const openNs = reachedNs + backNs
    connections.isEstablished[connection] = 1
    requests.pod[request] = connections.pod[connection]
    requests.connectNs[request] += openNs - requests.partStartNs[request] - requests.rulesNs[request]
    requests.networkNs[request] += forthNs
    this.#tell(request, connection)
    const lastNode = this.#podNode[connections.pod[connection]]
    simulator.schedule(lanes.firstRequest(lastNode, way), openNs + forthNs, request)
    this.onEstablished(connection, openNs)
  }

  /**
   * A rule refuses the packet. The client hears of it at once, unless the node has told this address too much already. A
   * caller on the same node has its socket locked meanwhile: only its next packet ends the attempt.
   */
  #reject(request: number, nodeIndex: number, source: AddressId, doneNs: number): void {
    const { requests, connections, callers, simulator } = this.world
    if (!this.#icmp.allows(nodeIndex, source, simulator.now)) {
      this.#lose(request, nodeIndex)
      return
    }
    const connection = requests.connection[request]
    const callerNode = callers.bySite[requests.site[request]].nodes[requests.client[request]]
    const isOwnNode = callerNode === nodeIndex && connections.nodeCount[connection] === 0
    const nextNs = this.#schedule.repeatNs[connections.synCount[connection]] ?? this.#schedule.giveUpNs
    this.#refuse(request, isOwnNode ? connections.synStartNs[connection] + nextNs : doneNs)
  }

  /** The news of a refusal goes back the way that the packet came. */
  #refuse(request: number, fromNs: number): void {
    const { requests, connections, simulator, lanes, links } = this.world
    requests.outcome[request] = Outcome.refused
    const backNs = links.wayNs(connections.way[requests.connection[request]] as WayId)
    simulator.schedule(lanes.refusal, fromNs + backNs, request)
  }

  /** Nothing comes back. The client repeats the packet, as long as it waits at all. */
  #lose(request: number, where: number): void {
    const { requests, connections, simulator, lanes, graph } = this.world
    const connection = requests.connection[request]
    const { repeatNs, giveUpNs } = this.#schedule
    const repetition = connections.synCount[connection]++
    const nextNs = connections.synStartNs[connection] + (repeatNs[repetition] ?? giveUpNs)
    connections.lostAt[connection] = where
    const { timeoutNs } = graph.sites[requests.site[request]]
    const endNs = requests.intendedNs[request] + timeoutNs
    const untilNs = connections.openUntilNs[connection]
    if (nextNs < Math.min(endNs, untilNs)) {
      simulator.schedule(lanes.synRepeated(repetition), Math.max(nextNs, simulator.now), request)
    } else if (untilNs < endNs) {
      requests.outcome[request] = Outcome.timedOut
      simulator.schedule(lanes.refusal, Math.max(untilNs, simulator.now), request)
    } else {
      requests.isHeld[request] = 0
    }
  }

  /** Node of the caller, or OUTSIDE. */
  #callerNode(request: number): number {
    const { requests, callers } = this.world
    return callers.bySite[requests.site[request]].nodes[requests.client[request]]
  }

  /** From which side a packet enters a node: the first node of a caller inside knows it by its interface. */
  #sideOf(request: number, connection: number, nodeIndex: number): PacketSide {
    const { requests, connections, callers } = this.world
    if (connections.nodeCount[connection] > 0) return 'outside'
    const callerNode = callers.bySite[requests.site[request]].nodes[requests.client[request]]
    if (callerNode !== nodeIndex) return 'outside'
    return connections.source[connection] === this.#nodeAddresses[nodeIndex] ? 'process' : 'pod'
  }

  /** Sends the first packet over a link, from a time on; it may be lost before it comes to where it is to go. */
  #travel(request: number, link: StepNumber, whither: number, lane: LaneId, fromNs: number): void {
    const { requests, simulator, links } = this.world
    const arrivalNs = fromNs + this.#takeLink(requests.connection[request], link)
    if (links.loses(link)) this.#lose(request, whither)
    else simulator.schedule(lane, arrivalNs, request)
  }

  /** Puts a link on the connection's way. Returns the time that the first packet takes over it, ns. */
  #takeLink(connection: number, link: StepNumber): number {
    const { connections, links } = this.world
    connections.way[connection] = links.extend(connections.way[connection] as WayId, link)
    return links.linkNs(link)
  }

  /** Writes where the first packet is addressed to. False: nowhere. */
  #address(connection: number, entry: EntryAddress | undefined): boolean {
    if (entry === undefined) return false
    const { connections } = this.world
    connections.destination[connection] = entry.address
    connections.destinationPort[connection] = entry.port
    connections.nextNode[connection] = entry.nodeIndex
    return true
  }

  #loadPacket(connection: number): Packet {
    const { connections } = this.world
    const packet = this.#packet
    packet.protocol = PROTOCOL_TCP
    packet.source = connections.source[connection] as AddressId
    packet.sourcePort = connections.sourcePort[connection]
    packet.destination = connections.destination[connection] as AddressId
    packet.destinationPort = connections.destinationPort[connection]
    packet.mark = 0
    packet.state = STATE_NEW
    return packet
  }

  #storePacket(connection: number, packet: Packet): void {
    const { connections } = this.world
    connections.source[connection] = packet.source
    connections.sourcePort[connection] = packet.sourcePort
    connections.destination[connection] = packet.destination
    connections.destinationPort[connection] = packet.destinationPort
  }

  #tell(request: number, connection: number): void {
    const { requests, connections } = this.world
    const record = this.#record
    record.call = requests.site[request]
    record.client = requests.client[request]
    record.pod = connections.pod[connection]
    record.rulesEvaluated = connections.rulesEvaluated[connection]
    record.intendedNs = requests.intendedNs[request]
    record.callerNode = this.#callerNode(request)
    record.machine = connections.machine[connection]
    record.entryNode = connections.nodes[connection * MAX_NODES_ON_WAY]
    this.observer.connectionReached(record)
  }
}
