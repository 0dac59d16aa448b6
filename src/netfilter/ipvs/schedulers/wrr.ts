/**
 * Weighted round robin: rounds over the list in which only servers of at least a certain weight have a turn; that weight
 * falls from round to round from the greatest by the greatest common divisor. With equal weights it is rr, but begins anew
 * whenever the list changes.
 * Source: Linux net/netfilter/ipvs/ip_vs_wrr.c.
 */
import type { LiveServer } from '../live-server.js'
import type { Scheduler, SchedulerOptions } from './scheduler.js'
import { greatestCommonDivisor, greatestWeight } from './weights.js'

export function wrr({ list }: SchedulerOptions): Scheduler {
  const { servers } = list
  /** Had the last turn; undefined: the head of the list. */
  let current: LiveServer | undefined
  let step = 1
  let maxWeight = 0
  /** What a server must weigh to have a turn in this round. */
  let requiredWeight = 0
  const listChanged = () => {
    current = undefined
    step = greatestCommonDivisor(servers, (each) => each.weight) || 1
    maxWeight = greatestWeight(servers, (each) => each.weight) - (step - 1)
    if (requiredWeight > maxWeight || requiredWeight === 0) requiredWeight = maxWeight
    else if (step > 1) requiredWeight = Math.floor(requiredWeight / step) * step + 1
  }
  return {
    choose() {
      if (maxWeight === 0) return undefined
      const last = current
      let stop: LiveServer | undefined
      let place = last === undefined ? servers.length : last.position
      let isLastRound = false
      let hasRestarted = false
      for (;;) {
        for (let at = place - 1; at >= 0; at -= 1) {
          const server = servers[at]
          if (server.weight >= requiredWeight) {
            current = server
            return server
          }
          if (server === stop) {
            current = server
            return undefined
          }
        }
        place = servers.length
        requiredWeight -= step
        if (requiredWeight <= 0) {
          requiredWeight = maxWeight
          if (isLastRound || last === undefined) {
            current = undefined
            return undefined
          }
          hasRestarted = true
        }
        isLastRound = requiredWeight <= step
        // All that come after `last` were asked for the least weight; those before it still have to be.
        if (isLastRound && hasRestarted) stop = last
      }
    },
    added: listChanged,
    removed: listChanged,
    reweighted: listChanged,
  }
}
