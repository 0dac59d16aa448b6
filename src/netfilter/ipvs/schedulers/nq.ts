/**
 * Never queue: the first server from the head of the list without an open connection, whatever its weight; if none is
 * idle, as sed.
 * Source: Linux net/netfilter/ipvs/ip_vs_nq.c.
 */
import { isUsable, type LiveServer } from '../live-server.js'
import { type Scheduler, type SchedulerOptions, UNMOVED } from './scheduler.js'
import { isSooner } from './sed.js'

export function nq({ list }: SchedulerOptions): Scheduler {
  const { servers } = list
  return {
    ...UNMOVED,
    choose() {
      let least: LiveServer | undefined
      for (let at = servers.length - 1; at >= 0; at -= 1) {
        const server = servers[at]
        if (!isUsable(server)) continue
        if (server.activeCount === 0) return server
        if (least === undefined || isSooner(server, least)) least = server
      }
      return least
    },
  }
}
