import { describe, expect, it } from 'vitest'
import { capacityAnswer } from '../../src/report/capacity/capacity-answer.js'
import { capacitySections } from '../../src/report/capacity/capacity-sections.js'
import { capacityView } from '../../src/report/capacity/capacity-view.js'
import type { CapacityCell, CapacityLoss, CapacityResult } from '../../src/results/capacity-schema.js'
import type { Results } from '../../src/results/results-schema.js'
import { capacityResults, REPLICAS } from './capacity-results.js'

function viewOf(results: Results) {
  const view = capacityView(results)
  if (view === undefined) throw new Error('these results have no section on capacity')
  return view
}

function answerOf(changes: Partial<CapacityResult> = {}): readonly string[] {
  return capacityAnswer(viewOf(capacityResults(changes)))
}

function sample(): CapacityResult {
  return viewOf(capacityResults()).capacity
}

/** The cells, with the one of that rate and number changed. */
function cellsWith(
  ratePerSec: number,
  replicas: number,
  change: Partial<CapacityCell>,
): CapacityResult['cells'] {
  return sample().cells.map((cell) =>
    cell.ratePerSec === ratePerSec && cell.replicas === replicas ? { ...cell, ...change } : cell,
  )
}

const LOSS: CapacityLoss = {
  kind: 'node',
  name: 'node-b',
  takes: [],
  replicas: 3,
  points: [],
  entryNodes: [],
  lastPods: [],
}

describe('the answer on capacity', () => {
  it('says what the rate takes, by which figures, how far that carries, and what losses change', () => {
    expect(answerOf()).toEqual([
      'At 400 requests/s from browsers, counter needs 3 replicas: p99 is 41.2 ± 2 ms, below 80 ms, and errors are 0 %, below 0.1 %, with 95 % confidence; at 700 they fail.',
      'With pod counter-0 lost it takes 4 and with node-b lost 5; node-a can not be lost: redis has no pod elsewhere.',
    ])
  })

  it('tells the greatest rate where it is above the one asked for', () => {
    const [least] = sample().leastReplicas
    const carrying = (greatestRatePerSec: number, failsPerSec: number | null) => [
      { ...least, ratePerSec: 400, replicas: 3, greatestRatePerSec, failsPerSec },
    ]
    const answer = (greatest: number, fails: number | null) =>
      answerOf({ leastReplicas: carrying(greatest, fails) })[0]
    expect(answer(500, 700)).toContain('; they carry up to 500 requests/s; at 700 they fail.')
    // Between two rates of the grid.
    expect(answer(520, 540)).toContain('; they carry up to 520 requests/s, not 540.')
    const unbounded = carrying(700, null)
    expect(answerOf({ leastReplicas: unbounded })[0]).toMatch(
      /; they carry 700 requests\/s as well, the highest rate that was asked for\.$/,
    )
  })

  it('says that one replica less is undecided, and after how many replications', () => {
    const details = { ratePerSec: 700, replicas: 5 }
    expect(answerOf({ details })[0]).toContain('; whether 4 would do is undecided after 40 replications.')
  })

  it('says so where the answer follows from other points', () => {
    const leastReplicas = sample().leastReplicas.map(({ point: _, ...row }) => row)
    const cells = cellsWith(400, 3, { basis: 'implied', point: undefined })
    expect(answerOf({ leastReplicas, cells })[0]).toContain(
      'counter needs 3 replicas, as follows from what was simulated beside it',
    )
  })

  it('says that nothing was found, and what fails with the most replicas', () => {
    const details = { ratePerSec: 400, replicas: null }
    const replicas = [1, 2]
    expect(answerOf({ details, replicas })[0]).toBe(
      'None of 1 to 2 replicas of counter keeps the objectives at 400 requests/s from browsers: with 2, p99 is 103 ± 2 ms, not below 80 ms.',
    )
    expect(answerOf({ details, replicas: [1] })[0]).toBe(
      'None of 1 replicas of counter keeps the objectives at 400 requests/s from browsers: even 1 are asked for more than they can do.',
    )
  })

  it('says that it is undecided', () => {
    const details = { ratePerSec: 700, replicas: null }
    expect(answerOf({ details, replicas: [1, 2, 3, 4] })[0]).toMatch(
      /^Undecided: whether 4 replicas of counter, the most of the range, keep the objectives at 700 requests\/s from browsers is open after 40 replications; more replications/,
    )
  })

  it('doubts itself where what was simulated contradicts it', () => {
    const cells = cellsWith(400, 4, { verdict: 'failed' })
    expect(answerOf({ isMonotone: false, cells }).at(-1)).toBe(
      'Not all that was simulated agrees that more replicas or a lower rate help: at 400 requests/s 4 replicas failed, at 400 requests/s 3 replicas passed.',
    )
  })

  it('says that it holds for the run only where a table of connections fills up after it', () => {
    const leastReplicas = sample().leastReplicas.map((row) => ({ ...row, connectionsUse: 1.22 }))
    expect(answerOf({ leastReplicas })[2]).toBe(
      'It holds for the run only: a table of connections fills up after it, as 122 % of its places would be asked for.',
    )
  })
})

