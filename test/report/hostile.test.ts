import { describe, expect, it } from 'vitest'
import { markdownText } from '../../src/report/markdown-text.js'
import { renderReport } from '../../src/report/render-report.js'
import { sampleCall, samplePoint, sampleResults } from '../results/sample-results.js'
import { HOSTILE_TEXTS, withText } from './hostile.js'
import { parseXml } from './parse-xml.js'
import { crossedSweep } from './sweeps.js'

/** What a picture may consist of. */
const ELEMENTS = new Set([
  'svg',
  'title',
  'desc',
  'g',
  'path',
  'rect',
  'text',
  'defs',
  'clipPath',
  'circle',
  'polyline',
  'tspan',
])

/** C0 but the line break, DEL and C1, invisible and bidirectional controls, lone surrogates. */
const UNPRINTABLE = /(?!\n)\p{Cc}|[\u200b-\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/u

/** Every kind of chart of a run, once. */
const oneCall = sampleResults({ points: [samplePoint({ calls: [sampleCall()] })] })

/** For each table of a page the numbers of cells that its lines have. */
function columnCounts(page: string): readonly ReadonlySet<number>[] {
  const tables = page.split('\n\n').filter((block) => block.startsWith('| '))
  return tables.map(
    (table) =>
      new Set(
        table
          .trim()
          .split('\n')
          .map((line) => line.replaceAll(/\\./g, '').split('|').length),
      ),
  )
}

describe.each(HOSTILE_TEXTS.map((text) => [text]))('with %j in every text', (text) => {
  it('text reports hold nothing that a terminal would obey', async () => {
    for (const results of [sampleResults(), crossedSweep()]) {
      const [file] = await renderReport(withText(results, text), 'text', { isShowingAssumptions: true })
      expect(file?.text).not.toMatch(UNPRINTABLE)
    }
  })

  it('pages hold no markup but their own, and pictures only drawings', async () => {
    const [page, ...charts] = await renderReport(withText(oneCall, text), 'md')
    const tags = (page?.text ?? '').replaceAll(/```+sh[\s\S]*?\n```+\n/g, '').match(/<[^>]*>?/g) ?? []
    expect(tags.filter((tag) => !/^<(?:!-- --|\/?details|\/?summary)>$/.test(tag))).toEqual([])
    expect(page?.text).not.toMatch(UNPRINTABLE)
    expect(columnCounts(page?.text ?? '').filter((counts) => counts.size !== 1)).toEqual([])
    expect(charts).toHaveLength(3)
    for (const { name, text: svg } of charts) {
      expect(name).toMatch(/^charts\/[a-z0-9-]{1,90}\.svg$/)
      expect(svg).not.toMatch(UNPRINTABLE)
      const { elements } = parseXml(svg)
      for (const element of elements) {
        expect(ELEMENTS).toContain(element.name)
        for (const [key, value] of element.attributes) {
          expect(key).not.toMatch(/^on|href$|^src$/)
          if (key !== 'xmlns' && key !== 'xmlns:xlink')
            expect(value).not.toMatch(/:\/\/|javascript:|url\((?!#)/)
        }
      }
    }
  })
})

describe('markdownText', () => {
  it.each([
    ['counter-np:3000 by nodePort', 'counter-np:3000 by nodePort'],
    ['48.4 ms', '48.4 ms'],
    ['a_b*c', 'a\\_b\\*c'],
    ['<b>&amp;', '&lt;b&gt;&amp;amp;'],
    ['a|b', 'a\\|b'],
    ['a\\|b', 'a\\\\\\|b'],
    ['[x](y)', '\\[x\\](y)'],
    ['1. one', '1\\. one'],
    ['- one', '\\- one'],
    ['---', '\\---'],
    ['-1.5', '-1.5'],
    ['===', '\\==='],
    ['# head', '\\#<!-- --> head'],
    ['@team', '@<!-- -->team'],
    ['http://x.example', 'http:<!-- -->//x.example'],
    ['www.x.example', 'www<!-- -->.x.example'],
    [':cat:', ':<!-- -->cat:'],
    ['file.yaml:7:7: odd', 'file.yaml:7:7: odd'],
    ['two\nlines', 'two\\\\x0Alines'],
    ['`code`', '\\`code\\`'],
    ['$x$', '\\$x\\$'],
  ])('writes %j as %j', (text, markdown) => {
    expect(markdownText(text)).toBe(markdown)
  })
})
