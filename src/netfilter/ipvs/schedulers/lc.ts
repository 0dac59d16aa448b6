/**
 * Least connections: the server with the least overhead, the first of those from the head of the list. It sees the
 * connections of its own virtual server on its own node only.
 * Source: Linux net/netfilter/ipvs/ip_vs_lc.c.
 */
import { isUsable, type LiveServer, overheadOf } from '../live-server.js'
import { type Scheduler, type SchedulerOptions, UNMOVED } from './scheduler.js'

export function lc({ list }: SchedulerOptions): Scheduler {
  const { servers } = list
  return {
    ...UNMOVED,
    choose() {
      let least: LiveServer | undefined
      for (let at = servers.length - 1; at >= 0; at -= 1) {
        const server = servers[at]
        if (!isUsable(server)) continue
        if (least === undefined || overheadOf(server) < overheadOf(least)) least = server
      }
      return least
    },
  }
}
