/**
 * Locality-based least connections with replication: a destination address has a set of servers, of which the least loaded
 * takes the connection; if that one is overloaded, the least loaded of all joins the set. Once a day without change the
 * most loaded one leaves it. A virtual server has one address, and so one set.
 * Source: Linux net/netfilter/ipvs/ip_vs_lblcr.c.
 */
import { isUsable, type LiveServer, overheadOf } from '../live-server.js'
import { EXPIRATION_NS, isForgotten } from './expiry.js'
import { isOverloaded, leastLoaded } from './least-loaded.js'
import { type Scheduler, type SchedulerOptions, UNMOVED } from './scheduler.js'

export function lblcr({ list, startNs }: SchedulerOptions): Scheduler {
  /** Newest last, as the list of all servers; the kernel adds at the head here too. */
  const set: LiveServer[] = []
  let lastUseNs = 0
  let lastChangeNs = 0
  const shrink = (nowNs: number) => {
    const most = mostLoaded(set)
    if (most === undefined) return
    set.splice(set.indexOf(most), 1)
    lastChangeNs = nowNs
  }
  return {
    ...UNMOVED,
    choose(_packet, nowNs) {
      if (isForgotten(lastUseNs, startNs, nowNs)) set.length = 0
      lastUseNs = nowNs
      const kept = leastLoaded(set)
      if (set.length > 1 && nowNs > lastChangeNs + EXPIRATION_NS) shrink(nowNs)
      if (kept !== undefined && !isOverloaded(kept, list.servers)) return kept
      const chosen = leastLoaded(list.servers)
      if (chosen !== undefined && !set.includes(chosen)) {
        set.push(chosen)
        lastChangeNs = nowNs
      }
      return chosen
    },
  }
}

/** The server with the most load for its weight, removed ones too; the first of those from the head. */
function mostLoaded(set: readonly LiveServer[]): LiveServer | undefined {
  let most: LiveServer | undefined
  for (let at = set.length - 1; at >= 0; at -= 1) {
    const server = set[at]
    if (!isUsable(server)) continue
    if (most === undefined || overheadOf(most) * server.weight < overheadOf(server) * most.weight)
      most = server
  }
  return most
}
