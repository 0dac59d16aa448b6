import { defineConfig } from 'vitest/config'
import { pageScriptPlugin } from '../src/report/page/bundle-page.mjs'
import { LongestFirst } from './longest-first.js'

/** They start threads and processes of the built program. */
const BUILT = [
  'test/experiment/executors/threads.test.ts',
  'test/experiment/executors/queue.test.ts',
  'test/experiment/journal/interruptions.test.ts',
]

/** They try very many cases, one after the other: more than a change waits for. */
const LONG = [
  'test/model/changes-swarm.test.ts',
  'test/model/load-balancers/swarm.test.ts',
  'test/model/swarm.test.ts',
  'test/report/html-hostile.test.ts',
]

/** Two suites: `quick` (every change, seconds) and `full` (known answers, kernel measurements, whole runs). */
export default defineConfig({
  test: {
    // One worker less by default, which on two processors is one.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        plugins: [pageScriptPlugin()],
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/validation/**',
            'test/scenarios/**',
            'test/cli/**',
            'test/kernel/**',
            'test/browser/**',
            'test/input/hostile.test.ts',
            ...BUILT,
            ...LONG,
          ],
          testTimeout: 30_000,
          // Nothing here keeps state between files: one context for all saves half of the time.
          pool: 'threads',
          isolate: false,
        },
      },
      {
        plugins: [pageScriptPlugin()],
        test: {
          name: 'full',
          include: [
            'test/validation/**/*.test.ts',
            'test/scenarios/**/*.test.ts',
            'test/cli/**/*.test.ts',
            'test/input/hostile.test.ts',
            ...BUILT,
            ...LONG,
          ],
          testTimeout: 120_000,
        },
      },
    ],
  },
})
