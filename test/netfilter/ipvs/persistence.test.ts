/** Persistence, worked out by hand from ip_vs_sched_persist and ip_vs_conn_expire of the kernel. */
import { describe, expect, it } from 'vitest'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import { IpvsNode } from '../../../src/netfilter/ipvs/ipvs-node.js'
import type { VirtualServer } from '../../../src/netfilter/ipvs/virtual-server.js'
import { emptyPacket } from '../../../src/netfilter/packet.js'
import { makeTraversal } from '../../../src/netfilter/traversal.js'
import { LoneIpvs } from './lone-ipvs.js'
import { range } from './random-ipvs.js'

const HOUR = 3_600

/** A client connects and disconnects at once, so that the connection is remembered for two minutes. */
function visit(node: LoneIpvs, at: number, from = '10.0.0.1'): string {
  const { server, binding } = node.open({ at, from })
  node.release(binding, at)
  return server
}

describe('a client with persistence', () => {
  it('keeps its real server, while others have their turns', () => {
    const node = new LoneIpvs({ servers: 'a b c', persistenceSeconds: 3 * HOUR })
    expect([visit(node, 0), visit(node, 1, '10.0.0.2'), visit(node, 2), visit(node, 3, '10.0.0.2')]).toEqual([
      'c',
      'b',
      'c',
      'b',
    ])
  })

  it('keeps it for the timeout after its latest new connection, and no longer', () => {
    const node = new LoneIpvs({ servers: 'a b c', persistenceSeconds: HOUR })
    expect([visit(node, 0), visit(node, HOUR - 1e-9), visit(node, 2 * HOUR - 2e-9)]).toEqual(['c', 'c', 'c'])
    expect(visit(node, 3 * HOUR - 2e-9)).toBe('b')
  })

  it('is known by its address, not by its port', () => {
    const node = new LoneIpvs({ servers: 'a b c', persistenceSeconds: HOUR })
    expect([node.connect({ port: 1 }), node.connect({ port: 2 })]).toEqual(['c', 'c'])
  })

  it('is known whatever the scheduler would say', () => {
    const node = new LoneIpvs({ scheduler: 'lc', servers: 'a b', persistenceSeconds: HOUR })
    expect(node.connectAll(4)).toBe('b b b b')
    expect(node.list(0)).toBe('b:4+0 a:0+0')
  })
})

describe('a timeout below two minutes', () => {
  // The timer of 5 s runs out at 5, 65 and 125 s. The connection is remembered until 120 s, so the third time is the last.
  it('lasts two minutes and more, since closed connections are remembered', () => {
    const node = new LoneIpvs({ servers: 'a b c', persistenceSeconds: 5 })
    const other = new LoneIpvs({ servers: 'a b c', persistenceSeconds: 5 })
    expect([visit(node, 0), visit(node, 124.999_999_999)]).toEqual(['c', 'c'])
    expect([visit(other, 0), visit(other, 125)]).toEqual(['c', 'b'])
  })

  it('lasts 65 s if the connection was reset, which is remembered for 10 s', () => {
    const node = new LoneIpvs({ servers: 'a b c', persistenceSeconds: 5 })
    const { binding } = node.open()
    node.release(binding, 0, 'reset')
    expect(node.connect({ at: 64 })).toBe('c')
    const other = new LoneIpvs({ servers: 'a b c', persistenceSeconds: 5 })
    other.release(other.open().binding, 0, 'reset')
    expect(other.connect({ at: 65 })).toBe('b')
  })

  it('lasts five minutes and more with UDP', () => {
    const timeouts = [304, 305].map((at) => {
      const node = new LoneIpvs({ servers: 'a b c', persistenceSeconds: 5, protocol: 'udp' })
      node.release(node.open().binding, 0)
      return node.connect({ at })
    })
    // 5 + 5 · 60 s is the first end of a period after 300 s.
    expect(timeouts).toEqual(['c', 'b'])
  })
})

describe('a connection that outlives the timeout', () => {
  // T = 100 s, open from 0 to 1000 s. The timer runs out at 100, 160 … 1120 s; the connection is remembered until 1120 s, and
  // is forgotten before the timer is looked at.
  it('holds the client, which is forgotten within a minute after it', () => {
    const choices = [1_119, 1_120].map((at) => {
      const node = new LoneIpvs({ servers: 'a b c', persistenceSeconds: 100 })
      node.release(node.open().binding, 1_000)
      return node.connect({ at })
    })
    expect(choices).toEqual(['c', 'b'])
  })

  it('leaves one minute to the connections after it', () => {
    // A second connection at 1050 s sets the timer to 1110 s, not to 1150 s. It is reset at once; the first one is remembered
    // until 1120 s, so that the timer is set once more, to 1170 s.
    const choices = [1_169, 1_170].map((at) => {
      const node = new LoneIpvs({ servers: 'a b c', persistenceSeconds: 100 })
      node.release(node.open().binding, 1_000)
      node.release(node.open({ at: 1_050 }).binding, 1_050, 'reset')
      return node.connect({ at })
    })
    expect(choices).toEqual(['c', 'b'])
  })
})

describe('a real server that goes away', () => {
  it('loses its clients at once, though its connections live on', () => {
    const node = new LoneIpvs({ servers: 'a b c', persistenceSeconds: HOUR })
    expect(node.connect()).toBe('c')
    node.sync('a b', 10)
    expect([node.list(10), node.connect({ at: 10 })]).toEqual(['c!:1+0 b:0+0 a:0+0', 'b'])
  })

  it('has its clients back if it returns before they ask', () => {
    const node = new LoneIpvs({ servers: 'a b c', persistenceSeconds: HOUR })
    expect(node.connect()).toBe('c')
    node.sync('a b', 10)
    node.sync('a b c', 20)
    expect(node.connect({ at: 20 })).toBe('c')
  })
})

describe('two virtual servers of one Service', () => {
  const server = (address: string, port: number): VirtualServer => ({
    protocol: 'tcp',
    address,
    port,
    scheduler: 'rr',
    isHashingPorts: false,
    isFallingBack: false,
    persistenceSeconds: 10_800,
    realServers: ['10.244.0.1', '10.244.0.2'].map((each) => ({
      address: each,
      port: 8080,
      weight: 1,
      forwarding: 'masquerading',
    })),
  })

  it('remember a client each for itself, with turns of their own: cluster IP and node port', () => {
    const book = new AddressBook()
    const virtualServers = [server('10.96.0.10', 80), server('192.168.0.1', 30_080)]
    const node = new IpvsNode({
      tables: { virtualServers, boundAddresses: ['10.96.0.10'], ipSets: [], tables: [] },
      book,
      localAddresses: [range('192.168.0.1')],
    })
    const connect = (from: string, address: string, port: number) => {
      const packet = emptyPacket()
      packet.source = book.idOf(from)
      packet.destination = book.idOf(address)
      packet.destinationPort = port
      node.receive(packet, 0, makeTraversal())
      return book.textOf(packet.destination)
    }
    const byClusterIp = () => connect('10.0.0.1', '10.96.0.10', 80)
    const byNodePort = () => connect('10.0.0.1', '192.168.0.1', 30_080)
    expect(byClusterIp()).toBe('10.244.0.2')
    expect(connect('10.0.0.9', '192.168.0.1', 30_080)).toBe('10.244.0.2')
    expect([byNodePort(), byNodePort()]).toEqual(['10.244.0.1', '10.244.0.1'])
    expect(byClusterIp()).toBe('10.244.0.2')
  })
})
