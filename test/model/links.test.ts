import { describe, expect, it } from 'vitest'
import type { Distribution } from '../../src/base/distribution.js'
import { makeSampler } from '../../src/engine/distributions.js'
import { Streams } from '../../src/engine/streams.js'
import { Links, linkBetween, NO_SENDER, NO_WAY, Step, type StepNumber } from '../../src/model/links.js'
import { compile, nodes, service } from '../kubernetes/objects.js'

const constantNs = (value: number): Distribution => ({ kind: 'constant', value })
const CONSTANT = {
  sameNode: constantNs(10),
  sameZone: constantNs(150),
  otherZone: constantNs(500),
  outside: constantNs(10_000),
  bandwidth: {},
  loss: {},
}
const DRAWN = { ...CONSTANT, sameZone: { kind: 'uniform', min: 100, max: 200 } as const }

const newStreams = () => new Streams(3, 0)

/** The way of some steps. */
function wayOf(links: Links, ...steps: readonly StepNumber[]) {
  return steps.reduce((way, step) => links.extend(way, step), NO_WAY)
}

describe('linkBetween', () => {
  const { nodes: clusterNodes } = compile(
    { services: [service('web')] },
    { cluster: { nodes: nodes('a/z1', 'b/z1', 'c/z2', 'd', 'e') } },
  )

  it.each([
    ['a node and itself', 0, 0, Step.sameNode],
    ['two nodes of a zone', 0, 1, Step.sameZone],
    ['nodes of two zones', 1, 2, Step.otherZone],
    ['nodes of which one has no zone', 2, 3, Step.otherZone],
    ['nodes without zones', 3, 4, Step.sameZone],
  ])('between %s', (_, from, to, expected) => {
    expect(linkBetween(clusterNodes[from], clusterNodes[to])).toBe(expected)
  })
})

describe('Links', () => {
  it('adds constant links and nodes up', () => {
    const links = new Links(CONSTANT, newStreams(), 1_770.4)
    const way = wayOf(links, Step.outside, Step.node, Step.otherZone, Step.node)
    expect(links.wayNs(way)).toBe(10_000 + 500 + 2 * 1_770)
    expect(links.wayNs(NO_WAY)).toBe(0)
  })

  it('takes constant links one by one', () => {
    const links = new Links(CONSTANT, newStreams(), 0)
    expect(
      [Step.sameNode, Step.sameZone, Step.otherZone, Step.outside].map((step) => links.linkNs(step)),
    ).toEqual([10, 150, 500, 10_000])
  })

  it('names the same steps by the same way, other steps or another order by another', () => {
    const links = new Links(CONSTANT, newStreams(), 0)
    const way = wayOf(links, Step.outside, Step.node, Step.sameNode)
    expect(wayOf(links, Step.outside, Step.node, Step.sameNode)).toBe(way)
    expect(wayOf(links, Step.node, Step.outside, Step.sameNode)).not.toBe(way)
    expect(wayOf(links, Step.outside, Step.node)).not.toBe(way)
  })

  it('draws every packet over a drawn link anew, each kind from its own stream, and rounds to ns', () => {
    const links = new Links(DRAWN, newStreams(), 5)
    const stream = newStreams().get('link/sameZone')
    const sample = makeSampler(DRAWN.sameZone)
    const expected = Array.from({ length: 4 }, () => Math.round(sample(stream)))
    const way = wayOf(links, Step.sameZone, Step.node, Step.otherZone, Step.sameZone)
    expect(links.wayNs(way)).toBe(expected[0] + 5 + 500 + expected[1])
    expect(links.linkNs(Step.sameZone)).toBe(expected[2])
    expect(links.wayNs(wayOf(links, Step.sameNode))).toBe(10)
    expect(links.linkNs(Step.sameZone)).toBe(expected[3])
  })
})

describe('bandwidth', () => {
  /** 8 bits a byte: 1 Gbit/s is 8 ns a byte. */
  const settings = { ...CONSTANT, bandwidth: { otherZone: 1e9, outside: 1e8 } }
  const wayAcross = (links: Links) => wayOf(links, Step.outside, Step.node, Step.otherZone)

  it('adds the size of a message over the bandwidth of every link', () => {
    const links = new Links(settings, newStreams(), 0, 2)
    expect(links.messageNs(wayAcross(links), NO_SENDER, 1_000, 0)).toBe(10_500 + 8_000 + 80_000)
    expect(links.messageNs(wayAcross(links), NO_SENDER, 0, 0)).toBe(10_500)
  })

  it('lets messages wait for those before them at the node that sends them, at its slowest link', () => {
    const links = new Links(settings, newStreams(), 0, 2)
    const way = wayOf(links, Step.otherZone)
    const times = [0, 0, 4_000].map((atNs) => links.messageNs(way, 1, 1_000, atNs))
    expect(times).toEqual([8_500, 16_500, 20_500])
    expect(links.messageNs(way, 0, 1_000, 4_000)).toBe(8_500)
  })
})

describe('loss', () => {
  it('costs a time-out that doubles, in the share of messages that it says', () => {
    const links = new Links({ ...CONSTANT, loss: { sameZone: 0.1 } }, newStreams(), 0, 0)
    const way = wayOf(links, Step.sameZone)
    const times = Array.from({ length: 2_000 }, () => links.messageNs(way, NO_SENDER, 0, 0) - 150)
    const lost = times.filter((timeNs) => timeNs > 0)
    // 200 expected, with a standard deviation of 13.4.
    expect(Math.abs(lost.length - 200)).toBeLessThan(55)
    expect([...new Set(lost)].sort((a, b) => a - b).slice(0, 2)).toEqual([200e6, 600e6])
  })

  it('is drawn for no link that has none', () => {
    const streams = newStreams()
    const links = new Links({ ...CONSTANT, loss: { sameZone: 0.5 } }, streams, 0, 0)
    expect(links.loses(Step.sameNode)).toBe(false)
    expect(streams.get('loss/sameNode').uniform()).toBe(newStreams().get('loss/sameNode').uniform())
  })
})
