import { describe, expect, it, test } from 'vitest'
import type { Chart, LinePicture } from '../../src/report/charts/chart.js'
import { chartsOf } from '../../src/report/charts/charts-of.js'
import { roundNumbers } from '../../src/report/charts/log-scale.js'
import { pageCharts } from '../../src/report/charts/page-charts.js'
import { renderSvg } from '../../src/report/charts/render-svg.js'
import { timeTicks } from '../../src/report/charts/time-axis.js'
import { renderReport } from '../../src/report/render-report.js'
import { readResults, resultsToJson } from '../../src/results/results-json.js'
import type { Results } from '../../src/results/results-schema.js'
import { sampleResults } from '../results/sample-results.js'
import { loadSweep, resultsOverTime, SAMPLE_OVER_TIME } from './over-time.js'

function chartNamed(results: Results, name: string): Chart {
  const found = pageCharts(results).find((chart) => chart.name === name)
  if (found === undefined) throw new Error(`there is no chart "${name}"`)
  return found
}

function linesOf({ picture }: Chart): LinePicture {
  if (picture.kind !== 'lines') throw new Error('these are no lines')
  return picture
}

describe('pods × time', () => {
  const chart = chartNamed(resultsOverTime(), 'load-over-time')

  it('is titled by the fullest pod, when and how full', () => {
    expect(chart.title).toBe(
      'counter-2 is fullest: 5.2 requests in it at 51 to 61 s, 1.38 over the whole window',
    )
  })

  it('has a cell for each pod and interval, and a row for each interval in its table', () => {
    const { picture, table } = chart
    expect(picture.kind === 'heat' && picture.cells.length).toBe(24)
    expect(picture.kind === 'heat' && picture.cells.map(({ step }) => step).slice(12, 18)).toEqual([
      0, 0, 0, 1, 2, 6,
    ])
    expect(table.headers).toEqual([
      'from, s',
      ...SAMPLE_OVER_TIME.pods.map(({ pod }) => `${pod}: requests (busy)`),
    ])
    expect(table.rows[5]).toEqual(['51', '3.2 (60 %)', '4.2 (60 %)', '5.2 (60 %)', '0.01 (1 %)'])
  })

  it('is not drawn without a series, or without a request', () => {
    const names = (results: Results) => pageCharts(results).map(({ name }) => name)
    expect(names(sampleResults())).not.toContain('load-over-time')
    const idle = {
      ...SAMPLE_OVER_TIME,
      pods: SAMPLE_OVER_TIME.pods.map((pod) => ({ ...pod, requests: Array(6).fill(0) })),
    }
    expect(names(resultsOverTime(idle))).not.toContain('load-over-time')
  })
})

describe('use of limits over time', () => {
  it('leads with the limit that is nearest', () => {
    const chart = chartNamed(resultsOverTime(), 'limits-over-time')
    expect(chart.title).toBe(
      'No limit is used up; nearest to it are tracked connections of node-c, 50 % of 131,072 at 51 to 61 s',
    )
    const { series, y } = linesOf(chart)
    expect(series.length).toBe(7)
    expect(y.max).toBe(100)
    expect(series[0].points.at(-1)).toMatchObject({ x: 61, y: (100 * 65_538) / 131_072 })
    expect(chart.table.headers.slice(0, 2)).toEqual(['to, s', 'tracked connections of node-c, of 131,072'])
    expect(chart.table.rows.at(-1)?.slice(0, 2)).toEqual(['61', '65,538 (50 %)'])
  })

  it('says how often a limit was reached', () => {
    const [node, ...others] = SAMPLE_OVER_TIME.nodes
    const full = { ...node, conntrackPeak: [10, 20, 30, 40, 131_072, 131_072] }
    const { title } = chartNamed(
      resultsOverTime({ ...SAMPLE_OVER_TIME, nodes: [full, ...others] }),
      'limits-over-time',
    )
    expect(title).toBe(
      'Tracked connections of node-a are at their limit of 131,072 in 2 of 6 intervals, first at 41 to 51 s',
    )
  })

  it('leaves out what no connection touches', () => {
    const { table } = chartNamed(resultsOverTime(), 'limits-over-time')
    expect(table.headers.join()).not.toContain('packets waiting')
  })
})

test('streams go from the zone of the client by load balancer and entry node to node and pod', () => {
  const { title, table, picture } = chartNamed(resultsOverTime(), 'flow-browsers-counter-lb')
  expect(title).toBe(
    'browsers → counter-lb:3000: 34 % enter by another node than that of their pod; 34 % end on counter-2',
  )
  expect(table.headers).toEqual([
    'client zone',
    'load balancer',
    'entry node',
    'node',
    'pod',
    'connections',
    'share',
  ])
  expect(table.rows[2]).toEqual(['outside', 'counter-lb', 'node-b', 'node-c', 'counter-2', '4,064', '33.9 %'])
  expect(picture.kind === 'flow' && picture.streams.length).toBe(9)
})

