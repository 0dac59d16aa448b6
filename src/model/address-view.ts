/**
 * What DNS answers for the name of a headless Service: the addresses of its ready pods, and when.
 *
 * Left out: answers that are truncated. Beyond 512 bytes of UDP (1,232 with EDNS: some 70 A records) CoreDNS sets the bit TC and
 * clients ask again by TCP, or go by the part that they have.
 */
import type { CallSite } from './call-sites.js'

/** One answer, as a client goes by it until the next. */
export interface AddressView {
  /** Positions among the endpoints of the call site's port, in the order of the endpoints. */
  readonly addresses: readonly number[]
  readonly resolvedNs: number
}

/**
 * Resolves the name of a headless Service, or of one pod behind it.
 *
 * @param nowNs - simulated time of the answer; the endpoints are those of the whole run so far
 */
export function resolveHeadless({ port, namedPods }: CallSite, nowNs: number): AddressView {
  const addresses: number[] = []
  for (const [position, { ready, podIndex }] of port.endpoints.entries()) {
    const isNamed = namedPods === undefined || (podIndex !== undefined && namedPods.has(podIndex))
    if (ready && isNamed) addresses.push(position)
  }
  return { addresses, resolvedNs: nowNs }
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
