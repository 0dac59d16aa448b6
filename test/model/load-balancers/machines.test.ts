import { describe, expect, it } from 'vitest'
import { Step } from '../../../src/model/links.js'
import type { LoadBalancer } from '../../../src/model/load-balancer.js'
import { meta, node } from '../../kubernetes/objects.js'
import { balancersOf, chosen, inUse } from './balancers.js'

/** Nodes a1, a2 in zone a, b1 in zone b. */
const NODES = ['a1', 'a2', 'b1'].map((name) => {
  const labels = new Map([['topology.kubernetes.io/zone', name[0]]])
  return node(name, { meta: meta(name, '', { labels }) })
})
const S = 1_000_000_000

function balancerOf(
  settings: object,
  podsOn: readonly string[] = ['a1', 'a2', 'b1'],
  service = {},
): LoadBalancer {
  return balancersOf({ nodes: NODES, podsOn, settings, service })[0]
}

/** Connections of the first clients, one each, by the target that they went to. */
function counts(balancer: LoadBalancer, clientCount = 1_000): Record<string, number> {
  const byTarget: Record<string, number> = {}
  for (let client = 0; client < clientCount; client++) {
    const name = chosen(balancer, { client, sourceHash: Math.imul(client, 2_654_435_761) >>> 0 }) ?? 'none'
    byTarget[name] = (byTarget[name] ?? 0) + 1
  }
  return byTarget
}

const LOCAL = { externalTrafficPolicy: 'Local' } as const
const ROUND_ROBIN = { preset: 'aws-nlb-instance', algorithm: 'roundRobin' }

describe('machines of a load balancer', () => {
  it('stand in each zone that has nodes, with an address of their own', () => {
    const balancer = balancerOf({ preset: 'aws-nlb-instance' })
    expect(balancer.machines.map(({ zone }) => zone)).toEqual(['a', 'b'])
    expect(new Set(balancer.machines.map(({ address }) => address)).size).toBe(2)
  })

  it('are one where nothing is said of zones', () => {
    expect(balancerOf({}).machines.map(({ zone }) => zone)).toEqual([undefined])
  })

  it('get an equal share of clients, and send to targets of their own zone only, without cross-zone balancing', () => {
    expect(counts(balancerOf(ROUND_ROBIN))).toEqual({ a1: 250, a2: 250, b1: 500 })
  })

  it('send to all targets with cross-zone balancing', () => {
    expect(counts(balancerOf({ ...ROUND_ROBIN, crossZone: true }), 900)).toEqual({
      a1: 300,
      a2: 300,
      b1: 300,
    })
  })

  it('are taken out of the name of the load balancer while no target of their zone is healthy', () => {
    expect(counts(balancerOf(ROUND_ROBIN, ['a1', 'a2', 'a2'], LOCAL))).toEqual({ a1: 500, a2: 500 })
  })

  it('send to all targets as a last resort, or to none', () => {
    expect(inUse(balancerOf(ROUND_ROBIN, [], LOCAL))).toEqual(['a1', 'a2', 'b1'])
    expect(chosen(balancerOf({ ...ROUND_ROBIN, whenNoneHealthy: 'refuse' }, [], LOCAL))).toBe(undefined)
  })

  it('keep a client on its machine', () => {
    const balancer = balancerOf(ROUND_ROBIN)
    const targets = Array.from({ length: 40 }, () => chosen(balancer, { client: 1 }))
    expect(new Set(targets)).toEqual(new Set(['b1']))
  })

  it.each([
    [{ preset: 'aws-nlb-instance', crossZone: true }, Step.sameZone, Step.otherZone],
    [{ preset: 'generic' }, Step.sameZone, Step.sameZone],
    [{ preset: 'metallb-bgp' }, undefined, undefined],
  ])('reach targets by the link of %o', (settings, toOwnZone, toOther) => {
    const balancer = balancerOf(settings)
    expect([balancer.linkOf(0), balancer.linkOf(2)]).toEqual([toOwnZone, toOther])
  })

  it('take ports in turn for connections that show their address', () => {
    const balancer = balancerOf({ preset: 'aws-nlb-ip' })
    const [first, second] = [balancer.sourceOf(0), balancer.sourceOf(0)]
    expect(first.address).toBe(balancer.machines[0].address)
    expect([first.port, second.port]).toEqual([1_024, 1_025])
  })
})

describe('weights by pods', () => {
  it('let nodes have connections as they have pods', () => {
    const settings = { preset: 'gcp-passthrough', algorithm: 'weightedRoundRobin', weights: 'podsPerNode' }
    expect(counts(balancerOf(settings, ['a1', 'b1', 'b1', 'b1'], LOCAL))).toEqual({ a1: 250, b1: 750 })
  })
})

describe('what a load balancer believes', () => {
  it('follows a node after three checks, and its news after half a minute', () => {
    const balancer = balancerOf({ preset: 'aws-nlb-instance', crossZone: true })
    const followsNs = balancer.noteCondition(2, 'silent', 100 * S)
    // Between 20 and 30 s to the third check, 10 s of silence, 30 s until it has got around.
    expect(followsNs).toBeGreaterThanOrEqual(160 * S)
    expect(followsNs).toBeLessThanOrEqual(170 * S)
    balancer.review(followsNs - 1)
    expect(inUse(balancer)).toEqual(['a1', 'a2', 'b1'])
    balancer.review(followsNs)
    expect(inUse(balancer)).toEqual(['a1', 'a2'])
  })

  it('asks each target at moments of its own, the same in every run', () => {
    const times = () => {
      const balancer = balancerOf({ preset: 'gcp-passthrough' })
      return [0, 1, 2].map((target) => balancer.noteCondition(target, 'failing', 100 * S))
    }
    expect(new Set(times()).size).toBe(3)
    expect(times()).toEqual(times())
  })

  it('knows at once what generic load balancers are told', () => {
    const balancer = balancerOf({})
    expect(balancer.noteCondition(0, 'silent', 5 * S)).toBe(Number.POSITIVE_INFINITY)
    expect(inUse(balancer)).toEqual(['a2', 'b1'])
  })

  it('sends nothing new to a target that is taken out, whose connections go on for the deregistration delay', () => {
    const balancer = balancerOf({ preset: 'aws-nlb-instance', crossZone: true })
    expect(balancer.deregister(1, 50 * S)).toBe(350 * S)
    expect(inUse(balancer)).toEqual(['a1', 'b1'])
    const followsNs = balancer.register(1, 'up', 400 * S)
    expect(followsNs).toBeGreaterThan(420 * S)
    expect(inUse(balancer)).toEqual(['a1', 'b1'])
    balancer.review(followsNs)
    expect(inUse(balancer)).toEqual(['a1', 'a2', 'b1'])
  })
})

describe('a ring that is too large', () => {
  it('is refused before it is made', () => {
    const podsOn = Array.from({ length: 1_100 }, () => 'a1')
    expect(() => balancerOf({ algorithm: 'ringHash', virtualNodes: 4_096, targets: 'pods' }, podsOn)).toThrow(
      'The ring of the load balancer of Service "web" would have 4505600 points; svcsim takes at most 4000000',
    )
  })
})
