/**
 * Every code that an error or a warning can carry, with what it means and what to do. One table: the documentation
 * (`src/input/README.md`) is generated from it, and a test asks that each code is raised by some test.
 */

interface CodeEntry {
  /** What has happened, one sentence. */
  readonly meaning: string
  /** What the user does about it, one sentence. */
  readonly cure: string
}

export const ERROR_CODES = {
  USAGE: {
    meaning: 'The command line can not be understood.',
    cure: 'Read `svcsim help` or `svcsim help VERB`.',
  },
} as const satisfies Record<string, CodeEntry>

/** A stable code, e.g. `SVC_NO_POD`. */
export type DiagnosticCode = keyof typeof ERROR_CODES
