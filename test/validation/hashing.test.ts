/**
 * Balancers that hash, held against closed forms (test/data/validation/theory.json) and published figures
 * (published-load-balancers.json): how evenly they spread, and what moves when a target comes or goes.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { AlgorithmName } from '../../src/routing/algorithms.js'
import type { BalancingAlgorithm } from '../../src/routing/balancing-algorithm.js'
import { fillMaglevTable } from '../../src/routing/maglev.js'
import { HashRing } from '../../src/routing/ring-hash.js'
import {
  algorithm,
  choicesOf,
  coefficientOfVariation,
  connection,
  countsOf,
  optionsFor,
} from '../routing/balancing.js'

interface Case {
  readonly id: string
  readonly family: string
  // Parameters differ from family to family.
  readonly parameters: Readonly<Record<string, number>>
  readonly expected: Readonly<Record<string, number>>
  readonly tolerance: { readonly all?: number }
}

function read(file: string) {
  return JSON.parse(readFileSync(new URL(`../data/validation/${file}`, import.meta.url), 'utf8')).cases
}

const theory: readonly Case[] = read('theory.json')
const casesOf = (family: string) => theory.filter((each) => each.family === family)

const FLOWS = 200_000

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** The share of flows that went to another target, of all and of those whose target stayed in use. */
function moved(
  balancer: BalancingAlgorithm,
  before: readonly number[],
  after: readonly number[],
  flows = FLOWS,
) {
  balancer.use(before)
  const first = choicesOf(balancer, flows)
  balancer.use(after)
  const second = choicesOf(balancer, flows)
  const isInUse = new Set(after)
  let all = 0
  let survivors = 0
  let survivorsMoved = 0
  for (let flow = 0; flow < flows; flow++) {
    const hasMoved = first[flow] !== second[flow]
    if (hasMoved) all++
    if (!isInUse.has(first[flow])) continue
    survivors++
    if (hasMoved) survivorsMoved++
  }
  return { all: all / flows, survivors: survivorsMoved / survivors }
}

/** The mean of figures and three standard errors of it. */
function meanOf(values: readonly number[]): { mean: number; threeErrors: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, threeErrors: (3 * coefficientOfVariation(values) * mean) / Math.sqrt(values.length - 1) }
}

describe('hash modulo n', () => {
  it.each(casesOf('ecmp_mod_n'))('$id', ({ parameters, expected, tolerance }) => {
    const { members_before, members_after } = parameters
    const balancer = algorithm('flowHash', Math.max(members_before, members_after))
    const { all } = moved(balancer, range(members_before), range(members_after))
    expect(Math.abs(all - expected.fraction_remapped)).toBeLessThanOrEqual(tolerance.all ?? 0)
  })
})

describe('hash-threshold', () => {
  it.each(casesOf('ecmp_hash_threshold'))('$id', ({ parameters, expected, tolerance }) => {
    const { members, removed_position } = parameters
    const rest = range(members).filter((target) => target !== removed_position - 1)
    const { all, survivors } = moved(algorithm('hashThreshold', members), range(members), rest)
    const allowed = tolerance.all ?? 0
    expect(Math.abs(all - expected.fraction_remapped)).toBeLessThanOrEqual(allowed)
    expect(Math.abs(survivors - expected.fraction_of_surviving_flows_remapped)).toBeLessThanOrEqual(allowed)
  })
})

describe('consistent hashing', () => {
  const IDEAL: readonly AlgorithmName[] = ['ringHash', 'resilientHash']

  describe.each(IDEAL)('%s', (name) => {
    it.each(casesOf('consistent_hash_ideal'))('$id', ({ parameters, expected, tolerance }) => {
      const { members } = parameters
      const rings = range(20).map((ring) => {
        const settings = { prefix: `ring-${ring}`, tuning: { buckets: 4_096 } }
        const removed = ring % members
        const rest = range(members).filter((target) => target !== removed)
        const leaving = moved(algorithm(name, members, settings), range(members), rest, 10_000)
        const coming = moved(
          algorithm(name, members + 1, settings),
          range(members),
          range(members + 1),
          10_000,
        )
        return { leaving, coming }
      })
      const leaving = meanOf(rings.map((each) => each.leaving.all))
      const coming = meanOf(rings.map((each) => each.coming.all))
      const allowed = tolerance.all ?? 0
      expect(Math.abs(leaving.mean - expected.fraction_moved_on_removal)).toBeLessThanOrEqual(allowed)
      expect(Math.abs(coming.mean - expected.fraction_moved_on_addition)).toBeLessThanOrEqual(allowed)
      expect(Math.max(...rings.map((each) => each.leaving.survivors))).toBe(0)
    })
  })
})

/** Shares of the ring, in the mean 1, from many keys evenly over it. */
function sharesOf(hosts: number, virtualNodes: number, prefix: string): number[] {
  const ring = new HashRing(optionsFor(hosts, { prefix, tuning: { virtualNodes } }), range(hosts))
  const counts = new Array<number>(hosts).fill(0)
  const steps = 200_000
  for (let step = 0; step < steps; step++)
    counts[ring.targetAt(ring.placeOf((step * 4_294_967_296) / steps))]++
  return counts.map((count) => (count * hosts) / steps)
}

