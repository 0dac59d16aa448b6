/**
 * How often a node tells one address that it was refused: six times at once, then once a second.
 * Source: Linux net/ipv4/icmp.c and inetpeer.c (inet_peer_xrlim_allow: icmp_ratelimit 1000 ms, XRLIM_BURST_FACTOR 6);
 * measured: test/data/ground-truth/nodeport_and_source_ip.json.
 */
import type { AddressId } from '../netfilter/address-book.js'

const INTERVAL_NS = 1e9
const BURST = 6

/** A bucket of tokens for each node and address, made when it is first asked for. */
export class IcmpRation {
  /** By node: of each address, the tokens (as time) at the moment of the last question, and that moment. */
  readonly #buckets: readonly Map<AddressId, { tokensNs: number; atNs: number }>[]

  constructor(nodeCount: number) {
    this.#buckets = Array.from({ length: nodeCount }, () => new Map())
  }

  /** May the node answer this address now? If so, it does. */
  allows(node: number, address: AddressId, nowNs: number): boolean {
    const most = BURST * INTERVAL_NS
    const bucket = this.#buckets[node].get(address) ?? { tokensNs: most, atNs: nowNs }
    bucket.tokensNs = Math.min(most, bucket.tokensNs + nowNs - bucket.atNs)
    bucket.atNs = nowNs
    this.#buckets[node].set(address, bucket)
    if (bucket.tokensNs < INTERVAL_NS) return false
    bucket.tokensNs -= INTERVAL_NS
    return true
  }
}
