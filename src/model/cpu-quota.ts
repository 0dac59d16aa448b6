/**
 * The CPU limit of one pod, as Linux enforces it (CFS bandwidth control): in each period its servers may run for the quota,
 * added up over all of them; when that is used up they stand still until the next period begins.
 *
 * Unused quota is lost at the end of a period. What the last nanosecond took beyond the quota (with m servers running, less
 * than m ns) is taken off the next. Periods of all pods begin together, at multiples of the period.
 * Left out: the slices of 5 ms in which processors draw on the quota, bursts, limits of single containers of a pod.
 * Sources: Linux Documentation/scheduler/sched-bwc.rst; kernel/sched/fair.c, `__refill_cfs_bandwidth_runtime`,
 * `__assign_cfs_rq_runtime`; Kubernetes pkg/kubelet/cm/helpers_linux.go, `MilliCPUToQuota`.
 */
import { NS_PER_MS } from '../base/nanoseconds.js'
import { quotientUp } from './shared-servers.js'

/** The least quota that kubelet sets (`MinQuotaPeriod`). */
const MIN_QUOTA_NS = NS_PER_MS

/**
 * The quota of a limit, ns in each period.
 *
 * @param limitMilli - thousandths of a CPU, an integer above 0
 * @param periodNs - 1 ms or more
 */
export function quotaOf(limitMilli: number, periodNs: number): number {
  return Math.max(MIN_QUOTA_NS, Math.floor((limitMilli * periodNs) / 1_000))
}

/** Counts the running time of one pod. */
export class CpuQuota {
  /** Up to when time has passed. */
  #nowNs = 0
  /** Of the quota of the period that ends at `#periodEndNs`; 0 or less: throttled. */
  #leftNs: number
  #periodEndNs: number
  #throttledNs = 0

  /**
   * @param quotaNs - more than the number of servers
   * @param periodNs - above 0
   */
  constructor(
    readonly quotaNs: number,
    readonly periodNs: number,
  ) {
    this.#leftNs = quotaNs
    this.#periodEndNs = periodNs
  }

  /** Time in which there was work but no quota, up to the last `pass`. */
  get throttledNs(): number {
    return this.#throttledNs
  }

  /** When the next period begins. */
  get periodEndNs(): number {
    return this.#periodEndNs
  }

  /**
   * Lets time pass.
   *
   * @param untilNs - not before the last
   * @param busyCount - servers that have had work since then
   * @returns how long each of them ran
   */
  pass(untilNs: number, busyCount: number): number {
    if (busyCount === 0) {
      this.#rest(untilNs)
      return 0
    }
    let ranNs = 0
    while (this.#nowNs < untilNs) {
      const standsNs = this.standsStillNs(busyCount)
      const isRunning = standsNs > this.#nowNs
      const endNs = Math.min(untilNs, isRunning ? standsNs : this.#periodEndNs)
      const elapsedNs = endNs - this.#nowNs
      this.#nowNs = endNs
      if (isRunning) {
        ranNs += elapsedNs
        this.#leftNs -= busyCount * elapsedNs
      } else {
        this.#throttledNs += elapsedNs
      }
      if (endNs === this.#periodEndNs) this.#refill()
    }
    return ranNs
  }

  /** Until when so many servers run on: the quota is used up, or the period over. Now, if they stand still. */
  standsStillNs(busyCount: number): number {
    if (this.#leftNs <= 0) return this.#nowNs
    return Math.min(this.#periodEndNs, this.#nowNs + quotientUp(this.#leftNs, busyCount))
  }

  /** Nobody runs. */
  #rest(untilNs: number): void {
    this.#nowNs = untilNs
    if (untilNs < this.#periodEndNs) return
    this.#refill()
    if (untilNs < this.#periodEndNs) return
    this.#leftNs = this.quotaNs
    this.#periodEndNs = untilNs - (untilNs % this.periodNs) + this.periodNs
  }

  #refill(): void {
    this.#leftNs = this.quotaNs + Math.min(0, this.#leftNs)
    this.#periodEndNs += this.periodNs
  }
}
