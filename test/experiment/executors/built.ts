/** Threads run the built program: `npm run build` comes first. */
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The built program of a thread. */
export const WORKER_FILE = new URL('../../../.build/experiment/executors/thread-worker.js', import.meta.url)

/** @throws Error if there is none */
export function assertBuilt(): void {
  if (!fs.existsSync(fileURLToPath(WORKER_FILE))) throw new Error('build first: npm run build')
}
