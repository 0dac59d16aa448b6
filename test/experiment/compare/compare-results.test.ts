import { describe, expect, test } from 'vitest'
import { alternativesOf } from '../../../src/experiment/compare/alternative.js'
import { compareAlternatives } from '../../../src/experiment/compare/compare-alternatives.js'
import { compareResults } from '../../../src/experiment/compare/compare-results.js'
import { loadExperiment } from '../../../src/experiment/load-experiment.js'
import { runExperiment } from '../../../src/experiment/run-experiment.js'
import type { Results } from '../../../src/results/results-schema.js'
import { shopInputs } from '../inputs.js'

async function resultsOf(settings: readonly string[], axes: readonly string[]): Promise<Results> {
  const plan = loadExperiment(shopInputs({ settings: ['replications=4', ...settings], axes }))
  return runExperiment({ ...plan, isKeepingReplications: true })
}

const REPLICAS = 'web.replicas=1,2'

describe('compareResults', () => {
  test('compares each point with that of the same setting, in whatever order, and takes all tests together', async () => {
    const slow = await resultsOf(['pods.web.serviceTime=9ms'], [REPLICAS])
    const reversed = { ...slow, points: slow.points.toReversed() }
    const before = await resultsOf([], [REPLICAS])
    const comparison = compareResults(
      [
        { name: 'before', results: before },
        { name: 'after', results: reversed },
      ],
      '',
    )
    const calls = comparison?.subjects.filter(({ kind }) => kind === 'call').map(({ name }) => name)
    expect(calls?.filter((name) => name.endsWith(', web.replicas 1')).length).toBeGreaterThan(0)
    expect(calls?.filter((name) => name.endsWith(', web.replicas 2')).length).toBe((calls?.length ?? 0) / 2)
    const alone = [0, 1].map((index) => {
      const [left] = alternativesOf('before', { ...before, points: [before.points[index]] })
      const [right] = alternativesOf('after', { ...slow, points: [slow.points[index]] })
      return compareAlternatives([left, right], '')
    })
    expect(comparison?.testCount).toBe(alone[0].testCount + alone[1].testCount)
    const differences = (subjects: (typeof alone)[number]['subjects']) =>
      subjects.flatMap(({ figures }) =>
        figures.map(({ metric, alternatives }) => [metric, alternatives[0].difference]),
      )
    expect(differences(comparison?.subjects ?? [])).toEqual(
      alone.flatMap((each) => differences(each.subjects)),
    )
    expect(comparison?.alternatives.map(({ name, isPaired }) => [name, isPaired])).toEqual([
      ['before', true],
      ['after', true],
    ])
  })

  test('names what only some have, and gives nothing where no setting is shared', async () => {
    const one = { name: 'one', results: await resultsOf([], [REPLICAS]) }
    const two = { name: 'two', results: await resultsOf(['seed=2'], ['web.replicas=2,3']) }
    const plain = { name: 'plain', results: await resultsOf([], []) }
    expect(compareResults([one, two], '')?.unmatched).toEqual(['web.replicas 1', 'web.replicas 3'])
    expect(compareResults([one, plain], '')).toBe(undefined)
    expect(compareResults([plain, { ...plain, name: 'again' }], '')?.testCount).toBe(0)
  })
})
