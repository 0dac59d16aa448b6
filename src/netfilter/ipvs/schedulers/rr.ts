/**
 * Round robin: the servers in turn, from the head of the list, which is the server added last; weights matter only as zero
 * or not. The turn is one virtual server's: every address of a Service, on every node, begins anew.
 * Source: Linux net/netfilter/ipvs/ip_vs_rr.c.
 */
import { isUsable, type LiveServer } from '../live-server.js'
import type { Scheduler, SchedulerOptions } from './scheduler.js'

export function rr({ list }: SchedulerOptions): Scheduler {
  /** Had the last turn; undefined: the head comes next. */
  let last: LiveServer | undefined
  /** The first usable server from one position down to another, both included. */
  const find = (from: number, to: number) => {
    for (let at = from; at >= to; at -= 1) if (isUsable(list.servers[at])) return list.servers[at]
    return undefined
  }
  return {
    choose() {
      const { length } = list.servers
      const place = last === undefined ? length : last.position
      const chosen = find(place - 1, 0) ?? find(length - 1, place)
      if (chosen !== undefined) last = chosen
      return chosen
    },
    added() {},
    removed(server, previous) {
      if (server === last) last = previous
    },
    reweighted() {},
  }
}
