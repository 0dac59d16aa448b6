/** lblc and lblcr over time, by hand from Linux net/netfilter/ipvs/ip_vs_lblc.c and ip_vs_lblcr.c. */
import { describe, expect, it } from 'vitest'
import { LoneIpvs } from './lone-ipvs.js'

const DAY = 86_400

describe('lblc', () => {
  it.each([
    // Used at 60 s, it is due after a day and a minute: the next half hour after that ends at 88 200 s.
    [88_199, 'b'],
    [88_200, 'a'],
  ])('after a first connection at 60 s gives one at %i s to %s', (at, expected) => {
    const node = new LoneIpvs({ scheduler: 'lblc', servers: 'a b' })
    expect(node.connect({ at: 60 })).toBe('b')
    expect(node.connect({ at })).toBe(expected)
  })

  it('stays with a busy server while every other one has half of its weight to do', () => {
    const node = new LoneIpvs({ scheduler: 'lblc', servers: 'a*2 b*2' })
    const first = [0, 1, 2].map(() => node.open())
    expect(first.map(({ server }) => server).join(' ')).toBe('b b b')
    expect(node.connectAll(3)).toBe('a a a')
    for (const { binding } of first.slice(1)) node.release(binding, 1)
    expect([node.list(1), node.connect({ at: 1 })]).toEqual(['b:1+2 a:3+0', 'a'])
    node.release(first[0].binding, 2)
    expect(node.connect({ at: 2 })).toBe('b')
  })

  it('remembers a server that is used again for a day from then', () => {
    const node = new LoneIpvs({ scheduler: 'lblc', servers: 'a b' })
    const first = node.open()
    node.release(first.binding, 1)
    expect(node.connect({ at: DAY / 2 })).toBe('b')
    expect(node.connect({ at: DAY })).toBe('b')
  })
})

describe('lblcr', () => {
  it.each([
    // Both have two connections, and a joined last, so that it is the first of the least and of the most loaded.
    [DAY, 'a b a'],
    // a has left the set: it still takes the connection that made it leave.
    [DAY + 1, 'a b b'],
  ])('a day after the set changed, at %i s, gives connections to %s', (at, expected) => {
    const node = new LoneIpvs({ scheduler: 'lblcr', servers: 'a b' })
    expect(node.connectAll(3)).toBe('b b a')
    expect(node.connect({ at: DAY / 2 })).toBe('a')
    expect([1, 2, 3].map(() => node.connect({ at })).join(' ')).toBe(expected)
  })

  it('lets one server a day leave the set', () => {
    const node = new LoneIpvs({ scheduler: 'lblcr', servers: 'a b c' })
    expect(node.connectAll(5)).toBe('c c b b a')
    expect(node.connect({ at: DAY / 2 })).toBe('a')
    // All have two. a leaves; then b and c take turns.
    expect([1, 2, 3, 4].map(() => node.connect({ at: DAY + 1 })).join(' ')).toBe('a b c b')
  })

  it('forgets the whole set that was not used for a day', () => {
    const node = new LoneIpvs({ scheduler: 'lblcr', servers: 'a b c' })
    expect(node.connectAll(3)).toBe('c c b')
    // With the set it would be b, which has one connection less than c.
    expect(node.connect({ at: DAY })).toBe('a')
  })
})

describe('a server that is gone', () => {
  it.each(['lblc', 'lblcr'] as const)('is not remembered (%s)', (scheduler) => {
    const node = new LoneIpvs({ scheduler, servers: 'a b', protocol: 'udp' })
    expect(node.connect()).toBe('b')
    node.sync('a', 1)
    expect(node.connect({ at: 1 })).toBe('a')
  })
})
