import { describe, expect, it } from 'vitest'
import type { Nanoseconds } from '../../src/base/nanoseconds.js'
import { warmth } from '../../src/model/slow-start.js'
import { buildWorld } from '../../src/model/world.js'
import { compile, nodes, scenario, service, workload } from '../kubernetes/objects.js'
import { observe } from './observed.js'
import { MS, runShop, users } from './small-shop.js'

const slowStart = { duration: '4s', factor: 0.2 }

describe('warmth', () => {
  it('rises in a straight line from the factor to 1, and stays there', () => {
    const settings = { duration: 1_000 as Nanoseconds, factor: 0.25 }
    expect([0, 250, 500, 1_000, 5_000].map((sinceNs) => warmth(settings, sinceNs))).toEqual([
      0.25, 0.4375, 0.625, 1, 1,
    ])
  })

  it('is 1 at once where it takes no time', () => {
    expect(warmth({ duration: 0 as Nanoseconds, factor: 0.1 }, 0)).toBe(1)
  })
})

describe('a pod that starts slowly', () => {
  /** Service times of requests at 1 s, 2 s …, in ms; without way, so that they come just then. */
  const served = (web: object) => {
    const free = { links: { sameNode: '0s' }, dns: { lookupTime: '0s' }, horizon: '6500ms' }
    const { requests } = runShop(
      { ...free, pods: { web: { serviceTime: '80ms', slowStart, ...web } } },
      'web',
    )
    return requests.map((each) => each.serviceNs / MS)
  }

  it('takes longer for what it takes up early', () => {
    // 0.4, 0.6, 0.8 of its speed after 1, 2, 3 s.
    expect(served({})).toEqual([200, 133.333333, 100, 80, 80, 80])
  })

  it('has a speed of its own beside', () => {
    expect(served({ speed: { 0: 0.5 } })).toEqual([400, 266.666667, 200, 160, 160, 160])
  })

  it('does so where requests share its servers', () => {
    expect(served({ discipline: 'ps' })).toEqual(served({}))
  })

  it('is slow again when it becomes ready again', () => {
    const spec = {
      pods: { web: { serviceTime: '80ms', slowStart } },
      cluster: { nodes: nodes('a') },
      costs: { preset: 'none' },
      links: { sameNode: '0s' },
      dns: { lookupTime: '0s' },
      warmUp: '0s',
      horizon: '6500ms',
      clients: [users()],
    }
    const cluster = compile({ workloads: [workload('web')], services: [service('web')] }, spec)
    const world = buildWorld({ cluster, scenario: scenario(spec), seed: 1, replication: 0 })
    const { requests } = observe(world, {
      connectionReached() {},
      requestEnded({ intendedNs }) {
        if (intendedNs === 4_000 * MS) world.readySinceNs[0] = 4_500 * MS
      },
    })
    // 0.5 and 1.5 s after that: 0.3 and 0.5 of its speed.
    expect(requests.slice(3).map((each) => each.serviceNs / MS)).toEqual([80, 266.666667, 160])
  })
})
