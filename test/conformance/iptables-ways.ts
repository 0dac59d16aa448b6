/**
 * All ways of one packet through the nat rules, without walking what they share again and again: a Service of thousands of
 * endpoints has thousands of ways, that differ in the last few rules.
 *
 * First every draw fails. Then, for each draw that could have passed, the walk goes on from the target of its rule.
 */
import {
  type Interpretation,
  interpret,
  type ReadableNode,
  type ReadablePacket,
  type RuleMet,
} from '../../src/netfilter/iptables/interpret.js'
import type { Chain, Rule, Table } from '../../src/netfilter/iptables/rule.js'

/** One way. */
export interface NatWay {
  /** What became of the packet; it holds what the last walk met. */
  readonly run: Interpretation
  /** Every rule met, from the first on. */
  rulesMet(): readonly RuleMet[]
}

const FAILED_DRAW = 0x7fffffff

/**
 * Finds all ways, in the order of the rules.
 *
 * @param nat - with kube-proxy's rules: what passes a draw never comes back to the chain of that draw
 */
export function natWays(
  nat: Table,
  node: Omit<ReadableNode, 'tables' | 'draw31'>,
  packet: ReadablePacket,
): NatWay[] {
  return waysFrom(
    nat,
    { nat, node, chains: new Map(nat.chains.map((each) => [each.name, each])) },
    packet,
    () => [],
  )
}

interface Context {
  readonly nat: Table
  readonly node: Omit<ReadableNode, 'tables' | 'draw31'>
  readonly chains: ReadonlyMap<string, Chain>
}

function waysFrom(
  table: Table,
  context: Context,
  packet: ReadablePacket,
  before: () => readonly RuleMet[],
): NatWay[] {
  const readable: ReadableNode = { ...context.node, tables: [table], draw31: () => FAILED_DRAW }
  const run = interpret(readable, 'receive', packet, 0)
  // The rule that a walk begins with only stands for the one that was drawn.
  const first = table === context.nat ? 0 : 1
  const upTo = (end?: number) => [...before(), ...run.rulesMet.slice(first, end)]
  const ways: NatWay[] = []
  for (const [index, met] of run.rulesMet.entries()) {
    if (!isOpenDraw(met)) continue
    const entry = entering(met.rule, context)
    const passed = { ...met, isMatched: true }
    ways.push(...waysFrom(entry, context, met.packet, () => [...upTo(index), passed]))
  }
  ways.push({ run, rulesMet: () => upTo() })
  return ways
}

/** Did a draw decide alone that the rule did not match? */
function isOpenDraw({ draws, failedMatch }: RuleMet): boolean {
  return failedMatch?.kind === 'statistic' && draws.some((draw) => !draw.isPassed && draw.threshold > 0)
}

/** Table nat for packets that begin at the target of a rule: with the chains that they may meet. */
function entering({ target }: Rule, { nat, chains }: Context): Table {
  const hooks = nat.chains.filter((chain) => chain.policy !== undefined)
  const entry: Chain = { name: 'PREROUTING', policy: 'ACCEPT', rules: [{ matches: [], target }] }
  const reached = new Map<string, Chain>()
  const reach = (chain: Chain) => {
    if (reached.has(chain.name)) return
    reached.set(chain.name, chain)
    for (const each of chain.rules) {
      const next =
        each.target.kind === 'jump' || each.target.kind === 'goto' ? chains.get(each.target.chain) : undefined
      if (next !== undefined) reach(next)
    }
  }
  reach(entry)
  for (const chain of hooks) if (chain.name !== 'OUTPUT') reach(chain)
  return { name: 'nat', chains: [...reached.values()] }
}
