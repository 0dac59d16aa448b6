import { defineConfig } from 'vitest/config'
import { pageScriptPlugin } from '../../src/report/page/bundle-page.mjs'

/** Pages in Debian's Chromium; without it the tests fail. */
export default defineConfig({
  plugins: [pageScriptPlugin()],
  test: {
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
