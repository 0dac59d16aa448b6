/** What a trace has found, before how: the question, one sentence, and a table of all ends. */
import { formatCount, formatPercent } from '../base/units.js'
import type { Trace, TraceOutcome, TraceProbability } from '../results/trace-schema.js'
import { counted } from './figures.js'
import { ruleLine } from './rule-line.js'
import { labelled, textTable, wrapped } from './text-layout.js'
import { byRule, destinationText, timeText } from './trace-ends.js'
import { endText, packetText, shareText, TRACE_WIDTH } from './trace-steps.js'

/** Ways that the table lists. */
const MAX_ROWS = 200

/** How many values one draw has: in iptables, in nftables. */
const DRAW_RANGES = [
  ['2^31', '2147483648'],
  ['2^32', '4294967296'],
] as const

/** Question and answer. */
export function questionLines({ question, notes, draw, seed }: Trace): readonly string[] {
  const { from, to, packet, protocol } = question
  const sender =
    from.kind === 'outside'
      ? 'a client outside'
      : from.kind === 'node'
        ? `a process of ${from.name}`
        : `${from.name ?? 'a pod'} on ${from.node}`
  const way = packet === null ? [] : [packetText(packet)]
  const drawn = draw === null ? [] : [`one way of several: draw ${draw} of seed ${seed}`]
  return [
    ...wrapped(`${protocol.toUpperCase()} from ${sender} to ${to.written}, ${to.what}`, TRACE_WIDTH),
    ...[...way, ...notes, ...drawn].flatMap((note) => labelled('', wrapped(note, TRACE_WIDTH - 2), 2)),
  ]
}

/** One sentence on where it goes. */
export function findingText({ outcomes }: Trace): string {
  const [first] = outcomes
  if (outcomes.length === 1 && first !== undefined) return capitalised(endSentence(first))
  const parts = DISPOSITIONS.flatMap(([disposition, verb]) => {
    const ends = outcomes.filter((outcome) => outcome.disposition === disposition)
    if (ends.length === 0) return []
    const share = shareText(ends.reduce((sum, { probability }) => sum + probability.ratio, 0))
    const where =
      disposition === 'delivered' ? ` to ${endpointsText(ends)}` : ` (${counted(ends.length, 'way')})`
    return [`${share === '100 %' || ends.length === outcomes.length ? '' : `${share} `}${verb}${where}`]
  })
  return `${capitalised(parts.join('; '))}.${sourceSentence(outcomes)}`
}

const DISPOSITIONS = [
  ['delivered', 'delivered'],
  ['unanswered', 'reaches a pod whose answer does not come back'],
  ['refused', 'refused'],
  ['dropped', 'dropped'],
  ['lost', 'lost'],
  ['unknown', 'can not be followed to its end'],
] as const

function endpointsText(ends: readonly TraceOutcome[]): string {
  const [first] = ends
  if (first !== undefined && ends.length === 1) return destinationText(first.destination)
  const ratios = ends.map(({ probability }) => probability.ratio)
  const isEven = Math.max(...ratios) - Math.min(...ratios) < 1e-6
  return `one of ${ends.length} endpoints${isEven ? `, each with ${formatPercent(ratios[0])}` : ''}`
}

/** Whose address the pods see. */
function sourceSentence(outcomes: readonly TraceOutcome[]): string {
  const received = outcomes.filter((outcome) => outcome.source !== null)
  if (received.length === 0) return ''
  const masquerading = new Set(
    received.flatMap(({ nodes }) => nodes.filter((each) => each.isMasqueraded).map(({ node }) => node)),
  )
  const count = received.filter(({ nodes }) => nodes.some((each) => each.isMasqueraded)).length
  if (count === 0) return ' The pods see the client’s own address.'
  const by = [...masquerading].join(', ')
  if (count === received.length) return ` Masqueraded: the pods see an address of ${by}, not of the client.`
  return ` Masqueraded by ${by} on ${counted(count, 'way')} of ${received.length}.`
}

function endSentence(outcome: TraceOutcome): string {
  const { disposition, source, reason } = outcome
  const to = destinationText(outcome.destination)
  switch (disposition) {
    case 'delivered':
      return `delivered to ${to}.${source === null ? '' : ` It sees ${endText(source.address, source.port)} (${source.of}).`}`
    case 'unanswered':
      return `no connection: ${to} gets the packet, but ${reason}.`
    case 'refused':
      return `refused${ruleSentence(outcome)}. The client gets an error at once.`
    case 'dropped':
      return `dropped${ruleSentence(outcome)}. The client hears nothing and times out.`
    case 'lost':
      return `lost: ${reason}.`
    case 'unknown':
      return `not followed to its end${ruleSentence(outcome)}.`
  }
}

/** Why a rule ended the way: its comment says it best. */
function ruleSentence(outcome: TraceOutcome): string {
  const { endedBy, reason } = outcome
  const comment = endedBy === null ? '' : ruleLine(endedBy.text, endedBy.chain).comment
  const why = [comment, reason].filter((each) => each !== '').join('; ')
  return `${byRule(outcome)}${why === '' ? '' : `: ${why}`}`
}

/** Every end with its exact probability. */
export function outcomeTable({ outcomes, question }: Trace): readonly string[] {
  const shown = outcomes.slice(0, MAX_ROWS)
  const columns = [
    { header: 'way', align: 'right' },
    { header: 'chance', align: 'right' },
    { header: 'exactly', align: 'right' },
    { header: 'to', align: 'left' },
    { header: 'on', align: 'left' },
    { header: 'source that it sees', align: 'left' },
    { header: 'rules', align: 'right' },
    { header: question.protocol === 'tcp' ? 'connect' : 'round trip', align: 'right' },
  ] as const
  const rows = shown.map((outcome, index) => [
    String(index + 1),
    shareText(outcome.probability.ratio),
    exactText(outcome.probability),
    endText(outcome.destination.address, outcome.destination.port),
    placeText(outcome),
    seenText(outcome),
    formatCount(outcome.nodes.reduce((sum, { rulesEvaluated }) => sum + rulesEvaluated, 0)),
    outcome.connectNs === null ? outcome.disposition : timeText(outcome.connectNs),
  ])
  const hidden = outcomes.length - shown.length
  return [...textTable(columns, rows), ...(hidden === 0 ? [] : [`… and ${formatCount(hidden)} more`])]
}

/** `715827883/2^31` for one draw; more draws as a decimal. */
function exactText({ ratio, numerator, denominator, draws }: TraceProbability): string {
  if (draws === 0) return numerator === denominator ? '1' : `${numerator}/${denominator}`
  const range = DRAW_RANGES.find(([, digits]) => digits === denominator)
  return range === undefined ? ratio.toFixed(12) : `${numerator}/${range[0]}`
}

function placeText({ destination: { pod, node } }: TraceOutcome): string {
  return [pod, node].filter((each) => each !== null).join(', ')
}

function seenText({ source }: TraceOutcome): string {
  return source === null ? '–' : `${source.address} (${source.of})`
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
