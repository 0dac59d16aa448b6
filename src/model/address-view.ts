/**
 * What DNS answers for the name of a headless Service: the addresses of its ready pods at that time.
 *
 * Left out: answers that are truncated. Beyond 512 bytes of UDP (1,232 with EDNS: some 70 A records) CoreDNS sets the bit TC and
 * clients ask again by TCP, or go by the part that they have. CoreDNS knows of changes at once.
 */
import type { Cluster, ClusterService, Endpoint } from '../kubernetes/cluster.js'
import { endpointsEver, portIn } from '../kubernetes/endpoints-over-time.js'
import type { CallSite } from './call-sites.js'

/** Answers from a time on. */
interface Answer {
  readonly fromNs: number
  readonly addresses: readonly number[]
}

/** The answers for the name of one call site over the run. */
export class HeadlessAnswers {
  /** Every endpoint of the run: answers name positions in this list. */
  readonly endpoints: readonly Endpoint[]
  readonly #answers: readonly Answer[]
  #current = 0

  constructor(
    { services, changes }: Pick<Cluster, 'services' | 'changes'>,
    readonly site: CallSite,
  ) {
    this.endpoints = endpointsEver({ changes }, site.service, site.port)
    const later = changes.flatMap(({ atNs, services: after }) =>
      after === undefined ? [] : [{ fromNs: atNs, addresses: this.#readyIn(after) }],
    )
    this.#answers = [{ fromNs: 0, addresses: this.#readyIn(services) }, ...later]
  }

  /**
   * Positions of the ready endpoints, in the order of the list.
   *
   * @param nowNs - simulated time, never less than at the last call
   */
  at(nowNs: number): readonly number[] {
    while (this.#current + 1 < this.#answers.length && this.#answers[this.#current + 1].fromNs <= nowNs)
      this.#current++
    return this.#answers[this.#current].addresses
  }

  #readyIn(services: readonly ClusterService[]): readonly number[] {
    const { service, port, namedPods } = this.site
    const endpoints = portIn(services, service, port)?.endpoints ?? []
    const isNamed = (podIndex: number | undefined) =>
      namedPods === undefined || (podIndex !== undefined && namedPods.has(podIndex))
    const ready = new Set(
      endpoints
        .filter((each) => each.ready && isNamed(each.podIndex))
        .map(({ address, port: at }) => `${address} ${at}`),
    )
    return this.endpoints.flatMap((each, position) =>
      ready.has(`${each.address} ${each.port}`) ? [position] : [],
    )
  }
}

/**
 * Puts an answer in a random order, each equally likely.
 *
 * @param drawBelow - one draw for each address but the last
 * @source CoreDNS, plugin loadbalance (round_robin): a Fisher-Yates shuffle of the A records of each answer
 */
export function shuffled(answer: readonly number[], drawBelow: (bound: number) => number): Int32Array {
  const order = Int32Array.from(answer)
  for (let at = 0; at < order.length - 1; at++) {
    const from = at + drawBelow(order.length - at)
    const chosen = order[from]
    order[from] = order[at]
    order[at] = chosen
  }
  return order
}
