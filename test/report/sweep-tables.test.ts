import { describe, expect, it } from 'vitest'
import { figureColumn } from '../../src/report/figure-column.js'
import { renderReport } from '../../src/report/render-report.js'
import { crossBlocks, crossTable } from '../../src/report/sweep-table.js'
import { estimate, MS, sampleSweep } from '../results/sample-results.js'
import { crossedSweep, pairedSweep } from './sweeps.js'

describe('the table that a scenario asks for', () => {
  it('refuses a metric that is not measured, with the nearest one', async () => {
    await expect(renderReport(crossedSweep(['stickiness.returnRation']), 'text')).rejects.toThrow(
      'METRIC_UNKNOWN: there is no metric "stickiness.returnRation"',
    )
    await expect(renderReport(crossedSweep(['p99x']), 'md')).rejects.toThrow('METRIC_UNKNOWN')
  })

  it.each(['browsers→nobody', 'somebody→counter-np', 'browsers', 'browsers→counter-np→redis', ''])(
    'refuses the call %j',
    async (call) => {
      const results = crossedSweep(['responseTime.p99'], call)
      await expect(renderReport(results, 'text')).rejects.toThrow(`CALL_UNKNOWN: there is no call "${call}"`)
    },
  )

  it.each(['browsers→counter-np', 'browsers -> counter-np', 'browsers → counter-np:3000'])(
    'finds the call %j',
    (call) => {
      expect(crossTable(crossedSweep(['responseTime.p99'], call))?.rows).toHaveLength(6)
    },
  )

  it('is cut into blocks by the last factor with which all blocks fit', () => {
    const table = crossTable(pairedSweep())
    if (table === undefined) throw new Error('no table')
    const titles = (most: number) =>
      crossBlocks(table, ({ columns }) => columns.length <= most).map(({ title }) => title)
    expect(titles(10)).toEqual([''])
    expect(titles(5)).toEqual(['affinity: None', 'affinity: ClientIP'])
    expect(titles(2)).toEqual([
      'way in: ClusterIP',
      'way in: one NodePort',
      'way in: all NodePorts',
      'way in: LB round robin',
      'way in: LB source hash',
    ])
  })

  it('has lines of at most 110 columns at ten columns of two metrics', async () => {
    const [file] = await renderReport(pairedSweep(), 'text')
    expect(Math.max(...(file?.text ?? '').split('\n').map((line) => line.length))).toBeLessThanOrEqual(110)
  })

  it('shows a dash where a point is missing', () => {
    const results = pairedSweep()
    const table = crossTable({ ...results, points: results.points.slice(1) })
    expect(table?.rows.find(({ settings }) => settings[0] === '1')?.cells).toContain('–')
  })
})

describe('a column of figures', () => {
  it.each([
    ['duration', [0.4 * MS, 12 * MS, 130 * MS], 'ms', ['0.400', '12.000', '130.000']],
    ['ratio', [1, 0.5, 0], '%', ['100.0', '50.0', '0.0']],
    ['ratio', [1, 0.9997], '%', ['100.00', '99.97']],
    ['ratio', [0.999999999], '%', ['100.000000']],
    ['count', [12_345, 1], '', ['12,345', '1']],
    ['number', [null, -1.5], '', ['–', '-1.50']],
  ] as const)('of unit %s writes %j in %s', (unit, values, name, texts) => {
    const column = figureColumn(
      unit,
      values.map((value) => estimate(value)),
    )
    expect(column.unit).toBe(name)
    expect(column.values).toEqual(texts)
  })
})

describe('results of a sweep without calls', () => {
  it('are rendered in every format', async () => {
    const results = sampleSweep()
    const points = results.points.map((point) => ({ ...point, calls: [] }))
    for (const format of ['text', 'json', 'csv', 'md'] as const) {
      expect((await renderReport({ ...results, points }, format)).length).toBe(1)
    }
  })
})
