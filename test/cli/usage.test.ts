import { describe, expect, test } from 'vitest'
import { VERSION } from '../../src/base/version.js'
import { runCommandLine } from '../../src/cli/command-line.js'
import { fakeSurroundings } from './fake-surroundings.js'

async function svcsim(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const surroundings = fakeSurroundings()
  const code = await runCommandLine(argv, surroundings)
  return { code, out: surroundings.stdout.text, err: surroundings.stderr.text }
}

const VERBS = [
  'run',
  'sweep',
  'solve',
  'check',
  'trace',
  'rules',
  'init',
  'bench routing',
  'workload record',
  'report',
  'explain',
  'schema',
]

describe('help', () => {
  test('--version prints the version and nothing else', async () => {
    expect(await svcsim('--version')).toEqual({ code: 0, out: `${VERSION}\n`, err: '' })
  })

  test.each(['--help', 'help'])('%s names every verb, on the standard output', async (arg) => {
    const { code, out, err } = await svcsim(arg)
    expect([code, err]).toEqual([0, ''])
    for (const verb of VERBS) expect(out).toMatch(new RegExp(`^  ${verb.split(' ')[0]} `, 'm'))
  })

  test.each(VERBS)('help of %s has a sentence and an example', async (verb) => {
    const { code, out, err } = await svcsim(...verb.split(' '), '--help')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(new RegExp(`^Usage: svcsim ${verb} `))
    expect(out).toMatch(new RegExp(`Examples?:\\n  .*svcsim ${verb}`))
    expect(out.split('\n').every((line) => line.length <= 120)).toBe(true)
  })

  test('without a verb, help goes to the standard error and the exit code is 2', async () => {
    const { code, out, err } = await svcsim()
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('Usage: svcsim VERB')
  })
})

describe('wrong usage ends with exit code 2 and one message', () => {
  test.each([
    [['rnu'], "unknown command 'rnu'", 'did you mean run?; see `svcsim help`'],
    [
      ['run', 'x', '--replicatons', '5'],
      "unknown option '--replicatons'",
      'did you mean --replications?; see `svcsim help run`',
    ],
    [['bench', 'rooting'], "unknown command 'rooting'", 'did you mean routing?; see `svcsim help`'],
    [['run'], "missing required argument 'scenario'", 'see `svcsim help run`'],
    [['run', 'x', '--seed', '-1'], '--seed', 'It must be an integer from 0 to 9007199254740991'],
    [['run', 'x', '--seed', '1e3'], '--seed', 'It must be an integer from 0 to 9007199254740991'],
    [['run', 'x', '--seed', '9007199254740993'], '--seed', 'It must be an integer'],
    [['run', 'x', '--replications', '0'], '--replications', 'It must be an integer from 1 to 100000'],
    [['run', 'x', '--format', 'xml'], '--format', 'Allowed choices are text, json, csv, md'],
    [['bench', 'routing', '--utilisation', '0'], '--utilisation', 'It must be a number above 0'],
    [['workload', 'record', 'x'], '--output <file>', 'see `svcsim help workload`'],
    [['schema', 'result'], 'there is no schema "result"', 'did you mean "results"?'],
    [
      ['run', 'x', '--output', 'results.jsn'],
      'ends in no format that svcsim writes',
      'did you mean ".json"?',
    ],
    [
      ['run', 'x', '--set', 'a.replicas=1..3'],
      'names several values',
      '`svcsim sweep x --set a.replicas=1..3` runs all of them',
    ],
    [['run', '-', '-f', '-'], 'only one thing can be read from the standard input', ''],
    [['run', 'x', '--set', 'a', '--set', '=b'], 'error[SETTING_SYNTAX] "a" is no setting', '1 | --set =b'],
  ])('%j', async (argv, message, hint) => {
    const { code, out, err } = await svcsim(...argv)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^error\[/)
    expect(err).toContain(message)
    expect(err).toContain(hint)
  })

  test('what the user typed can not drive the terminal', async () => {
    const { err } = await svcsim('\u001b[31mrun\u202e')
    expect(err).toContain("unknown command '\\x1B[31mrun\\u{202E}'")
  })
})
