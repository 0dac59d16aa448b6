/** Every flow of a laboratory: what becomes of it, and which rules have counted it. */
import { expectedCounts, wrongCounts } from './expected-counts.js'
import { flowsOf, hasLostAnswer, type MetConnection, tryFlows, unexplained } from './flows.js'
import type { LoadedLab } from './loaded-lab.js'
import { namespaceOf } from './topology.js'

/** What svcsim is wrong about, in words. */
export interface Mistakes {
  readonly flows: readonly string[]
  readonly rules: readonly string[]
}

/** Tries every flow, and compares all counters that count connections. */
export async function tryEveryFlow(lab: LoadedLab): Promise<Mistakes> {
  const { finder } = lab
  const flows = flowsOf(lab.cluster)
  const plain = flows.filter((flow) => !hasLostAnswer(finder, flow))
  const connections = await tryFlows(lab, finder, plain)
  const rules = await wrongCountsOf(lab, connections)
  const others = flows.filter((flow) => !plain.includes(flow))
  return { flows: unexplained([...connections, ...(await tryFlows(lab, finder, others))]), rules }
}

async function wrongCountsOf(
  { rules, name, agent }: LoadedLab,
  connections: readonly MetConnection[],
): Promise<string[]> {
  const places = rules.map((each) => each.countedPlaces())
  const expected = expectedCounts(places, connections)
  const wrong: string[] = []
  for (const each of rules) {
    const counted = await each.counts(namespaceOf.node(name, each.node), agent)
    const lines = wrongCounts(expected[each.node.index], counted)
    wrong.push(...lines.map((line) => `${each.node.name} ${line}`))
  }
  return wrong
}
