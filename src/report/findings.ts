/** What a run has found, in a sentence: the first thing to read. Only figures that are in the results. */
import type { CallResult, Results } from '../results/results-schema.js'
import { serviceName } from './calls.js'
import { counted, estimateText, figureText, spreadVerdict, timesText } from './figures.js'

/** The finding of a single run: its first call, which is that of the first client group. */
export function runFinding(results: Results): string {
  const call = results.points[0].calls[0]
  return call === undefined ? 'Nobody called anything.' : callFinding(call)
}

/** `browsers → counter-np:3000: p99 46.3 ± 1.2 ms, 99.9 % completed, …`. */
export function callFinding(call: CallResult): string {
  const name = `${call.caller} → ${serviceName(call)}`
  const { issued, completed } = call.outcomes
  if (issued === 0) return `${name}: no request was issued.`
  const share = figureText('ratio', completed / issued)
  if (completed === 0) return `${name}: none of ${counted(issued, 'request')} was completed.`
  const unstable = call.instability === undefined ? '' : ' (no steady state)'
  const p99 = estimateText('duration', call.responseTime.p99) + unstable
  return `${name}: p99 ${p99}, ${share} completed${spreadPhrase(call)}${returnPhrase(call)}.`
}

function spreadPhrase({ connections }: CallResult): string {
  const podCount = connections.perPod.length
  if (podCount === 1) return ', all on one pod'
  if (podCount === 0 || connections.maxOverMean.value === null) return ''
  const verdict = spreadVerdict(connections.pValue)
  const busiest = `the busiest of ${podCount} pods has ${timesText(connections.maxOverMean.value)} times the mean`
  return `, ${busiest}${verdict === undefined ? '' : ` (${verdict})`}`
}

function returnPhrase({ connections, stickiness }: CallResult): string {
  const isAsked = connections.perPod.length > 1 && stickiness.returningConnections > 0
  if (!isAsked || stickiness.returnRatio.value === null) return ''
  return `, ${estimateText('ratio', stickiness.returnRatio)} of returning connections reach the same pod again`
}
