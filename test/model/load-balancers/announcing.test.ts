import { describe, expect, it } from 'vitest'
import { announcer, electByHash, Lease } from '../../../src/model/load-balancers/announcer.js'
import { node } from '../../kubernetes/objects.js'
import { balancersOf, chosen, inUse } from './balancers.js'

const NAMES = ['node-a', 'node-b', 'node-c']
const NODES = NAMES.map((name) => node(name))
const S = 1_000_000_000

describe('the election of MetalLB', () => {
  // SHA-256 of NODE#ADDRESS in ascending order, from another implementation.
  it.each([
    ['192.0.2.10', ['node-c', 'node-b', 'node-a']],
    ['192.0.2.11', ['node-a', 'node-c', 'node-b']],
    ['192.0.2.12', ['node-b', 'node-c', 'node-a']],
    ['192.0.2.13', ['node-c', 'node-a', 'node-b']],
  ])('for %s goes through the nodes in the order of their hashes', (address, order) => {
    const elect = electByHash(NAMES, address)
    const winners: string[] = []
    for (let inUsed = [0, 1, 2]; inUsed.length > 0; ) {
      const winner = elect(inUsed)
      winners.push(NAMES[winner])
      inUsed = inUsed.filter((target) => target !== winner)
    }
    expect(winners).toEqual(order)
  })

  it('is of the nodes with a ready pod under policy Local', () => {
    const scene = { nodes: NODES, podsOn: ['node-b', 'node-b', 'node-c'], settings: { preset: 'metallb-l2' } }
    const [balancer] = balancersOf({ ...scene, service: { externalTrafficPolicy: 'Local' } })
    expect(inUse(balancer)).toEqual(['node-b', 'node-c'])
  })

  it('sends all connections to one node, whoever asks', () => {
    const [balancer] = balancersOf({ nodes: NODES, podsOn: ['node-a'], settings: { preset: 'metallb-l2' } })
    const targets = Array.from({ length: 50 }, (_, client) =>
      chosen(balancer, { client, sourceHash: client * 7 }),
    )
    expect(new Set(targets).size).toBe(1)
  })

  it('has no winner without a ready pod', () => {
    const [balancer] = balancersOf({ nodes: NODES, podsOn: [], settings: { preset: 'metallb-l2' } })
    expect(chosen(balancer)).toBe(undefined)
  })

  it('passes to the next node some seconds after the first was lost, and back when it is there again', () => {
    const settings = { preset: 'metallb-l2' }
    const [balancer] = balancersOf({ nodes: NODES, podsOn: ['node-a', 'node-b', 'node-c'], settings })
    const first = chosen(balancer) as string
    const lost = NAMES.indexOf(first)
    const movesNs = balancer.noteCondition(lost, 'silent', 10 * S)
    // The next probe is at most a second away, answers in half a second, and is suspected for four.
    expect(movesNs).toBeGreaterThan(14.5 * S)
    expect(movesNs).toBeLessThanOrEqual(15.5 * S)
    balancer.review(movesNs - 1)
    expect(chosen(balancer)).toBe(first)
    balancer.review(movesNs)
    const second = chosen(balancer)
    expect(second).not.toBe(first)
    balancer.review(balancer.noteCondition(lost, 'up', 60 * S))
    expect(chosen(balancer)).toBe(first)
  })
})

describe('a node that the scenario wants', () => {
  it('announces as long as it can', () => {
    const settings = { preset: 'metallb-l2', announcer: 'node-b' }
    const [balancer] = balancersOf({ nodes: NODES, podsOn: ['node-a'], settings })
    expect(chosen(balancer)).toBe('node-b')
    const local = { externalTrafficPolicy: 'Local' } as const
    const [elsewhere] = balancersOf({ nodes: NODES, podsOn: ['node-a'], settings, service: local })
    expect(chosen(elsewhere)).toBe('node-a')
  })
})

describe('a lease', () => {
  it('is drawn once and kept while its holder can', () => {
    const draws = [2, 0]
    const lease = new Lease(() => draws.shift() ?? -1)
    expect([
      lease.elect([0, 1, 2]),
      lease.elect([0, 2]),
      lease.elect([0, 1]),
      lease.elect([0, 1, 2]),
    ]).toEqual([2, 2, 0, 0])
  })

  it('makes an announcer that changes when it is lost', () => {
    const draws = [1, 1]
    const { elect } = new Lease(() => draws.shift() ?? -1)
    const one = announcer({ nodeNames: NAMES, wanted: undefined, elect })
    const connection = { sourceHash: 1, sourcePort: 1, destinationHash: 1, destinationPort: 1, protocol: 6 }
    one.use([0, 1, 2])
    expect(one.choose(connection)).toBe(1)
    one.use([0, 2])
    expect(one.choose(connection)).toBe(2)
  })
})

describe('kube-vip', () => {
  const leaders = (settings: object, seed: number) =>
    balancersOf({ nodes: NODES, podsOn: ['node-a'], settings, serviceCount: 12, seed }).map((each) =>
      chosen(each),
    )

  it('has one leader for all Services, another one in another replication', () => {
    const ofSeeds = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => new Set(leaders({ preset: 'kube-vip-arp' }, seed)))
    expect(ofSeeds.map((each) => each.size)).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
    expect(new Set(ofSeeds.flatMap((each) => [...each])).size).toBe(3)
  })

  it('has a leader for each Service where that is set', () => {
    const settings = { preset: 'kube-vip-arp', announcement: 'leaderPerService' }
    expect(new Set(leaders(settings, 1)).size).toBe(3)
  })

  it('may strand a Service with policy Local on a leader without a pod, but not with leaders per Service', () => {
    const local = { externalTrafficPolicy: 'Local' } as const
    const scene = { nodes: NODES, podsOn: ['node-b'], service: local }
    const [one] = balancersOf({ ...scene, settings: { preset: 'kube-vip-arp' } })
    expect(inUse(one)).toEqual(NAMES)
    const [each] = balancersOf({
      ...scene,
      settings: { preset: 'kube-vip-arp', announcement: 'leaderPerService' },
    })
    expect(inUse(each)).toEqual(['node-b'])
  })
})
