/** Runs that are stopped, killed or out of space: real processes of the built program. */
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ShopFolder, shopFolder } from '../../cli/shop-folder.js'

const PROGRAM = fileURLToPath(new URL('../../../.build/cli/main.js', import.meta.url))
const SWEEP = ['sweep', 'shop', '--set', 'web.replicas=1..8', '--set', 'horizon=40s', '--replications', '4']

let shop: ShopFolder

/** Results of the sweep that nobody disturbs. */
let undisturbed: string

beforeAll(() => {
  if (!fs.existsSync(PROGRAM)) throw new Error('build first: npm run build')
  shop = shopFolder()
  undisturbed = run([...SWEEP, '--format', 'json', '--quiet', '--workers', '1']).out
  shop.remove()
}, 120_000)

beforeEach(() => {
  shop = shopFolder()
})

afterEach(() => shop.remove())

interface Ended {
  readonly code: number | null
  readonly err: string
  readonly out: string
}

function run(argv: readonly string[], env: Record<string, string> = {}): Ended {
  const { status, stderr, stdout } = spawnSync(process.execPath, [PROGRAM, ...argv], {
    cwd: shop.root,
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: path.join(shop.root, 'state'), ...env },
  })
  return { code: status, err: stderr, out: stdout }
}

/** Sends a signal after a time, or when the journal has so many bytes, unless the program has ended before. */
async function stopped(argv: readonly string[], signal: NodeJS.Signals, when: number | (() => boolean)) {
  const child = spawn(process.execPath, [PROGRAM, ...argv], {
    cwd: shop.root,
    env: { ...process.env, XDG_STATE_HOME: path.join(shop.root, 'state') },
  })
  let err = ''
  child.stderr.on('data', (chunk) => {
    err += String(chunk)
  })
  child.stdout.resume()
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
  if (typeof when === 'number') await Promise.race([setTimeout(when), ended])
  else while (!when() && child.exitCode === null) await setTimeout(10)
  const sentAt = performance.now()
  child.kill(signal)
  const code = await ended
  return { code, err, tookMs: performance.now() - sentAt }
}

const sizeIn = (folder: string, name: string) =>
  fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0
const sizeOf = (name: string) => sizeIn(shop.root, name)

describe('a sweep', () => {
  test('that is stopped says how to go on, and ends in the same bytes', async () => {
    const argv = [...SWEEP, '--output', 'results.json', '--quiet']
    const { code, err, tookMs } = await stopped(argv, 'SIGINT', () => sizeOf('results.json.journal') > 20_000)
    expect(code).toBe(130)
    expect(tookMs).toBeLessThan(2_000)
    expect(err).toMatch(
      /^interrupted; \d+ of 32 replications are kept in "results\.json\.journal"\ngo on with: /,
    )
    expect(shop.made()).toEqual(['results.json.journal'])
    const command = err.split('go on with: svcsim ')[1].trim()
    expect(command).toBe(`${argv.join(' ')} --resume`)
    expect(run(command.split(' '))).toEqual({ code: 0, err: '', out: '' })
    expect(shop.made()).toEqual(['results.json'])
    expect(shop.read('results.json')).toBe(undisturbed)
  })

  test('without a file keeps its journal where programs keep their state', async () => {
    const argv = [...SWEEP, '--quiet', '--format', 'json', '--workers', '1']
    const states = path.join(shop.root, 'state', 'svcsim')
    const isKept = () =>
      fs.existsSync(states) && fs.readdirSync(states).some((name) => sizeIn(states, name) > 0)
    const { code, err } = await stopped(argv, 'SIGINT', isKept)
    expect(code).toBe(130)
    expect(err).toMatch(/ of 32 replications are kept in ".*\/state\/svcsim\/[0-9a-f]{16}\.journal"\n/)
    const resumed = run([...argv, '--resume'])
    expect([resumed.code, resumed.err]).toEqual([0, ''])
    expect(fs.readdirSync(states)).toEqual([])
    expect(resumed.out).toBe(undisturbed)
  })

  test('that is killed twenty times at any moment ends in the same bytes', async () => {
    const many = ['--set', 'web.replicas=1..10', '--set', 'horizon=20s', '--replications', '12']
    const argv = ['sweep', 'shop', ...many, '--output', 'results.json', '--quiet']
    run([...argv, '--workers', '1'])
    const expected = shop.read('results.json')
    fs.rmSync(path.join(shop.root, 'results.json'))
    const sizes: number[] = []
    for (let kill = 0; kill < 20; kill++) {
      const before = sizeOf('results.json.journal')
      let grownAtMs = Number.POSITIVE_INFINITY
      // Every fifth kill comes early, the others some time after the first new replication. All fixed, to be looked into.
      const afterMs = (kill * 37) % 120
      const hasGrown = () => {
        if (sizeOf('results.json.journal') > before) grownAtMs = Math.min(grownAtMs, performance.now())
        return performance.now() >= grownAtMs + afterMs
      }
      // Half of them in threads, half without.
      const options = ['--resume', '--workers', String(1 + (kill % 2))]
      await stopped([...argv, ...options], 'SIGKILL', kill % 5 === 0 ? 150 + kill * 30 : hasGrown)
      sizes.push(sizeOf('results.json.journal'))
      expect(fs.existsSync(path.join(shop.root, 'results.json'))).toBe(false)
    }
    expect(new Set(sizes).size).toBeGreaterThan(10)
    run([...argv, '--resume'])
    expect(shop.read('results.json')).toBe(expected)
    expect(shop.made()).toEqual(['results.json'])
  }, 240_000)

  test('with the journal of another experiment is refused', async () => {
    const argv = ['--replications', '2', '--output', 'results.json', '--quiet', '--resume']
    shop.write('results.json.journal', 'not a journal of anything at all')
    const { code, err } = run(['run', 'shop', ...argv])
    expect([code, err]).toMatchObject([3, expect.stringMatching(/^error\[JOURNAL_MISMATCH\] /)])
  })

  test('on a full disk ends with an error, and leaves the old results whole', () => {
    shop.write('results.json', 'old')
    const script = `ulimit -f 16; exec "$0" "$@"`
    const argv = [PROGRAM, ...SWEEP, '--output', 'results.json', '--quiet', '--workers', '1']
    const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, ...argv], {
      cwd: shop.root,
      encoding: 'utf8',
    })
    expect(status).toBe(74)
    expect(stderr).toMatch(
      /^error\[OUTPUT_FAILED\] the journal "results\.json\.journal" could not be written: it exceeds the file-size limit \(EFBIG\)\n/,
    )
    expect(stderr).toMatch(
      /\n\d+ of 32 replications are kept in "results\.json\.journal"\ngo on with: .* --resume\n$/,
    )
    expect(shop.read('results.json')).toBe('old')
    const resumed = run([...argv.slice(1), '--resume'])
    expect(resumed.code).toBe(0)
    expect(shop.made()).toEqual(['results.json'])
    expect(shop.read('results.json')).toBe(undisturbed)
  })
})

test('a run of one replication has no journal', () => {
  const { code } = run(['run', 'shop', '--output', 'results.json', '--quiet', '--resume'])
  expect([code, shop.made()]).toEqual([0, ['results.json']])
})
