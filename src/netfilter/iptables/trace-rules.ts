/**
 * The ways of a packet through the tables of a node, in the words of a trace: from runs of the interpreter to the tree of
 * `node-ways.ts`.
 */
import { complement, type Fraction, fraction } from '../../base/fraction.js'
import { addressWithPort } from '../../base/ip-address.js'
import type { HookStep, NodeEnd, NodeStep, NodeWays, PolicyStep, RuleResult, RuleStep } from '../node-ways.js'
import {
  allBranches,
  type BranchRun,
  DRAW_RANGE,
  type DrawnBranch,
  drawnRun,
  isOpen,
  type PacketAtNode,
} from './branches.js'
import type { Interpretation, RuleMet } from './interpret.js'
import { printRule } from './iptables-save.js'
import type { Match } from './rule.js'

/** What a trace of one node shows. */
export interface TraceOptions {
  /** 31 random bits, one draw per `statistic` test run: one way only. Undefined: all ways. */
  readonly draw31?: ((threshold: number) => number) | undefined
  /** Of more rules than this in a row that do not match, only the number is told; at least 1. */
  readonly maxRunLength: number
}

/**
 * Follows a packet through a node.
 *
 * @throws InputError FLOW_TOO_LONG
 */
export function traceRules(at: PacketAtNode, { draw31, maxRunLength }: TraceOptions): NodeWays {
  if (draw31 === undefined) return allBranches<NodeWays>(at, (run) => waysOf(run, maxRunLength))
  const run = drawnRun(at, draw31)
  const { steps, end } = waysOf({ run, branchedAt: undefined, branches: new Map() }, maxRunLength)
  return { steps, end: end && { ...end, drawn: drawnChances(run) } }
}

function waysOf({ run, branchedAt, branches }: BranchRun<NodeWays>, maxRunLength: number): NodeWays {
  const steps: NodeStep[] = []
  for (const [index, hook] of run.hooksMet.entries()) {
    const end = run.hooksMet[index + 1]?.firstRule ?? run.rulesMet.length
    const isBegun = branchedAt !== undefined && hook.firstRule <= branchedAt
    if (isBegun && end <= branchedAt) continue
    if (!isBegun) steps.push(hookStep(hook))
    const row = new StepRow(steps, maxRunLength)
    for (let position = isBegun ? branchedAt : hook.firstRule; position < end; position++) {
      row.add(run.rulesMet[position], branches.get(position))
    }
    row.end()
    if (hook.policy !== undefined) steps.push(policyStep(hook, hook.policy))
  }
  return { steps, end: endOf(run) }
}

/** Writes rules as steps; long rows of one chain that do not match become one step. */
class StepRow {
  /** Rules that did not match, one after another in one chain. */
  #row: RuleMet[] = []

  constructor(
    readonly steps: NodeStep[],
    readonly maxRunLength: number,
  ) {}

  add(met: RuleMet, branch: DrawnBranch<NodeWays> | undefined): void {
    const isInRow = branch === undefined && !met.isMatched
    const [first] = this.#row
    if (!isInRow || first?.chain !== met.chain || first.depth !== met.depth) this.end()
    if (isInRow) this.#row.push(met)
    else this.steps.push(ruleStep(met, branch))
  }

