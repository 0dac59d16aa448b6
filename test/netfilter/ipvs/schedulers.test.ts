/**
 * Choices of each scheduler, worked out by hand from the kernel's sources. Servers are named in the order of adding; the
 * kernel's list, and so every search, begins with the last one.
 */
import { describe, expect, it } from 'vitest'
import type { SchedulerName } from '../../../src/netfilter/ipvs/virtual-server.js'
import { LoneIpvs } from './lone-ipvs.js'

interface Row {
  readonly scheduler: SchedulerName
  readonly servers: string
  /** Servers of connections that come one after another and stay open. */
  readonly choices: string
  readonly why: string
}

const rows: Row[] = [
  { scheduler: 'rr', servers: 'a b c', choices: 'c b a c b a c', why: 'in turn from the head' },
  { scheduler: 'rr', servers: 'a*5 b c*2', choices: 'c b a c b a', why: 'whatever they weigh' },
  { scheduler: 'rr', servers: 'a b*0 c', choices: 'c a c a', why: 'a drained one has no turn' },
  { scheduler: 'rr', servers: 'a', choices: 'a a a', why: 'alone' },
  { scheduler: 'rr', servers: 'a*0 b*0', choices: '- -', why: 'nobody takes connections' },
  { scheduler: 'rr', servers: '', choices: '-', why: 'nobody is there' },
  // Adding c, b, a with weights 2, 3, 4 leaves the required weight at 1: the first round is for all three.
  {
    scheduler: 'wrr',
    servers: 'c*2 b*3 a*4',
    choices: 'a b c a a b a b c a b c a a b',
    why: 'rounds of 1, 4, 3, 2',
  },
  { scheduler: 'wrr', servers: 'a b c', choices: 'c b a c b a', why: 'equal weights are rr' },
  { scheduler: 'wrr', servers: 'a*0 b*2', choices: 'b b b', why: 'a drained one has no turn' },
  { scheduler: 'wrr', servers: 'a*0', choices: '-', why: 'nobody takes connections' },
  // The divisor is 2, so that 3 is required at most and 1 at least; the first to be added left it at 1.
  { scheduler: 'wrr', servers: 'b*2 a*4', choices: 'a b a a b a a b', why: 'rounds of 1 and 3' },
  { scheduler: 'lc', servers: 'a b c', choices: 'c b a c b a', why: 'the first of the idlest' },
  { scheduler: 'lc', servers: 'a*9 b*0 c', choices: 'c a c a', why: 'whatever they weigh' },
  // b: 256/2 < 256/1; then 512/2 = 256/1, which leaves it at b; then 768/2 > 256/1.
  { scheduler: 'wlc', servers: 'a b*2', choices: 'b a b b a b', why: 'overhead by weight' },
  { scheduler: 'wlc', servers: 'a*0 b*0', choices: '-', why: 'nobody takes connections' },
  // (0+1)/2 for b, then (1+1)/2 = (0+1)/1, which leaves it at b, then (2+1)/2 > 1.
  { scheduler: 'sed', servers: 'a b*2', choices: 'b b a b b a', why: 'the new one counted in' },
  { scheduler: 'sed', servers: 'a*0', choices: '-', why: 'nobody takes connections' },
  { scheduler: 'nq', servers: 'a b*2', choices: 'b a b b b a', why: 'idle ones first, then as sed' },
  { scheduler: 'nq', servers: 'a b*0', choices: 'a a', why: 'a drained one is not idle' },
  // 10.96.0.10 = 0x0a60000a; times 0x61c88647 its upper 8 bits are 242; 242 mod 3 = 2, the third from the head.
  { scheduler: 'dh', servers: 'a b c', choices: 'a a a a', why: 'one address, one server' },
  // 242 mod 4 = 2
  { scheduler: 'dh', servers: 'a b c d', choices: 'b b', why: 'another number of servers' },
  { scheduler: 'dh', servers: 'a*0 b c', choices: '- -', why: 'the one that is hit is drained' },
  // c has one connection more than it weighs, and others none, after the second; then b; then nobody is idle.
  {
    scheduler: 'lblc',
    servers: 'a b c',
    choices: 'c c b b a a a a a',
    why: 'one after another, then for ever',
  },
  {
    scheduler: 'lblc',
    servers: 'a*2 b*4',
    choices: 'b b b b b a a a',
    why: 'kept up to one more than it weighs',
  },
  // The same, but all three share the address then: with a:3, b:2, c:2 it is b's turn, which joined later than c.
  { scheduler: 'lblcr', servers: 'a b c', choices: 'c c b b a a a b c a b c', why: 'the set grows to all' },
  { scheduler: 'lblcr', servers: 'a*0', choices: '-', why: 'nobody takes connections' },
]

