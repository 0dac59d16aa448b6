/**
 * Sets of addresses and ports that iptables rules ask for with `-m set`, as ipset has them, as data.
 *
 * Left out: options (timeouts, counters, limits), sets of other types, entries with `nomatch`.
 * Source: ipset(8); kubernetes pkg/proxy/ipvs/ipset/types.go.
 */
import type { IpFamily } from '../../base/ip-address.js'

/** What an entry is made of. */
export type IpSetType = 'hash:ip' | 'hash:ip,port' | 'hash:ip,port,ip' | 'hash:ip,port,net' | 'bitmap:port'

/** One set. */
export interface IpSet {
  /** 1 to 31 characters. */
  readonly name: string
  readonly type: IpSetType
  /** Of the addresses; a bitmap has none, and does not ask. */
  readonly family: IpFamily
  /** kube-proxy's words for what the set is for; it stands in the rules that ask the set. */
  readonly comment: string
  /**
   * As `ipset add` takes them: `10.96.0.10`, `10.96.0.10,tcp:53`, `10.244.0.5,tcp:80,10.244.0.5`,
   * `10.96.0.10,tcp:53,10.0.0.0/8`, `30080`.
   */
  readonly entries: readonly string[]
}
