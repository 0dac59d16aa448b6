/**
 * The work of a pod whose servers share its requests (discipline `ps`) or have a CPU limit: how far each request is, and when
 * something happens next. Pods with neither need none of this: a request there is done after its service time.
 *
 * At most one event is wanted at a time. One that was scheduled for later than the next change is left to come and says
 * nothing then; so is one for which the time has moved on.
 */
import type { PodBehaviour } from '../input/scenario-schema.js'
import { CpuQuota, quotaOf } from './cpu-quota.js'
import { SharedServers } from './shared-servers.js'

/** One pod's requests under way. */
export class PodWork {
  readonly #servers: SharedServers
  readonly #quota: CpuQuota | undefined
  #nowNs = 0
  #busyAreaNs = 0
  #excessAreaNs = 0
  /** When the event that is waited for is due. */
  #dueNs = Number.POSITIVE_INFINITY

  /** @param quota - undefined: no CPU limit */
  constructor(serverCount: number, quota?: CpuQuota) {
    this.#servers = new SharedServers(serverCount)
    this.#quota = quota
  }

  /** Requests that are worked on. */
  get count(): number {
    return this.#servers.count
  }

  /** Takes up a request. @param workNs - time that one server alone would need; an integer, 0 or more */
  start(request: number, workNs: number, nowNs: number): void {
    this.#advance(nowNs)
    this.#servers.start(request, workNs)
  }

  /** Is the event that comes now the one waited for? */
  isDue(nowNs: number): boolean {
    return this.#dueNs === nowNs
  }

  /** The event has been dealt with: none is waited for. */
  attended(): void {
    this.#dueNs = Number.POSITIVE_INFINITY
  }

  /** Takes out the next request that is done by now; -1: none is. */
  takeFinished(nowNs: number): number {
    this.#advance(nowNs)
    return this.#servers.takeFinished()
  }

  /** The process has ended: nothing is worked on any more. */
  abandonAll(nowNs: number): void {
    this.#advance(nowNs)
    this.#servers.clear()
    this.attended()
  }

  /**
   * When an event must be scheduled: a request is done, or a new period begins for servers that have work.
   *
   * @returns -1: no other than those that are scheduled
   */
  nextEventNs(nowNs: number): number {
    this.#advance(nowNs)
    const nextNs = this.#nextChangeNs()
    if (nextNs >= this.#dueNs) return -1
    this.#dueNs = nextNs
    return nextNs
  }

  /** ∫ servers with work dt, whether they run or are throttled. */
  busyAreaNs(nowNs: number): number {
    this.#advance(nowNs)
    return this.#busyAreaNs
  }

  /** ∫ requests worked on beyond the number of servers dt. */
  excessAreaNs(nowNs: number): number {
    this.#advance(nowNs)
    return this.#excessAreaNs
  }

  /** Time in which there was work but no CPU quota. */
  throttledNs(nowNs: number): number {
    this.#advance(nowNs)
    return this.#quota?.throttledNs ?? 0
  }

  #nextChangeNs(): number {
    const doneNs = this.#nowNs + this.#servers.untilNextNs()
    if (this.#quota === undefined || this.count === 0) return doneNs
    const isDoneInTime = doneNs <= this.#quota.standsStillNs(this.#servers.busyCount)
    return isDoneInTime ? doneNs : this.#quota.periodEndNs
  }

  #advance(nowNs: number): void {
    const elapsedNs = nowNs - this.#nowNs
    if (elapsedNs === 0) return
    const { count, busyCount } = this.#servers
    this.#busyAreaNs += busyCount * elapsedNs
    this.#excessAreaNs += (count - busyCount) * elapsedNs
    this.#servers.pass(this.#quota === undefined ? elapsedNs : this.#quota.pass(nowNs, busyCount))
    this.#nowNs = nowNs
  }
}

/**
 * What a pod needs to have its work followed.
 *
 * @param limitMilli - CPU limit, thousandths of a CPU; undefined: none
 * @param periodNs - period in which it holds
 * @returns undefined if each request has a server of its own, which nothing stops
 */
export function podWorkOf(
  { servers, discipline }: PodBehaviour,
  limitMilli: number | undefined,
  periodNs: number,
): PodWork | undefined {
  const quotaNs = limitMilli === undefined ? undefined : quotaOf(limitMilli, periodNs)
  const isLimited = quotaNs !== undefined && quotaNs < servers * periodNs
  if (isLimited) return new PodWork(servers, new CpuQuota(quotaNs, periodNs))
  return discipline === 'ps' ? new PodWork(servers) : undefined
}
