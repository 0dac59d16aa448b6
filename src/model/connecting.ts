/**
 * From the wish to connect to the request on its way to a pod: the name, an idle connection or a new one, the load
 * balancer, the nodes one after another, the handshake.
 *
 * The first packet of a new connection goes from node to node as events, since each node's rules, lists and processors
 * act when it comes. Once it has reached the pod, the rest of the handshake (the answer back, then the request) takes
 * the way twice and needs no event of its own. Left out: lost packets and their repetition, ports running out, the pod's
 * listen backlog.
 */

import type { AddressId } from '../netfilter/address-book.js'
import { emptyPacket, type Packet, PROTOCOL_TCP, STATE_NEW } from '../netfilter/packet.js'
import { DROPPED, REJECTED } from '../netfilter/traversal.js'
import type { CallSite } from './call-sites.js'
import { OUTSIDE } from './callers.js'
import { MAX_NODES_ON_WAY } from './connection-pool.js'
import type { EntryAddress } from './entry.js'
import { linkBetween, Step, type StepNumber, type WayId } from './links.js'
import { Names } from './names.js'
import { type ConnectionRecord, type Observer, Outcome } from './records.js'
import { hostPodKey, type World } from './world.js'

/** Ports of clients. Source: Linux, net.ipv4.ip_local_port_range default, 32768 to 60999. */
const FIRST_EPHEMERAL_PORT = 32_768
const EPHEMERAL_PORT_COUNT = 28_232

/** Opens and closes connections and sends requests over them. */
export class Connecting {
  readonly #packet: Packet = emptyPacket()
  readonly #record: ConnectionRecord = { call: 0, client: 0, pod: 0, rulesEvaluated: 0, intendedNs: 0 }
  /** By pool key: connections opened so far, for the next source port. */
  readonly #openedBy: Int32Array
  readonly #names: Names
  readonly #podNode: Int32Array
  readonly #isForPodOf: readonly ((destination: AddressId) => boolean)[]

