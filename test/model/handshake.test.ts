/** First packets that are lost and repeated, ports that run out, listen backlogs: by hand, on worlds where packets cost nothing. */
import { describe, expect, it } from 'vitest'
import { SYN_SCHEDULES, synSchedule } from '../../src/model/syn-schedule.js'
import syn from '../data/ground-truth/syn_retry.json' with { type: 'json' }
import { clientsOf, nodes, service, workload } from '../kubernetes/objects.js'
import { type Observed, outcomeCounts, outcomeOf, run } from './observed.js'

const MS = 1_000_000
const SPEC = {
  warmUp: '0s',
  horizon: '12s',
  cluster: { nodes: nodes('a', 'b'), placement: { web: ['b'] } },
  pods: { web: { serviceTime: '2ms' } },
  costs: { preset: 'none' },
}
/** One request at the end of ten seconds: one in 12 s. */
const users = (more: object = {}) =>
  clientsOf('web:80', { nodes: ['a'], count: 1, arrivals: { rate: '6/m', process: 'paced' }, ...more })
const WEB = { workloads: [workload('web')], services: [service('web')] }
/** Its node port on node a drops: its only pod is on node b. */
const LOCAL = {
  ...WEB,
  services: [service('web', { type: 'NodePort', externalTrafficPolicy: 'Local' })],
}
const dropped = (more: object = {}) => users({ location: 'outside', nodes: [], entryNodes: ['a'], ...more })

function endsOf({ requests }: Observed): [string, number][] {
  return requests.map((record) => [outcomeOf(record), record.responseTimeNs / MS])
}

describe('the times at which a first packet is repeated', () => {
  it('are those of the kernel measured', () => {
    const measured = syn['swallowed beyond the node (default route)'].syn_sent_at_s.slice(1)
    const modelled = SYN_SCHEDULES.linux.repeatNs.slice(0, measured.length).map((ns) => ns / 1e9)
    expect(modelled).toEqual(measured)
  })

  it('are fewer where the client repeats less often', () => {
    expect(synSchedule('linux-before-6.5', 2)).toEqual({ repeatNs: [1e9, 3e9], giveUpNs: 7e9 })
    expect(synSchedule('linux-before-6.5', 6)).toBe(SYN_SCHEDULES['linux-before-6.5'])
  })
})

describe('a first packet that rules drop', () => {
  it('meets the rules anew each time, until the client no longer waits', () => {
    const observed = run(LOCAL, { ...SPEC, horizon: '19s', clients: [dropped({ timeout: '8s' })] })
    expect(endsOf(observed)).toEqual([['timedOut', 8_000]])
    // At 0, 1.02, 2.04, 3.07, 4.09, 5.12 and 7.13 s.
    expect(observed.totals.nodes[0]).toMatchObject({ firstPackets: 7 })
    expect(observed.world.nodes[0].drops.rules).toBe(7)
  })

  it('is given up after as many repetitions as the client makes', () => {
    const spec = { ...SPEC, horizon: '19s', tcp: { synRetries: 1 }, clients: [dropped({ timeout: '8s' })] }
    expect(endsOf(run(LOCAL, spec))).toEqual([['timedOut', 2_040]])
    const older = { ...spec, tcp: { synRetries: 1, synSchedule: 'linux-before-6.5' } }
    expect(endsOf(run(LOCAL, older))).toEqual([['timedOut', 3_000]])
  })
})

describe('a pod whose listen backlog is full', () => {
  /** Three a second: one is served for two seconds, one waits, the others find no place. */
  const three = users({ count: 3, arrivals: { rate: '3/s', process: 'paced', order: 'inTurn' } })
  const slow = { servers: 1, queueCapacity: 1, serviceTime: '2s', whenFull: 'dropConnection' }
  const spec = { ...SPEC, horizon: '7s', clients: [{ ...three, timeout: '30s' }], pods: { web: slow } }

  it('drops the first packets of new connections, which are repeated', () => {
    const { requests, world } = run(WEB, spec)
    const completed = requests.filter((record) => outcomeOf(record) === 'completed')
    expect(completed.length).toBeGreaterThan(1)
    expect(outcomeCounts(requests).rejected).toBe(undefined)
    // Whoever was dropped spends that time connecting, not in the queue.
    expect(Math.max(...completed.map((record) => record.connectNs))).toBeGreaterThan(1_000 * MS)
    expect(world.stations[0].numberInSystem).toBeLessThanOrEqual(2)
  })

  it('rejects requests instead where it is told to', () => {
    const { requests } = run(WEB, { ...spec, pods: { web: { ...slow, whenFull: 'reject' } } })
    expect(outcomeCounts(requests).rejected).toBeGreaterThan(0)
  })
})

describe('ports of a client', () => {
  const many = users({ arrivals: { rate: '10/s', process: 'paced' } })

  it('run out when connections are closed faster than TIME_WAIT ends', () => {
    const limits = { clientPorts: 20, clientTimeWait: '4s' }
    const { requests } = run(WEB, { ...SPEC, horizon: '6s', limits, clients: [many] })
    // Twenty in two seconds, then none until the first is free after four.
    expect(requests.slice(0, 20).every((record) => outcomeOf(record) === 'completed')).toBe(true)
    expect(requests.slice(20, 40).every((record) => outcomeOf(record) === 'refused')).toBe(true)
    expect(outcomeOf(requests[41])).toBe('completed')
  })

  it('are kept by kept-alive connections, of which one is enough', () => {
    const limits = { clientPorts: 1 }
    const clients = [{ ...many, connection: 'keepAlive' }]
    const { requests } = run(WEB, { ...SPEC, horizon: '6s', limits, clients })
    expect(outcomeCounts(requests)).toEqual({ completed: 59 })
  })
})
