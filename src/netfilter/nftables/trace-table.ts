/**
 * The ways of a packet through a table of nftables, in the words of a trace: the interpreter is run once for each number
 * that each `numgen` can come to, with the exact chance of each.
 */
import { InputError } from '../../base/diagnostics.js'
import { type Fraction, fraction } from '../../base/fraction.js'
import { addressWithPort } from '../../base/ip-address.js'
import type { ReadablePacket } from '../iptables/interpret.js'
import type { NodeBranch, NodeEnd, NodeStep, NodeWays, RuleResult, RuleStep } from '../node-ways.js'
import { skipRuns } from '../skip-runs.js'
import { interpretTable, type NftInterpretation, type NftRuleMet, type ReadableNftNode } from './interpret.js'
import { leastDrawOf } from './numgen.js'
import type { ReferenceSets } from './reference-sets.js'
import type { NftAction, NftMatch, NftVerdict } from './ruleset.js'

/** Numbers that 32 random bits can be. */
const DRAW_RANGE = 0x1_0000_0000

/** Rules of all ways together. */
const MAX_RULES_EVALUATED = 20_000_000

/** A choice among more is shown by its first and last. */
const MAX_SHOWN_CHOICES = 8

/** A node and a packet that comes to it. */
export interface PacketAtTable {
  readonly node: Omit<ReadableNftNode, 'draw32' | 'sets'>
  /** Equal sets for every way: an interpretation changes them. */
  readonly makeSets: () => ReferenceSets
  readonly way: 'receive' | 'send'
  readonly packet: ReadablePacket
}

/** What a trace of one node shows; see `TraceOptions` of iptables. */
export interface TableTraceOptions {
  /** 32 random bits, one draw per `numgen` met: one way only. Undefined: all ways. */
  readonly draw32?: ((modulus: number) => number) | undefined
  readonly maxRunLength: number
}

/**
 * Follows a packet through a table.
 *
 * @throws InputError FLOW_TOO_LONG
 */
export function traceTable(at: PacketAtTable, { draw32, maxRunLength }: TableTraceOptions): NodeWays {
  const tracer = new TableTracer(at, maxRunLength)
  return draw32 === undefined ? tracer.allWays([], 0) : tracer.oneWay(draw32)
}

class TableTracer {
  /** As nft names it: `ip kube-proxy`. */
  readonly table: string
  #rulesLeft = MAX_RULES_EVALUATED

  constructor(
    readonly at: PacketAtTable,
    readonly maxRunLength: number,
  ) {
    const { family, name } = at.node.table
    this.table = `${family === 6 ? 'ip6' : 'ip'} ${name}`
  }

