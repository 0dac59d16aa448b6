/**
 * The walk of first packets through kube-proxy's rules on one node, without the rest of the simulator.
 */
import { Bench } from 'tinybench'
import { parseCidr } from '../src/base/ip-address.js'
import { AddressBook, type AddressId } from '../src/netfilter/address-book.js'
import { parseTables } from '../src/netfilter/iptables/iptables-save.js'
import { RecentLists } from '../src/netfilter/iptables/recent-lists.js'
import { NodeNetfilter } from '../src/netfilter/node-netfilter.js'
import { emptyPacket, STATE_NEW } from '../src/netfilter/packet.js'
import { makeTraversal } from '../src/netfilter/traversal.js'
import { PACKET_KINDS, type PacketKind, type ServiceCluster } from './service-cluster.js'

/** Clients, in turn: half of them pods, half from outside, which are masqueraded. */
const CLIENT_COUNT = 64

/** One case: how many Services there are, and the endpoints of the last of them, which every packet asks for. */
interface Case {
  readonly name: string
  readonly serviceCount: number
  readonly endpointCount: number
  readonly hasAffinity: boolean
}

const CASES: readonly Case[] = [
  { name: '1 Service, 3 endpoints', serviceCount: 1, endpointCount: 3, hasAffinity: false },
  { name: '1 Service, 100 endpoints', serviceCount: 1, endpointCount: 100, hasAffinity: false },
  { name: '1 Service, 10 endpoints, affinity', serviceCount: 1, endpointCount: 10, hasAffinity: true },
  { name: 'last of 1,000 Services, 3 endpoints', serviceCount: 1_000, endpointCount: 3, hasAffinity: false },
]

/** How fast one case went. */
export interface TraversalSpeed {
  readonly name: string
  /** Best batch, ns of processor time per packet, over all hooks. */
  readonly nsPerPacket: number
  readonly rulesPerPacket: number
}

/** Sends about so many first packets to a Service of three endpoints. */
export function traversal(packetCount: number): () => void {
  const { send } = prepare(CASES[0])
  return () => void send(packetCount)
}

/** Measures every case; takes a few seconds. */
export async function traverseBenchmark(): Promise<TraversalSpeed[]> {
  const bench = new Bench({ iterations: 50, time: 0, warmupIterations: 20, warmupTime: 0 })
  const prepared = CASES.map((each) => ({
    ...prepare(each),
    packets: each.serviceCount > 1 ? 1_000 : 20_000,
  }))
  for (const [index, { send, packets }] of prepared.entries())
    bench.add(CASES[index].name, () => void send(packets))
  await bench.run()
  return bench.tasks.map((task, index) => {
    const { send, packets } = prepared[index]
    if (!('latency' in task.result)) throw new Error(`${task.name} did not complete`)
    const nsPerPacket = (task.result.latency.min * 1e6) / packets
    return { name: task.name, nsPerPacket, rulesPerPacket: send(packets) / packets }
  })
}

/** What ten thousand Services cost a packet more than ten. */
export interface ServiceCountRatio {
  readonly kind: PacketKind
  /** Best batch of each, ns of processor time per packet, over all hooks. */
  readonly fewNsPerPacket: number
  readonly manyNsPerPacket: number
  /** Rules evaluated per packet with ten thousand Services. */
  readonly rulesPerPacket: number
}

/** Measures packets of every kind with few Services and with many, in one run. */
export async function serviceCountRatios(
  few: ServiceCluster,
  many: ServiceCluster,
): Promise<ServiceCountRatio[]> {
  const packets = 2_000
  const bench = new Bench({ iterations: 200, time: 0, warmupIterations: 50, warmupTime: 0 })
  for (const kind of PACKET_KINDS) {
    bench.add(`few, ${kind}`, () => void few.send(kind, packets))
    bench.add(`many, ${kind}`, () => void many.send(kind, packets))
  }
  await bench.run()
  const nsPerPacket = bench.tasks.map((task) => {
    if (!('latency' in task.result)) throw new Error(`${task.name} did not complete`)
    return (task.result.latency.min * 1e6) / packets
  })
  return PACKET_KINDS.map((kind, index) => ({
    kind,
    fewNsPerPacket: nsPerPacket[2 * index],
    manyNsPerPacket: nsPerPacket[2 * index + 1],
    rulesPerPacket: many.send(kind, packets) / packets,
  }))
}

