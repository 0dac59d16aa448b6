import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bundleToResults } from '../../src/results/results-bundle.js'
import { readResults } from '../../src/results/results-json.js'
import { type ShopFolder, shopFolder } from './shop-folder.js'

let shop: ShopFolder

beforeEach(() => {
  shop = shopFolder()
})

afterEach(() => shop.remove())

describe('svcsim run', () => {
  test('prints who called whom, and the command that repeats it', async () => {
    const { code, out, err } = await shop.svcsim(['run', 'shop'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('browsers → web:80 by nodePort')
    expect(out).toContain('web → redis:6379 by clusterIP')
    expect(out).toContain('Repeat with   svcsim run shop --seed 1\n')
    expect(shop.made()).toEqual([])
  })

  test('the command in the results gives the same results', async () => {
    const argv = [
      'run',
      'shop',
      '--set',
      'web.replicas=3',
      '--seed',
      '5',
      '--replications',
      '2',
      '--format',
      'json',
    ]
    const { out } = await shop.svcsim(argv)
    const { command } = readResults(out, 'results.json')
    expect(command).toBe('svcsim run shop --set web.replicas=3 --seed 5 --replications 2')
    const again = await shop.svcsim([...command.split(' ').slice(1), '--format', 'json'])
    expect(again.out).toBe(out)
  })

  test('gives the same bytes from any folder, by any name, in any environment', async () => {
    const usual = await shop.svcsim(['run', 'shop', '--format', 'json'])
    const others = [
      shop.svcsim(['run', 'shop/scenario.yaml', '--format', 'json']),
      shop.svcsim(['run', './shop/', '--format', 'json']),
      shop.svcsim(['run', '.', '--format', 'json'], { cwd: path.join(shop.root, 'shop') }),
      shop.svcsim(['run', path.join(shop.root, 'shop'), '--format', 'json'], { cwd: '/' }),
      shop.svcsim(['run', 'shop', '--format', 'json'], {
        env: { LANG: 'tr_TR', TZ: 'Asia/Tokyo', NO_COLOR: '1' },
      }),
    ]
    for (const other of others) expect((await other).out).toBe(usual.out)
  })

  test('runs the sweep that a scenario holds, and prints its table', async () => {
    const { code, out } = await shop.svcsim(['run', 'shop/sweep.yaml'])
    expect(code).toBe(0)
    expect(out).toMatch(/^ +web\.replicas +None +ClientIP$/m)
    expect(out).toContain('6 points')
    expect(out).toContain('SVC_UNUSED shop/shop.yaml:46:9')
  })

  test('takes the scenario from the standard input, with manifests relative to the working directory', async () => {
    const { code, out } = await shop.svcsim(['run', '-', '--format', 'json'], {
      cwd: path.join(shop.root, 'shop'),
      stdin: shop.read('shop/scenario.yaml'),
    })
    expect(code).toBe(0)
    expect(readResults(out, 'x').command).toBe('svcsim run - --seed 1')
  })

  test('-f replaces the manifests of the scenario: files, folders and the standard input', async () => {
    const manifests = shop.read('shop/shop.yaml').replace('replicas: 2', 'replicas: 4')
    shop.write('rendered/all.yaml', manifests)
    const [web, ...rest] = manifests.split('---\n')
    shop.write('parts/web.yaml', web)
    shop.write('parts/rest.yml', rest.join('---\n'))
    shop.write('parts/notes.txt', 'not a manifest: [')
    const pods = async (argv: string[], stdin = '') => {
      const { out } = await shop.svcsim(['run', 'shop', '--format', 'json', ...argv], { stdin })
      const { points, command } = readResults(out, 'x')
      return [points[0].pods.length, command]
    }
    expect(await pods(['-f', 'rendered/all.yaml'])).toEqual([
      5,
      'svcsim run shop -f rendered/all.yaml --seed 1',
    ])
    expect(await pods(['-f', 'parts'])).toEqual([5, 'svcsim run shop -f parts --seed 1'])
    expect(await pods(['-f', '-'], manifests)).toEqual([5, 'svcsim run shop -f - --seed 1'])
    expect(await pods(['-f', 'parts/web.yaml', '-f', 'parts/rest.yml'])).toEqual([
      5,
      'svcsim run shop -f parts/web.yaml -f parts/rest.yml --seed 1',
    ])
  })

  test('says what a scenario reads outside of its folder', async () => {
    shop.write('elsewhere/shop.yaml', shop.read('shop/shop.yaml'))
    shop.write(
      'shop/far.yaml',
      shop.read('shop/scenario.yaml').replace('[shop.yaml]', '[../elsewhere/shop.yaml]'),
    )
    const { code, err } = await shop.svcsim(['run', 'shop/far.yaml'])
    expect([code, err]).toEqual([
      0,
      'note: the scenario reads files outside of its folder: "../elsewhere/shop.yaml"\n',
    ])
    expect((await shop.svcsim(['run', 'shop/far.yaml', '--quiet'])).err).toBe('')
  })

  test('replays a recorded workload, of the command line or of the scenario', async () => {
    const recorded = await shop.svcsim(['workload', 'record', 'shop', '--output', 'shop/demand.msgpack'])
    expect([recorded.code, recorded.err]).toEqual([0, ''])
    expect(recorded.out).toMatch(
      /^browsers: 2\d\d requests of 20 clients\nbatch: \d\d requests of 3 clients\n/,
    )
    const points = async (...argv: string[]) => {
      const { out } = await shop.svcsim([...argv, '--format', 'json'])
      return readResults(out, 'x').points
    }
    const drawn = await points('run', 'shop')
    expect(await points('run', 'shop', '--trace', 'shop/demand.msgpack')).toEqual(drawn)
    shop.write(
      'shop/replay.yaml',
      shop.read('shop/scenario.yaml').replace('spec:', 'spec:\n  workload: { trace: demand.msgpack }'),
    )
    expect(await points('run', 'shop/replay.yaml')).toEqual(drawn)
    const wrong = await shop.svcsim(['run', 'shop', '--trace', 'shop/shop.yaml'])
    expect(wrong.code).toBe(3)
    expect(wrong.err).toMatch(/^error\[TRACE_INVALID\] /)
  })
})

describe('--output', () => {
  test.each(['results.json', 'results.msgpack', 'results.csv', 'RESULTS.JSON'])(
    'writes %s and prints the report',
    async (name) => {
      const { code, out, err } = await shop.svcsim(['run', 'shop', '--output', name])
      expect([code, err]).toEqual([0, `wrote ${name}\n`])
      expect(out).toContain('Repeat with   svcsim run shop --seed 1\n')
      expect(shop.made()).toEqual([name])
    },
  )

  test('the file has what --format prints', async () => {
    const { out } = await shop.svcsim(['run', 'shop', '--format', 'json', '--output', 'results.msgpack'])
    expect(bundleToResults(fs.readFileSync(path.join(shop.root, 'results.msgpack')))).toEqual(
      readResults(out, 'x'),
    )
    const csv = await shop.svcsim(['run', 'shop', '--format', 'csv', '--output', 'results.json'])
    expect(shop.read('results.json')).toBe(out)
    expect(csv.out).toMatch(/^scenario,caller,service,/)
  })

  test('--quiet with --output prints nothing', async () => {
    expect(await shop.svcsim(['run', 'shop', '--output', 'results.json', '--quiet'])).toEqual({
      code: 0,
      out: '',
      err: '',
    })
  })

  test('a folder gets JSON and CSV', async () => {
    const { err } = await shop.svcsim([
      'sweep',
      'shop',
      '--set',
      'web.replicas=1..2',
      '--output',
      'out/sweep',
    ])
    expect(err).toBe('wrote out/sweep/results.json, out/sweep/results.csv\n')
    expect(shop.read('out/sweep/results.csv')).toMatch(/^scenario,web\.replicas,caller,/)
  })

  test('a missing folder is told before anything runs', async () => {
    const { code, err } = await shop.svcsim(['run', 'shop', '--output', 'no/results.json'])
    expect([code, err]).toEqual([
      74,
      'error[OUTPUT_FAILED] "no/results.json" could not be written: its folder does not exist\n',
    ])
  })

  test('whoever reads the output and has gone does not cost the file, nor is it an error', async () => {
    const { ClosedPipe } = await import('../../src/cli/exit-codes.js')
    const gone = { isTerminal: false, write: () => Promise.reject(new ClosedPipe()) }
    const { code, err } = await shop.svcsim(['run', 'shop', '--output', 'results.json'], { stdout: gone })
    expect([code, err]).toEqual([0, 'wrote results.json\n'])
  })
})

describe('svcsim sweep', () => {
  test('prints a row for each value, and the command that repeats it', async () => {
    const { code, out } = await shop.svcsim(['sweep', 'shop', '--set', 'web.replicas=1..3'])
    expect(code).toBe(0)
    expect(out.match(/^ +[123] +[\d.]+ /gm)).toHaveLength(9)
    expect(out).toContain('Repeat with   svcsim sweep shop --set web.replicas=1..3 --seed 1\n')
  })

  test('needs something to sweep over', async () => {
    const { code, err } = await shop.svcsim(['sweep', 'shop', '--set', 'web.replicas=3'])
    expect([code, err.split('\n')[0]]).toEqual([2, 'error[USAGE] there is nothing to sweep over'])
  })
})