describe('choices for connections that stay', () => {
  it.each(rows)('$scheduler of $servers: $choices ($why)', ({ scheduler, servers, choices }) => {
    const node = new LoneIpvs({ scheduler, servers })
    expect(node.connectAll(choices.split(' ').length)).toBe(choices)
  })
})

describe('connections that end', () => {
  it('count a 256th while they are remembered (lc)', () => {
    const node = new LoneIpvs({ scheduler: 'lc', servers: 'a b' })
    const first = node.open()
    node.connect()
    node.release(first.binding, 1)
    expect(node.list(1)).toBe('b:0+1 a:1+0')
    expect([node.connect({ at: 2 }), node.list(2)]).toEqual(['b', 'b:1+1 a:1+0'])
    expect([node.connect({ at: 3 }), node.list(3)]).toEqual(['a', 'b:1+1 a:2+0'])
  })

  it('do not count where only open ones do (sed)', () => {
    const node = new LoneIpvs({ scheduler: 'sed', servers: 'a b' })
    node.release(node.open().binding, 1)
    expect(node.connect({ at: 2 })).toBe('b')
  })

  it('leave their server idle at once (nq)', () => {
    const node = new LoneIpvs({ scheduler: 'nq', servers: 'a b' })
    const first = node.open()
    node.connect()
    node.release(first.binding, 1)
    expect(node.connect({ at: 2 })).toBe('b')
  })

  it('take part in turns no more than others (rr)', () => {
    const node = new LoneIpvs({ servers: 'a b c' })
    const first = node.open()
    node.release(first.binding, 1)
    expect([first.server, node.connect({ at: 1 })]).toEqual(['c', 'b'])
  })
})

describe('a list that changes', () => {
  it.each([
    // After c and b it would be a's turn.
    ['goes on with the same turn', 'rr', 'a d c b a'],
    ['begins anew', 'wrr', 'd c b a d'],
  ] as const)('%s (%s)', (_, scheduler, expected) => {
    const node = new LoneIpvs({ scheduler, servers: 'a b c' })
    expect(node.connectAll(2)).toBe('c b')
    node.sync('a b c d', 0)
    expect(node.connectAll(5)).toBe(expected)
  })

  it('stays in its round as far as new weights allow (wrr)', () => {
    const node = new LoneIpvs({ scheduler: 'wrr', servers: 'b*3 a*6' })
    // Rounds of 1 and 4, with the divisor 3.
    expect(node.connectAll(3)).toBe('a b a')
    // b's new weight makes the divisor 2, and 4 to 5; a's makes it 4, which leaves 5. Rounds of 5 and 1.
    node.sync('b*4 a*8', 0)
    expect(node.connectAll(6)).toBe('a a b a a b')
  })
})

describe('another scheduler', () => {
  // 39 mod 3 = 0: the head.
  it.each([
    ['wrr', 'c b a'],
    ['sh', 'c c c'],
    ['dh', 'a a a'],
  ] as const)('takes over the servers that are there (%s)', (scheduler, expected) => {
    const node = new LoneIpvs({ servers: 'a b c' })
    expect(node.connect()).toBe('c')
    node.sync('a b c', 1, { scheduler })
    expect([1, 2, 3].map((at) => node.connect({ at })).join(' ')).toBe(expected)
  })

  it('is one with other flags, too', () => {
    const node = new LoneIpvs({ scheduler: 'sh', servers: 'a b c' })
    expect(node.connect({ port: 1 })).toBe('c')
    node.sync('a b c', 1, { isHashingPorts: true })
    expect(node.connect({ port: 1, at: 1 })).toBe('a')
  })
})

