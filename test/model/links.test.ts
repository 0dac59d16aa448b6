import { describe, expect, it } from 'vitest'
import type { Distribution } from '../../src/base/distribution.js'
import { makeSampler } from '../../src/engine/distributions.js'
import { Streams } from '../../src/engine/streams.js'
import { Links, linkBetween, NO_WAY, Step, type StepNumber } from '../../src/model/links.js'
import { compile, nodes, service } from '../kubernetes/objects.js'

const constantNs = (value: number): Distribution => ({ kind: 'constant', value })
const CONSTANT = {
  sameNode: constantNs(10),
  sameZone: constantNs(150),
  otherZone: constantNs(500),
  outside: constantNs(10_000),
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
