import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvCell, csvReport, csvTable } from '../../src/report/csv-report.js'
import { sampleResults, sampleSweep } from '../results/sample-results.js'
import { HOSTILE_TEXTS, withText } from './hostile.js'

/** A reader of RFC 4180, written from its grammar. */
function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    let cell = ''
    if (text.charAt(at) === '"') {
      for (at += 1; text.charAt(at) !== '"' || text.charAt(at + 1) === '"'; at += 1) {
        if (at >= text.length) throw new Error('a quoted cell stays open')
        if (text.charAt(at) === '"') at += 1
        cell += text.charAt(at)
      }
      at += 1
    } else {
      for (; at < text.length && !',\r\n"'.includes(text.charAt(at)); at += 1) cell += text.charAt(at)
    }
    row.push(cell)
    if (text.charAt(at) === ',') {
      at += 1
    } else if (text.startsWith('\r\n', at)) {
      at += 2
      rows.push(row)
      row = []
    } else throw new Error(`unexpected ${JSON.stringify(text.charAt(at))} at ${at}`)
  }
  return rows
}

/** What a cell stands for once the apostrophe that disarms it is taken off. */
function original(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell
}

describe('a table as CSV', () => {
  it.each([
    ['plain', 'plain'],
    ['', '""'],
    ['a,b', '"a,b"'],
    ['say "so"', '"say ""so"""'],
    ['a\nb', '"a\nb"'],
    ['=1+2', "'=1+2"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['＝1', "'＝1"],
    ["'quoted", "''quoted"],
    ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
  ])('writes %j as %j', (text, cell) => {
    expect(csvCell(text)).toBe(cell)
  })

  it('leaves numbers untouched, negative ones too, and writes null as nothing', () => {
    expect([-1.5, 0.1, 5e-324, 1e21, 9_007_199_254_740_991].map(csvCell)).toEqual([
      '-1.5',
      '0.1',
      '5e-324',
      '1e+21',
      '9007199254740991',
    ])
    expect(csvCell(null)).toBe('')
  })

  it('reads back exactly, and holds no formula, whatever the texts are', () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', "'", ',', 'a', ' ') }),
      fc.string({ unit: 'binary' }),
    )
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 6 }))
    fc.assert(
      fc.property(table, (rows) => {
        const cells = readCsv(csvTable(rows))
        expect(cells.map((row) => row.map(original))).toEqual(rows)
        expect(cells.flat().filter((each) => /^[=+\-@\t\r]/.test(each))).toEqual([])
      }),
      { seed: 4180, numRuns: 1_000 },
    )
  })
})

describe('a table read by csv-parse', () => {
  it('is what was written, ten thousand times', () => {
    const cell = fc.string({
      unit: fc.constantFrom(
        '=',
        '+',
        '-',
        '@',
        '\t',
        '\r',
        '\n',
        '"',
        "'",
        ',',
        ';',
        'ä',
        '名',
        ' ',
        '1',
        '\u2028',
      ),
      maxLength: 8,
    })
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }),
      )
    fc.assert(
      fc.property(table, (rows) => {
        const read: string[][] = parse(csvTable(rows), { record_delimiter: '\r\n' })
        expect(read.map((row) => row.map(original))).toEqual(rows)
      }),
      { seed: 10_000, numRuns: 10_000 },
    )
  })
})

describe('results as CSV', () => {
  it('have one row per figure, with the factors in front', () => {
    const [header, ...rows] = readCsv(csvReport(sampleSweep()))
    expect(header).toEqual([
      'scenario',
      'replicas',
      'way in',
      'caller',
      'service',
      'port',
      'via',
      'pod',
      'node',
      'metric',
      'unit',
      'value',
      'halfWidth95',
    ])
    expect(rows).toContainEqual([
      'ways-in',
      '2',
      'NodePort',
      'browsers',
      'counter-np',
      '3000',
      'nodePort',
      '',
      '',
      'stickiness.returnRatio',
      'ratio',
      '0.5',
      '0.01',
    ])
    expect(rows).toContainEqual([
      'ways-in',
      '2',
      'NodePort',
      'browsers',
      'counter-np',
      '3000',
      'nodePort',
      'counter-1',
      'node-b',
      'connections.count',
      'count',
      '5960',
      '',
    ])
    expect(rows.every((row) => row.length === header?.length)).toBe(true)
  })

  it('have throttling of pods with a CPU limit, and no row for it of others', () => {
    const results = sampleResults()
    const [point] = results.points
    const limited = { ...point.pods[0], throttledRatio: { value: 0.25, halfWidth95: null } }
    const pods = [limited, ...point.pods.slice(1)]
    const rows = readCsv(csvReport({ ...results, points: [{ ...point, pods }] }))
    const throttled = rows.filter((row) => row.includes('pod.throttledRatio'))
    expect(throttled.map((row) => row.slice(5))).toEqual([
      [limited.pod, limited.node, 'pod.throttledRatio', 'ratio', '0.25', ''],
    ])
  })

  it('keep a factor apart from a column of the same name', () => {
    const results = sampleSweep({ sweep: { axes: ['replicas', 'node'] } })
    expect(readCsv(csvReport(results))[0]?.slice(1, 3)).toEqual(['replicas', 'node (axis)'])
  })

  it('hold no formula, whatever things are named', () => {
    const live: string[] = []
    for (const text of HOSTILE_TEXTS) {
      for (const row of readCsv(csvReport(withText(sampleResults(), text)))) {
        live.push(...row.filter((cell) => /^[=+\-@\t\r]/.test(cell)))
      }
    }
    expect(live).toEqual([])
  })
})
