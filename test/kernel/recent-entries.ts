/** The lists of `-m recent` as the kernel has them. */
import { runInside } from './tools.js'

/** Prints every list: nothing where there is none. */
const PRINT_LISTS = 'cd /proc/net/xt_recent 2>/dev/null && grep "" * /dev/null || true'

/** The addresses in each list of a node that is not empty, sorted. */
export function recentEntries(netns: string): ReadonlyMap<string, readonly string[]> {
  const lists = new Map<string, string[]>()
  for (const line of runInside(netns, 'sh', ['-c', PRINT_LISTS]).split('\n')) {
    const [, list, address] = /^([^:]+):src=(\S+)/.exec(line) ?? []
    if (list === undefined || address === undefined) continue
    lists.set(list, [...(lists.get(list) ?? []), address])
  }
  return new Map([...lists].map(([list, addresses]) => [list, addresses.sort()]))
}
