import { decode, encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/base/diagnostics.js'
import { Streams } from '../../src/engine/streams.js'
import { DrawnDemand } from '../../src/workload/drawn-demand.js'
import {
  decodeTrace,
  encodeTrace,
  type RecordedGroup,
  ReplayedDemand,
  recordGroup,
  TRACE_FORMAT,
  type WorkloadTrace,
} from '../../src/workload/workload-trace.js'
import { clientsOf, scenario } from '../kubernetes/objects.js'

const SETTINGS = { name: 'users', clientCount: 10, slots: ['users/web', 'users/web/db'] }

function drawnSource(): DrawnDemand {
  const [group] = scenario({ clients: [clientsOf('web:80', { arrivals: { rate: '1000/s' }, count: 10 })] })
    .spec.clients
  const slots = SETTINGS.slots.map((name) => ({
    name,
    distribution: { kind: 'exponential', mean: 5e6 } as const,
  }))
  return new DrawnDemand(group, slots, new Streams(1, 0))
}

/** Two requests of two clients with one service time each. */
const GROUP: RecordedGroup = {
  name: 'users',
  clientCount: 2,
  slots: ['users/web'],
  timesNs: Float64Array.of(5, 9),
  clients: Uint32Array.of(1, 0),
  demandsNs: [Float64Array.of(100, 200)],
}
const TRACE: WorkloadTrace = { scenario: 'shop', seed: 7, groups: [GROUP] }

const column = (values: readonly number[]) => Float64Array.from(values)
const timeNs = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const group = fc
  .tuple(
    fc.string(),
    fc.integer({ min: 1, max: 2 ** 31 }),
    fc.nat(20),
    fc.uniqueArray(fc.string(), { maxLength: 3 }),
  )
  .chain(([name, clientCount, rows, slots]) => {
    const columnOf = (values: fc.Arbitrary<number>) => fc.array(values, { minLength: rows, maxLength: rows })
    return fc
      .tuple(
        columnOf(timeNs),
        columnOf(fc.nat(clientCount - 1)),
        fc.tuple(...slots.map(() => columnOf(timeNs))),
      )
      .map(
        ([times, clients, demands]): RecordedGroup => ({
          name,
          clientCount,
          slots,
          timesNs: column(times.sort((a, b) => a - b)),
          clients: Uint32Array.from(clients),
          demandsNs: demands.map(column),
        }),
      )
  })

describe('recording', () => {
  it('keeps the requests before a time, in their order', () => {
    const recorded = recordGroup(drawnSource(), SETTINGS, 50_000_000)
    const source = drawnSource()
    for (const [row, time] of recorded.timesNs.entries()) {
      source.advance()
      expect([time, recorded.clients[row], ...recorded.demandsNs.map((each) => each[row])]).toEqual([
        source.timeNs,
        source.client,
        ...source.demandsNs,
      ])
    }
    source.advance()
    expect(recorded.timesNs.at(-1)).toBeLessThan(50_000_000)
    expect(source.timeNs).toBeGreaterThanOrEqual(50_000_000)
  })

  it('leaves out a request at the very time', () => {
    const source = new ReplayedDemand(GROUP)
    expect([...recordGroup(source, GROUP, 9).timesNs]).toEqual([5])
  })
})

describe('ReplayedDemand', () => {
  it('gives what was recorded, to the bit, and then no more', () => {
    const recorded = recordGroup(drawnSource(), SETTINGS, 50_000_000)
    const replayed = recordGroup(new ReplayedDemand(recorded), SETTINGS, Number.MAX_SAFE_INTEGER)
    expect(replayed).toEqual(recorded)
    const source = new ReplayedDemand(GROUP)
    expect([source.advance(), source.advance(), source.advance(), source.advance()]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})

describe('the bytes of a trace', () => {
  it('read back exactly as they were', () => {
    const cases = fc.property(
      fc.string(),
      fc.nat(),
      fc.uniqueArray(group, { maxLength: 3, selector: ({ name }) => name }),
      (name, seed, groups) => {
        const trace = { scenario: name, seed, groups }
        expect(decodeTrace(encodeTrace(trace), 'a.svcsim')).toEqual(trace)
      },
    )
    fc.assert(cases, { seed: 31, numRuns: 200 })
  })

  it('are the same for the same trace', () => {
    expect(encodeTrace(TRACE)).toEqual(encodeTrace(decodeTrace(encodeTrace(TRACE), 'a')))
  })

  it('are msgpack with little-endian columns', () => {
    const read = decode(encodeTrace(TRACE)) as { groups: { clients: Uint8Array; timesNs: Uint8Array }[] }
    expect([...read.groups[0].clients]).toEqual([1, 0, 0, 0, 0, 0, 0, 0])
    expect([...read.groups[0].timesNs.slice(0, 8)]).toEqual([0, 0, 0, 0, 0, 0, 0x14, 0x40])
  })
})

describe('bytes that are no trace', () => {
  const bytesOf = (changes: object, groupChanges: object = {}) => {
    const plain = decode(encodeTrace(TRACE)) as { groups: object[] }
    return encode({ ...plain, groups: [{ ...plain.groups[0], ...groupChanges }], ...changes })
  }
  const floats = (...values: readonly number[]) => new Uint8Array(column(values).buffer)
  const whole = encodeTrace(TRACE)

  const hostile: { name: string; bytes: Uint8Array; says: string }[] = [
    { name: 'nothing', bytes: new Uint8Array(0), says: 'is no recorded workload' },
    { name: 'text', bytes: new TextEncoder().encode('apiVersion: v1'), says: 'is no recorded workload' },
    { name: 'half of a trace', bytes: whole.slice(0, whole.length / 2), says: 'Insufficient data' },
    { name: 'a trace and more', bytes: Uint8Array.of(...whole, 0), says: 'is no recorded workload' },
    {
      name: 'a list that claims 4 thousand million entries',
      bytes: Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0),
      says: 'is no recorded workload',
    },
    {
      name: 'a column that claims 4 GB',
      bytes: Uint8Array.of(0xc6, 0xff, 0xff, 0xff, 0xff, 0),
      says: 'is no recorded workload',
    },
    {
      name: 'lists within lists',
      bytes: new Uint8Array(50_000).fill(0x91),
      says: 'is no recorded workload',
    },
    {
      name: 'a key __proto__',
      bytes: Uint8Array.of(0x81, 0xa9, ...new TextEncoder().encode('__proto__'), 1),
      says: '__proto__',
    },
    { name: 'another format', bytes: bytesOf({ format: 'svcsim.dev/workload/v2' }), says: TRACE_FORMAT },
    { name: 'a field that is unknown', bytes: bytesOf({ comment: '' }), says: 'comment' },
    { name: 'a seed below 0', bytes: bytesOf({ seed: -1 }), says: 'is no recorded workload' },
    {
      name: 'a group without clients',
      bytes: bytesOf({}, { clientCount: 0 }),
      says: 'is no recorded workload',
    },
    {
      name: 'a column that is a list',
      bytes: bytesOf({}, { timesNs: [5, 9] }),
      says: 'is no recorded workload',
    },
    {
      name: 'a column of times cut within a number',
      bytes: bytesOf({}, { timesNs: floats(5, 9).slice(0, 15) }),
      says: 'group "users": a column ends within a number',
    },
    {
      name: 'a column of clients cut within a number',
      bytes: bytesOf({}, { clients: new Uint8Array(9) }),
      says: 'a column ends within a number',
    },
    {
      name: 'a column of service times cut within a number',
      bytes: bytesOf({}, { demandsNs: [new Uint8Array(17)] }),
      says: 'a column ends within a number',
    },
    {
      name: 'columns of different length',
      bytes: bytesOf({}, { timesNs: floats(5) }),
      says: 'its columns differ in length',
    },
    {
      name: 'a service time without its column',
      bytes: bytesOf({}, { demandsNs: [] }),
      says: 'it has not one column for each service time',
    },
    {
      name: 'times that go back',
      bytes: bytesOf({}, { timesNs: floats(9, 5) }),
      says: 'its times are not integers in increasing order',
    },
    {
      name: 'a time below 0',
      bytes: bytesOf({}, { timesNs: floats(-1, 5) }),
      says: 'its times are not integers in increasing order',
    },
    {
      name: 'a time that is no number',
      bytes: bytesOf({}, { timesNs: floats(5, Number.NaN) }),
      says: 'its times are not integers in increasing order',
    },
    {
      name: 'a time beyond 2^53',
      bytes: bytesOf({}, { timesNs: floats(5, 2 ** 53) }),
      says: 'its times are not integers in increasing order',
    },
    {
      name: 'half a ns of service',
      bytes: bytesOf({}, { demandsNs: [floats(0.5, 1)] }),
      says: 'its service times are not integers of ns',
    },
    {
      name: 'endless service',
      bytes: bytesOf({}, { demandsNs: [floats(1, Number.POSITIVE_INFINITY)] }),
      says: 'its service times are not integers of ns',
    },
    {
      name: 'two groups of one name',
      bytes: bytesOf({ groups: [0, 0].map(() => (decode(whole) as { groups: object[] }).groups[0]) }),
      says: 'group "users" is there twice',
    },
    {
      name: 'a client that is not there',
      bytes: bytesOf({}, { clientCount: 1 }),
      says: 'it names a client that it does not have',
    },
  ]

  it.each(hostile)('$name', ({ bytes, says }) => {
    const read = () => decodeTrace(bytes, 'demand.svcsim')
    expect(read).toThrow(InputError)
    expect(read).toThrow('TRACE_INVALID: "demand.svcsim" is no recorded workload: ')
    expect(read).toThrow(says)
  })

  it('are refused whatever bit is changed, or read without a fault', () => {
    const cases = fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const changed = Uint8Array.from(whole)
      changed[at] = byte
      try {
        decodeTrace(changed, 'a')
      } catch (error) {
        expect(error).toBeInstanceOf(InputError)
      }
    })
    fc.assert(cases, { seed: 32, numRuns: 1_000 })
  })
})
