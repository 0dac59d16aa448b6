/** `svcsim explain`, as a user calls it. */
import { describe, expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.js'
import { textWidth } from '../../src/report/text-layout.js'
import { fakeSurroundings } from './fake-surroundings.js'

async function explain(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const surroundings = fakeSurroundings()
  const code = await runCommandLine(['explain', ...argv], surroundings)
  return { code, out: surroundings.stdout.text, err: surroundings.stderr.text }
}

describe('svcsim explain', () => {
  test('without a name says what can be asked', async () => {
    const { code, out, err } = await explain()
    expect([code, err]).toEqual([0, ''])
    for (const kind of ['metric', 'error', 'preset', 'field', 'results'])
      expect(out).toMatch(new RegExp(`^${kind} \\([1-9]\\d*\\)$`, 'm'))
    expect(out).toContain('\n  svcsim explain pods.servers\n')
  })

  test('a metric', async () => {
    expect(await explain('p99')).toEqual({
      code: 0,
      err: '',
      out: `metric responseTime.p99
99 % of the completed requests took at most this long.

label      p99
of         a call
unit       ns (duration)
threshold  service.web.responseTime.p99 < 250ms
`,
    })
  })

  test('a part of a field stands indented below its name', async () => {
    const { out } = await explain('clients.arrivals')
    expect(out).toContain(
      '\n\nrate\n  Requests per second of the whole group, e.g. 400/s.\n  type      string\n',
    )
  })

  test.each([
    'costs/iptables-nft',
    'preset:limits',
    'aws-nlb-instance',
    'spec',
    'spec.pods',
    'events',
    'RESULTS_INVALID',
  ])('%s is plain text of at most 100 columns', async (name) => {
    const { code, out } = await explain(name)
    expect(code).toBe(0)
    expect(out.endsWith('\n')).toBe(true)
    for (const line of out.slice(0, -1).split('\n')) {
      expect(textWidth(line)).toBeLessThanOrEqual(100)
      expect(line).toBe(line.trimEnd())
    }
  })

  test('prints JSON', async () => {
    const { code, out } = await explain('pods.servers', '--format', 'json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      kind: 'field',
      name: 'spec.pods.servers',
      facts: { default: '1' },
    })
    expect(JSON.parse((await explain('--format', 'json')).out)).toHaveLength(5)
  })

  test.each([
    [['responseTime.p98'], 'there is nothing called "responseTime.p98"', 'did you mean "responseTime.p9'],
    [['utilisation'], '"utilisation" can mean 2 things', 'write one of metric:pod.utilisation'],
    [['p99', '--format', 'yaml'], 'yaml', 'svcsim help explain'],
    [['p99', 'p95'], 'too many arguments', 'svcsim help explain'],
  ])('%j is wrong usage', async (argv, message, hint) => {
    const { code, out, err } = await explain(...argv)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(message)
    expect(err).toContain(hint)
  })

  test('what is asked can not write to the terminal', async () => {
    const { code, err } = await explain('\u001b[31mred')
    expect(code).toBe(2)
    expect(err).not.toContain('\u001b')
  })
})
