import { describe, expect, it } from 'vitest'
import { Streams } from '../../src/engine/streams.js'
import { COST_PRESETS, firstPacketWorkNs } from '../../src/model/costs.js'
import { limitsOf } from '../../src/model/limits.js'
import { NetworkNode } from '../../src/model/network-node.js'
import { AddressBook, type AddressId } from '../../src/netfilter/address-book.js'
import { emptyPacket, type Packet } from '../../src/netfilter/packet.js'
import { ACCEPTED, DROPPED } from '../../src/netfilter/traversal.js'
import { compile, nodes, scenario, service, servicePort, withPorts, workload } from '../kubernetes/objects.js'

const COSTS = COST_PRESETS['iptables-nft']

/** The first of two nodes, with a NodePort Service of one pod on the second. */
function makeNode(limits: object = {}) {
  const cluster = compile(
    {
      workloads: [workload('web', { podSpec: withPorts(['http', 8080]) })],
      services: [
        service('web', {
          type: 'NodePort',
          ports: [servicePort(80, { nodePort: 30_080, targetPort: 8080 })],
        }),
      ],
    },
    { cluster: { nodes: nodes('a', 'b'), placement: { web: ['b'] } } },
  )
  const book = new AddressBook()
  const node = new NetworkNode({
    node: cluster.nodes[0],
    rules: cluster.nodeRules[0],
    podInterface: 'cni0',
    book,
    streams: new Streams(1, 0),
    costs: COSTS,
    limits: limitsOf(scenario({ limits })),
  })
  const packet = (source: string, destination: string, port: number): Packet => ({
    ...emptyPacket(),
    source: book.idOf(source),
    sourcePort: 40_000,
    destination: book.idOf(destination),
    destinationPort: port,
  })
  const textOf = (each: Packet) =>
    `${book.textOf(each.source)} -> ${book.textOf(each.destination)}:${each.destinationPort}`
  return { cluster, node, packet, textOf }
}

const never = () => false
const always = () => true

