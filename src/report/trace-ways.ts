/**
 * The tree of ways of a trace as text: what ways share first, with a branch wherever chance decides, down to the end of the
 * hook; then how each goes on. Ways that go on alike are shown once.
 */
import type { Trace, TraceOutcome, TraceStep, TraceWay } from '../results/trace-schema.js'
import { destinationText, endLines } from './trace-ends.js'
import { type ChainPlace, type RuleStep, resultText, StepLines, shareText } from './trace-steps.js'

/** Ways of a group that are named one by one. */
const MAX_NAMED = 12

/** The steps of some ways from where they have parted. */
interface Tail {
  readonly steps: readonly TraceStep[]
  /** Positions of their outcomes. */
  readonly outcomes: readonly number[]
}

/** All ways of a trace, as blocks of lines. */
export function wayBlocks(trace: Trace): readonly (readonly string[])[] {
  return new WayText(trace.outcomes).blocks(trace.way.steps)
}

class WayText {
  readonly #blocks: (readonly string[])[] = []

  constructor(readonly outcomes: readonly TraceOutcome[]) {}

  blocks(steps: readonly TraceStep[]): readonly (readonly string[])[] {
    this.#part(steps, [])
    return this.#blocks
  }

  /** Steps from a node on, or from where a way has parted from others. */
  #part(steps: readonly TraceStep[], heading: readonly string[]): void {
    const tails: Tail[] = []
    const lines = new StepLines()
    for (const line of heading) lines.text(line)
    this.#add(lines, steps, tails)
    this.#blocks.push(lines.lines)
    for (const group of groupsOf(tails, this.outcomes)) this.#part(group[0].steps, this.#heading(group))
  }

  #add(lines: StepLines, steps: readonly TraceStep[], tails: Tail[]): void {
    let hasParted = false
    for (const [index, step] of steps.entries()) {
      if (hasParted && isTailStart(step)) {
        tails.push(tailOf(steps.slice(index)))
        return
      }
      if (step.kind === 'choice') {
        lines.text(step.text)
        for (const { way } of step.branches) tails.push(tailOf(way.steps))
        return
      }
      if (step.kind === 'rule' && step.branches.length > 0) {
        hasParted = true
        this.#addBranches(lines, step, tails)
      } else if (step.kind === 'end') {
        for (const line of endLines(this.outcomes[step.outcome])) lines.text(line)
      } else {
        lines.add(
          step,
          steps[index + 1],
          hasParted && isTailStart(steps[index + 1]) ? pointer(steps, index) : '',
        )
      }
    }
  }

  #addBranches(lines: StepLines, step: RuleStep, tails: Tail[]): void {
    const place: ChainPlace = step
    for (const { way } of step.branches) {
      const [first, second] = way.steps
      const own = first?.kind === 'rule' ? first : step
      lines.rule(own, shareText(this.#share(way)), second, branchNote(own, way))
      this.#addBranch(lines, way, tails)
      lines.resume(place)
    }
  }

  /** The steps of a branch up to the end of the hook; what follows is a tail. */
  #addBranch(lines: StepLines, { steps }: TraceWay, tails: Tail[]): void {
    const end = steps.findIndex((step, index) => index > 0 && isTailStart(step))
    const own = steps.slice(1, end < 0 ? undefined : end)
    const nested: Tail[] = []
    for (const [index, step] of own.entries()) {
      if (step.kind === 'rule' && step.branches.length > 0) this.#addBranches(lines, step, nested)
      else
        lines.add(step, own[index + 1], index === own.length - 1 && end >= 0 ? pointer(steps, end - 1) : '')
    }
    tails.push(...nested)
    if (end >= 0) tails.push(tailOf(steps.slice(end)))
  }

  #heading(group: readonly Tail[]): readonly string[] {
    const outcomes = group.flatMap((tail) => tail.outcomes)
    const [first] = group
    const title = `Way${outcomes.length === 1 ? '' : 's'} ${numbersText(outcomes)}`
    const end = first.outcomes.length === 1 ? this.outcomes[first.outcomes[0]] : undefined
    const where = end === undefined ? '' : `: ${destinationText(end.destination)}`
    if (group.length === 1) return [`${title}${where}`]
    return [`${title}, which go alike; this is way ${numbersText(first.outcomes)}${where}`]
  }

  /** Of all packets. */
  #share({ steps }: TraceWay): number {
    return outcomesOf(steps).reduce((sum, index) => sum + this.outcomes[index].probability.ratio, 0)
  }
}