  end(): void {
    const [first] = this.#row
    if (first !== undefined && this.#row.length > this.maxRunLength)
      this.steps.push(skippedStep(first, this.#row.length))
    else this.steps.push(...this.#row.map((met) => ruleStep(met, undefined)))
    this.#row = []
  }
}

function skippedStep({ table, chain, depth, ruleIndex }: RuleMet, ruleCount: number): NodeStep {
  return { kind: 'skipped', table, chain, depth, firstNumber: ruleIndex + 1, ruleCount }
}

function hookStep({ table, hook }: Pick<RuleMet, 'table' | 'hook'>): HookStep {
  return { kind: 'hook', table, chain: hook }
}

function policyStep(
  { table, hook }: Pick<RuleMet, 'table' | 'hook'>,
  verdict: 'ACCEPT' | 'DROP',
): PolicyStep {
  return { kind: 'policy', table, chain: hook, verdict }
}

function ruleStep(met: RuleMet, branch: DrawnBranch<NodeWays> | undefined): RuleStep {
  const { table, chain, depth, ruleIndex, rule } = met
  const step = { table, chain, depth, number: ruleIndex + 1, text: printRule(chain, rule) }
  if (branch === undefined) return { kind: 'rule', ...step, ...resultOf(met), branches: [] }
  const taken = { chance: branch.chance, isDrawn: true, ways: branch.taken }
  return { kind: 'rule', ...step, result: 'drawn', detail: '', branches: [taken] }
}

function resultOf(met: RuleMet): { readonly result: RuleResult; readonly detail: string } {
  if (met.failedMatch !== undefined) return { result: 'noMatch', detail: failedOption(met.failedMatch) }
  if (met.unmodelled !== undefined) return { result: 'unknown', detail: met.unmodelled }
  const { target } = met.rule
  switch (target.kind) {
    case 'unmodelled':
      return { result: 'unknown', detail: target.text }
    case 'none':
      return { result: 'goOn', detail: '' }
    case 'jump':
    case 'goto':
      return { result: target.kind, detail: target.chain }
    case 'RETURN':
      return { result: 'return', detail: '' }
    case 'ACCEPT':
      return { result: 'accept', detail: '' }
    case 'DROP':
      return { result: 'drop', detail: '' }
    case 'REJECT':
      return { result: 'reject', detail: target.rejectWith }
    case 'DNAT':
      return { result: 'dnat', detail: addressWithPort(met.packet.destination, met.packet.destinationPort) }
    case 'MASQUERADE':
      return { result: 'masquerade', detail: target.isFullyRandom ? 'random port' : '' }
    case 'MARK':
      return { result: 'mark', detail: `0x${met.packet.mark.toString(16)}` }
  }
}

/** The option whose test failed, as it is written in a rule. */
function failedOption(match: Match): string {
  const isInverted = 'isInverted' in match && match.isInverted
  return `${isInverted ? '! ' : ''}${optionOf(match)}`
}

function optionOf(match: Match): string {
  switch (match.kind) {
    case 'protocol':
    case 'otherProtocol':
      return '-p'
    case 'source':
      return '-s'
    case 'destination':
      return '-d'
    case 'inInterface':
      return '-i'
    case 'outInterface':
      return '-o'
    case 'sourcePort':
      return '--sport'
    case 'destinationPort':
      return '--dport'
    case 'statistic':
      return '--probability'
    case 'recent':
      return `--${match.mode}`
    case 'addrtype':
      return match.side === 'source' ? '--src-type' : '--dst-type'
    case 'mark':
      return '--mark'
    case 'conntrack':
      return '--ctstate'
    case 'comment':
    case 'nfacct':
    case 'unmodelled':
      return ''
  }
}

function endOf(run: Interpretation): NodeEnd {
  return {
    verdict: run.verdict,
    packet: run.packet,
    isDestinationTranslated: run.isDestinationTranslated,
    isMasqueraded: run.isMasqueraded,
    drawn: [],
    isPortRandom: run.rulesMet.some(
      ({ isMatched, rule: { target } }) => isMatched && target.kind === 'MASQUERADE' && target.isFullyRandom,
    ),
    work: {
      rulesEvaluated: run.rulesEvaluated,
      rulesMatched: run.rulesMatched,
      statisticRulesEvaluated: run.statisticRulesEvaluated,
      recentListsWalked: run.recentListsWalked,
      ...(run.recentLookups > 0 ? { recentLookups: run.recentLookups } : {}),
      affinitySetsChecked: 0,
    },
  }
}

/** The chance of each draw that could have fallen otherwise. */
function drawnChances({ rulesMet }: Interpretation): Fraction[] {
  return rulesMet
    .flatMap(({ draws }) => draws)
    .filter(isOpen)
    .map(({ threshold, isPassed }) => {
      const chance = fraction(threshold, DRAW_RANGE)
      return isPassed ? chance : complement(chance)
    })
}
