import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ShopFolder, shopFolder } from './shop-folder.js'

/** The built program: `npm run build` comes first. */
const PROGRAM = fileURLToPath(new URL('../../.build/cli/main.js', import.meta.url))

/** Hours of simulated time; nobody waits for the end. */
const ENDLESS = ['run', 'shop', '--set', 'horizon=100h', '--set', 'clients.browsers.arrivals.rate=2000/s']

let shop: ShopFolder

beforeAll(() => {
  if (!fs.existsSync(PROGRAM)) throw new Error('build first: npm run build')
})

beforeEach(() => {
  shop = shopFolder()
})

afterEach(() => shop.remove())

/** Runs a line of bash in the folder of the shop; `svcsim` is the program. */
function bash(line: string): { code: number | null; out: string; err: string } {
  const script = `svcsim() { ${JSON.stringify(process.execPath)} ${JSON.stringify(PROGRAM)} "$@"; }; ${line}`
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: shop.root, encoding: 'utf8' })
  return { code: status, out: stdout, err: stderr }
}

describe('pipes and devices', () => {
  test('a reader that has gone ends the program quietly', () => {
    const { out, err } = bash('set -o pipefail; svcsim run shop --format csv | head -1; echo $?')
    expect(out.split('\n').slice(1)).toEqual(['0', ''])
    expect(out).toMatch(/^scenario,caller,/)
    expect(err).toBe('')
  })

  test('all of a long output reaches a slow reader', () => {
    const { out } = bash(
      'svcsim sweep shop --set web.replicas=1..20 --format json > all.json; svcsim sweep shop --set web.replicas=1..20 --format json | (sleep 1; cmp - all.json) && echo same',
    )
    expect(out).toBe('same\n')
  })

  test('a full device is an error', () => {
    const { code, err } = bash('svcsim run shop > /dev/full')
    expect([code, err]).toEqual([
      74,
      'error[OUTPUT_FAILED] the standard output could not be written: the disk is full (ENOSPC)\n',
    ])
  })

  test('a file-size limit is an error, and not half an output reported as success', () => {
    const { code, err } = bash('ulimit -f 4; svcsim run shop --format json > out.json')
    expect(code).toBe(74)
    expect(err).toContain('the standard output could not be written: it exceeds the file-size limit (EFBIG)')
  })

  test('a file that does not fit leaves the old one whole, and nothing beside it', () => {
    shop.write('results.json', 'old')
    const { code, err } = bash('ulimit -f 4; svcsim run shop --output results.json --quiet')
    expect(code).toBe(74)
    expect(err).toContain('"results.json" could not be written: it exceeds the file-size limit (EFBIG)')
    expect([shop.read('results.json'), shop.made()]).toEqual(['old', ['results.json']])
  })

  test('a closed standard input is an empty one', () => {
    const { code, err } = bash('svcsim run - <&-')
    expect(code).toBe(3)
    expect(err).toMatch(/^error\[SCENARIO_SHAPE\] "<stdin>" is empty/)
  })

  test('manifests come through pipes of the shell', () => {
    const { code, out } = bash('svcsim check shop -f <(cat shop/shop.yaml)')
    expect([code, out]).toMatchObject([0, expect.stringContaining('ok: 2 Services')])
  })
})

describe('signals', () => {
  /** Starts the program, sends signals at times, and waits for the end. */
  async function interrupted(
    argv: readonly string[],
    signals: readonly [afterMs: number, signal: NodeJS.Signals][],
  ) {
    const child = spawn(process.execPath, [PROGRAM, ...argv], { cwd: shop.root })
    let err = ''
    let sentAt = 0
    child.stderr.on('data', (chunk) => {
      err += String(chunk)
    })
    const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
    for (const [afterMs, signal] of signals) {
      await setTimeout(afterMs)
      sentAt = performance.now()
      child.kill(signal)
    }
    const code = await ended
    return { code, err, tookMs: performance.now() - sentAt }
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s stops a long replication within two seconds, with exit code %i and no files',
    async (signal, exitCode) => {
      const { code, err, tookMs } = await interrupted(
        [...ENDLESS, '--output', 'results.json'],
        [[2_500, signal]],
      )
      expect(code).toBe(exitCode)
      expect(err).toContain('interrupted; nothing was written\n')
      expect(tookMs).toBeLessThan(2_000)
      expect(shop.made()).toEqual([])
    },
  )

  test('Ctrl-C ends the waiting for a standard input that does not come', async () => {
    const { code, tookMs } = await interrupted(['run', '-'], [[1_500, 'SIGINT']])
    expect(code).toBe(130)
    expect(tookMs).toBeLessThan(2_000)
  })

  test('progress is told after two seconds, on lines of its own', async () => {
    const { err } = await interrupted(ENDLESS, [[4_500, 'SIGINT']])
    expect(err).toMatch(/^0 of 1 replications, [\d,]+ events \([\d,]+\/s\), about [\d,.]+ (s|min) left\n/)
  })
})

describe('the program', () => {
  test('knows its version at once', () => {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now()
      expect(bash('svcsim --version').out).toBe('0.1.0\n')
      return performance.now() - start
    })
    // 150 ms on an idle machine; this one may be busy.
    expect(Math.min(...times)).toBeLessThan(400)
  })

  test('does not load the charts to run a scenario', () => {
    const { err } = bash('NODE_DEBUG=module,esm svcsim run shop --quiet > /dev/null')
    expect(err).not.toContain('echarts')
  })

  test('is executable by its name', () => {
    fs.symlinkSync(PROGRAM, path.join(shop.root, 'svcsim'))
    expect(spawnSync(path.join(shop.root, 'svcsim'), ['--version'], { encoding: 'utf8' }).stdout).toBe(
      '0.1.0\n',
    )
  })
})
