/**
 * Shortest expected delay: the server with the fewest open connections for its weight, the new one counted in; the first
 * of those from the head of the list. Connections that are only remembered do not count.
 * Source: Linux net/netfilter/ipvs/ip_vs_sed.c.
 */
import { isUsable, type LiveServer } from '../live-server.js'
import { type Scheduler, type SchedulerOptions, UNMOVED } from './scheduler.js'

export function sed({ list }: SchedulerOptions): Scheduler {
  return { ...UNMOVED, choose: () => shortestDelay(list.servers) }
}

function shortestDelay(servers: readonly LiveServer[]): LiveServer | undefined {
  let least: LiveServer | undefined
  for (let at = servers.length - 1; at >= 0; at -= 1) {
    const server = servers[at]
    if (isUsable(server) && (least === undefined || isSooner(server, least))) least = server
  }
  return least
}

/** Is a server expected to be done with one more connection before another one would be? */
export function isSooner(server: LiveServer, other: LiveServer): boolean {
  return (other.activeCount + 1) * server.weight > (server.activeCount + 1) * other.weight
}
