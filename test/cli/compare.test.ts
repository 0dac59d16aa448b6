import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.js'
import { fakeSurroundings } from './fake-surroundings.js'

const SHOP = 'test/data/scenarios/shop'

async function svcsim(...argv: string[]) {
  const surroundings = fakeSurroundings()
  const exitCode = await runCommandLine(argv, surroundings)
  return { exitCode, stdout: surroundings.stdout.text, stderr: surroundings.stderr.text }
}

test('compares variants in pairs, ten replications each, and ends with 1 for a real difference if asked', async () => {
  const variants = ['--variant', 'four: web.replicas=4', '--variant', 'one: web.replicas=1']
  const { exitCode, stdout } = await svcsim('compare', SHOP, ...variants, '--exit-code', '-q')
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(/four +10 +1 +1 s to 3 s +the baseline\n +one +10 +1 +1 s to 3 s +in pairs/)
  expect(stdout).toContain('one against four\n')
  expect((await svcsim('compare', SHOP, ...variants, '-q')).exitCode).toBe(0)
})

test('ends with 0 where one variant changes nothing of the scenario as it is', async () => {
  const { exitCode, stdout } = await svcsim('compare', SHOP, '--variant', 'same: seed=1', '--exit-code', '-q')
  expect(exitCode).toBe(0)
  expect(stdout).toContain('is equal in every replication')
})

test('pairs saved results that hold single replications, as a run of both does', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'svcsim-compare-'))
  onTestFinished(() => fs.rmSync(folder, { recursive: true }))
  const files = ['4', '5'].map((replicas) =>
    path.join(folder, `${replicas}.${replicas === '4' ? 'json' : 'msgpack'}`),
  )
  for (const [index, replicas] of ['4', '5'].entries()) {
    const set = ['--set', `web.replicas=${replicas}`, '--replications', '10']
    await svcsim('run', SHOP, ...set, '--per-replication', '--output', files[index], '-q')
  }
  const saved = JSON.parse((await svcsim('compare', ...files, '--format', 'json')).stdout)
  const variants = ['--variant', 'web.replicas=4', '--variant', 'web.replicas=5', '-q', '--format', 'json']
  const run = JSON.parse((await svcsim('compare', SHOP, ...variants)).stdout)
  expect(saved.alternatives[1].isPaired).toBe(true)
  expect(saved.subjects).toEqual(run.subjects)
})

test.each([
  [[SHOP], 'there is nothing to compare with'],
  [[SHOP, '--variant', 'nonsense'], '--variant "nonsense" can not be read'],
  [[SHOP, SHOP, '--variant', 'web.replicas=1'], '--variant goes with one scenario'],
  [[SHOP, '--variant', 'web.replicas=1', '--output', 'x.msgpack'], 'has no MessagePack form'],
])('refuses %j', async (argv, message) => {
  const { exitCode, stderr } = await svcsim('compare', ...argv, '-q')
  expect(exitCode).toBe(2)
  expect(stderr).toContain(message)
})

test.each(['csv', 'md'])('prints %s', async (format) => {
  const { stdout } = await svcsim('compare', SHOP, '--variant', 'web.replicas=1', '-q', '--format', format)
  expect(stdout).toContain(format === 'csv' ? 'baseline,alternative,kind' : '| figure | baseline |')
})
