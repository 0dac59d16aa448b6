/**
 * A pod as a queueing station: c servers, one FCFS queue of limited capacity. What a server does with a request (service,
 * then calls to other Services) is the simulation's affair; this keeps count of places and areas.
 *
 * Areas are integers of ns, exact below 2^53 (of 1,000 requests waiting: 2.5 hours) and rounded above. Little's law holds
 * as an equality at any size, modulo 2^32, which `assertLittlesLaw` asks.
 */
import { InvariantError } from '../base/diagnostics.js'

const INITIAL_QUEUE = 16

/** What became of an arrival. */
export const Admission = { started: 0, queued: 1, rejected: 2 } as const

/** One pod's servers and queue; requests are integers. */
export class PodStation {
  #queue = new Int32Array(INITIAL_QUEUE)
  #first = 0
  #waiting = 0
  #busy = 0
  #changedNs = 0
  #busyAreaNs = 0
  #queueAreaNs = 0
  /**
   * For Little's law, all modulo 2^32: ∫ N dt; times of departure less those of arrival; sojourn times of those who left,
   * as their parts have them.
   */
  #areaWord = 0
  #passageWord = 0
  #sojournWord = 0
  #served = 0
  #rejected = 0
  #reserved = 0
  #placesPeak = 0

  /**
   * @param serverCount - at least 1
   * @param queueCapacity - requests that may wait, 0 or more
   * @param hasListenBacklog - the places are those of the listening socket: a connection takes one before its request does
   */
  constructor(
    readonly serverCount: number,
    readonly queueCapacity: number,
    readonly hasListenBacklog = false,
  ) {}

  get served(): number {
    return this.#served
  }
  get rejected(): number {
    return this.#rejected
  }
  get numberInSystem(): number {
    return this.#busy + this.#waiting
  }

  /** Places promised to connections whose first request is still to come. */
  get reservedCount(): number {
    return this.#reserved
  }

  /** A connection asks for a place for its first request. False: the listen backlog is full. */
  reserve(): boolean {
    if (this.numberInSystem + this.#reserved >= this.serverCount + this.queueCapacity) return false
    this.#reserved++
    this.#notePlaces()
    return true
  }

  /** A place that was reserved is no longer wanted, or is about to be taken. */
  unreserve(): void {
    this.#reserved--
  }

  /** A request comes: it takes a free server, waits, or is turned away. Returns an `Admission`. */
  arrive(request: number, nowNs: number): number {
    this.#advance(nowNs)
    if (this.#busy < this.serverCount) {
      this.#busy++
      this.#notePlaces()
      this.#passageWord = wordSum(this.#passageWord, -1, nowNs)
      return Admission.started
    }
    if (this.#waiting >= this.queueCapacity) {
      this.#rejected++
      return Admission.rejected
    }
    this.#push(request)
    this.#notePlaces()
    this.#passageWord = wordSum(this.#passageWord, -1, nowNs)
    return Admission.queued
  }

  /**
   * A request leaves its server, which takes the next from the queue.
   *
   * @param sojournNs - the time since it came, as the parts of its response time have it
   * @returns the request that starts now, -1 for none
   * @throws InvariantError if no server is busy, or if the pod falls empty and Little's law does not hold
   */
  leave(nowNs: number, sojournNs: number): number {
    if (this.#busy === 0) throw new InvariantError('a request leaves a pod where none is', { nowNs })
    this.#advance(nowNs)
    this.#served++
    this.#sojournWord = wordSum(this.#sojournWord, 1, sojournNs)
    this.#passageWord = wordSum(this.#passageWord, 1, nowNs)
    if (this.#waiting > 0) return this.#shift()
    this.#busy--
    if (this.#busy === 0 && this.#areaWord !== this.#sojournWord) this.#failLittlesLaw(this.#sojournWord)
    return -1
  }

  /**
   * The process has ended: all requests here are lost. Areas and Little's law count them up to now.
   *
   * @returns those that waited in the queue
   */
  abandonAll(nowNs: number): readonly number[] {
    this.#advance(nowNs)
    const waiting = Array.from(
      { length: this.#waiting },
      (_, offset) => this.#queue[(this.#first + offset) % this.#queue.length],
    )
    this.#passageWord = wordSum(this.#passageWord, this.numberInSystem, nowNs)
    this.#busy = 0
    this.#waiting = 0
    this.#first = 0
    if (this.#areaWord !== this.#passageWord) this.#failLittlesLaw(this.#passageWord)
    this.#sojournWord = this.#passageWord
    return waiting
  }

  /** Most places taken at once since this was asked last: by requests, and by connections that were promised one. */
  takePlacesPeak(): number {
    const peak = this.#placesPeak
    this.#placesPeak = this.numberInSystem + this.#reserved
    return peak
  }

  /** ∫ busy servers dt up to now. */
  busyAreaNs(nowNs: number): number {
    return this.#busyAreaNs + this.#busy * (nowNs - this.#changedNs)
  }

  /** ∫ requests waiting dt up to now. */
  queueAreaNs(nowNs: number): number {
    return this.#queueAreaNs + this.#waiting * (nowNs - this.#changedNs)
  }

  /**
   * Little's law: ∫ N dt = Σ sojourn times, those still here counted up to now. `leave` asks it of the sojourn times that
   * requests tell whenever the pod falls empty; this, at any time, of those between arrivals and departures.
   *
   * @throws InvariantError if it does not hold
   */
  assertLittlesLaw(nowNs: number): void {
    this.#advance(nowNs)
    const passage = wordSum(this.#passageWord, this.numberInSystem, nowNs)
    if (this.#areaWord !== passage) this.#failLittlesLaw(passage)
  }

  #failLittlesLaw(sojourn: number): never {
    throw new InvariantError("Little's law does not hold", { area: this.#areaWord, sojourn })
  }

  #advance(nowNs: number): void {
    const elapsedNs = nowNs - this.#changedNs
    this.#busyAreaNs += this.#busy * elapsedNs
    this.#queueAreaNs += this.#waiting * elapsedNs
    this.#areaWord = wordSum(this.#areaWord, this.#busy + this.#waiting, elapsedNs)
    this.#changedNs = nowNs
  }

  #notePlaces(): void {
    const places = this.#busy + this.#waiting + this.#reserved
    if (places > this.#placesPeak) this.#placesPeak = places
  }

  #push(request: number): void {
    if (this.#waiting === this.#queue.length) this.#grow()
    this.#queue[(this.#first + this.#waiting) % this.#queue.length] = request
    this.#waiting++
  }

  #shift(): number {
    const request = this.#queue[this.#first]
    this.#first = this.#first + 1 === this.#queue.length ? 0 : this.#first + 1
    this.#waiting--
    return request
  }

  #grow(): void {
    const grown = new Int32Array(this.#queue.length * 2)
    for (let offset = 0; offset < this.#waiting; offset++) {
      grown[offset] = this.#queue[(this.#first + offset) % this.#queue.length]
    }
    this.#queue = grown
    this.#first = 0
  }
}

/** word + count × timeNs modulo 2^32, exact for any time below 2^53. */
function wordSum(word: number, count: number, timeNs: number): number {
  return (word + Math.imul(count, timeNs)) | 0
}
