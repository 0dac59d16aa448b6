/**
 * Weighted least connections: the server with the least overhead for its weight, the first of those from the head of the
 * list.
 * Source: Linux net/netfilter/ipvs/ip_vs_wlc.c.
 */
import { leastLoaded } from './least-loaded.js'
import { type Scheduler, type SchedulerOptions, UNMOVED } from './scheduler.js'

export function wlc({ list }: SchedulerOptions): Scheduler {
  return { ...UNMOVED, choose: () => leastLoaded(list.servers) }
}
