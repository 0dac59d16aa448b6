import { describe, expect, it } from 'vitest'
import { service, withPorts, workload } from '../kubernetes/objects.js'
import { type Observed, partsOf, run } from './observed.js'
import { MS, requestsOf, runShop, users, WAY_NS, WAY_THERE_NS } from './small-shop.js'

function runLimited(web: object, spec: object = {}): Observed {
  return runShop({ pods: { web: { serviceTime: '80ms', ...web } }, ...spec }, 'web')
}

/** The first request comes when a period is this far. */
const LATE_NS = WAY_THERE_NS

describe('a pod with a CPU limit', () => {
  it('stands still when it has used its quota, until the next period', () => {
    // It works from 1 s + LATE for 50 ms, and 30 ms from 1.1 s on.
    const { requests, totals } = runLimited({ cpuLimit: '500m' })
    expect(partsOf(requests[0]).service).toBe(130 * MS - LATE_NS)
    expect(totals.pods[0]).toMatchObject({ hasCpuLimit: true, throttledNs: 50 * MS - LATE_NS, served: 1 })
  })

  it('adds the throttled time to the service part, so that the parts add up', () => {
    const { requests } = runLimited({ cpuLimit: 0.5 })
    expect(partsOf(requests[0])).toEqual({
      dns: 300_000,
      connect: 20_000,
      network: 20_000,
      service: 130 * MS - LATE_NS,
    })
    expect(requests[0].responseTimeNs).toBe(WAY_NS + 130 * MS - LATE_NS)
  })

  it('uses its quota up with all of its servers together', () => {
    // Four requests of 80 ms at once, 100 ms for all: 25 ms each, three times, and 5 ms.
    const clients = [users({ count: 4, arrivals: { rate: '1000/s', process: 'paced' } })]
    const { requests } = runLimited(
      { cpuLimit: '1', servers: 4, queueCapacity: 0 },
      { clients, horizon: '450ms', warmUp: '0s' },
    )
    const served = requests.filter((each) => each.serviceNs > 0)
    expect(served).toHaveLength(4)
    // They come at 1, 2, 3 and 4 ms: 1 · 1 + 2 · 1 + 3 · 1 + 4 t = 100 ms, t = 23.5: until 27.5 ms, with the way.
    const lastNs = Math.max(...served.map((each) => each.intendedNs + each.responseTimeNs))
    expect(lastNs).toBeGreaterThan(300 * MS)
    expect(lastNs).toBeLessThan(310 * MS)
  })

  it('is as without limit where every server can have a CPU', () => {
    const { requests, totals } = runLimited({ cpuLimit: '2', servers: 2 })
    expect(requests[0].serviceNs).toBe(80 * MS)
    expect(totals.pods[0]).toMatchObject({ hasCpuLimit: true, throttledNs: 0 })
  })

  it('holds in the period that the scenario gives', () => {
    // 5 ms of each 10: 15 periods with the whole quota, the last 5 ms in the sixteenth.
    const { requests } = runLimited({ cpuLimit: '500m' }, { limits: { cpuPeriod: '10ms' } })
    expect(requests[0].serviceNs).toBe(155 * MS - LATE_NS)
  })

  it('uses no CPU while it waits for calls', () => {
    const pods = {
      web: { serviceTime: '40ms', calls: [{ to: 'db:80' }], cpuLimit: '500m', servers: 2 },
      db: { serviceTime: '500ms', servers: 9 },
    }
    const clients = [users({ arrivals: { rate: '20/s', process: 'paced' } })]
    const observed = runShop({ pods, clients, horizon: '580ms' }, 'db', 'web')
    // 40 ms for the request of 50 ms, in two periods; 40 ms for that of 100 ms, while the first waits for db.
    expect(
      requestsOf(observed, 'users')
        .slice(0, 1)
        .map((each) => each.serviceNs),
    ).toEqual([40 * MS])
    expect(observed.totals.pods[1].throttledNs).toBe(0)
  })

  it('shares what the limit leaves where requests share servers', () => {
    const clients = [users({ count: 2, arrivals: { rate: '500/s', process: 'paced' } })]
    const { totals, requests } = runLimited(
      { cpuLimit: '500m', discipline: 'ps', queueCapacity: 1, serviceTime: '30ms' },
      { clients, horizon: '150ms' },
    )
    // Two requests of 30 ms, at 2 and 4 ms: 2 ms for the first, 24 each until 52 ms, the rest from 100 ms on.
    const ends = requests.slice(-4).filter((each) => each.serviceNs > 0)
    expect(totals.pods[0].throttledNs).toBeGreaterThan(40 * MS)
    expect(ends.every((each) => each.serviceNs > 90 * MS)).toBe(true)
  })

  describe('that is the one of its manifest', () => {
    const limited = (...milli: readonly (number | undefined)[]) => ({
      ...withPorts(['http', 80]),
      containers: milli.map((cpuLimitMilli, index) => ({
        name: `c${index}`,
        ports: [],
        env: new Map(),
        ...(cpuLimitMilli === undefined ? {} : { cpuLimitMilli }),
      })),
    })
    const serviceTimeWith = (cpuLimit: object, ...milli: readonly (number | undefined)[]) => {
      const objects = {
        workloads: [workload('web', { podSpec: limited(...milli) })],
        services: [service('web')],
      }
      const pods = { web: { serviceTime: '80ms', ...cpuLimit } }
      const spec = { warmUp: '0s', horizon: '1500ms', costs: { preset: 'none' }, pods, clients: [users()] }
      return run(objects, { ...spec, cluster: { nodes: [{ name: 'a' }] } }).requests[0].serviceNs
    }

    it('has the limits of its containers, added up', () => {
      expect(serviceTimeWith({ cpuLimit: 'fromManifest' }, 300, undefined, 200)).toBe(130 * MS - LATE_NS)
    })

    it('has none where no container has one', () => {
      expect(serviceTimeWith({ cpuLimit: 'fromManifest' }, undefined)).toBe(80 * MS)
    })

    it('has none where the scenario does not ask for it', () => {
      expect(serviceTimeWith({}, 500)).toBe(80 * MS)
    })
  })
})
