/** How real servers go away: kube-proxy's graceful termination, and what new connections meet meanwhile. */
import { describe, expect, it } from 'vitest'
import { LoneIpvs } from './lone-ipvs.js'

describe('a real server that is not wanted any more', () => {
  it('is removed at once if nothing is connected to it', () => {
    const node = new LoneIpvs({ servers: 'a b c' })
    node.sync('a c', 1)
    expect(node.list(1)).toBe('c:0+0 a:0+0')
  })

  it('takes no new connections, and is removed at the first whole minute at which none is remembered', () => {
    const node = new LoneIpvs({ servers: 'a b c' })
    const { binding } = node.open()
    node.sync('a b', 1)
    expect([node.list(1), node.connect({ at: 1 }), node.connect({ at: 1 }), node.connect({ at: 1 })]).toEqual(
      ['c!:1+0 b:0+0 a:0+0', 'b', 'a', 'b'],
    )
    node.release(binding, 70)
    expect(node.list(189)).toBe('c!:0+1 b:2+0 a:1+0')
    expect(node.list(239)).toBe('c!:0+0 b:2+0 a:1+0')
    expect(node.list(240)).toBe('b:2+0 a:1+0')
  })

  it('is removed at once with UDP, whatever is connected to it', () => {
    const node = new LoneIpvs({ servers: 'a b', protocol: 'udp' })
    node.connect()
    node.sync('a', 1)
    expect(node.list(1)).toBe('a:0+0')
  })

  it('is removed at once with SCTP', () => {
    const node = new LoneIpvs({ servers: 'a b', protocol: 'sctp' })
    node.connect()
    node.sync('a', 1)
    expect(node.list(1)).toBe('a:0+0')
  })

  it('goes to the head of the list, with its connections, if it comes back', () => {
    const node = new LoneIpvs({ servers: 'a b c' })
    expect(node.connectAll(2)).toBe('c b')
    node.sync('a c', 1)
    node.sync('a b c', 2)
    expect(node.list(2)).toBe('b:1+0 c:1+0 a:0+0')
  })

  it('still has its connections if it was removed at once and comes back', () => {
    const node = new LoneIpvs({ servers: 'a b', protocol: 'udp' })
    node.connect()
    node.sync('a', 1)
    node.sync('a b', 2)
    expect(node.list(2)).toBe('b:0+1 a:0+0')
  })

  it('is removed at the very minute at which its last connection is forgotten', () => {
    const node = new LoneIpvs({ servers: 'a b c' })
    const { binding } = node.open()
    node.sync('a b', 1)
    node.release(binding, 60)
    expect([node.list(179), node.list(180)]).toEqual(['c!:0+1 b:0+0 a:0+0', 'b:0+0 a:0+0'])
  })

  // By TCP it waits for its connection; by UDP it is gone at once.
  it.each(['tcp', 'udp'] as const)('passes its turn to the next one (%s)', (protocol) => {
    const node = new LoneIpvs({ servers: 'a b c d', protocol })
    expect(node.connectAll(2)).toBe('d c')
    node.sync('a b d', 1)
    expect(node.connect({ at: 1 })).toBe('b')
  })

  it('leaves clients refused under source hashing until it is gone', () => {
    const node = new LoneIpvs({ scheduler: 'sh', servers: 'a b c' })
    const { server, binding } = node.open()
    node.sync('a b', 1)
    node.release(binding, 10)
    expect([server, node.connect({ at: 179 })]).toEqual(['c', '-'])
    // 39 mod 2 = 1, the second from the head.
    expect(node.connect({ at: 180 })).toBe('a')
  })
})

describe('new real servers', () => {
  it('come to the head, before the next turn', () => {
    const node = new LoneIpvs({ servers: 'a b' })
    expect(node.connect()).toBe('b')
    node.sync('a b c', 1)
    expect([node.list(1), node.connect({ at: 1 }), node.connect({ at: 1 })]).toEqual([
      'c:0+0 b:1+0 a:0+0',
      'a',
      'c',
    ])
  })

  it('draw all new connections until they have as many as the others (lc)', () => {
    const node = new LoneIpvs({ scheduler: 'lc', servers: 'a b' })
    node.connectAll(6)
    node.sync('a b c', 1)
    expect([1, 2, 3, 4].map((at) => node.connect({ at })).join(' ')).toBe('c c c c')
  })
})

describe('releasing', () => {
  it('refuses what is not open', () => {
    const node = new LoneIpvs({ servers: 'a' })
    const { binding } = node.open()
    node.release(binding, 1)
    expect(() => node.release(binding, 2)).toThrow('no such connection is bound')
    expect(() => node.release(7, 2)).toThrow('no such connection is bound')
  })

  it('does nothing for a packet that had no real server', () => {
    const node = new LoneIpvs({ servers: '' })
    const { server, binding } = node.open()
    node.release(binding, 1)
    expect([server, binding]).toEqual(['-', -1])
  })
})
