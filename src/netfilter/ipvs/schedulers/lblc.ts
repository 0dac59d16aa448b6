/**
 * Locality-based least connections: a destination address keeps the server that it was given until that server is
 * overloaded or gone; then the least loaded one gets it. A virtual server has one address, so that one server takes all
 * connections as long as it has at most as many open as it weighs, or every other one has something to do as well.
 * Source: Linux net/netfilter/ipvs/ip_vs_lblc.c.
 */
import { isUsable, type LiveServer, NOT_LISTED } from '../live-server.js'
import { isForgotten } from './expiry.js'
import { isOverloaded, leastLoaded } from './least-loaded.js'
import { type Scheduler, type SchedulerOptions, UNMOVED } from './scheduler.js'

export function lblc({ list, startNs }: SchedulerOptions): Scheduler {
  const { servers } = list
  let kept: LiveServer | undefined
  let lastUseNs = 0
  return {
    ...UNMOVED,
    choose(_packet, nowNs) {
      if (kept !== undefined && isForgotten(lastUseNs, startNs, nowNs)) kept = undefined
      lastUseNs = nowNs
      const isKept =
        kept !== undefined && kept.position !== NOT_LISTED && isUsable(kept) && !isOverloaded(kept, servers)
      if (isKept) return kept
      const chosen = leastLoaded(servers)
      if (chosen !== undefined) kept = chosen
      return chosen
    },
  }
}
