/**
 * When lblc and lblcr forget. A timer runs every minute, and at every thirtieth time drops what was not used for a day. (At
 * the other times it would thin out a table of more than 16,384 addresses; a virtual server has one.)
 * Source: Linux net/netfilter/ipvs/ip_vs_lblc.c, ip_vs_lblc_check_expire, ip_vs_lblc_full_check.
 */
import { NS_PER_S } from '../../../base/nanoseconds.js'

const CHECK_INTERVAL_NS = 30 * 60 * NS_PER_S

/** sysctl lblc_expiration and lblcr_expiration: 24 hours. */
export const EXPIRATION_NS = 24 * 60 * 60 * NS_PER_S

/**
 * Has the timer dropped what was last used at some time?
 *
 * @param startNs - when the virtual server was made: the timer began then
 */
export function isForgotten(lastUseNs: number, startNs: number, nowNs: number): boolean {
  const lastCheckNs = startNs + Math.floor((nowNs - startNs) / CHECK_INTERVAL_NS) * CHECK_INTERVAL_NS
  return lastCheckNs >= lastUseNs + EXPIRATION_NS
}
