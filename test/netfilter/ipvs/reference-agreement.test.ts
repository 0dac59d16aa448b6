/** The quick node and the plain one must say the same of every packet, and know the same connections. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import type { ReadablePacket } from '../../../src/netfilter/iptables/interpret.js'
import { IpvsNode } from '../../../src/netfilter/ipvs/ipvs-node.js'
import type { IpvsTables } from '../../../src/netfilter/ipvs/ipvs-tables.js'
import { printSetRule } from '../../../src/netfilter/ipvs/print-set-tables.js'
import { type ReferenceConnection, ReferenceIpvsNode } from '../../../src/netfilter/ipvs/reference-node.js'
import type { SetRuleMet } from '../../../src/netfilter/ipvs/rule-walk.js'
import {
  addressAndPort,
  SCHEDULER_NAMES,
  virtualServerKey,
} from '../../../src/netfilter/ipvs/virtual-server.js'
import { emptyPacket, type Packet, protocolNumber, stateMask } from '../../../src/netfilter/packet.js'
import { makeTraversal } from '../../../src/netfilter/traversal.js'
import { ALL_ENDPOINTS, happenings, INTERFACES, LOCAL, randomIpvsTables } from './random-ipvs.js'

const VERDICTS = ['accepted', 'dropped', 'rejected']

function fill(packet: Packet, from: ReadablePacket, book: AddressBook): Packet {
  packet.protocol = protocolNumber(from.protocol)
  packet.source = book.idOf(from.source)
  packet.sourcePort = from.sourcePort
  packet.destination = book.idOf(from.destination)
  packet.destinationPort = from.destinationPort
  packet.mark = from.mark
  packet.state = stateMask(from.states)
  packet.inInterface = from.inInterface === undefined ? -1 : INTERFACES.indexOf(from.inInterface)
  return packet
}

function listText(rulesMet: readonly SetRuleMet[]): string {
  const lines = rulesMet.map(
    (met) => `${met.isMatched ? '+' : '-'} ${met.table} ${printSetRule(met.chain, met.rule)}`,
  )
  return `rules met:\n${lines.join('\n')}`
}

/** Both nodes, with the connections that are open on them. */
class Pair {
  readonly book = new AddressBook()
  readonly quick: IpvsNode
  readonly plain: ReferenceIpvsNode
  readonly open: { binding: number; connection: ReferenceConnection }[] = []
  readonly #packet = emptyPacket()
  readonly #traversal = makeTraversal()

  constructor(public tables: IpvsTables) {
    this.quick = new IpvsNode({ tables, book: this.book, localAddresses: LOCAL, interfaces: INTERFACES })
    this.plain = new ReferenceIpvsNode(tables, LOCAL)
  }

  pass(way: 'receive' | 'send', readable: ReadablePacket, nowNs: number): void {
    const said = this.plain.pass(way, readable, nowNs)
    fill(this.#packet, readable, this.book)
    this.quick[way](this.#packet, nowNs, this.#traversal)
    const { binding, verdict, ...rest } = this.#traversal
    const left = fill(emptyPacket(), said.packet, this.book)
    const quick = { ...rest, verdict: VERDICTS[verdict], isBound: binding >= 0, packet: { ...this.#packet } }
    const plain = {
      verdict: said.verdict,
      isBound: said.connection !== undefined,
      isDestinationTranslated: said.connection !== undefined,
      isMasqueraded: said.isMasqueraded,
      rulesEvaluated: said.rulesMet.length,
      rulesMatched: said.rulesMet.filter((met) => met.isMatched).length,
      statisticRulesEvaluated: 0,
      recentListsWalked: 0,
      recentLookups: 0,
      affinitySetsChecked: 0,
      packet: way === 'send' ? { ...left, inInterface: -1 } : left,
    }
    // The rules met are written down only if they are needed: that takes longer than all else.
    if (!isDeepStrictEqual(quick, plain)) {
      expect(quick, `${said.choice?.reason}\n${listText(said.rulesMet)}`).toEqual(plain)
    }
    if (said.connection !== undefined) this.open.push({ binding, connection: said.connection })
  }

  /** The packet, sent to a virtual server of the tables in force. */
  aimed(packet: ReadablePacket, target: number): ReadablePacket {
    const { virtualServers } = this.tables
    const { protocol, address, port } = virtualServers[target % virtualServers.length]
    return { ...packet, protocol, destination: address, destinationPort: port }
  }

  end(which: number, end: 'closed' | 'reset', nowNs: number): void {
    if (this.open.length === 0) return
    const [{ binding, connection }] = this.open.splice(which % this.open.length, 1)
    this.plain.release(connection, nowNs, end)
    this.quick.release(binding, nowNs, end)
  }

  replace(tables: IpvsTables, nowNs: number): void {
    this.tables = tables
    this.plain.replaceTables(tables, nowNs)
    this.quick.replaceTables(tables, nowNs)
  }

  compare(nowNs: number): void {
    for (const key of this.tables.virtualServers.map(virtualServerKey)) {
      const plain = this.plain.listOf(key, nowNs).map(({ server, weight, activeCount, inactiveCount }) => ({
        server: addressAndPort(server),
        weight,
        activeCount,
        inactiveCount,
      }))
      expect(this.quick.realServersOf(key, nowNs), key).toEqual(plain)
    }
  }
}

test.each(SCHEDULER_NAMES)('the quick node does what the plain one does, with scheduler %s', (scheduler) => {
  const tables = randomIpvsTables(scheduler)
  const agreement = fc.property(tables, tables, happenings, (tablesOf, otherTablesOf, all) => {
    const pair = new Pair(tablesOf(ALL_ENDPOINTS))
    let roundNs = 0
    let nowNs = 0
    for (const {
      kind,
      sinceLastNs,
      isLate,
      way,
      end,
      which,
      kept,
      isOther,
      isAimed,
      target,
      ...packet
    } of all) {
      roundNs += sinceLastNs
      nowNs = Math.max(nowNs, isLate ? roundNs + 1 : roundNs)
      if (kind === 'packet') {
        const readable = isAimed ? pair.aimed(packet, target) : packet
        pair.pass(way, way === 'send' ? { ...readable, inInterface: undefined } : readable, nowNs)
      } else if (kind === 'end') {
        pair.end(which, end, nowNs)
      } else {
        pair.replace(isOther ? otherTablesOf(kept) : tablesOf(kept), nowNs)
      }
      pair.compare(nowNs)
    }
  })
  fc.assert(agreement, { seed: 20_240_607, numRuns: scheduler === 'mh' ? 6 : 30 })
})
