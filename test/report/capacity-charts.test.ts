import { describe, expect, it } from 'vitest'
import { capacityCharts } from '../../src/report/capacity/capacity-charts.js'
import type { CapacityTopic } from '../../src/report/capacity/capacity-sections.js'
import { capacityView } from '../../src/report/capacity/capacity-view.js'
import { characterMap } from '../../src/report/capacity/character-map.js'
import { rateTable } from '../../src/report/capacity/rate-tables.js'
import { renderSvg } from '../../src/report/charts/render-svg.js'
import type { CapacityResult } from '../../src/results/capacity-schema.js'
import type { Results } from '../../src/results/results-schema.js'
import { MS } from '../results/sample-results.js'
import { capacityResults } from './capacity-results.js'

function viewOf(results: Results) {
  const view = capacityView(results)
  if (view === undefined) throw new Error('these results have no section on capacity')
  return view
}

function chartsOf(topic: CapacityTopic, results: Results = capacityResults()) {
  return capacityCharts(viewOf(results), topic)
}

function pictureOf<Kind extends string>(kind: Kind, topic: CapacityTopic, results?: Results, at = 0) {
  const picture = chartsOf(topic, results)[at]?.picture
  if (picture?.kind !== kind) throw new Error(`no picture of ${kind}`)
  return picture as Extract<typeof picture, { kind: Kind }>
}

describe('the map of replicas and rates', () => {
  it('has a cell for each pair, lighter where it was not simulated, and the line of the least number', () => {
    const picture = pictureOf('verdicts', 'grid')
    expect(picture.x.labels).toEqual(['100', '200', '400', '700'])
    expect(picture.y.labels).toEqual(['1', '2', '3', '4', '5', '6'])
    expect(picture.cells).toHaveLength(24)
    expect(picture.cells.filter(({ isImplied }) => !isImplied)).toHaveLength(11)
    expect(picture.cells.find(({ x, y }) => x === 3 && y === 3)).toEqual({
      x: 3,
      y: 3,
      verdict: 'undecided',
      isImplied: false,
      text: '80.1 ms',
      note: '80.1 ± 2 ms, undecided',
    })
    expect(picture.cells.find(({ x, y }) => x === 3 && y === 0)?.note).toBe('more than the pods can do')
    expect(picture.frontier).toEqual([0, 1, 2, 4])
  })

  it('shows the figure that fails where the time is kept', () => {
    const results = capacityResults()
    const cell = results.capacity?.cells.find((each) => each.ratePerSec === 200 && each.replicas === 2)
    const errors = results.points[cell?.point ?? 0].thresholds?.[1]
    if (cell === undefined || errors === undefined) throw new Error('the sample has this cell')
    Object.assign(cell, { verdict: 'failed' })
    Object.assign(errors, { verdict: 'failed', value: 0.0467, halfWidth95: 0.001 })
    const shown = pictureOf('verdicts', 'grid', results).cells.find(({ x, y }) => x === 1 && y === 1)
    expect(shown?.text).toBe('4.67 %')
    expect(shown?.note).toBe('40 ± 2 ms, errors 4.67 ± 0.1 %, failed')
  })

  it('puts the line above all where no number is enough', () => {
    const leastReplicas = (capacityResults().capacity?.leastReplicas ?? []).map((row) => ({
      ...row,
      replicas: null,
    }))
    const results = capacityResults({ leastReplicas })
    expect(pictureOf('verdicts', 'grid', results).frontier).toEqual([null, null, null, null])
    expect(chartsOf('grid', results)[0].title).toBe(
      'None of 1 to 6 replicas keeps the objectives at any rate',
    )
  })

  it('marks rates at which a table of connections fills up after the run', () => {
    const leastReplicas = (capacityResults().capacity?.leastReplicas ?? []).map((row) => ({
      ...row,
      connectionsUse: row.ratePerSec === 700 ? 1.22 : 1,
    }))
    const view = viewOf(capacityResults({ leastReplicas }))
    expect(pictureOf('verdicts', 'grid', view.results).x.labels).toEqual(['100', '200', '400', '700\u00a0*'])
    expect(
      characterMap(view)
        .slice(-3)
        .map((line) => line.trim()),
    ).toEqual([
      '100   200   400 700\u00a0*  requests/s',
      expect.stringMatching(/^● met/),
      '* for the run only: a table of connections fills up after it',
    ])
    expect(rateTable(view).notes[1]).toMatch(
      /^\* Holds for the run only: .*\(up to 122 % would be asked for\)/,
    )
  })

  it('is drawn in characters as well, with every n-th label where there is no room', () => {
    expect(characterMap(viewOf(capacityResults())).slice(0, 8)).toEqual([
      'replicas',
      '       6    •   •   •   ●',
      '       5    •   •   •   ●',
      '       4    •   •   ●   ?',
      '       3    •   ●   ●   ×',
      '       2    ●   ●   ○   ×',
      '       1    ●   ○   ×   ×',
      '          100 200 400 700  requests/s',
    ])
    const rates = Array.from({ length: 30 }, (_, index) => 1_000 + 100 * index)
    const lines = characterMap(viewOf(capacityResults({ rates })))
    expect(lines[7]).toMatch(/^ +1,200 1,500 .* 3,900 {2}requests\/s$/)
  })
})

