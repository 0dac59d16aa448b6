/**
 * Names of Services, as callers inside the cluster resolve them: a time per look-up (here), or queries to CoreDNS
 * (`dns-resolver.ts`); and answers that callers remember.
 */
import { makeSampler } from '../engine/distributions.js'
import { OUTSIDE } from './callers.js'
import { DnsResolver } from './dns-resolver.js'
import type { NameResolver } from './name-resolver.js'
import type { World } from './world.js'

/** The resolver that the scenario asks for. */
export function makeNames(world: World): NameResolver {
  return world.dns === undefined ? new TimedNames(world) : new DnsResolver(world, world.dns)
}

/** Every look-up takes a time of its own. Stream `dns/lookup`, one draw per look-up. */
class TimedNames implements NameResolver {
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

  handle(): boolean {
    return false
  }
}
