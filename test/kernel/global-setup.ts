/** Runs once, before all tests: is this a machine for them? */
import type { TestProject } from 'vitest/node'
import { missingPrerequisites } from './prerequisites.js'
import { removeStaleNamespaces } from './stale-namespaces.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** What the machine lacks; the tests are skipped if there is anything. */
    readonly missing: readonly string[]
  }
}

/** @throws Error where a machine that should run the tests (CI=true) can not */
export function setup(project: TestProject): void {
  const missing = missingPrerequisites()
  project.provide('missing', missing)
  if (missing.length === 0) removeStaleNamespaces()
  if (missing.length === 0) return
  const message = `The tests against the kernel need:\n${missing.map((each) => `  - ${each}\n`).join('')}`
  if (process.env.CI === 'true') throw new Error(message)
  process.stderr.write(`${message}They are skipped; with CI=true they fail. See test/kernel/README.md.\n`)
}
