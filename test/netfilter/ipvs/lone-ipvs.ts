/** The smallest node in mode ipvs: one virtual server `tcp 10.96.0.10:80`, real servers by short names, no rules. */
import { AddressBook } from '../../../src/netfilter/address-book.js'
import type { IpProtocol } from '../../../src/netfilter/iptables/rule.js'
import type { ConnectionEnd } from '../../../src/netfilter/ipvs/bindings.js'
import { IpvsNode } from '../../../src/netfilter/ipvs/ipvs-node.js'
import type { IpvsTables } from '../../../src/netfilter/ipvs/ipvs-tables.js'
import type { RealServer, SchedulerName, VirtualServer } from '../../../src/netfilter/ipvs/virtual-server.js'
import { emptyPacket, protocolNumber } from '../../../src/netfilter/packet.js'
import { makeTraversal } from '../../../src/netfilter/traversal.js'
import { range } from './random-ipvs.js'

export const VIRTUAL_IP = '10.96.0.10'
export const SECOND = 1e9

/** Real servers `a`, `b` … at 10.244.0.1:8080, 10.244.0.2:8080 …; `b*3` has weight 3. */
function realServer(text: string): RealServer {
  const [name, weight = '1'] = text.split('*')
  const host = name.charCodeAt(0) - 'a'.charCodeAt(0) + 1
  return { address: `10.244.0.${host}`, port: 8080, weight: Number(weight), forwarding: 'masquerading' }
}

export interface LoneIpvsOptions {
  readonly scheduler?: SchedulerName
  /** `a b*2 c`, in the order of adding; the last one is the head of the kernel's list. */
  readonly servers: string
  readonly protocol?: IpProtocol
  readonly isHashingPorts?: boolean
  readonly isFallingBack?: boolean
  readonly persistenceSeconds?: number
}

function virtualServer(options: LoneIpvsOptions): VirtualServer {
  return {
    protocol: options.protocol ?? 'tcp',
    address: VIRTUAL_IP,
    port: 80,
    scheduler: options.scheduler ?? 'rr',
    isHashingPorts: options.isHashingPorts ?? false,
    isFallingBack: options.isFallingBack ?? false,
    persistenceSeconds: options.persistenceSeconds,
    realServers: options.servers
      .split(' ')
      .filter((text) => text !== '')
      .map(realServer),
  }
}

function tables(options: LoneIpvsOptions): IpvsTables {
  return { virtualServers: [virtualServer(options)], boundAddresses: [VIRTUAL_IP], ipSets: [], tables: [] }
}

/** One connection, in short. */
export interface Client {
  readonly from?: string
  readonly port?: number
  /** Simulated seconds. */
  readonly at?: number
}

export class LoneIpvs {
  readonly node: IpvsNode
  readonly #book = new AddressBook()
  readonly #options: LoneIpvsOptions
  readonly #packet = emptyPacket()
  readonly #traversal = makeTraversal()

  constructor(options: LoneIpvsOptions) {
    this.#options = options
    const localAddresses = ['192.168.0.1', '127.0.0.0/8'].map(range)
    this.node = new IpvsNode({ tables: tables(options), book: this.#book, localAddresses })
  }

  /** The name of the real server that a new connection gets, `-` if it is refused. */
  connect(client: Client = {}): string {
    return this.open(client).server
  }

  /** The same with the handle for `release`. */
  open({ from = '10.0.0.1', port = 40_000, at = 0 }: Client = {}): { server: string; binding: number } {
    const packet = this.#packet
    packet.protocol = protocolNumber(this.#options.protocol ?? 'tcp')
    packet.source = this.#book.idOf(from)
    packet.sourcePort = port
    packet.destination = this.#book.idOf(VIRTUAL_IP)
    packet.destinationPort = 80
    this.node.receive(packet, at * SECOND, this.#traversal)
    if (this.#traversal.verdict !== 0) return { server: '-', binding: this.#traversal.binding }
    const host = this.#book.textOf(packet.destination).split('.')[3]
    return {
      server: String.fromCharCode('a'.charCodeAt(0) + Number(host) - 1),
      binding: this.#traversal.binding,
    }
  }

  /** The names of the servers that several new connections get. */
  connectAll(count: number): string {
    return Array.from({ length: count }, () => this.connect()).join(' ')
  }

  release(binding: number, at: number, end: ConnectionEnd = 'closed'): void {
    this.node.release(binding, at * SECOND, end)
  }

  /** kube-proxy syncs: other real servers, perhaps other settings. */
  sync(servers: string, at: number, changes: Partial<LoneIpvsOptions> = {}): void {
    this.node.replaceTables(tables({ ...this.#options, ...changes, servers }), at * SECOND)
  }

  /** The kernel's list, head first: `c:2+1` has two connections open and one remembered; `c!` is drained. */
  list(at: number): string {
    const states = this.node.realServersOf(`${this.#options.protocol ?? 'tcp'} ${VIRTUAL_IP}:80`, at * SECOND)
    return states
      .map(({ server, weight, activeCount, inactiveCount }) => {
        const name = String.fromCharCode('a'.charCodeAt(0) + Number(server.split(/[.:]/)[3]) - 1)
        return `${name}${weight === 0 ? '!' : ''}:${activeCount}+${inactiveCount}`
      })
      .join(' ')
  }
}
