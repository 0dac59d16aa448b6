import { defineConfig } from 'vitest/config'

/** svcsim against the kernel of this machine: see README.md. */
export default defineConfig({
  test: {
    name: 'kernel',
    include: ['test/kernel/**/*.test.ts'],
    globalSetup: ['test/kernel/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // One for each file: they wait most of the time.
    maxWorkers: 4,
  },
})