describe('the sentence on losses', () => {
  it.each<[string, readonly CapacityLoss[], string]>([
    [
      'of what changes nothing',
      [LOSS, { ...LOSS, kind: 'pod', name: 'counter-0' }],
      'With any one node or pod lost as many are enough.',
    ],
    [
      'of a range that is too small',
      [{ ...LOSS, replicas: null }],
      'With node-b lost none of 1 to 6 is enough.',
    ],
    [
      'of clients that keep to the address of a node',
      [{ ...LOSS, replicas: null, entryNodes: ['node-b'] }],
      'node-b can not be lost: clients keep coming in by its address.',
    ],
    [
      'of the only pod',
      [{ ...LOSS, kind: 'pod', name: 'redis-0', replicas: null, lastPods: ['redis'] }],
      'pod redis-0 can not be lost: it is the only pod of redis.',
    ],
    [
      'of many for one reason',
      ['a', 'b', 'c', 'd', 'e'].map((name) => ({
        ...LOSS,
        name: `node-${name}`,
        replicas: null,
        lastPods: ['redis', 'cache'],
      })),
      'node-a, node-b, node-c or 2 more can not be lost: redis and cache have no pods elsewhere.',
    ],
  ])('tells the loss %s', (_, losses, sentence) => {
    expect(answerOf({ losses: [...losses] })[1]).toBe(sentence)
  })

  it('gives way to the first limit where no loss was tried', () => {
    expect(answerOf({ losses: [] })[1]).toBe(
      'What runs out first is the pods of counter, at about 600 requests/s (66.7 % at 400 requests/s).',
    )
    expect(answerOf({ losses: [], limits: [] })).toHaveLength(1)
  })
})

describe('the sections on capacity', () => {
  const sentencesOf = (topic: string, changes: Partial<CapacityResult> = {}, results?: Results) =>
    capacitySections(viewOf(results ?? capacityResults(changes))).find((each) => each.topic === topic)
      ?.sentences ?? []

  it('tell where no number of replicas helps any more, and what was dropped there', () => {
    const results = capacityResults({
      leastReplicas: sample().leastReplicas.map((row) =>
        row.ratePerSec === 400 ? { ...row, replicas: null } : row,
      ),
      replicas: [1, 2],
    })
    const cell = results.capacity?.cells.find((each) => each.ratePerSec === 400 && each.replicas === 2)
    const [node] = results.points[cell?.point ?? 0].nodes
    node.drops.conntrackFull = 1_234
    expect(sentencesOf('grid', {}, results)[1]).toBe(
      'From 400 requests/s on no number of the range is enough: with 2 replicas, p99 is 103 ± 2 ms, not below 80 ms; 1,234 packets were dropped on node-a, as the table of connections was full.',
    )
  })

  it('tell what other settings cost, and when objectives fail with them', () => {
    expect(sentencesOf('alternatives')).toEqual([
      'As written, with 3 replicas, the busiest pod gets 1.18 times the mean of connections, 33.3 ± 1 % of returning connections reach the same pod (by chance 33.3 %) and p99 is 41.2 ± 2 ms.',
      'sessionAffinity: ClientIP: p99 +33.8 ±0.7 ms, max/mean 1.6, return ratio 100 %.',
      'proxy mode ipvs: no clear difference in p99, max/mean 1.18, return ratio 33.3 %.',
    ])
    const results = capacityResults()
    const affinity = results.capacity?.alternatives[1].points[0].point ?? 0
    const [judged] = results.points[affinity].thresholds ?? []
    judged.verdict = 'failed'
    expect(sentencesOf('alternatives', {}, results)[1]).toContain(
      'ClientIP: objectives FAIL (p99 is 75 ± 2 ms, not below 80 ms), p99 +33.8',
    )
  })

  it('tell why formulas differ from the simulation', () => {
    expect(sentencesOf('formulas')[0]).toBe(
      'At 400 requests/s the usual formula says 3 replicas, Erlang C 2 pooled and 3 split; the simulation says 3; the busiest pod carries 1.18 times the mean (counter-0 is 73.3 % busy, all together are 66.7 %).',
    )
    const { formulas } = sample()
    if (formulas === null) throw new Error('the sample has formulas')
    const rowsWith = (simulated: number) => ({
      formulas: { ...formulas, rows: formulas.rows.map((row) => ({ ...row, simulated })) },
    })
    expect(sentencesOf('formulas', rowsWith(5))[0]).toContain(
      'the simulation says 5, as the busiest pod carries 1.18 times the mean',
    )
    expect(sentencesOf('formulas', rowsWith(2))[0]).toContain(
      'the 0.7 of the formula knows nothing of the objective',
    )
    expect(sentencesOf('formulas', { formulas: null })).toEqual([])
  })

  it('tell what fails with the most replicas where no number makes up for a loss', () => {
    const losses = sample().losses.map((loss) =>
      loss.name === 'node-b' ? { ...loss, replicas: null, points: loss.points.slice(0, 1) } : loss,
    )
    const section = capacitySections(viewOf(capacityResults({ losses }))).find(
      ({ topic }) => topic === 'losses',
    )
    expect(section?.tables[0].columns.at(-1)?.cells.map(({ text }) => text)).toEqual([
      '',
      'redis has no pod elsewhere',
      'none of 1 to 6 is enough (with 4: p99 95 ± 2 ms)',
    ])
  })

  it('have a table for each number of replicas that alternatives were tried with', () => {
    const section = capacitySections(viewOf(capacityResults())).find(({ topic }) => topic === 'alternatives')
    expect(section?.tables.map(({ caption }) => caption)).toEqual([
      'Settings of the Service with 3 replicas at 400 requests/s',
      'Settings of the Service with 4 replicas at 400 requests/s',
    ])
    expect(REPLICAS).toHaveLength(6)
  })
})