  oneWay(draw32: (modulus: number) => number): NodeWays {
    const run = this.#run(draw32)
    const drawn = run.draws
      .filter(({ modulus }) => modulus > 1)
      .map(({ number, modulus }) => chanceOf(number, modulus))
    const steps = skipRuns(this.#steps(run, 0, run.rulesMet.length), this.maxRunLength)
    return { steps, end: { ...endOf(run), drawn } }
  }

  /**
   * @param given - draws, for the first `numgen` and those that follow
   * @param from - where the own part of these ways begins in `rulesMet`
   */
  allWays(given: readonly number[], from: number): NodeWays {
    const left = [...given]
    const run = this.#run(() => left.shift() ?? 0)
    let draws = 0
    for (const [position, { draw }] of run.rulesMet.entries()) {
      if (draw === undefined) continue
      draws += 1
      if (draws <= given.length || draw.modulus === 1) continue
      const before = run.draws.slice(0, draws - 1).map(({ number, modulus }) => leastDrawOf(number, modulus))
      const branches = Array.from({ length: draw.modulus }, (_, number): NodeBranch => {
        const ways = this.allWays([...before, leastDrawOf(number, draw.modulus)], position)
        return { chance: chanceOf(number, draw.modulus), isDrawn: true, ways }
      })
      const steps = skipRuns(this.#steps(run, from, position), this.maxRunLength)
      return { steps: [...steps, this.#drawnStep(run.rulesMet[position], branches)], end: undefined }
    }
    const steps = skipRuns(this.#steps(run, from, run.rulesMet.length), this.maxRunLength)
    return { steps, end: endOf(run) }
  }

  /** The steps from one rule up to another, with the base chains that begin there. */
  #steps(run: NftInterpretation, from: number, to: number): NodeStep[] {
    const { table } = this
    const steps: NodeStep[] = []
    let position = from
    for (const { chain, firstRule } of run.baseChainsMet) {
      const isBegun = from > 0 && firstRule <= from
      const isAfter = firstRule > to || (firstRule === to && isOfOther(run.rulesMet[to], chain))
      if (isBegun || isAfter) continue
      for (; position < firstRule; position++) steps.push(this.#ruleStep(run.rulesMet[position]))
      steps.push({ kind: 'hook', table, chain })
    }
    for (; position < to; position++) steps.push(this.#ruleStep(run.rulesMet[position]))
    return steps
  }

  #ruleStep(met: NftRuleMet): RuleStep {
    const { chain, depth, ruleIndex } = met
    const { result, detail } = resultOf(met)
    const base = { kind: 'rule', table: this.table, chain, depth, number: ruleIndex + 1 } as const
    return { ...base, text: textOf(met), result, detail, branches: [] }
  }

  #drawnStep(met: NftRuleMet, branches: readonly NodeBranch[]): RuleStep {
    return { ...this.#ruleStep(met), result: 'drawn', detail: '', text: choicesText(met), branches }
  }

  #run(draw32: (modulus: number) => number): NftInterpretation {
    const { node, makeSets, way, packet } = this.at
    const run = interpretTable({ ...node, sets: makeSets(), draw32 }, way, packet, 0)
    this.#rulesLeft -= run.rulesEvaluated
    if (this.#rulesLeft < 0) throw tooLong()
    return run
  }
}

/** Of 2^32 draws, those that become the number. */
function chanceOf(number: number, modulus: number): Fraction {
  return fraction(leastDrawOf(number + 1, modulus) - leastDrawOf(number, modulus), DRAW_RANGE)
}

/** Of several base chains that begin at one rule, all but the last have none. */
function isOfOther(met: NftRuleMet | undefined, chain: string): boolean {
  return met !== undefined && met.baseChain !== chain
}

/** Of a choice by chance, what it came to. */
function textOf({ rule, text, draw, mapVerdict }: NftRuleMet): string {
  if (draw === undefined || rule.verdict?.kind !== 'randomVerdict' || mapVerdict === undefined) return text
  return `numgen random mod ${draw.modulus} vmap { ${draw.number} : ${verdictText(mapVerdict)} }`
}

function choicesText({ rule, text }: NftRuleMet): string {
  const { verdict } = rule
  if (verdict?.kind !== 'randomVerdict' || verdict.verdicts.length <= MAX_SHOWN_CHOICES) return text
  const last = verdict.verdicts.length - 1
  const ends = [0, last].map((number) => `${number} : ${verdictText(verdict.verdicts[number])}`)
  return `numgen random mod ${last + 1} vmap { ${ends.join(' , … , ')} }`
}

function verdictText(verdict: NftVerdict): string {
  return 'chain' in verdict ? `${verdict.kind} ${verdict.chain}` : verdict.kind
}

function resultOf(met: NftRuleMet): { readonly result: RuleResult; readonly detail: string } {
  if (met.failed !== undefined) return { result: 'noMatch', detail: failedText(met.failed) }
  const verdict = met.mapVerdict ?? met.rule.verdict
  switch (verdict?.kind) {
    case 'jump':
    case 'goto':
      return { result: verdict.kind, detail: verdict.chain }
    case 'return':
    case 'accept':
    case 'drop':
      return { result: verdict.kind, detail: '' }
    case 'reject':
      return { result: 'reject', detail: 'icmp-port-unreachable' }
    case 'dnat':
      return { result: 'dnat', detail: addressWithPort(verdict.address, verdict.port) }
    case 'masquerade':
      return { result: 'masquerade', detail: verdict.isFullyRandom ? 'random port' : '' }
    default:
      return isMarking(met)
        ? { result: 'mark', detail: `0x${met.packet.mark.toString(16)}` }
        : { result: 'goOn', detail: '' }
  }
}

function isMarking({ rule }: NftRuleMet): boolean {
  return rule.statements.some(({ kind }) => kind === 'setMark')
}

/** The expression that was false. */
function failedText(failed: NftMatch | NftAction | NftVerdict): string {
  switch (failed.kind) {
    case 'address':
    case 'addressInList':
    case 'addressInSet':
      return failed.side === 'source' ? 'saddr' : 'daddr'
    case 'localAddress':
      return 'fib'
    case 'inInterface':
      return 'iifname'
    case 'protocol':
      return 'l4proto'
    case 'connectionState':
      return 'ct state'
    case 'markBitsClear':
      return 'mark'
    case 'updateSet':
      return 'update'
    case 'verdictMap':
      return 'key'
    default:
      return ''
  }
}

function endOf(run: NftInterpretation): NodeEnd {
  return {
    verdict: run.verdict,
    packet: run.packet,
    isDestinationTranslated: run.isDestinationTranslated,
    isMasqueraded: run.isMasqueraded,
    isPortRandom: run.rulesMet.some(
      ({ failed, rule: { verdict } }) =>
        failed === undefined && verdict?.kind === 'masquerade' && verdict.isFullyRandom,
    ),
    drawn: [],
    work: {
      rulesEvaluated: run.rulesEvaluated,
      rulesMatched: run.rulesMatched,
      statisticRulesEvaluated: 0,
      recentListsWalked: 0,
      affinitySetsChecked: run.affinitySetsChecked,
    },
  }
}

function tooLong(): InputError {
  const message = 'The ways of this packet meet more rules than svcsim follows'
  const hint = 'follow one way with --draw N'
  return new InputError([{ severity: 'error', code: 'FLOW_TOO_LONG', message, hint }])
}
