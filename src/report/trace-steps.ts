/**
 * Steps of a trace as lines. Rules stand below the name of their chain, as deep as its jumps are nested; what came of each
 * rule and its number in the chain stand before it, in columns of their own.
 */
import { addressWithPort } from '../base/ip-address.js'
import { formatCount, formatDuration, formatPercent } from '../base/units.js'
import type { TracePacket, TraceStep } from '../results/trace-schema.js'
import { ruleLine } from './rule-line.js'
import { padded, textWidth } from './text-layout.js'

/** What a line should not exceed; rules that are longer do. */
export const TRACE_WIDTH = 120

/** Room for `no --dst-type`. */
const RESULT_WIDTH = 13
const NUMBER_WIDTH = 3
/** Columns before the rules of a chain that the kernel calls. */
const LEAD = 2 + RESULT_WIDTH + 1 + NUMBER_WIDTH + 2
const INDENT = 2
/** Less of a comment than this says nothing. */
const LEAST_COMMENT_WIDTH = 12

export type RuleStep = Extract<TraceStep, { kind: 'rule' }>
type ChainStep = Extract<TraceStep, { kind: 'rule' | 'skipped' }>

/** A chain that rules are shown of. */
export interface ChainPlace {
  readonly chain: string
  readonly depth: number
}

/** Lines of steps, one after another. */
export class StepLines {
  readonly lines: string[] = []
  #place: ChainPlace | undefined

  /** Steps that follow stand in a chain whose name was written before. */
  resume(place: ChainPlace): void {
    this.#place = place
  }

  /** Adds a line as it is. */
  text(line: string): void {
    this.lines.push(line)
  }

  /**
   * Adds a step.
   *
   * @param next - the step after it
   * @param note - what stands at the end of its line
   */
  add(step: TraceStep, next: TraceStep | undefined, note = ''): void {
    switch (step.kind) {
      case 'link':
        // Each node after the first stands by itself.
        if (next?.kind === 'node' && this.#place !== undefined) this.text('')
        this.text(`${step.from} → ${step.to}, ${LINK_NAMES[step.link]}: ${formatDuration(step.timeNs)}`)
        return
      case 'balancer':
        this.text(`load balancer, ${step.text}, sends on ${packetText(step.packet)}`)
        return
      case 'node': {
        const rules = step.rules === 'generated' ? '' : ` (rules of ${step.rules})`
        this.text(`${step.node}${rules} ${ARRIVALS[step.arrival]}: ${packetText(step.packet)}`)
        return
      }
      case 'hook':
        this.#place = { chain: step.chain, depth: 0 }
        this.text(`${' '.repeat(LEAD)}${step.table} ${step.chain}`)
        return
      case 'rule':
        this.#rule(step, next, note)
        return
      case 'skipped':
        this.#skipped(step)
        return
      case 'policy':
        this.#ruleLine(0, step.verdict, '', `policy of ${step.chain}`)
        return
      case 'masquerade':
        this.text(`${' '.repeat(LEAD)}leaves as ${packetText(step.packet)}: the address of ${step.of}`)
        return
      case 'choice':
      case 'end':
        return
    }
  }

  /** A rule, with a result in the place of its own. */
  rule(step: RuleStep, result: string, next: TraceStep | undefined, note: string): void {
    this.#enter(step)
    const { body, comment } = ruleLine(step.text, step.chain)
    const hint = isLeadingNowhere(step, next) ? '(it has no rules)' : ''
    const text = [body, hint, note].filter((each) => each !== '').join('  ')
    this.#ruleLine(step.depth, result, String(step.number), text, comment)
  }

  #rule(step: RuleStep, next: TraceStep | undefined, note: string): void {
    this.rule(step, resultText(step), next, note)
  }

