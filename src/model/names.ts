/**
 * Names of Services, as callers inside the cluster resolve them: a time per look-up, and answers that callers remember.
 *
 * Left out: CoreDNS as pods, search paths, record types.
 */
import { makeSampler } from '../engine/distributions.js'
import { OUTSIDE } from './callers.js'
import type { World } from './world.js'

/** Who knows which name since when. Stream `dns/lookup`, one draw per look-up. */
export class Names {
  /** By pool key: when the name asked last is, or was, resolved. */
  readonly #answerNs: Float64Array
  readonly #drawLookupNs: () => number

  constructor(readonly world: World) {
    const { callers, scenario, streams } = world
    const sample = makeSampler(scenario.spec.dns.lookupTime)
    const stream = streams.get('dns/lookup')
    this.#answerNs = new Float64Array(callers.count).fill(Number.NEGATIVE_INFINITY)
    this.#drawLookupNs = () => Math.round(sample(stream))
  }

  /**
   * Does the request's caller know the Service's address? If not, the event `nameResolved` comes when it does: callers that
   * remember answers wait for one that is on its way already. Callers outside go by addresses.
   */
  isKnown(request: number): boolean {
    const { simulator, lanes, scenario, requests, callers } = this.world
    const { cacheTime } = scenario.spec.dns
    const of = callers.bySite[requests.site[request]]
    const client = requests.client[request]
    if (of.nodes[client] === OUTSIDE) return true
    const poolKey = of.firstPoolKey + client
    const isAsked = cacheTime > 0 && simulator.now <= this.#answerNs[poolKey] + cacheTime
    if (isAsked && simulator.now >= this.#answerNs[poolKey]) return true
    if (!isAsked) this.#answerNs[poolKey] = simulator.now + this.#drawLookupNs()
    simulator.schedule(lanes.nameResolved, this.#answerNs[poolKey], request)
    return false
  }
}
