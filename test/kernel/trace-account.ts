/** What `svcsim trace` says of flows, in the words of these tests, to be held against the ways that the kernel has confirmed. */
import { addressWithPort } from '../../src/base/ip-address.js'
import type { LoadedCluster } from '../../src/experiment/load-cluster.js'
import type { RulesDump } from '../../src/experiment/trace/flow-question.js'
import { tracePacket } from '../../src/experiment/trace/trace-packet.js'
import type { TraceOutcome, TraceStep } from '../../src/results/trace-schema.js'
import type { Flow } from './flows.js'
import type { Way, WayFinder } from './ways.js'

/** No rule is left out. */
const ALL_RULES = 1_000_000

/** One way of a flow in the form of a text: how it ends, how likely it is, and every rule that counts the packet. */
type WayText = string

/**
 * Flows of which a trace says something else than the ways, in words.
 *
 * @param dumps - in place of the rules of these nodes
 */
export function traceDifferences(
  traced: LoadedCluster,
  finder: WayFinder,
  flows: readonly Flow[],
  dumps: readonly RulesDump[] = [],
): string[] {
  return flows.flatMap(({ sender, target }) => {
    const wanted = finder.ways(sender, target).map(textOfWay)
    const told = new TraceReader(traced, { sender, target }, dumps, finder.isCountingMatches).ways()
    const missing = wanted.filter((text) => !told.includes(text)).map((text) => `no ${text}`)
    const extra = told.filter((text) => !wanted.includes(text)).map((text) => `but ${text}`)
    if (missing.length + extra.length === 0) return []
    return [`${sender.title} → ${target.title}: trace has ${[...missing, ...extra].join('\n')}`]
  })
}

function textOfWay({ outcome, pod, seen, chance, hops }: Way): WayText {
  const end = outcome === 'answered' ? `${pod?.name} sees ${seen}` : outcome
  const rules = hops.flatMap(({ node, run }) =>
    run.counted
      .filter(({ place }) => !place.startsWith('nfacct '))
      .map(({ place }) => `${node.name} ${place}`),
  )
  return wayText(end, chance, rules)
}

/** Chances come by other sums: nine digits are the same. */
function wayText(end: string, chance: number, rules: readonly string[]): WayText {
  return [`${end} (${chance.toFixed(9)})`, ...rules].join('\n  ')
}

/** Reads the tree of steps. */
class TraceReader {
  readonly #ways: WayText[] = []
  readonly #outcomes: readonly TraceOutcome[]
  readonly #steps: readonly TraceStep[]

  constructor(
    traced: LoadedCluster,
    { sender, target }: Flow,
    dumps: readonly RulesDump[],
    readonly isCountingMatches: boolean,
  ) {
    const { way, outcomes } = tracePacket(traced, {
      from: sender.kind === 'node' ? `node/${sender.node.name}` : sender.address,
      to: addressWithPort(target.address, target.port),
      via: sender.kind === 'outside' ? sender.node.name : undefined,
      dumps,
      maxRunLength: ALL_RULES,
      command: '',
    })
    this.#outcomes = outcomes
    this.#steps = way.steps
  }

  ways(): WayText[] {
    this.#read(this.#steps, [], '')
    return this.#ways
  }

  #read(steps: readonly TraceStep[], before: readonly string[], nodeBefore: string): void {
    const rules = [...before]
    let node = nodeBefore
    for (const step of steps) {
      if (step.kind === 'node') node = step.node
      if (step.kind === 'choice' || step.kind === 'rule')
        for (const branch of step.branches) this.#read(branch.way.steps, rules, node)
      if (step.kind === 'rule') {
        const isMatched = step.result !== 'noMatch' && step.branches.length === 0
        if (isMatched || !this.isCountingMatches)
          rules.push(`${node} ${step.table} ${step.chain} ${step.number}`)
      }
      if (step.kind === 'end') this.#ways.push(this.#textOf(this.#outcomes[step.outcome], rules))
    }
  }

  #textOf(outcome: TraceOutcome, rules: readonly string[]): WayText {
    const { probability } = outcome
    return wayText(endOf(outcome), probability.ratio, rules)
  }
}

function endOf({ disposition, destination, source }: TraceOutcome): string {
  switch (disposition) {
    case 'delivered':
      return `${destination.pod} sees ${source?.address}`
    case 'refused':
      return 'refused'
    default:
      return 'timedOut'
  }
}
