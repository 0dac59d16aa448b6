/**
 * All that kube-proxy in mode ipvs programs on one node, as readable data.
 */
import type { IpSet } from './ip-set.js'
import type { SetTable } from './set-rule.js'
import type { VirtualServer } from './virtual-server.js'

/** Virtual servers, and the iptables rules and ipsets that masquerade and filter around them. */
export interface IpvsTables {
  /** At most one of each protocol, address and port. */
  readonly virtualServers: readonly VirtualServer[]
  /** Addresses bound to the interface kube-ipvs0, so that packets for them are the node's own and reach IPVS. */
  readonly boundAddresses: readonly string[]
  /** At most one of each name; every set that a rule names is there. */
  readonly ipSets: readonly IpSet[]
  /** At most one of each name. */
  readonly tables: readonly SetTable[]
}
