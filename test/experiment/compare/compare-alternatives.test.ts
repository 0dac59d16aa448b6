import { describe, expect, test } from 'vitest'
import { parseVariant } from '../../../src/cli/compare-inputs.js'
import { alternativesOf } from '../../../src/experiment/compare/alternative.js'
import { compareAlternatives } from '../../../src/experiment/compare/compare-alternatives.js'
import { loadExperiment } from '../../../src/experiment/load-experiment.js'
import { runExperiment } from '../../../src/experiment/run-experiment.js'
import { renderComparison } from '../../../src/report/comparison-report.js'
import type { Comparison } from '../../../src/results/comparison-schema.js'
import { shopInputs } from '../inputs.js'

async function alternative(name: string, settings: readonly string[], isKeepingReplications = true) {
  const plan = loadExperiment(shopInputs({ settings: ['replications=10', ...settings] }))
  const [found] = alternativesOf(name, await runExperiment({ ...plan, isKeepingReplications }))
  return found
}

function intervalWidth({ subjects }: Comparison, metric: string): number {
  const found = subjects[0].figures.find((figure) => figure.metric === metric)?.alternatives[0]
  return (found?.high95 ?? Number.NaN) - (found?.low95 ?? Number.NaN)
}

describe('compareAlternatives', () => {
  test('finds nothing at all between a scenario and itself', async () => {
    const [left, right] = [await alternative('a', []), await alternative('b', [])]
    const comparison = compareAlternatives([left, right], 'svcsim compare')
    expect(comparison.hasRealDifference).toBe(false)
    expect(comparison.testCount).toBe(0)
    const all = comparison.subjects.flatMap(({ figures }) => figures.flatMap((figure) => figure.alternatives))
    expect(all.length).toBeGreaterThan(10)
    for (const each of all)
      expect(each).toMatchObject({ difference: 0, low95: 0, high95: 0, verdict: 'equal' })
  })

  test('tells 4 replicas from 5 with at most a third of the interval that independent seeds give', async () => {
    const four = await alternative('four', ['web.replicas=4'])
    const five = await alternative('five', ['web.replicas=5'])
    const otherSeed = await alternative('five', ['web.replicas=5', 'seed=2'])
    const paired = compareAlternatives([four, five], '')
    const unpaired = compareAlternatives([four, otherSeed], '')
    expect(paired.alternatives[1].isPaired).toBe(true)
    expect(unpaired.alternatives[1].isPaired).toBe(false)
    const ratio = intervalWidth(paired, 'responseTime.mean') / intervalWidth(unpaired, 'responseTime.mean')
    // Measured: 0.14.
    expect(ratio).toBeLessThan(1 / 3)
  })

  test('gives each connection the same pod in modes iptables and nftables', async () => {
    const [chains, maps] = [
      await alternative('iptables', ['web.replicas=5', 'proxy.mode=iptables']),
      await alternative('nftables', ['web.replicas=5', 'proxy.mode=nftables']),
    ]
    const [left, right] = [chains, maps].map(({ point }) =>
      point.calls[0].connections.perPod.map(({ count }) => count),
    )
    expect(left).toHaveLength(5)
    expect(right).toEqual(left)
  })

  test('compares unpaired, and says so, where single replications were not kept', async () => {
    const [left, right] = [
      await alternative('a', [], false),
      await alternative('b', ['web.replicas=1'], false),
    ]
    const comparison = compareAlternatives([left, right], '')
    expect(comparison.alternatives[1].isPaired).toBe(false)
    expect(renderComparison(comparison, 'text')).toContain('Unpaired: single replications were not kept')
  })

  test('refuses two alternatives of one name', async () => {
    const same = await alternative('a', [])
    expect(() => compareAlternatives([same, same], '')).toThrow('Two alternatives are named "a"')
  })
})

describe('parseVariant', () => {
  test('takes a name, settings, and commas within values', () => {
    expect(parseVariant('four: counter.replicas=4')).toEqual({ name: 'four', set: ['counter.replicas=4'] })
    expect(parseVariant('a.b=1, c.d=x:y')).toEqual({ name: 'a.b=1, c.d=x:y', set: ['a.b=1', 'c.d=x:y'] })
    expect(parseVariant('as it is:')).toEqual({ name: 'as it is', set: [] })
    expect(() => parseVariant('nonsense')).toThrow('can not be read')
  })
})
