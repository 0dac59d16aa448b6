/** The pools of callers that balance: a key for each address that a caller may learn of, after the keys of all callers. */
import type { Cluster } from '../kubernetes/cluster.js'
import { endpointsEver } from '../kubernetes/endpoints-over-time.js'
import type { AddressBook } from '../netfilter/address-book.js'
import { behaviourKey } from './behaviours.js'
import type { CallSite } from './call-sites.js'
import type { CallerTable } from './callers.js'
import type { EntryAddress } from './entry.js'

/** Addresses of one call site, ready or not, and the pool keys of its callers for each. */
export class BalancedAddresses {
  /** By ordinal: the position of the caller. */
  readonly #clients: Int32Array

  constructor(
    readonly firstKey: number,
    /** By position among the endpoints of the port. */
    readonly addresses: readonly EntryAddress[],
    /** By position of a caller: how many there are before it; -1: it never calls. */
    readonly ordinals: Int32Array,
  ) {
    this.#clients = Int32Array.from(ordinals.keys()).filter((client) => ordinals[client] >= 0)
  }

  /** The position of the caller that a pool key belongs to. */
  clientOf(poolKey: number): number {
    return this.#clients[Math.floor((poolKey - this.firstKey) / this.addresses.length)]
  }

  /** The pool key of a caller for the address at position 0; those for the others follow. */
  firstKeyOf(client: number): number {
    return this.firstKey + this.ordinals[client] * this.addresses.length
  }

  addressOf(poolKey: number): EntryAddress {
    return this.addresses[this.positionOf(poolKey)]
  }

  positionOf(poolKey: number): number {
    return (poolKey - this.firstKey) % this.addresses.length
  }
}

export interface BalancedKeys {
  /** By call site; undefined where callers do not balance. */
  readonly balanced: readonly (BalancedAddresses | undefined)[]
  /** Pool keys of callers, with those of balanced addresses. */
  readonly count: number
}

/** Gives pool keys to the addresses of all call sites that balance. */
export function balancedAddresses(
  sites: readonly CallSite[],
  callers: CallerTable,
  cluster: Cluster,
  book: AddressBook,
): BalancedKeys {
  let { count } = callers
  const balanced = sites.map((site) => {
    if (site.pool.balancing === undefined) return undefined
    const isCaller = Array.from(
      callers.bySite[site.index].nodes,
      (_, client) => site.group !== undefined || behaviourKey(cluster.pods[client]) === site.caller,
    )
    const addresses = endpointsEver(cluster, site.service, site.port).map(({ address, port }) => ({
      address: book.idOf(address),
      port,
      nodeIndex: -1,
    }))
    const made = new BalancedAddresses(count, addresses, ordinalsOf(isCaller))
    count += addresses.length * isCaller.filter(Boolean).length
    return made
  })
  return { balanced, count }
}

function ordinalsOf(isCaller: readonly boolean[]): Int32Array {
  let count = 0
  return Int32Array.from(isCaller, (calls) => (calls ? count++ : -1))
}
