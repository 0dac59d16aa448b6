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
  /** Had the last turn; undefined: the head of the list comes next. */
  let last: LiveServer | undefined
  let step = 1
  let greatestRequired = 0
  /** What a server must weigh to have a turn in this round: `greatestRequired` down to 1. */
  let required = 0
  const listChanged = () => {
    last = undefined
    step = greatestCommonDivisor(servers, (each) => each.weight) || 1
    greatestRequired = greatestWeight(servers, (each) => each.weight) - (step - 1)
    if (required > greatestRequired || required === 0) required = greatestRequired
    else if (step > 1) required = Math.floor(required / step) * step + 1
  }
  return {
    choose() {
      if (greatestRequired === 0) return undefined
      let place = last === undefined ? servers.length : last.position
      // Some server weighs enough for the last round at the latest, in which 1 is required.
      for (;;) {
        for (let at = place - 1; at >= 0; at -= 1) {
          if (servers[at].weight < required) continue
          last = servers[at]
          return last
        }
        place = servers.length
        required -= step
        if (required <= 0) required = greatestRequired
      }
    },
    added: listChanged,
    removed: listChanged,
    reweighted: listChanged,
  }
}
