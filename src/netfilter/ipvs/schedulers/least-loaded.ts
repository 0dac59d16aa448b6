/**
 * The server with the least load for its weight, as wlc, lblc and lblcr look for it. Loads are compared crosswise, as the
 * kernel does without fractions. Source: Linux net/netfilter/ipvs/ip_vs_wlc.c.
 */
import { isUsable, type LiveServer, NOT_LISTED, overheadOf } from '../live-server.js'

/** @param servers - newest last, as `LiveServerList` has them; removed ones do not count */
export function leastLoaded(servers: readonly LiveServer[]): LiveServer | undefined {
  let least: LiveServer | undefined
  for (let at = servers.length - 1; at >= 0; at -= 1) {
    const server = servers[at]
    if (!isUsable(server) || server.position === NOT_LISTED) continue
    if (least === undefined || overheadOf(least) * server.weight > overheadOf(server) * least.weight) {
      least = server
    }
  }
  return least
}

/** Is a server busy beyond its weight while another one has less to do than half of its own? Both by open connections. */
export function isOverloaded(server: LiveServer, servers: readonly LiveServer[]): boolean {
  if (server.activeCount <= server.weight) return false
  for (const other of servers) if (other.activeCount * 2 < other.weight) return true
  return false
}
