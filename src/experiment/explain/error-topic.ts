/** Codes of errors and warnings, from the table in src/base/error-codes.ts. */

import { ERROR_CODES } from '../../base/error-codes.js'
import type { CodeEntry } from '../../base/error-codes-input.js'
import type { Topic } from './topic.js'

const CODES: ReadonlyMap<string, CodeEntry> = new Map(Object.entries(ERROR_CODES))

/** A code in small letters is taken as well. */
export const ERROR_TOPIC: Topic = {
  kind: 'error',
  description: 'codes of errors and warnings: what each means, and its cure',
  examples: ['SVC_NO_POD', 'METRIC_UNKNOWN'],
  names: () => [...CODES.keys()],
  find: (written) => {
    const name = written.toUpperCase()
    const entry = CODES.get(name)
    if (entry === undefined) return []
    return [{ kind: 'error', name, description: entry.meaning, facts: { cure: entry.cure }, parts: [] }]
  },
}
