import { describe, expect, test } from 'vitest'
import { ProgressLine, progressText } from '../../src/cli/progress.js'
import { fakeSurroundings, TERMINAL } from './fake-surroundings.js'

/** Reports one replication after another, each taking a time. */
async function watch(isTerminal: boolean, replications: number, eachMs: number): Promise<string> {
  let now = 1_000
  const surroundings = fakeSurroundings({ nowMs: () => now, ...(isTerminal ? { stderr: TERMINAL } : {}) })
  const line = new ProgressLine(surroundings)
  for (let done = 1; done <= replications; done += 1) {
    now += eachMs
    await line.update({ done, total: replications, ratio: done / replications, eventCount: done * 1_000 })
  }
  await line.clear()
  return surroundings.stderr.text
}

describe('ProgressLine', () => {
  test('shows nothing in the first two seconds', async () => {
    expect(await watch(true, 19, 100)).toBe('')
    expect(await watch(false, 19, 100)).toBe('')
  })

  test('rewrites one line on a terminal, and takes it away at the end', async () => {
    const text = await watch(true, 4, 1_000)
    expect(text).toBe(
      '\r2 of 4 replications, 2,000 events (1,000/s), about 2 s left' +
        '\r3 of 4 replications, 3,000 events (1,000/s), about 1 s left' +
        '\r4 of 4 replications, 4,000 events (1,000/s)                ' +
        `\r${' '.repeat(43)}\r`,
    )
  })

  test('writes a plain line every five seconds elsewhere', async () => {
    expect(await watch(false, 12, 1_000)).toBe(
      '2 of 12 replications, 2,000 events (1,000/s), about 10 s left\n7 of 12 replications, 7,000 events (1,000/s), about 5 s left\n' +
        '12 of 12 replications, 12,000 events (1,000/s)\n',
    )
  })
})

test.each([
  [
    { done: 1, total: 301, ratio: 1 / 301, eventCount: 5 },
    '1 of 301 replications, 5 events (3/s), about 10 min left',
  ],
  [{ done: 0, total: 1, ratio: 0.25, eventCount: 7 }, '0 of 1 replications, 7 events (4/s), about 6 s left'],
  [{ done: 4, total: 4, ratio: 1, eventCount: 9 }, '4 of 4 replications, 9 events (5/s)'],
])('after two seconds %j reads %s', (progress, expected) => {
  expect(progressText(progress, 2_000)).toBe(expected)
})