describe('p99 against the load', () => {
  const chart = chartNamed(loadSweep(), 'response-time-across')

  it('is titled by how far each number of replicas keeps the objective', () => {
    expect(chart.title).toBe('p99 < 250 ms up to 100/s (counter.replicas 1), 300/s (counter.replicas 2)')
  })

  it('has a line for each number of replicas, its objective, bands, and crosses without a steady state', () => {
    const { series, limits, hasBands } = linesOf(chart)
    expect(series.map(({ label }) => label)).toEqual(['counter.replicas 1', 'counter.replicas 2'])
    expect(series.map(({ points }) => points.map(({ isUnstable }) => isUnstable === true))).toEqual([
      [false, true, true, true],
      [false, false, false, true],
    ])
    expect(limits?.map(({ label }) => label)).toEqual(['objective: p99 < 250 ms'])
    expect(hasBands).toBe(true)
    expect(chart.subtitle).toContain('×: no steady state')
  })

  it('has a scale of equal factors where figures spread over more than one decade', () => {
    const { y, series, limits } = linesOf(chart)
    expect(y.ticks?.map(({ label }) => label)).toEqual([
      '20 ms',
      '50 ms',
      '100 ms',
      '200 ms',
      '500 ms',
      '1 s',
      '2 s',
    ])
    const [first, second] = series[0].points
    expect(first.y).toBeCloseTo(Math.log10(50), 9)
    expect(second.y).toBeCloseTo(Math.log10(1_100), 9)
    expect(first.interval?.[0]).toBeCloseTo(Math.log10(47), 9)
    expect(limits?.[0].at).toBeCloseTo(Math.log10(250), 9)
  })

  it('has a plain scale where they do not', () => {
    const { y, series } = linesOf(chartNamed(loadSweep(100), 'response-time-across'))
    expect([y.name, y.ticks]).toEqual(['response time, ms', undefined])
    expect(series[0].points[0].y).toBe(50)
  })

  it('has the objective in sight though all figures are well below it', () => {
    const { points, ...rest } = loadSweep()
    const low = { ...rest, points: points.slice(0, 2) }
    const [first] = chartsOf(low)
    expect(linesOf(first).limits?.map(({ at }) => at)).toEqual([250])
    const high = { ...rest, points: points.map((point) => ({ ...point, thresholds: [] })) }
    expect(linesOf(chartNamed(high, 'response-time')).limits).toBeUndefined()
  })

  it('says where there is a steady state if there is no objective', () => {
    const { points, ...rest } = loadSweep()
    const without = { ...rest, points: points.map(({ thresholds, ...point }) => point) }
    expect(chartNamed(without, 'response-time-across').title).toBe(
      'Steady state up to 100/s (counter.replicas 1), 300/s (counter.replicas 2)',
    )
  })

  it('is in files as in pages, the same bytes each time', () => {
    const drawn = chartsOf(loadSweep()).find(({ name }) => name === 'response-time-across')
    if (drawn === undefined) throw new Error('there is no such chart')
    expect(renderSvg(drawn)).toBe(renderSvg(chart))
    expect(renderSvg(drawn)).toContain('objective: p99 &lt; 250 ms')
  })
})

describe('a point without a steady state', () => {
  const LEGEND = '†: no steady state'

  it.each(['text', 'md', 'html'] as const)(
    'is marked in the table of a sweep as %s, with a legend',
    async (format) => {
      const [{ text }] = await renderReport(loadSweep(), format)
      expect(text).toMatch(/1[,.]?100\D.* †|1\.1\d*\D.* †/)
      expect(text).toContain(LEGEND)
    },
  )

  it.each(['text', 'md', 'html'] as const)('is marked where factors are crossed as %s', async (format) => {
    const sweep = loadSweep()
    const table = { columns: ['counter.replicas'], metrics: ['responseTime.p99', 'outcomes.completedRatio'] }
    const crossed = { ...sweep, sweep: { axes: sweep.sweep?.axes ?? [], table } }
    const [{ text }] = await renderReport(crossed, format)
    expect(text.match(/99\.9 †/g)?.length).toBeGreaterThanOrEqual(4)
    expect(text).toContain(LEGEND)
  })

  it('is marked on the heat map', () => {
    const { picture, subtitle } = chartNamed(loadSweep(), 'heat-map')
    const marked = picture.kind === 'heat' ? picture.cells.filter(({ text }) => text.endsWith(' †')) : []
    expect([marked.length, subtitle.endsWith('†: no steady state')]).toEqual([4, true])
  })

  it('leaves reports without one as they are', async () => {
    const [{ text }] = await renderReport(sampleResults(), 'text')
    expect(text).not.toContain('†')
  })
})

test('results that hold series and ways are read as they were written, and refused if these disagree', () => {
  const results = resultsOverTime()
  expect(readResults(resultsToJson(results), 'results.json')).toEqual(results)
  const short = { ...SAMPLE_OVER_TIME, clientPortsPeak: [1] }
  expect(() => readResults(resultsToJson(resultsOverTime(short)), 'results.json')).toThrow(/each interval/)
  const text = resultsToJson(results).replace('[0, 0, 1, 2, 4064]', '[0, 0, 9, 2, 4064]')
  expect(() => readResults(text, 'results.json')).toThrow(/positions of zone/)
})

test('labelled times are round steps from the start', () => {
  expect(timeTicks(150, 200).map(({ label }) => label)).toEqual(['150', '160', '170', '180', '190', '200'])
  expect(timeTicks(5, 65).map(({ at }) => at)).toEqual([5, 15, 25, 35, 45, 55, 65])
  expect(timeTicks(0.1, 0.3).map(({ at }) => at)).toEqual([0.1, 0.15, 0.2, 0.25, 0.3])
})

test('round numbers enclose the figures', () => {
  expect(roundNumbers(50, 1_300)).toEqual([50, 100, 200, 500, 1_000, 2_000])
  expect(roundNumbers(0.3, 0.4)).toHaveLength(2)
  expect(roundNumbers(3, 5_000)).toEqual([1, 10, 100, 1_000, 10_000])
})