describe('NetworkNode', () => {
  it('sends a packet to its node port on to the pod, with its own address as the source', () => {
    const { node, packet, textOf } = makeNode()
    const first = packet('100.64.0.2', '192.168.0.2', 30_080)
    node.passFirstPacket(first, 'outside', 0, never, 0)
    expect(textOf(first)).toBe('192.168.0.2 -> 10.244.1.2:8080')
  })

  it('masquerades by its address on the side of its pods where the packet goes to one of them', () => {
    const { node, packet, textOf } = makeNode()
    const asked: AddressId[] = []
    const first = packet('100.64.0.2', '192.168.0.2', 30_080)
    node.passFirstPacket(
      first,
      'outside',
      0,
      (destination) => {
        asked.push(destination)
        return true
      },
      0,
    )
    expect(textOf(first)).toBe('10.244.0.1 -> 10.244.1.2:8080')
    expect(asked).toEqual([first.destination])
  })

  it('draws the masqueraded port from 1,024 to 65,535, from its own stream', () => {
    const { node, packet } = makeNode()
    const stream = new Streams(1, 0).get('node/a/masquerade-port')
    const expected = Array.from({ length: 5 }, () => 1_024 + stream.below(64_512))
    const drawn = expected.map(() => {
      const first = packet('100.64.0.2', '192.168.0.2', 30_080)
      node.passFirstPacket(first, 'outside', 0, always, 0)
      return first.sourcePort
    })
    expect(drawn).toEqual(expected)
  })

  it('keeps the source of packets from pods', () => {
    const { cluster, node, packet, textOf } = makeNode()
    const first = packet('10.244.0.9', cluster.services[0].clusterIp, 80)
    node.passFirstPacket(first, 'outside', 0, never, 0)
    expect([textOf(first), first.sourcePort]).toEqual(['10.244.0.9 -> 10.244.1.2:8080', 40_000])
  })

  it('tracks the connection by both its tuples', () => {
    const { node, packet } = makeNode()
    const original = packet('100.64.0.2', '192.168.0.2', 30_080)
    const translated = { ...original }
    node.passFirstPacket(translated, 'outside', 0, never, 0)
    const reply = {
      ...emptyPacket(),
      source: translated.destination,
      sourcePort: translated.destinationPort,
      destination: translated.source,
      destinationPort: translated.sourcePort,
    }
    expect(node.connections.table.entryCount).toBe(1)
    expect(node.connections.table.find(original)).toBe(node.lastEntry)
    expect(node.connections.table.find(reply)).toBe(node.lastEntry)
  })

  it('takes the time of the rules evaluated, and counts packets and rules', () => {
    const { node, packet } = makeNode()
    const doneNs = node.passFirstPacket(
      packet('100.64.0.2', '192.168.0.2', 30_080),
      'outside',
      1_000,
      never,
      0,
    )
    const { rulesEvaluated } = node.traversal
    expect(doneNs).toBe(1_000 + firstPacketWorkNs(COSTS, node.traversal))
    expect([node.firstPackets, node.rulesEvaluated]).toEqual([1, rulesEvaluated])
    node.passFirstPacket(packet('100.64.0.3', '192.168.0.2', 30_080), 'outside', 2_000, never, 0)
    expect([node.firstPackets, node.rulesEvaluated]).toEqual([2, 2 * rulesEvaluated])
  })

  it('lets packets wait for a processor', () => {
    const { node, packet } = makeNode()
    const first = () => packet('100.64.0.2', '192.168.0.2', 30_080)
    const doneNs = [0, 0, 0].map((nowNs) => node.passFirstPacket(first(), 'outside', nowNs, never, 0))
    expect(node.processor.processorCount).toBe(2)
    expect([doneNs[1], doneNs[2]]).toEqual([doneNs[0], 2 * doneNs[0]])
  })

  it('drops what its processors have no place for', () => {
    const { node, packet } = makeNode({ nodeBacklog: 1 })
    const verdicts = Array.from({ length: 5 }, (_, client) => {
      node.passFirstPacket(packet(`100.64.0.${client + 2}`, '192.168.0.2', 30_080), 'outside', 0, never, 0)
      return node.traversal.verdict
    })
    // Two are in work, two wait: one for each processor.
    expect(verdicts).toEqual([ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED, DROPPED])
    expect(node.drops).toEqual({ rules: 0, backlog: 1, conntrackFull: 0, noMasqueradePort: 0 })
  })

  it('drops new connections when its table is full, without asking the rules', () => {
    const { node, packet } = makeNode({ conntrackLeast: 2, conntrackPerCpu: 1 })
    const pass = (client: number, nowNs: number) =>
      node.passFirstPacket(packet(`100.64.0.${client}`, '192.168.0.2', 30_080), 'outside', nowNs, never, 0)
    pass(2, 0)
    const entry = node.lastEntry
    pass(3, 0)
    pass(4, 0)
    expect([node.traversal.verdict, node.traversal.rulesEvaluated]).toEqual([DROPPED, 0])
    expect([node.lastEntry, node.drops.conntrackFull]).toEqual([-1, 1])
    node.close(entry, -1, 'closed', 1e9)
    pass(4, 100e9)
    expect(node.traversal.verdict).toBe(DROPPED)
    pass(4, 123e9)
    expect(node.traversal.verdict).toBe(ACCEPTED)
  })

  it('forgets connections that were never answered when its table is full', () => {
    const { node, packet } = makeNode({ conntrackLeast: 1, conntrackPerCpu: 1 })
    const pass = (client: number, nowNs: number) =>
      node.passFirstPacket(packet(`100.64.0.${client}`, '192.168.0.2', 30_080), 'outside', nowNs, never, 0)
    pass(2, 0)
    node.close(node.lastEntry, -1, 'unanswered', 1e9)
    pass(3, 2e9)
    pass(4, 2e9)
    expect(node.traversal.verdict).toBe(ACCEPTED)
    expect(node.connections.countAt(2e9)).toBe(2)
    pass(5, 2e9)
    expect(node.traversal.verdict).toBe(DROPPED)
  })

  it('masquerades only so many connections to an endpoint at once, and drops the next', () => {
    const { node, packet } = makeNode({ masqueradePorts: 1 })
    const pass = (client: number) =>
      node.passFirstPacket(packet(`100.64.0.${client}`, '192.168.0.2', 30_080), 'outside', 0, never, 0)
    pass(2)
    const entry = node.lastEntry
    pass(3)
    expect([node.traversal.verdict, node.drops.noMasqueradePort]).toEqual([DROPPED, 1])
    node.close(entry, -1, 'closed', 0)
    pass(3)
    expect([node.traversal.verdict, node.connections.peakPortsUsed]).toEqual([ACCEPTED, 1])
  })

  it('knows the packets of its pods by their interface, and those of its processes by the hook', () => {
    const { cluster, node, packet, textOf } = makeNode()
    const first = packet('192.168.0.2', cluster.services[0].clusterIp, 80)
    node.passFirstPacket(first, 'process', 0, never, 0)
    expect(textOf(first)).toBe('192.168.0.2 -> 10.244.1.2:8080')
    expect(node.traversal.isMasqueraded).toBe(true)
  })
})
