/** The checks of random scenarios find what they are for: worlds with a fault that was put in. */
import { describe, expect, it } from 'vitest'
import { NS_PER_S } from '../../src/base/nanoseconds.js'
import type { World } from '../../src/model/world.js'
import { assertDrained, runConserved } from './conservation.js'
import { drainingWorld } from './draining-world.js'
import { draftScenario, loadDraft } from './random-scenario.js'

describe('the checks of random scenarios', () => {
  /** A scenario in which connections are made and kept, pods queue and calls follow. */
  const BUSY = 12
  const world = (seed = BUSY) => drainingWorld(loadDraft(draftScenario(seed)))
  /** One in which requests share servers, and CPU limits let pods stand still. */
  const LIMITED = 8
  /** One in which names are resolved by queries, from new ports every time. */
  const ASKING = 3

  /** Mode ipvs, a load balancer, masqueraded connections, a listen backlog. */
  const RICH = 17

  it('find nothing in a world without faults', () => {
    const observed = runConserved(world())
    assertDrained(observed)
    expect(observed.requests.length).toBeGreaterThan(50)
  })

  const faults: { name: string; seed?: number; plant: (world: World) => void; says: string }[] = [
    {
      name: 'connections that are closed and stay open',
      plant: ({ connections }) => {
        connections.close = () => {}
      },
      says: 'connections are left that nobody can use',
    },
    {
      name: 'a node that forgets to forget a connection',
      plant: ({ nodes }) => {
        for (const { connections } of nodes) connections.table.close = () => {}
      },
      says: 'connection tracking is not of the open connections',
    },
    {
      name: 'a request that is never let go',
      plant: ({ requests }) => {
        const close = requests.closeIfDone.bind(requests)
        requests.closeIfDone = (row) => row !== 0 && close(row)
      },
      says: 'rows of requests are left',
    },
    {
      name: 'a look-up of a name that never ends',
      seed: ASKING,
      plant: ({ dns }) => {
        if (dns !== undefined) dns.lookups.close = () => {}
      },
      says: 'look-ups of names are left',
    },
    {
      name: 'a query that nobody lets go of',
      seed: ASKING,
      plant: ({ dns }) => {
        if (dns !== undefined) dns.queries.close = () => {}
      },
      says: 'queries are left',
    },
    {
      name: 'a UDP port that stays open',
      seed: ASKING,
      plant: ({ dns }) => {
        if (dns !== undefined) dns.flows.close = () => {}
      },
      says: 'UDP flows are left',
    },
    {
      name: 'a port of a client that is never given back',
      plant: ({ ports }) => {
        ports.giveBack = () => {}
      },
      says: 'ports of clients are left',
    },
    {
      name: 'a place of a pool that stays taken',
      plant: ({ connections }) => {
        const forget = connections.forgetIdle.bind(connections)
        connections.forgetIdle = (caller, row) => {
          connections.placesTaken[caller]++
          forget(caller, row)
        }
      },
      says: 'places of a pool are not those of its connections',
    },
    {
      name: 'a port to masquerade that nobody gives back',
      seed: RICH,
      plant: ({ nodes }) => {
        for (const { connections } of nodes) connections.table.isMasqueraded = () => false
      },
      says: 'ports to masquerade are left',
    },
    {
      name: 'a table that keeps places for too long',
      plant: ({ nodes }) => {
        for (const { connections } of nodes) {
          const countAt = connections.countAt.bind(connections)
          connections.countAt = (nowNs) => countAt(nowNs) + 1
        }
      },
      says: 'places of the table are kept too long',
    },
    {
      name: 'a node that never lets go of its real servers',
      seed: RICH,
      plant: ({ nodes }) => {
        for (const node of nodes) {
          const close = node.close.bind(node)
          node.close = (entry, _binding, ending, nowNs) => close(entry, -1, ending, nowNs)
        }
      },
      says: 'IPVS holds connections that are not open',
    },
    {
      name: 'a load balancer that is not told of ends',
      seed: RICH,
      plant: ({ entries }) => {
        for (const { loadBalancer } of entries) if (loadBalancer !== undefined) loadBalancer.close = () => {}
      },
      says: 'a load balancer counts connections that are not open',
    },
    {
      name: 'a place in a listen backlog that stays reserved',
      seed: RICH,
      plant: ({ stations }) => {
        for (const station of stations) station.unreserve = () => {}
      },
      says: 'places of a pod stay reserved',
    },
    {
      name: 'an event that comes for ever',
      plant: ({ simulator, lanes }) => {
        simulator.schedule(lanes.retry, 10_000 * NS_PER_S, 0)
      },
      says: 'events are left',
    },
    {
      name: 'a pod that loses the count of time',
      plant: ({ stations }) => {
        for (const station of stations) {
          const leave = station.leave.bind(station)
          station.leave = (nowNs, sojournNs) => leave(nowNs, sojournNs + 1)
        }
      },
      says: "Little's law does not hold",
    },
    {
      name: 'a pod that forgets a request that it works on',
      seed: LIMITED,
      plant: ({ work }) => {
        for (const each of work) {
          if (each === undefined) continue
          const take = each.takeFinished.bind(each)
          let count = 0
          each.takeFinished = (nowNs) => {
            const done = take(nowNs)
            return done >= 0 && count++ === 0 ? -1 : done
          }
        }
      },
      says: 'rows of requests are left',
    },
    {
      name: 'a pod that stands still for longer than time goes on',
      seed: LIMITED,
      plant: ({ work }) => {
        for (const each of work) {
          if (each !== undefined) each.throttledNs = (nowNs) => 2 * nowNs
        }
      },
      says: 'a pod was busier than it can be',
    },
  ]

  it.each(faults)('find $name', ({ seed, plant, says }) => {
    const broken = world(seed)
    plant(broken)
    expect(() => assertDrained(runConserved(broken))).toThrow(says)
  })

  it('find a record that is lost', () => {
    const lossy = () => {
      let count = 0
      return runConserved(world(), (observer) => ({
        ...observer,
        requestEnded: (record) => {
          if (count++ !== 5) observer.requestEnded(record)
        },
      }))
    }
    expect(lossy).toThrow('issued is not the sum of outcomes')
  })

  it('find a part of a response time that is lost', () => {
    const forgetful = () =>
      runConserved(world(), (observer) => ({
        ...observer,
        requestEnded: (record) => observer.requestEnded({ ...record, connectNs: 0 }),
      }))
    expect(forgetful).toThrow('parts do not add up')
  })
})