  constructor(
    readonly world: World,
    readonly observer: Observer,
  ) {
    const { callers, cluster, locations } = world
    this.#openedBy = new Int32Array(callers.count)
    this.#names = new Names(world)
    this.#podNode = Int32Array.from(cluster.pods, (pod) => pod.nodeIndex)
    this.#isForPodOf = cluster.nodes.map((node) => (destination) => {
      const pod = locations.podAt[destination]
      return pod >= 0 && this.#podNode[pod] === node.index
    })
  }

  /** Sends a request: over an idle connection of its caller, or over a new one. */
  start(request: number): void {
    const { connections, requests, simulator, lanes, links } = this.world
    const connection = connections.takeIdle(this.#poolKey(request))
    if (connection < 0) {
      if (this.#names.isKnown(request)) this.open(request)
      return
    }
    requests.connection[request] = connection
    requests.pod[request] = connections.pod[connection]
    const way = connections.way[connection] as WayId
    const wayNs = links.wayNs(way)
    requests.networkNs[request] += wayNs
    simulator.schedule(lanes.furtherRequest(way), simulator.now + wayNs, request)
  }

  /** The name is resolved, or needs not be: the first packet leaves. */
  open(request: number): void {
    const { requests, connections, callers, simulator, lanes } = this.world
    const site = this.#siteOf(request)
    const client = requests.client[request]
    requests.dnsNs[request] = simulator.now - requests.partStartNs[request]
    requests.partStartNs[request] = simulator.now
    const connection = connections.open()
    requests.connection[request] = connection
    connections.source[connection] = callers.bySite[site.index].addresses[client]
    connections.sourcePort[connection] = this.#nextSourcePort(request)
    const node = callers.bySite[site.index].nodes[client]
    if (node !== OUTSIDE) {
      if (this.#address(connection, this.world.entries[site.index].choose(client)))
        this.passNode(request, node)
      else this.#refuse(request, simulator.now)
      return
    }
    const arrivalNs = simulator.now + this.#takeLink(connection, Step.outside)
    if (this.world.entries[site.index].loadBalancer !== undefined) {
      simulator.schedule(lanes.toLoadBalancer, arrivalNs, request)
      return
    }
    const entry = this.world.entries[site.index].choose(client)
    if (this.#address(connection, entry)) simulator.schedule(lanes.fromOutside, arrivalNs, request)
    else this.#refuse(request, arrivalNs)
  }

  /** The first packet is at the load balancer. */
  passLoadBalancer(request: number): void {
    const { requests, connections, callers, simulator, lanes } = this.world
    const site = this.#siteOf(request)
    const connection = requests.connection[request]
    const balancer = this.world.entries[site.index].loadBalancer
    const sourceHash = callers.bySite[site.index].sourceHashes[requests.client[request]]
    const target = balancer === undefined ? -1 : balancer.open({ sourceHash })
    if (!this.#address(connection, balancer?.targets[target])) {
      this.#refuse(request, simulator.now)
      return
    }
    connections.balancerTarget[connection] = target
    const arrivalNs = simulator.now + this.#takeLink(connection, Step.sameZone)
    simulator.schedule(lanes.fromLoadBalancer, arrivalNs, request)
  }

  /** The first packet is at the node that it is under way to. */
  passNextNode(request: number): void {
    this.passNode(request, this.world.connections.nextNode[this.world.requests.connection[request]])
  }

  /** The first packet is at a node: its rules say where it goes. */
  passNode(request: number, nodeIndex: number): void {
    const { requests, connections, simulator, links, nodes } = this.world
    const connection = requests.connection[request]
    const node = nodes[nodeIndex]
    const packet = this.#loadPacket(connection)
    const doneNs = node.passFirstPacket(packet, simulator.now, this.#isForPodOf[nodeIndex])
    this.#storePacket(connection, packet)
    connections.addNode(connection, nodeIndex, node.lastEntry)
    connections.way[connection] = links.extend(connections.way[connection] as WayId, Step.node)
    connections.rulesEvaluated[connection] += node.traversal.rulesEvaluated
    requests.rulesNs[request] += doneNs - simulator.now
    if (node.traversal.verdict === DROPPED) this.#lose(request)
    else if (node.traversal.verdict === REJECTED) this.#refuse(request, doneNs)
    else this.#leaveNode(request, nodeIndex, doneNs)
  }

  /** Closes a connection: nobody will use it again. */
  close(connection: number, site: CallSite): void {
    const { connections, nodes, entries } = this.world
    for (let position = 0; position < connections.nodeCount[connection]; position++) {
      const at = connection * MAX_NODES_ON_WAY + position
      nodes[connections.nodes[at]].connectionTable.close(connections.entryAt(at))
    }
    const target = connections.balancerTarget[connection]
    if (target >= 0) entries[site.index].loadBalancer?.close(target)
    connections.close(connection)
  }

  /** A request over this connection was answered: keep it for the next, or close it. */
  release(request: number): void {
    const { requests, connections } = this.world
    const site = this.#siteOf(request)
    const connection = requests.connection[request]
    connections.requestCount[connection]++
    if (site.isKeepingAlive && connections.requestCount[connection] < site.maxRequests) {
      connections.putIdle(this.#poolKey(request), connection)
    } else {
      this.close(connection, site)
    }
    requests.connection[request] = -1
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
      if (isLastNode) this.#reachPod(request, nodeIndex, doneNs)
      else this.#forward(request, nodeIndex, this.#podNode[pod], doneNs)
    } else if (ownerNode < 0) this.#lose(request)
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
    const { requests, connections, simulator, lanes, cluster } = this.world
    const connection = requests.connection[request]
    if (connections.nodeCount[connection] === MAX_NODES_ON_WAY) {
      this.#lose(request)
      return
    }
    const link = linkBetween(cluster.nodes[from], cluster.nodes[to])
    connections.nextNode[connection] = to
    simulator.schedule(lanes.betweenNodes(from, link), doneNs + this.#takeLink(connection, link), request)
  }

  /** The first packet goes on to a pod of this node; its answer, and then the request, take the way twice. */
  #reachPod(request: number, nodeIndex: number, doneNs: number): void {
    const { requests, connections, simulator, lanes, links } = this.world
    const connection = requests.connection[request]
    let reachedNs = doneNs
    if (connections.nodeCount[connection] === 1) reachedNs += this.#takeLink(connection, Step.sameNode)
    const way = connections.way[connection] as WayId
    const backNs = links.wayNs(way)
    const forthNs = links.wayNs(way)
    const openNs = reachedNs + backNs
    requests.pod[request] = connections.pod[connection]
    requests.connectNs[request] = openNs - requests.partStartNs[request] - requests.rulesNs[request]
    requests.networkNs[request] += forthNs
    this.#tell(request, connection)
    simulator.schedule(lanes.firstRequest(nodeIndex, way), openNs + forthNs, request)
  }

  /** Puts a link on the connection's way. Returns the time that the first packet takes over it, ns. */
  #takeLink(connection: number, link: StepNumber): number {
    const { connections, links } = this.world
    connections.way[connection] = links.extend(connections.way[connection] as WayId, link)
    return links.linkNs(link)
  }

  /** The news of a refusal goes back the way that the packet came. */
  #refuse(request: number, fromNs: number): void {
    const { requests, connections, simulator, lanes, links } = this.world
    requests.outcome[request] = Outcome.refused
    const backNs = links.wayNs(connections.way[requests.connection[request]] as WayId)
    simulator.schedule(lanes.refusal, fromNs + backNs, request)
  }

  /** Nothing comes back: the caller waits until its time is out. */
  #lose(request: number): void {
    this.world.requests.isHeld[request] = 0
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
    this.observer.connectionReached(record)
  }

  #nextSourcePort(request: number): number {
    const opened = this.#openedBy[this.#poolKey(request)]++
    return FIRST_EPHEMERAL_PORT + (opened % EPHEMERAL_PORT_COUNT)
  }

  #siteOf(request: number): CallSite {
    const { graph, requests } = this.world
    return graph.sites[requests.site[request]]
  }

  #poolKey(request: number): number {
    const { callers, requests } = this.world
    return callers.bySite[requests.site[request]].firstPoolKey + requests.client[request]
  }
}