describe('the evenness of a ring', () => {
  it.each(casesOf('ring_hash_evenness'))('$id', ({ parameters, expected }) => {
    const { hosts, virtual_nodes_per_host } = parameters
    const rings = range(hosts <= 10 ? 80 : 12).map((ring) =>
      sharesOf(hosts, virtual_nodes_per_host, `r${ring}`),
    )
    const figures = {
      // The form is of the mean square, so squares are averaged.
      cv_of_host_share: rings.map((shares) => coefficientOfVariation(shares) ** 2),
      expected_max_share_over_mean: rings.map((shares) => Math.max(...shares)),
      expected_min_share_over_mean: rings.map((shares) => Math.min(...shares)),
    }
    for (const [name, values] of Object.entries(figures)) {
      const { mean, threeErrors } = meanOf(values)
      const wanted = name === 'cv_of_host_share' ? expected[name] ** 2 : expected[name]
      expect(Math.abs(mean - wanted), name).toBeLessThanOrEqual(threeErrors)
    }
    const all = rings.flat().sort((a, b) => a - b)
    const outside = all.filter(
      (share) => share < expected.share_over_mean_p005 || share > expected.share_over_mean_p995,
    )
    expect(outside.length / all.length).toBeLessThan(0.03)
  })

  it.each([
    [100, 656, 0.0499911],
    [200, 328, 0.0708764],
  ])(
    'of %i hosts with %i points each is as in the benchmark of Envoy (P-LB-07)',
    (hosts, virtualNodes, theoryCv) => {
      const balancer = algorithm('ringHash', hosts, { tuning: { virtualNodes } })
      const cv = coefficientOfVariation(countsOf(choicesOf(balancer, 100_000), hosts))
      expect(Math.abs(cv - theoryCv)).toBeLessThanOrEqual((3 * theoryCv) / Math.sqrt(2 * hosts))
    },
  )
})

describe('the table of Maglev', () => {
  it.each(casesOf('maglev_evenness'))('$id', ({ parameters, expected }) => {
    const { table_size, backends } = parameters
    const table = fillMaglevTable(
      optionsFor(backends, { tuning: { tableSize: table_size } }),
      range(backends),
    )
    const counts = countsOf(table, backends)
    const [least, most] = [Math.min(...counts), Math.max(...counts)]
    expect([least, most]).toEqual([expected.min_entries, expected.max_entries])
    expect(counts.filter((count) => count === most)).toHaveLength(expected.backends_with_max)
    expect((most * backends) / table_size).toBeCloseTo(expected.max_over_mean, 8)
    expect((least * backends) / table_size).toBeCloseTo(expected.min_over_mean, 8)
  })

  it('is divided by weights as in the example of Envoy (P-LB-12)', () => {
    const table = fillMaglevTable(optionsFor(2, { weights: [1, 2] }), [0, 1])
    expect(countsOf(table, 2)).toEqual([21_846, 43_691])
  })

  it.each([
    [1, 0.006758, 0.005764],
    [10, 0.033433, 0.023672],
    [50, 0.082603, 0.034318],
  ])(
    'changes as computed when %i of 1000 targets leave (P-LB-04)',
    (leavingCount, changed, survivorsChanged) => {
      const trials = range(12).map((trial) => {
        const options = optionsFor(1_000, { prefix: `m${trial}` })
        const before = fillMaglevTable(options, range(1_000))
        const after = fillMaglevTable(
          options,
          range(1_000).filter((target) => (target + 7 * trial) % 1_000 >= leavingCount),
        )
        const isLeaving = (target: number) => (target + 7 * trial) % 1_000 < leavingCount
        const movedEntries = range(65_537).filter((entry) => before[entry] !== after[entry])
        const survivors = before.filter((target) => !isLeaving(target)).length
        return {
          all: movedEntries.length / 65_537,
          survivors: movedEntries.filter((entry) => !isLeaving(before[entry])).length / survivors,
        }
      })
      const all = meanOf(trials.map((each) => each.all))
      const survivors = meanOf(trials.map((each) => each.survivors))
      expect(Math.abs(all.mean - changed)).toBeLessThanOrEqual(Math.max(0.03 * changed, all.threeErrors))
      expect(Math.abs(survivors.mean - survivorsChanged)).toBeLessThanOrEqual(
        Math.max(0.03 * survivorsChanged, survivors.threeErrors),
      )
    },
  )
})

describe('bounded loads', () => {
  it.each(casesOf('bounded_load_cap'))('$id', ({ parameters, expected }) => {
    const { connections, pods, epsilon } = parameters
    const balancer = algorithm('boundedRingHash', pods, {
      tuning: { loadFactor: 1 + epsilon, virtualNodes: 3 },
    })
    const counts = new Array<number>(pods).fill(0)
    for (let index = 0; index < connections; index++) {
      const target = balancer.choose(connection(index))
      balancer.opened(target)
      counts[target]++
    }
    expect(Math.max(...counts)).toBe(expected.cap)
  })
})
