/** Traces as text: what was committed was read by eye; here, that it stays so, and keeps its manners. */
import fs from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { loadCluster } from '../../src/experiment/load-cluster.js'
import { listRules } from '../../src/experiment/rules/list-rules.js'
import type { FlowQuestion } from '../../src/experiment/trace/flow-question.js'
import { renderTrace } from '../../src/report/render-trace.js'
import { textWidth } from '../../src/report/text-layout.js'
import { traceJsonSchema } from '../../src/results/trace-json.js'
import { traced, tracedCluster } from '../experiment/trace/traced.js'
import { expectGoldenText } from './golden-text.js'

/** The counter app of scenarios/counter, as its README asks. */
function counter() {
  const file = (name: string) => ({
    path: name,
    text: fs.readFileSync(new URL(`../../scenarios/counter/${name}`, import.meta.url), 'utf8'),
  })
  const manifestFiles = [file('counter.yaml')]
  return loadCluster({ scenarioFile: file('scenario.yaml'), manifestFiles, settings: [] })
}

type Row = readonly [
  name: string,
  question: Partial<FlowQuestion>,
  cluster?: ReturnType<typeof tracedCluster>,
]

const CASES: readonly Row[] = [
  [
    'counter',
    { to: 'counter-np:3000', via: 'node/node-a', command: 'svcsim trace scenarios/counter' },
    counter(),
  ],
  ['hairpin', { from: 'pod/web-0', to: 'single:80' }],
  ['load-balancer', { to: 'local:80' }],
  ['refused', { from: 'node/n1', to: 'none.default:80' }],
  ['dropped', { from: '9.9.9.9', to: '203.0.113.6:80' }],
  ['unanswered', { from: 'pod/shop/cart', to: '192.168.1.11:30081' }],
  ['headless', { from: 'pod/web-0', to: 'heads:8080' }],
  ['drawn', { from: 'pod/web-0', to: 'sticky:80', draw: 2, remembered: 'web-1' }],
  ['nftables', { to: 'web:80' }, tracedCluster(['proxy.mode=nftables'])],
  ['ipvs', { from: 'pod/web-0', to: 'sticky:80' }, tracedCluster(['proxy.mode=ipvs'])],
]

describe('traces say what they have said before', () => {
  for (const [name, question, cluster] of CASES) {
    it(name, () => {
      expectGoldenText(`trace-${name}.txt`, renderTrace(traced(question, cluster), 'text'))
    })
  }
})

describe('a trace as text', () => {
  it('keeps within 120 columns, but for names that are longer', () => {
    for (const [, question, cluster] of CASES) {
      const lines = renderTrace(traced(question, cluster), 'text').split('\n')
      expect(lines.filter((line) => textWidth(line) > 125 && !line.includes('endpoint-'))).toEqual([])
    }
  })

  it('shows ways that go alike once, however many there are', () => {
    const cluster = tracedCluster(['web.replicas=60'])
    const text = renderTrace(traced({ from: 'pod/shop/cart', to: 'single.default:80' }, cluster), 'text')
    expect(text.match(/^Ways? /gm)?.length).toBe(2)
    expect(text.match(/ → way /g)?.length).toBe(60)
    expect(text).toMatch(/^Ways 1 to 18, 36 to 60, which go alike; this is way 1: /m)
  })

  it('sums up long rows of rules that do not match, unless all are asked for', () => {
    const short = renderTrace(traced({ from: 'pod/web-0', to: 'pod/web-1:8080', maxRunLength: 3 }), 'text')
    expect(short).toContain('  no match        …      11 rules, number 1 to 11\n')
    const long = renderTrace(traced({ from: 'pod/web-0', to: 'pod/web-1:8080', maxRunLength: 1_000 }), 'text')
    expect(long).not.toContain('11 rules, number')
  })

  it('lets nothing from a dump reach the terminal', () => {
    const { text } = listRules(tracedCluster(), { node: 'n1', command: '' }).parts[0]
    const hostile = text.replaceAll('kubernetes service portals', '\u001b[31m\u202egnp.exe\u0007')
    const dumps = [{ node: 'n1', file: '\u001b]0;x\u0007', text: hostile }]
    const shown = renderTrace(traced({ from: 'pod/web-0', to: 'single:80', dumps }), 'text')
    expect(shown).toContain('\\x1B[31m\\u{202E}gnp.exe\\x07')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  })
})

describe('a trace as JSON', () => {
  it('has the form of its schema, for every mode and end', () => {
    const validate = new Ajv({ strict: false }).compile(traceJsonSchema())
    for (const [name, question, cluster] of CASES) {
      const value: unknown = JSON.parse(renderTrace(traced(question, cluster), 'json'))
      expect(validate(value), `${name}: ${JSON.stringify(validate.errors)}`).toBe(true)
    }
    expect(validate({ ...traced({}), colour: 'red' })).toBe(false)
  })

  it('repeats to the byte', () => {
    const once = renderTrace(traced({ to: 'web:80' }, tracedCluster()), 'json')
    expect(renderTrace(traced({ to: 'web:80' }, tracedCluster()), 'json')).toBe(once)
  })
})
