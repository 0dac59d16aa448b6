/**
 * How many packets each rule of each node has counted by svcsim's account: the rules of the way that each connection has taken,
 * once for each first packet.
 */
import type { MetConnection } from './flows.js'
import type { CountedRule, RuleCounts } from './node-rules.js'

import type { Hop } from './ways.js'

/** Packets that a rule must have matched, and how many more it may have: repetitions that nobody knows the end of. */
export interface ExpectedCount {
  readonly least: number
  readonly most: number
}

/**
 * By node index, what counters must say.
 *
 * @param countedPlaces - by node index: the rules that are held to it
 */
export function expectedCounts(
  countedPlaces: readonly (readonly string[])[],
  connections: readonly MetConnection[],
): ReadonlyMap<string, ExpectedCount>[] {
  const counts = countedPlaces.map((places) => new Map(places.map((place) => [place, { least: 0, most: 0 }])))
  for (const { way, result } of connections) {
    for (const hop of way?.hops ?? []) {
      const ofNode = counts[hop.node.index]
      const repetitions = result.synCount - 1
      add(ofNode, hop.run.counted, 1, 1)
      // Of a packet whose answer came late nobody knows whether the repetition came before or after it.
      if (repetitions > 0)
        add(ofNode, metAgain(hop), way?.outcome === 'answered' ? 0 : repetitions, repetitions)
    }
  }
  return counts
}

/** Counters that are not as they must be, in words. */
export function wrongCounts(expected: ReadonlyMap<string, ExpectedCount>, counted: RuleCounts): string[] {
  return [...expected].flatMap(([place, { least, most }]) => {
    const count = counted.get(place)
    if (count !== undefined && count >= least && count <= most) return []
    return [
      `${place}: kernel ${count ?? 'has no such rule'}, svcsim ${least === most ? least : `${least} to ${most}`}`,
    ]
  })
}

/** The rules that count a repetition: all of them where the packet got stuck before connection tracking knew of it. */
function metAgain({ run }: Hop): readonly CountedRule[] {
  return run.isTracked ? run.counted.filter((rule) => rule.isMetAgain) : run.counted
}

function add(
  counts: Map<string, { least: number; most: number }>,
  rules: readonly CountedRule[],
  least: number,
  most: number,
): void {
  for (const { place } of rules) {
    const count = counts.get(place)
    if (count === undefined) continue
    count.least += least
    count.most += most
  }
}
