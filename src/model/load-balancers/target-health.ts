/**
 * What a load balancer believes of its targets: it asks each at times of its own, and after so many equal answers in a row, and some time more
 * for the news to get around, new connections follow. Until then they go to targets that are gone, or stay away from those that are back.
 *
 * Checks of a target begin at phase, phase + interval, …; how it is at that moment decides. One that answers, well or badly, does so
 * at once; one that is silent lets the time-out pass. Nothing happens in between, so no check is an event: when a target changes, the time at
 * which the load balancer follows is computed (`nextChangeNs`), and whoever drives it comes back then.
 *
 * Left out: each machine of a load balancer asking for itself; passive checks (connections that fail); lost checks.
 */

/** How a target is: it takes connections; it answers that it does not; or nobody answers. */
export type TargetCondition = 'up' | 'failing' | 'silent'

/** Time that an answer takes: the least there is, so that a target that changes as it is asked answers for what it has become. */
const ANSWER_NS = 1

/** How targets are asked. */
export interface HealthCheck {
  /** ns from one check to the next; 0: changes are known at once. */
  readonly intervalNs: number
  readonly timeoutNs: number
  /** Equal answers in a row before the mind is changed, at least 1. */
  readonly healthyThreshold: number
  readonly unhealthyThreshold: number
  /** ns from the decision that a target is unhealthy to its last new connection. */
  readonly propagationNs: number
}

/** Beliefs about all targets of a load balancer. Times of one target must not go backwards. */
export class TargetHealth {
  readonly #check: HealthCheck
  readonly #phaseNs: (target: number) => number
  readonly #condition: TargetCondition[]
  /** Up to when checks are counted. */
  readonly #settledNs: Float64Array
  /** Checks in a row, counted so far, that speak against the last decision. */
  readonly #streak: Int32Array
  /** The last decision, 1 being healthy; and what new connections go by, which follows at a time (Infinity: it has). */
  readonly #decided: Uint8Array
  readonly #inForce: Uint8Array
  readonly #followsNs: Float64Array
  readonly #isRegistered: Uint8Array

  /**
   * @param conditions - by target: as it is, and has been long enough to be believed
   * @param phaseNs - time of a target's first check, 0 to interval - 1, always the same; asked when it first matters
   */
  constructor(
    check: HealthCheck,
    conditions: readonly TargetCondition[],
    phaseNs: (target: number) => number,
  ) {
    this.#check = check
    this.#phaseNs = phaseNs
    this.#condition = [...conditions]
    const isUp = Uint8Array.from(conditions, (condition) => (condition === 'up' ? 1 : 0))
    this.#settledNs = new Float64Array(conditions.length)
    this.#streak = new Int32Array(conditions.length)
    this.#decided = isUp
    this.#inForce = Uint8Array.from(isUp)
    this.#followsNs = new Float64Array(conditions.length).fill(Number.POSITIVE_INFINITY)
    this.#isRegistered = new Uint8Array(conditions.length).fill(1)
  }

  /** Does it get new connections? */
  isInUse(target: number, nowNs: number): boolean {
    this.#settle(target, nowNs)
    return this.#isRegistered[target] === 1 && this.#inForce[target] === 1
  }

  /** A target changes. Returns `nextChangeNs`. */
  change(target: number, condition: TargetCondition, nowNs: number): number {
    this.#settle(target, nowNs)
    this.#condition[target] = condition
    return this.nextChangeNs(target, nowNs)
  }

  /** When new connections will be handled otherwise than at `nowNs` if the target stays as it is; Infinity: never. */
  nextChangeNs(target: number, nowNs: number): number {
    this.#settle(target, nowNs)
    const followsNs = this.#followsNs[target]
    const turnsNs = this.#turnsNs(target)
    if (followsNs === Number.POSITIVE_INFINITY) return turnsNs
    // A decision that is taken back before it is in force changes nothing.
    return turnsNs < followsNs ? Number.POSITIVE_INFINITY : followsNs
  }