describe('the time against replicas and rates', () => {
  it('has the objective as a line and the interval as a band', () => {
    const picture = pictureOf('lines', 'details')
    expect(picture.limits).toEqual([{ at: 80, label: 'objective: below 80 ms' }])
    expect(picture.hasBands).toBe(true)
    expect(picture.series[0].points.map(({ x, half, text }) => [x, half, text])).toEqual([
      [2, 2, '103 ms'],
      [3, 2, '41.2 ms'],
      [4, 2, '40 ms'],
    ])
  })

  it('shows numbers of replicas with at least three simulated rates', () => {
    expect(pictureOf('lines', 'details', undefined, 1).series.map(({ label }) => label)).toEqual([
      '2 replicas',
    ])
  })

  it('has steps of equal factors where times are far apart', () => {
    const results = capacityResults()
    const cell = results.capacity?.cells.find((each) => each.ratePerSec === 400 && each.replicas === 2)
    const [judged] = results.points[cell?.point ?? 0].thresholds ?? []
    judged.value = 4_000 * MS
    const { y, series, limits } = pictureOf('lines', 'details', results)
    expect(y.ticks?.map(({ label }) => label)).toEqual([
      '20',
      '50',
      '100',
      '200',
      '500',
      '1,000',
      '2,000',
      '5,000',
    ])
    const heights = new Map(y.ticks?.map(({ at, label }) => [label, at]))
    const [top, second] = series[0].points
    expect(top.y).toBeGreaterThan(heights.get('2,000') ?? 0)
    expect(second.y).toBeLessThan(heights.get('50') ?? 0)
    expect(limits?.[0].at).toBeLessThan(heights.get('100') ?? 0)
  })

  it('marks times without a steady state, in the table as well', () => {
    const results = capacityResults()
    const cell = results.capacity?.cells.find((each) => each.ratePerSec === 400 && each.replicas === 2)
    const [call] = results.points[cell?.point ?? 0].calls
    call.instability = { offered: { workload: 'counter', utilisation: 1.1 } }
    const [chart] = chartsOf('details', results)
    expect(chart.subtitle).toContain('; × (†): no steady state, so it depends on how long the run is')
    expect(chart.table.rows[0]).toEqual(['2', '103 ± 2 ms †', 'failed'])
    const { series } = pictureOf('lines', 'details', results)
    expect(series[0].points.map(({ isUnstable }) => isUnstable)).toEqual([true, undefined, undefined])
  })
})

describe('other charts on capacity', () => {
  it('compare settings of the Service with chance and with an even spread', () => {
    const charts = chartsOf('alternatives')
    expect(charts.map(({ title }) => title)).toEqual([
      'With 3 replicas 33.3 % (as written) to 100 % (sessionAffinity: ClientIP) of returning connections reach the same pod again',
      'With 3 replicas the busiest pod gets 1.18 (as written) to 1.6 (sessionAffinity: ClientIP) times the mean of connections',
      'With 3 replicas p99 is 41.2 ms (as written) to 75 ms (sessionAffinity: ClientIP)',
    ])
    const { series } = pictureOf('lines', 'alternatives')
    expect(series.at(-1)?.points.map(({ y }) => y)).toEqual([100 / 3, 25])
  })

  it('say that a setting fails', () => {
    const results = capacityResults()
    const affinity = results.capacity?.alternatives[1].points[0].point ?? 0
    const [judged] = results.points[affinity].thresholds ?? []
    judged.verdict = 'failed'
    expect(chartsOf('alternatives', results)[2].title).toBe(
      'With 3 replicas p99 is 41.2 ms (as written) to 75 ms (sessionAffinity: ClientIP, which fails)',
    )
  })

  it('compare the simulation with formulas', () => {
    const [chart] = chartsOf('formulas')
    expect(chart.title).toBe(
      'At 400 requests/s the simulation says 3, the usual formula 3, Erlang C 2 pooled, 3 split',
    )
    expect(chart.table.rows[3]).toEqual(['700', '5', '5', '4', '4'])
  })

  it('show what is more than full beyond the line', () => {
    const limits: CapacityResult['limits'] = [
      { resource: 'connections', name: 'node-a', use: 1.5, fullPerSec: 267, isExtrapolated: true },
      { resource: 'pods', name: 'counter', use: 0.5, fullPerSec: 800, isExtrapolated: false },
    ]
    const [chart] = chartsOf('limits', capacityResults({ limits }))
    expect(chart.title).toBe(
      'What runs out first is tracked connections of node-a, at about 267 requests/s (150 % at 400 requests/s)',
    )
    const svg = renderSvg(chart)
    expect(svg).toContain('>150 %<')
    expect(svg).toContain('>full<')
  })

  it('are left out where there is nothing to draw', () => {
    const results = capacityResults({ alternatives: [], formulas: null, limits: [], cells: [] })
    for (const topic of ['details', 'losses', 'alternatives', 'formulas', 'limits'] as const)
      expect(chartsOf(topic, results)).toEqual([])
  })
})