describe('source hashing', () => {
  // 0x0a000001 · 0x61c88647 = 0x…27c88647, whose upper 8 bits are 39; 39 mod 3 = 0, the head. So 137 and 235 for .2 and .3.
  it('deals 256 buckets in turn, and looks at the address only', () => {
    const node = new LoneIpvs({ scheduler: 'sh', servers: 'a b c' })
    const choices = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((from) => node.connect({ from, port: 7 }))
    expect(choices).toEqual(['c', 'a', 'b'])
  })

  it('adds the port to the address if asked to', () => {
    const node = new LoneIpvs({ scheduler: 'sh', servers: 'a b c', isHashingPorts: true })
    expect([node.connect({ port: 1 }), node.connect({ port: 2 })]).toEqual(['a', 'b'])
  })

  it('gives a server as many buckets in a row as it weighs', () => {
    // The head c has 4 buckets of 6, b one, a one: 39 mod 6 = 3, 137 mod 6 = 5, 235 mod 6 = 1.
    const node = new LoneIpvs({ scheduler: 'sh', servers: 'a b c*4' })
    const choices = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((from) => node.connect({ from }))
    expect(choices).toEqual(['c', 'a', 'c'])
  })

  it('refuses clients that hit a drained server', () => {
    const node = new LoneIpvs({ scheduler: 'sh', servers: 'a b c*0' })
    expect([node.connect({ from: '10.0.0.1' }), node.connect({ from: '10.0.0.2' })]).toEqual(['-', 'a'])
  })

  it('looks on from twice the bucket if it may fall back', () => {
    // Bucket 39 is c's, which is drained; 78 mod 3 = 0 is c's too; 79 is b's.
    const node = new LoneIpvs({ scheduler: 'sh', servers: 'a b c*0', isFallingBack: true })
    expect(node.connect()).toBe('b')
  })

  it('moves most clients when a server is added', () => {
    const node = new LoneIpvs({ scheduler: 'sh', servers: 'a b c' })
    node.sync('a b c d', 1)
    // With d at the head: 39 mod 4 = 3, 137 mod 4 = 1, 235 mod 4 = 3.
    const choices = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((from) => node.connect({ from, at: 1 }))
    expect(choices).toEqual(['a', 'c', 'a'])
  })
})

describe('Maglev hashing', () => {
  /** Computed apart from this program: SipHash-1-3 with the kernel's keys, checked against lib/test_siphash.c. */
  const byAddress = {
    '10.0.0.1': 'a',
    '10.0.0.2': 'a',
    '10.0.0.3': 'a',
    '10.0.0.4': 'b',
    '10.0.0.5': 'b',
    '10.0.0.6': 'c',
  }

  it('looks the address up in a table of 4093 places', () => {
    const node = new LoneIpvs({ scheduler: 'mh', servers: 'a b c' })
    const choices = Object.keys(byAddress).map((from) => node.connect({ from }))
    expect(choices).toEqual(Object.values(byAddress))
  })

  it('adds the port to the address, as kube-proxy asks it to', () => {
    const node = new LoneIpvs({ scheduler: 'mh', servers: 'a b c', isHashingPorts: true })
    const ports = [40_000, 40_001, 40_002]
    expect(ports.map((port) => node.connect({ from: '10.0.0.4', port }))).toEqual(['a', 'c', 'a'])
    expect(ports.map((port) => node.connect({ from: '10.0.0.5', port }))).toEqual(['c', 'a', 'a'])
  })

  it('cuts great weights to 6 bits, and small ones to no less than 1', () => {
    // 200 needs 8 bits, so that both lose two: b fills 50 places at a time, a one.
    const node = new LoneIpvs({ scheduler: 'mh', servers: 'a b*200' })
    let count = 0
    for (let host = 0; host < 5100; host += 1) {
      if (node.connect({ from: `10.1.${host >> 8}.${host & 255}` }) === 'a') count += 1
    }
    // One of 51: 100, with a standard deviation of 10.
    expect(Math.abs(count - 100)).toBeLessThan(35)
  })

  it('refuses clients of a drained server, and moves no others', () => {
    const node = new LoneIpvs({ scheduler: 'mh', servers: 'a b c' })
    node.open({ from: '10.0.0.1' })
    node.sync('b c', 1)
    const choices = Object.keys(byAddress).map((from) => node.connect({ from, at: 1 }))
    expect(choices).toEqual(['-', '-', '-', 'b', 'b', 'c'])
  })

  it('finds other places for clients of a drained server if it may fall back', () => {
    const node = new LoneIpvs({ scheduler: 'mh', servers: 'a b c', isFallingBack: true })
    node.open({ from: '10.0.0.1' })
    node.sync('b c', 1)
    const choices = Object.keys(byAddress).map((from) => node.connect({ from, at: 1 }))
    expect(choices.slice(3)).toEqual(['b', 'b', 'c'])
    expect(choices.slice(0, 3)).not.toContain('-')
  })
})
