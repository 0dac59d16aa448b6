/** Results on capacity in which every name of the user is a text that wants to be more than text. */
import type { Results } from '../../src/results/results-schema.js'
import { capacityResults } from './capacity-results.js'

const NAMES = /browsers|counter|redis|node-|zone-|as written|sessionAffinity|no loss|FIELD|iptables-nft/g

/** Names that belong together stay equal, so that the report finds what it looks for. */
export function hostileCapacity(text: string): Results {
  const replaced = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(NAMES, (name) => text + name)
    if (Array.isArray(value)) return value.map(replaced)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replaced(each)]))
  }
  return replaced(capacityResults()) as Results
}
