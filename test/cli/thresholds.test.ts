import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readResults } from '../../src/results/results-json.js'
import { parseXml } from '../report/parse-xml.js'
import { type ShopFolder, shopFolder } from './shop-folder.js'

let shop: ShopFolder

beforeEach(() => {
  shop = shopFolder()
})

afterEach(() => shop.remove())

describe('thresholds', () => {
  test('that are kept end with exit code 0, others with 99', async () => {
    const argv = ['run', 'shop', '--replications', '5', '--threshold']
    expect((await shop.svcsim([...argv, 'p99 < 10s'])).code).toBe(0)
    const { code, out, err } = await shop.svcsim([...argv, 'p99 < 1ms', '--threshold', 'errors < 5%'])
    expect([code, err]).toEqual([99, 'thresholds: 2 passed, 2 failed, 0 undecided\n'])
    expect(out).toMatch(/^ {2}client\.browsers\.responseTime\.p99 < 1ms +\d.* ± .* ms +5 {2}failed$/m)
  })

  test('are undecided with one replication; --on-undecided says what that means', async () => {
    const argv = ['run', 'shop', '--threshold', 'client.batch.p99 < 10s']
    const { code, out } = await shop.svcsim(argv)
    expect(code).toBe(99)
    expect(out).toContain('Undecided: one replication has no interval: run with --replications 5 or more.')
    expect((await shop.svcsim([...argv, '--on-undecided', 'pass'])).code).toBe(0)
    const extended = await shop.svcsim([...argv, '--on-undecided', 'extend', '--format', 'json'])
    expect([extended.code, readResults(extended.out, 'x').replications]).toEqual([0, 5])
  })

  test('of the scenario are judged too, and the command that repeats the run has those of the command line', async () => {
    const scenario = shop.read('shop/scenario.yaml')
    shop.write(
      'shop/scenario.yaml',
      scenario.replace('  warmUp: 1s', '  thresholds: [p99 < 1ms]\n  warmUp: 1s'),
    )
    const { code, out } = await shop.svcsim([
      'run',
      'shop',
      '--replications',
      '2',
      '--threshold',
      'errors < 1%',
      '--format',
      'json',
    ])
    expect(code).toBe(99)
    const { command, points } = readResults(out, 'x')
    expect(command).toBe("svcsim run shop --seed 1 --replications 2 --threshold 'errors < 1%'")
    expect(points[0]?.thresholds?.map(({ threshold }) => threshold)).toEqual([
      'client.browsers.responseTime.p99 < 1ms',
      'client.batch.responseTime.p99 < 1ms',
      'client.browsers.errors < 1%',
      'client.batch.errors < 1%',
    ])
  })

  test('that can not be read are errors of the command line', async () => {
    const { code, err } = await shop.svcsim(['run', 'shop', '--threshold', 'p98 < 1s', '--threshold', 'x'])
    expect(code).toBe(2)
    expect(err).toContain('error[METRIC_UNKNOWN] There is no metric "p98"')
    expect(err).toContain('1 | --threshold p98 < 1s')
    expect(err).toContain('error[THRESHOLD_SYNTAX] "x" is no threshold')
  })

  test('are written as JUnit XML that another reader understands', async () => {
    const argv = ['sweep', 'shop', '--set', 'web.replicas=1,2', '--replications', '5', '--junit', 'junit.xml']
    const { code } = await shop.svcsim([...argv, '--threshold', 'client.batch.p99 < 1ms'])
    expect(code).toBe(99)
    const [declaration, ...rest] = shop.read('junit.xml').split('\n')
    expect(declaration).toBe('<?xml version="1.0" encoding="UTF-8"?>')
    const { elements } = parseXml(rest.join('\n').trimEnd())
    const named = (name: string) => elements.filter((element) => element.name === name)
    expect(named('testsuite')[0]?.attributes.get('failures')).toBe('2')
    expect(named('testcase').map(({ attributes }) => attributes.get('name'))).toEqual([
      'client.batch.responseTime.p99 < 1ms at web.replicas=1',
      'client.batch.responseTime.p99 < 1ms at web.replicas=2',
    ])
    expect(named('failure')[0]?.attributes.get('message')).toMatch(
      /^failed: client\.batch\.responseTime\.p99 is /,
    )
  })

  test('are judged on saved results', async () => {
    await shop.svcsim(['run', 'shop', '--replications', '3', '--output', 'r.json', '--quiet'])
    const passed = await shop.svcsim(['report', 'r.json', '--threshold', 'p99 < 10s'])
    expect([passed.code, passed.out.includes('passed')]).toEqual([0, true])
    expect((await shop.svcsim(['report', 'r.json', '--threshold', 'p99 < 1ms'])).code).toBe(99)
    const { out } = await shop.svcsim(['report', 'r.json', '--threshold', 'client.batch.errors < 1%'])
    expect(out).toContain('saved results have no interval of this figure')
  })
})

describe('--precision', () => {
  test('goes on until it is reached, and says after how many replications', async () => {
    const { code, out } = await shop.svcsim([
      'run',
      'shop',
      '--precision',
      '5%',
      '--watch',
      'client.batch.mean',
    ])
    expect(code).toBe(0)
    expect(out).toMatch(
      /client\.batch\.responseTime\.mean is [^,]+, known to\s+[\d.]+ % after \d+\s+replications:\s+5 %\s+was\s+asked\./,
    )
  })

  test('says so where it is not reached', async () => {
    const { out } = await shop.svcsim(['run', 'shop', '--precision', '0.01%', '--max-replications', '11'])
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'after 11 replications: the 0.01 % that was asked was NOT reached',
    )
  })
})

describe('svcsim solve', () => {
  const argv = ['solve', 'shop', '--minimise', 'web.replicas', '--range', '1..4']

  test('prints the answer, and the command that repeats it gives the same', async () => {
    const { code, out } = await shop.svcsim([...argv, '--until', 'p99 < 10s', '--format', 'json'])
    expect(code).toBe(0)
    const { solve, command } = readResults(out, 'x')
    expect(solve?.answer).toBe('1')
    expect(command).toBe(
      "svcsim solve shop --seed 1 --minimise web.replicas --range 1..4 --until 'p99 < 10s' --max-replications 100",
    )
    for (const format of ['text', 'md']) {
      const report = await shop.svcsim([...argv, '--until', 'p99 < 10s', '--format', format])
      expect(report.out.replaceAll(/\s+/g, ' ')).toContain('web.replicas = 1 is the smallest value of 1..4')
    }
  })

  test('ends with exit code 99 where no value does', async () => {
    const { code, out, err } = await shop.svcsim([...argv, '--until', 'p99 < 1us'])
    expect([code, err]).toEqual([99, 'no value that was tried keeps the thresholds\n'])
    expect(out).toContain('No value of web.replicas that was tried in 1..4')
  })

  test.each([
    [['solve', 'shop', '--range', '1..4'], 'one field is sought at a time'],
    [[...argv.slice(0, -1), '4..1', '--until', 'p99 < 1s'], 'is no range of 1 to 100,000 values'],
    [argv, 'there is nothing to solve for'],
  ])('%j is wrong usage', async (wrong, message) => {
    const { code, err } = await shop.svcsim(wrong)
    expect(code).toBe(2)
    expect(err).toContain(message)
  })
})