  #skipped(step: Extract<TraceStep, { kind: 'skipped' }>): void {
    this.#enter(step)
    const last = step.firstNumber + step.ruleCount - 1
    const text = `${formatCount(step.ruleCount)} rules, number ${step.firstNumber} to ${last}`
    this.#ruleLine(step.depth, 'no match', '…', text)
  }

  /** The name of a chain stands above the first of its rules. */
  #enter({ chain, depth }: ChainStep): void {
    const before = this.#place
    this.#place = { chain, depth }
    const isReturned = before !== undefined && (depth < before.depth || before.chain === chain)
    if (!isReturned) this.text(`${' '.repeat(LEAD + depth * INDENT)}${chain}`)
  }

  #ruleLine(depth: number, result: string, number: string, text: string, comment = ''): void {
    const columns = `  ${padded(result, RESULT_WIDTH)} ${padded(number, NUMBER_WIDTH, 'right')}  `
    const indent = ' '.repeat((depth + 1) * INDENT)
    const [first, ...others] = brokenRule(text, TRACE_WIDTH - LEAD - indent.length)
    const line = `${columns}${indent}${first}`
    const room = others.length > 0 ? 0 : TRACE_WIDTH - textWidth(line)
    this.text(`${line}${commentText(comment, room)}`.trimEnd())
    for (const other of others) this.text(`${' '.repeat(LEAD)}${indent}  ${other}`)
  }
}

/** A rule in lines of a width, broken before options. */
function brokenRule(text: string, width: number): readonly [string, ...string[]] {
  if (textWidth(text) <= width) return [text]
  const target = text.lastIndexOf(' -j ')
  const at = target > 0 && target <= width ? target : text.lastIndexOf(' -', width)
  if (at <= 0) return [text]
  return [text.slice(0, at), ...brokenRule(text.slice(at + 1), width - INDENT)]
}

/** As much of a comment as there is room for, if that says anything. */
function commentText(comment: string, room: number): string {
  const lead = '  # '
  const width = room - lead.length
  if (comment === '' || width < LEAST_COMMENT_WIDTH) return ''
  const characters = [...comment]
  if (characters.length <= width) return lead + comment
  return `${lead}${characters.slice(0, width - 1).join('')}…`
}

const LINK_NAMES = {
  sameNode: 'on the same node',
  sameZone: 'in the same zone',
  otherZone: 'to another zone',
  outside: 'from outside',
} as const

const ARRIVALS = {
  outside: 'receives from outside',
  balancer: 'receives from the load balancer',
  pod: 'receives from its pod',
  process: 'sends, by a process of its own',
  node: 'receives from the other node',
} as const

const RESULT_WORDS = {
  jump: 'jump',
  goto: 'goto',
  return: 'RETURN',
  accept: 'ACCEPT',
  drop: 'DROP',
  reject: 'REJECT',
  dnat: 'DNAT',
  masquerade: 'MASQUERADE',
  goOn: 'match',
  unknown: 'unknown',
  drawn: 'drawn',
} as const

/** What came of a rule, in a word or two. */
export function resultText({ result, detail }: Pick<RuleStep, 'result' | 'detail'>): string {
  if (result === 'noMatch')
    return detail === '--probability' ? 'not drawn' : `no ${detail === '' ? 'match' : detail}`
  if (result === 'mark') return `mark ${detail}`
  return RESULT_WORDS[result]
}

/** `10.0.0.1:80 → 10.0.0.2:8080`. */
export function packetText({ source, sourcePort, destination, destinationPort }: TracePacket): string {
  return `${endText(source, sourcePort)} → ${endText(destination, destinationPort)}`
}

/** An address with its port, which may be random. */
export function endText(address: string, port: number | null): string {
  return port === null ? `${addressWithPort(address, undefined)}:random` : addressWithPort(address, port)
}

/** A share with six digits: `33.3333 %`. */
export function shareText(ratio: number): string {
  return formatPercent(ratio, 6)
}

/** Is it a jump to a chain that is empty? */
function isLeadingNowhere({ result, depth, detail }: RuleStep, next: TraceStep | undefined): boolean {
  if (result !== 'jump' && result !== 'goto') return false
  if (next?.kind !== 'rule' && next?.kind !== 'skipped') return true
  return next.depth !== (result === 'jump' ? depth + 1 : depth) || next.chain !== detail
}
