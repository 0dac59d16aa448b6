import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { shellText } from '../../src/cli/shell-text.js'

test.each([
  [
    ['run', 'scenarios/counter', '--set', 'counter.replicas=1..10'],
    'run scenarios/counter --set counter.replicas=1..10',
  ],
  [['a b'], "'a b'"],
  [[''], "''"],
  [["it's"], "'it'\\''s'"],
  [['$(rm -rf ~)', '`id`', '*'], "'$(rm -rf ~)' '`id`' '*'"],
])('%j is written as %s', (args, expected) => {
  expect(shellText(args)).toBe(expected)
})

test('a shell reads back the same arguments, whatever they hold', () => {
  const args = ['', ' ', "'", '"', '\\', '\n', '$HOME', '~', '*', '!', 'é', '-n', '#', ';&|<>()']
  const read = execFileSync('sh', ['-c', `printf '%s\\0' ${shellText(args)}`]).toString()
  expect(read.split('\0').slice(0, -1)).toEqual(args)
})
