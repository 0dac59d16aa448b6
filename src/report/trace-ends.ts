/** How the ways of a trace end, in words. */
import { addressWithPort } from '../base/ip-address.js'
import { formatCount, formatDuration } from '../base/units.js'
import type { TraceOutcome, TraceReply } from '../results/trace-schema.js'
import { endText, packetText } from './trace-steps.js'

/** The end of one way, as lines. */
export function endLines(outcome: TraceOutcome): readonly string[] {
  return [...arrivalLines(outcome), ...workLines(outcome)]
}

function arrivalLines(outcome: TraceOutcome): readonly string[] {
  const { disposition, destination, reason, source, reply } = outcome
  const to = destinationText(destination)
  switch (disposition) {
    case 'delivered':
    case 'unanswered': {
      const from = source === null ? '' : ` from ${endText(source.address, source.port)} (${source.of})`
      const answer = reply === null ? [] : [replyText(reply, outcome)]
      const why = reason === '' ? [] : [disposition === 'delivered' ? reason : `no connection: ${reason}`]
      return [`${to} gets it${from}${outcome.isHairpin ? ', which is itself' : ''}`, ...answer, ...why]
    }
    case 'refused':
      return [`refused${byRule(outcome)}${because(reason)}; the client gets an error, "connection refused"`]
    case 'dropped':
      return [`dropped${byRule(outcome)}; the client hears nothing and tries until its time is out`]
    case 'lost':
      return [`lost${because(reason)}; the client hears nothing`]
    case 'unknown':
      return [`not followed further${byRule(outcome)}${because(reason)}`]
  }
}

/** A pod with its node, or the address alone. */
export function destinationText({ address, port, pod, node }: TraceOutcome['destination']): string {
  const end = addressWithPort(address, port)
  if (pod !== null) return `${pod} on ${node} (${end})`
  return node === null ? end : `${end} on ${node}`
}

function replyText({ hops, packet }: TraceReply, outcome: TraceOutcome): string {
  const way = hops.map(({ node, isTranslatedBack }) =>
    isTranslatedBack ? `${node} undoes ${translationText(node, outcome)}` : `${node} passes it on`,
  )
  return `answer: ${way.join(', ')}; the client gets ${packetText(packet)}`
}

/** What a machine did to the first packet. */
function translationText(name: string, { nodes }: TraceOutcome): string {
  const work = nodes.find(({ node }) => node === name)
  const done = [
    ...(work?.isMasqueraded === true ? ['masquerading'] : []),
    ...(work?.isTranslated === true ? ['DNAT'] : []),
  ]
  return done.length === 0 ? 'its translation' : done.join(' and ')
}

/** Which rule has ended the way, and where it stands; empty if none has. */
export function byRule({ endedBy }: TraceOutcome): string {
  if (endedBy === null) return ''
  const { node, table, chain, number } = endedBy
  return number === 0
    ? ` by the policy of ${chain} (table ${table}) on ${node}`
    : ` by rule ${number} of ${chain} (table ${table}) on ${node}`
}

function because(reason: string): string {
  return reason === '' ? '' : `: ${reason}`
}

function workLines({ nodes, firstPacketNs, connectNs, reply }: TraceOutcome): readonly string[] {
  const works = nodes.map(
    ({ node, rulesEvaluated, workNs }) =>
      `${node} ${formatCount(rulesEvaluated)} rules in ${formatDuration(workNs)}`,
  )
  const there = `time: ${timeText(firstPacketNs)} there${works.length === 0 ? '' : ` (${works.join(', ')})`}`
  if (connectNs === null || reply === null) return [there]
  return [`${there}, ${timeText(reply.timeNs)} back; connect() takes ${timeText(connectNs)}`]
}

/** Rules show in the fifth digit where links take milliseconds. */
export function timeText(ns: number): string {
  return formatDuration(ns, 5)
}
