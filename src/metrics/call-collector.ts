/** The figures of one call site in one replication: outcomes, response times and their parts, spread, stickiness, rules. */
import { InvariantError } from '../base/diagnostics.js'
import {
  type ConnectionRecord,
  OUTCOMES,
  Outcome,
  type OutcomeName,
  PARTS,
  type PartName,
  type RequestRecord,
} from '../model/records.js'
import { ResponseHistogram } from './response-histogram.js'
import { StickinessCollector, type StickinessFigures } from './stickiness.js'
import { WayCollector, type WayCount, type WaySettings } from './ways.js'

/** What is known of a call site before the run. */
export interface CallSettings {
  /** Clients of the group, or all pods where pods call. */
  readonly callerCount: number
  /** Pods that were eligible: ready endpoints of the Service port, by pod index. */
  readonly eligiblePods: readonly number[]
  /** Undefined: nobody asks by which ways connections go. */
  readonly ways?: WaySettings
}

/** What one replication found about a call site. */
export interface CallMeasures {
  readonly outcomes: Readonly<Record<OutcomeName, number>>
  /** Response times of completed requests. */
  readonly responseTimes: ResponseHistogram
  /** Mean per completed request, ns. */
  readonly partMeansNs: Readonly<Record<PartName, number | null>>
  /** By position of the eligible pod. */
  readonly connections: readonly number[]
  /** Requests that reached the pod, however they ended. */
  readonly requests: readonly number[]
  /** Where it was asked for. */
  readonly ways?: readonly WayCount[]
  readonly stickiness: StickinessFigures
  readonly attemptsPerRequest: number | null
  readonly dnsQueriesPerRequest: number | null
  readonly rulesPerConnection: number | null
}

/** Listens to one call site. */
export class CallCollector {
  readonly #outcomes = new Float64Array(OUTCOMES.length)
  readonly #responseTimes = new ResponseHistogram()
  readonly #partSumsNs = new Float64Array(PARTS.length)
  readonly #connections: Float64Array
  readonly #requests: Float64Array
  readonly #stickiness: StickinessCollector
  readonly #ways: WayCollector | undefined
  /** By pod index: position among the eligible pods, or -1. */
  readonly #positionOf: Int32Array
  #connectionCount = 0
  #rulesEvaluated = 0
  #requestCount = 0
  #attempts = 0
  #dnsQueries = 0

  constructor(settings: CallSettings, podCount: number) {
    const { eligiblePods, callerCount, ways } = settings
    this.#connections = new Float64Array(eligiblePods.length)
    this.#requests = new Float64Array(eligiblePods.length)
    this.#stickiness = new StickinessCollector(callerCount, eligiblePods.length)
    this.#ways = ways && new WayCollector(ways, eligiblePods.length)
    this.#positionOf = new Int32Array(podCount).fill(-1)
    for (const [position, pod] of eligiblePods.entries()) this.#positionOf[pod] = position
  }

  connectionReached(record: Readonly<ConnectionRecord>, isCounted: boolean): void {
    const position = this.#positionOf[record.pod]
    if (position < 0) return
    this.#stickiness.record(record.client, position, isCounted)
    if (!isCounted) return
    this.#connections[position]++
    this.#connectionCount++
    this.#ways?.record(record, position)
    this.#rulesEvaluated += record.rulesEvaluated
  }

  requestEnded(record: Readonly<RequestRecord>): void {
    this.#outcomes[record.outcome]++
    this.#requestCount++
    this.#attempts += record.attempts
    this.#dnsQueries += record.dnsQueries
    const position = record.pod < 0 ? -1 : this.#positionOf[record.pod]
    if (position >= 0) this.#requests[position]++
    if (record.outcome === Outcome.completed) this.#recordCompleted(record)
  }

  measures(): CallMeasures {
    const completed = this.#responseTimes.count
    const outcomes = OUTCOMES.map((name, index) => [name, this.#outcomes[index]])
    const parts = PARTS.map((name, index) => [
      name,
      completed === 0 ? null : this.#partSumsNs[index] / completed,
    ])
    return {
      outcomes: Object.fromEntries(outcomes),
      responseTimes: this.#responseTimes,
      partMeansNs: Object.fromEntries(parts),
      connections: [...this.#connections],
      requests: [...this.#requests],
      ...(this.#ways === undefined ? {} : { ways: this.#ways.counts() }),
      stickiness: this.#stickiness.figures(),
      attemptsPerRequest: perOne(this.#attempts, this.#requestCount),
      dnsQueriesPerRequest: perOne(this.#dnsQueries, this.#requestCount),
      rulesPerConnection: perOne(this.#rulesEvaluated, this.#connectionCount),
    }
  }

  #recordCompleted(record: Readonly<RequestRecord>): void {
    const {
      retryNs,
      dnsNs,
      connectNs,
      rulesNs,
      networkNs,
      queueNs,
      serviceNs,
      downstreamNs,
      responseTimeNs,
    } = record
    const sumNs = retryNs + dnsNs + connectNs + rulesNs + networkNs + queueNs + serviceNs + downstreamNs
    if (sumNs !== responseTimeNs) throw new InvariantError('parts do not add up', { sumNs, responseTimeNs })
    this.#responseTimes.record(responseTimeNs)
    const sums = this.#partSumsNs
    sums[0] += dnsNs
    sums[1] += connectNs
    sums[2] += rulesNs
    sums[3] += networkNs
    sums[4] += queueNs
    sums[5] += serviceNs
    sums[6] += downstreamNs
    sums[7] += retryNs
  }
}

function perOne(sum: number, count: number): number | null {
  return count === 0 ? null : sum / count
}
