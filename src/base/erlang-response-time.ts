/**
 * Response times of M/M/c, first come first served: Poisson arrivals, exponential service, one queue.
 * Source: D. Gross, J. F. Shortle, J. M. Thompson and C. M. Harris, Fundamentals of Queueing Theory, 4th ed., 2008, section 2.3.
 */
import { erlangC } from './erlang-formulas.js'
import { exp } from './exact-exp.js'

/** One station. */
export interface ErlangStation {
  /** c, an integer from 1 */
  readonly servers: number
  /** λ, per second */
  readonly ratePerSec: number
  /** 1/μ, s */
  readonly serviceSec: number
}

/** Mean response time, s; Infinity where the queue is not stable. */
export function erlangMeanSec({ servers, ratePerSec, serviceSec }: ErlangStation): number {
  const load = ratePerSec * serviceSec
  if (load >= servers) return Number.POSITIVE_INFINITY
  return serviceSec + (erlangC(servers, load) * serviceSec) / (servers - load)
}

/**
 * Chance that a response takes longer than a time: P(T > t) = (1 − C) e^(−μt) + C (θ e^(−μt) − μ e^(−θt)) / (θ − μ) with
 * θ = cμ − λ and C the chance of having to wait.
 *
 * @param sec - t, s; below 0 gives 1
 * @returns 1 where the queue is not stable
 */
export function erlangTail({ servers, ratePerSec, serviceSec }: ErlangStation, sec: number): number {
  const load = ratePerSec * serviceSec
  if (sec < 0 || load >= servers) return 1
  const wait = erlangC(servers, load)
  const [mu, theta] = [1 / serviceSec, (servers - load) / serviceSec]
  const served = exp(-mu * sec)
  // Both rates are equal, or so near that the difference has no digits left.
  if (Math.abs(theta - mu) < 1e-9 * mu) return (1 - wait) * served + wait * served * (1 + mu * sec)
  return (1 - wait) * served + (wait * (theta * served - mu * exp(-theta * sec))) / (theta - mu)
}
