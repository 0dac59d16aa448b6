/**
 * Requests drawn from distributions: an open workload, whose arrivals do not wait for answers.
 *
 * Streams of one group, so that each is independent of all else in the scenario:
 * `clients/<group>/arrivals` one draw or more per gap, `clients/<group>/order` per client chosen, and
 * `demand/<slot name>` per service time. All demands of a request are drawn when it is issued.
 */
import type { Distribution } from '../base/distribution.js'
import { NS_PER_S } from '../base/nanoseconds.js'
import { makeSampler } from '../engine/distributions.js'
import type { Stream, Streams } from '../engine/streams.js'
import type { ClientGroup } from '../input/scenario-schema.js'
import { makeClientOrder } from './client-order.js'
import type { DemandSource } from './demand-source.js'

/** One service time that every request of a group needs. */
export interface DemandSlotSettings {
  /** Names the stream; unique in the scenario. */
  readonly name: string
  readonly distribution: Distribution
}

/** The requests of a client group, without end. */
export class DrawnDemand implements DemandSource {
  timeNs = 0
  client = 0
  readonly demandsNs: Float64Array
  readonly #gapStream: Stream
  readonly #drawGap: (stream: Stream) => number
  readonly #nextClient: () => number
  /** The intended time before rounding: roundings do not add up, whatever the rate. */
  #exactTimeNs = 0
  readonly #demandStreams: readonly Stream[]
  readonly #drawDemands: readonly ((stream: Stream) => number)[]

  constructor(group: ClientGroup, slots: readonly DemandSlotSettings[], streams: Streams) {
    this.demandsNs = new Float64Array(slots.length)
    this.#gapStream = streams.get(`clients/${group.name}/arrivals`)
    this.#drawGap = makeSampler(gapDistribution(group.arrivals))
    this.#nextClient = makeClientOrder(
      group.arrivals.order,
      group.count,
      streams.get(`clients/${group.name}/order`),
    )
    this.#demandStreams = slots.map((slot) => streams.get(`demand/${slot.name}`))
    this.#drawDemands = slots.map((slot) => makeSampler(slot.distribution))
  }

  advance(): boolean {
    this.#exactTimeNs += this.#drawGap(this.#gapStream)
    this.timeNs = Math.round(this.#exactTimeNs)
    this.client = this.#nextClient()
    for (let slot = 0; slot < this.demandsNs.length; slot++) {
      this.demandsNs[slot] = Math.round(this.#drawDemands[slot](this.#demandStreams[slot]))
    }
    return true
  }
}

/** Time between two requests of a group, ns. */
export function gapDistribution(arrivals: ClientGroup['arrivals']): Distribution {
  if (arrivals.gap !== undefined) return arrivals.gap
  const meanNs = NS_PER_S / arrivals.rate
  return arrivals.process === 'paced'
    ? { kind: 'constant', value: meanNs }
    : { kind: 'exponential', mean: meanNs }
}
