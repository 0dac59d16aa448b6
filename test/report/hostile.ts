/** Texts that a manifest may hold and that want to be more than text. */
import type { Results } from '../../src/results/results-schema.js'

export const HOSTILE_TEXTS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  '</text></svg><foreignObject>',
  '<!-- x --><![CDATA[x]]>',
  '&lt;b&gt; &#60; &nbsp;',
  '| a | b |\n| --- | --- |',
  '**bold** _it_ ~~no~~ `code` ``` # head',
  '[link](javascript:alert(1)) ![i](http://evil.example/x.png)',
  'https://evil.example www.evil.example a@b.example',
  '@everyone #1 GH-2 :cat: :100: $x^2$',
  '- [ ] task',
  '1. first',
  '\u001b[31mred\u001b]8;;http://evil.example\u0007link',
  'line\r\nbreak\u2028and\u2029more',
  '\u202etxt.exe \u2066iso\u2069 \u200b\u200f',
  '=1+2',
  '+cmd|x',
  '-1',
  '@SUM(A1)',
  "'quoted",
  '\t=1',
  'a,b;"c"',
  '\ud800 \uffff \u0000',
  'x'.repeat(400),
  '名前が長い'.repeat(30),
] as const

/** Results in which every text of the user is this one. */
export function withText(results: Results, text: string): Results {
  const renamed = new Set([
    'caller',
    'service',
    'pod',
    'node',
    'workload',
    'zone',
    'from',
    'machines',
    'axis',
    'value',
    'name',
    'description',
    'command',
    'message',
    'place',
    'preset',
    'source',
    'code',
  ])
  const replaced = (value: unknown, key: string): unknown => {
    // Numbers stay, so that charts with a numeric axis are drawn as well.
    if (typeof value === 'string') return renamed.has(key) && !/^\d+$/.test(value) ? `${text}${value}` : value
    if (Array.isArray(value))
      return value.map((each) => replaced(each, key === 'axes' || key === 'columns' ? 'axis' : key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each, name)]))
  }
  return { ...(replaced(results, '') as Results), tool: results.tool }
}