  /** Takes a target out: no new connection from now on. Returns when those that it has are cut off. */
  deregister(target: number, nowNs: number, deregistrationDelayNs: number): number {
    this.#settle(target, nowNs)
    this.#isRegistered[target] = 0
    return nowNs + deregistrationDelayNs
  }

  /** Takes a target in, or in again: it has to be found healthy first. Returns `nextChangeNs`. */
  register(target: number, condition: TargetCondition, nowNs: number): number {
    this.#settle(target, nowNs)
    this.#isRegistered[target] = 1
    this.#condition[target] = condition
    this.#decided[target] = 0
    this.#inForce[target] = 0
    this.#streak[target] = 0
    this.#followsNs[target] = Number.POSITIVE_INFINITY
    return this.nextChangeNs(target, nowNs)
  }

  /** Counts the checks begun before a time, and puts into force what is due by then. */
  #settle(target: number, nowNs: number): void {
    const isContrary = this.#isContrary(target)
    // Most targets stay as they are: nothing is counted, and no phase is asked for.
    const checkCount = isContrary || this.#streak[target] > 0 ? this.#checksBegun(target, nowNs) : 0
    if (isContrary && checkCount >= this.#missing(target)) this.#decide(target, this.#turnsNs(target))
    else if (isContrary) this.#streak[target] += checkCount
    else if (checkCount > 0) this.#streak[target] = 0
    this.#settledNs[target] = nowNs
    if (this.#followsNs[target] <= nowNs) this.#follow(target)
  }

  /** @param inForceNs - when new connections follow */
  #decide(target: number, inForceNs: number): void {
    const isTakenBack =
      this.#followsNs[target] > inForceNs && this.#followsNs[target] !== Number.POSITIVE_INFINITY
    if (!isTakenBack && this.#followsNs[target] !== Number.POSITIVE_INFINITY) this.#follow(target)
    this.#decided[target] = 1 - this.#decided[target]
    this.#streak[target] = 0
    this.#followsNs[target] = isTakenBack ? Number.POSITIVE_INFINITY : inForceNs
  }

  #follow(target: number): void {
    this.#inForce[target] = this.#decided[target]
    this.#followsNs[target] = Number.POSITIVE_INFINITY
  }

  /** Does the target's condition speak against the last decision? */
  #isContrary(target: number): boolean {
    return (this.#condition[target] === 'up') !== (this.#decided[target] === 1)
  }

  /** Checks that have still to speak against the last decision to turn it. */
  #missing(target: number): number {
    const { intervalNs, healthyThreshold, unhealthyThreshold } = this.#check
    if (intervalNs === 0) return 0
    const threshold = this.#condition[target] === 'up' ? healthyThreshold : unhealthyThreshold
    return threshold - this.#streak[target]
  }

  /** When new connections will follow the decision to come, if the target stays as it is; Infinity: there is none to come. */
  #turnsNs(target: number): number {
    if (!this.#isContrary(target)) return Number.POSITIVE_INFINITY
    const { intervalNs, timeoutNs, propagationNs } = this.#check
    const condition = this.#condition[target]
    const laterNs = condition === 'up' ? 0 : propagationNs
    const settledNs = this.#settledNs[target]
    if (intervalNs === 0) return settledNs + laterNs
    const lastCheck = this.#checkNumber(target, settledNs) + this.#missing(target) - 1
    const begunNs = this.#phaseNs(target) + lastCheck * intervalNs
    return begunNs + (condition === 'silent' ? Math.max(ANSWER_NS, timeoutNs) : ANSWER_NS) + laterNs
  }

  /** Checks begun from where they are counted up to, to before a time. */
  #checksBegun(target: number, nowNs: number): number {
    if (this.#check.intervalNs === 0 || nowNs === this.#settledNs[target]) return 0
    return this.#checkNumber(target, nowNs) - this.#checkNumber(target, this.#settledNs[target])
  }

  /** Number, from 0, of the first check that begins at a time or after it. */
  #checkNumber(target: number, timeNs: number): number {
    return Math.max(0, Math.ceil((timeNs - this.#phaseNs(target)) / this.#check.intervalNs))
  }
}