/** What the rule does that a branch begins with, unless the chain below shows it. */
function branchNote(own: RuleStep, { steps }: TraceWay): string {
  const isJump = own.result === 'jump' || own.result === 'goto'
  const done = isJump ? '' : `→ ${resultText(own)}${own.result === 'dnat' ? ` to ${own.detail}` : ''}`
  const isAtEnd = isTailStart(steps[1])
  return [done, isAtEnd ? pointer(steps, 0) : ''].filter((each) => each !== '').join(' ')
}

/** Where a way goes on that has parted from others: the next hook, node or end. */
function isTailStart(step: TraceStep | undefined): boolean {
  return step !== undefined && !['rule', 'skipped', 'policy'].includes(step.kind)
}

function pointer(steps: readonly TraceStep[], index: number): string {
  return `→ way ${numbersText(tailOf(steps.slice(index + 1)).outcomes)}`
}

function tailOf(steps: readonly TraceStep[]): Tail {
  return { steps, outcomes: outcomesOf(steps) }
}

function outcomesOf(steps: readonly TraceStep[]): number[] {
  return steps.flatMap((step) => {
    if (step.kind === 'end') return [step.outcome]
    return 'branches' in step ? step.branches.flatMap(({ way }) => outcomesOf(way.steps)) : []
  })
}

/** `1`, `2, 3`, `1 to 5, 9`: outcomes count from 1. */
function numbersText(outcomes: readonly number[]): string {
  const rows: { readonly first: number; last: number }[] = []
  for (const index of [...outcomes].sort((one, other) => one - other)) {
    const row = rows.at(-1)
    if (row !== undefined && row.last === index) row.last += 1
    else rows.push({ first: index + 1, last: index + 1 })
  }
  const parts = rows.flatMap(({ first, last }) => {
    if (last === first) return [String(first)]
    return last === first + 1 ? [String(first), String(last)] : [`${first} to ${last}`]
  })
  const shown = parts.slice(0, MAX_NAMED).join(', ')
  return parts.length > MAX_NAMED ? `${shown} … (${outcomes.length} ways)` : shown
}

/** Tails that differ in names and addresses only, together; in the order of their first. */
function groupsOf(tails: readonly Tail[], outcomes: readonly TraceOutcome[]): readonly (readonly Tail[])[] {
  const groups = new Map<string, Tail[]>()
  for (const tail of tails) {
    const key = JSON.stringify(tail.steps.map((step) => shapeOf(step, outcomes)))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [tail])
    else group.push(tail)
  }
  return [...groups.values()]
}

/** What a reader sees of a step but for names and addresses. */
function shapeOf(step: TraceStep, outcomes: readonly TraceOutcome[]): unknown {
  switch (step.kind) {
    case 'choice':
      return [step.kind, step.branches.map(({ way }) => way.steps.map((each) => shapeOf(each, outcomes)))]
    case 'link':
      return step.kind
    case 'balancer':
      return [step.kind, step.text]
    case 'node':
      return [step.kind, step.arrival, step.rules]
    case 'rule': {
      const branches = step.branches.map(({ chance, way }) => [
        chance.ratio,
        way.steps.map((each) => shapeOf(each, outcomes)),
      ])
      return [step.chain, step.depth, step.number, step.text, step.result, branches]
    }
    case 'masquerade':
      return [step.kind, step.packet.sourcePort === null, step.of.endsWith(', pod side')]
    case 'end':
      return [step.kind, endShape(outcomes[step.outcome])]
    default:
      return step
  }
}

function endShape({ disposition, isHairpin, endedBy, nodes, reply }: TraceOutcome): unknown {
  const hops = reply?.hops.map(({ isTranslatedBack }) => isTranslatedBack)
  return [disposition, isHairpin, endedBy?.text, nodes.length, hops]
}