/** A node with the rules of a case, and what sends packets through it: it returns the rules evaluated. */
function prepare(each: Case): { send: (packetCount: number) => number } {
  const book = new AddressBook()
  const random = { state: 1 }
  const netfilter = new NodeNetfilter({
    tables: parseTables(rulesOf(each)),
    book,
    localAddresses: ['127.0.0.0/8', '192.168.0.1'].map(range),
    recentLists: new RecentLists(),
    draw31: () => {
      random.state = (Math.imul(random.state, 1_103_515_245) + 12_345) & 0x7fffffff
      return random.state
    },
  })
  const clients = Array.from({ length: CLIENT_COUNT }, (_, index) =>
    book.idOf(index % 2 === 0 ? `10.2.0.${index}` : `203.0.113.${index}`),
  )
  const destination = book.idOf(clusterIp(each.serviceCount - 1))
  return { send: (packetCount) => sendPackets(netfilter, clients, destination, packetCount) }
}

function sendPackets(
  netfilter: NodeNetfilter,
  clients: readonly AddressId[],
  destination: AddressId,
  packetCount: number,
): number {
  const packet = emptyPacket()
  const outcome = makeTraversal()
  let rulesEvaluated = 0
  for (let index = 0; index < packetCount; index += 1) {
    packet.source = clients[index % CLIENT_COUNT]
    packet.sourcePort = 40_000
    packet.destination = destination
    packet.destinationPort = 80
    packet.mark = 0
    packet.state = STATE_NEW
    netfilter.receive(packet, 0, outcome)
    rulesEvaluated += outcome.rulesEvaluated
  }
  return rulesEvaluated
}

function range(text: string) {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new Error(text)
  return cidr
}

function clusterIp(service: number): string {
  return `172.30.${service >> 8}.${service & 255}`
}

/** Rules as kube-proxy writes them; all Services but the last have one endpoint. */
function rulesOf({ serviceCount, endpointCount, hasAffinity }: Case): string {
  const services = Array.from({ length: serviceCount }, (_, service) => {
    const isLast = service === serviceCount - 1
    return serviceRules(service, isLast ? endpointCount : 1, hasAffinity && isLast)
  })
  return [
    '*nat',
    ':PREROUTING ACCEPT',
    ':POSTROUTING ACCEPT',
    ':SERVICES -',
    ':MARK-MASQ -',
    ':POST -',
    ...services.flatMap((service) => service.chains),
    '-A PREROUTING -j SERVICES',
    '-A POSTROUTING -j POST',
    ...services.map((service) => service.entry),
    '-A MARK-MASQ -j MARK --or-mark 0x4000',
    '-A POST -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A POST -j MARK --xor-mark 0x4000',
    '-A POST -j MASQUERADE --random-fully',
    ...services.flatMap((service) => service.rules),
    'COMMIT',
    '',
  ].join('\n')
}

function serviceRules(service: number, endpointCount: number, hasAffinity: boolean) {
  const endpoints = Array.from({ length: endpointCount }, (_, index) => ({
    chain: `SEP-${service}-${index}`,
    address: `10.1.${index}.${service % 250}`,
    left: endpointCount - index,
  }))
  const ofService = `-m tcp -p tcp -d ${clusterIp(service)} --dport 80`
  const svc = `SVC-${service}`
  const set = (chain: string) => (hasAffinity ? `-m recent --name ${chain} --set ` : '')
  return {
    chains: [`:${svc} -`, ...endpoints.map(({ chain }) => `:${chain} -`)],
    entry: `-A SERVICES -m comment --comment "${svc} cluster IP" ${ofService} -j ${svc}`,
    rules: [
      `-A ${svc} ${ofService} ! -s 10.0.0.0/8 -j MARK-MASQ`,
      ...(hasAffinity
        ? endpoints.map(
            ({ chain }) => `-A ${svc} -m recent --name ${chain} --rcheck --seconds 10800 --reap -j ${chain}`,
          )
        : []),
      ...endpoints.map(({ chain, left }) =>
        left === 1
          ? `-A ${svc} -j ${chain}`
          : `-A ${svc} -m statistic --mode random --probability ${(1 / left).toFixed(10)} -j ${chain}`,
      ),
      ...endpoints.flatMap(({ chain, address }) => [
        `-A ${chain} -s ${address} -j MARK-MASQ`,
        `-A ${chain} ${set(chain)}-m tcp -p tcp -j DNAT --to-destination ${address}:8080`,
      ]),
    ],
  }
}
