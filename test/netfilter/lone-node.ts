/** The smallest node for tests: rules as text, packets as text, outcomes as text. */
import { parseCidr } from '../../src/base/ip-address.js'
import { AddressBook } from '../../src/netfilter/address-book.js'
import { parseTables } from '../../src/netfilter/iptables/iptables-save.js'
import { RecentLists } from '../../src/netfilter/iptables/recent-lists.js'
import type { ConnectionState, IpProtocol } from '../../src/netfilter/iptables/rule.js'
import { NodeNetfilter } from '../../src/netfilter/node-netfilter.js'
import { emptyPacket, protocolNumber, stateMask } from '../../src/netfilter/packet.js'
import { makeTraversal } from '../../src/netfilter/traversal.js'

const VERDICTS = ['accepted', 'dropped', 'rejected']

export interface Flow {
  readonly way?: 'receive' | 'send'
  /** `tcp 10.0.0.2:1234 > 172.30.0.41:80` */
  readonly packet: string
  readonly mark?: number
  readonly states?: readonly ConnectionState[]
  /** One of `interfaces`. */
  readonly inInterface?: string
  readonly nowNs?: number
}

export interface LoneNodeOptions {
  /** Rules of table nat, `:CHAIN` lines included; `:PREROUTING ACCEPT` and the like are added where missing. */
  readonly nat?: string
  readonly filter?: string
  readonly localAddresses?: readonly string[]
  /** Draws in order; after the last one the greatest for ever. */
  readonly draws?: readonly number[]
  /** In the place of `draws`. */
  readonly draw31?: () => number
  readonly addressesPerList?: number
  readonly interfaces?: readonly string[]
  /** By which interface a packet leaves, asked with the text of its destination. */
  readonly outInterfaceOf?: (destination: string) => string
}

/** A node whose own addresses are 192.168.0.1 and 127.0.0.0/8 unless others are given. */
export class LoneNode {
  readonly book = new AddressBook()
  readonly recentLists: RecentLists
  readonly draws: number[]
  readonly netfilter: NodeNetfilter
  readonly #interfaces: readonly string[]

  constructor({
    nat = '',
    filter = '',
    localAddresses,
    draws = [],
    draw31,
    addressesPerList,
    interfaces = [],
    outInterfaceOf = () => 'unknown',
  }: LoneNodeOptions) {
    this.#interfaces = interfaces
    this.draws = [...draws]
    this.recentLists = new RecentLists(addressesPerList === undefined ? {} : { addressesPerList })
    this.netfilter = new NodeNetfilter({
      tables: parseTables(tablesText(nat, filter)),
      book: this.book,
      localAddresses: (localAddresses ?? ['192.168.0.1', '127.0.0.0/8']).map((text) => {
        const cidr = parseCidr(text)
        if (cidr === undefined) throw new Error(text)
        return cidr
      }),
      recentLists: this.recentLists,
      draw31: draw31 ?? (() => this.draws.shift() ?? 0x7fffffff),
      interfaces,
      outInterfaceOf: (destination) => interfaces.indexOf(outInterfaceOf(this.book.textOf(destination))),
    })
  }

  get ruleCount(): number {
    return this.netfilter.ruleCount
  }

  replaceRules(nat: string, filter = ''): void {
    this.netfilter.replaceTables(parseTables(tablesText(nat, filter)))
  }

  /** What becomes of a packet, with the destination as it then is. */
  pass({ way = 'receive', packet: text, mark = 0, states = ['NEW'], nowNs = 0, inInterface = '' }: Flow) {
    const packet = Object.assign(emptyPacket(), this.#parse(text), {
      mark,
      state: stateMask(states),
      inInterface: this.#interfaces.indexOf(inInterface),
    })
    const traversal = makeTraversal()
    this.netfilter[way](packet, nowNs, traversal)
    return {
      ...traversal,
      verdict: VERDICTS[traversal.verdict],
      destination: `${this.book.textOf(packet.destination)} ${packet.destinationPort}`,
      mark: packet.mark,
      state: packet.state,
    }
  }

  /** A list as `address@lastSetNs`, the least recently set first. */
  list(name: string): string[] {
    return this.recentLists
      .entriesOf(this.recentLists.idOf(name))
      .map((entry) => `${this.book.textOf(entry.address)}@${entry.lastSetNs}`)
  }

  #parse(text: string) {
    const [protocol, from, , to] = text.split(' ')
    const [source, sourcePort] = splitPort(from)
    const [destination, destinationPort] = splitPort(to)
    return {
      protocol: protocolNumber(protocol as IpProtocol),
      source: this.book.idOf(source),
      sourcePort,
      destination: this.book.idOf(destination),
      destinationPort,
    }
  }
}

function splitPort(text: string): [address: string, port: number] {
  const colon = text.lastIndexOf(':')
  return [text.slice(0, colon).replace(/^\[|\]$/g, ''), Number(text.slice(colon + 1))]
}

function tablesText(nat: string, filter: string): string {
  return (
    tableText('nat', ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'], nat) +
    tableText('filter', ['INPUT', 'FORWARD', 'OUTPUT'], filter)
  )
}

function tableText(name: string, hooks: readonly string[], rules: string): string {
  const lines = rules
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const missing = hooks.filter((hook) => !lines.some((line) => line.startsWith(`:${hook} `)))
  return [`*${name}`, ...missing.map((hook) => `:${hook} ACCEPT`), ...lines, 'COMMIT', ''].join('\n')
}
