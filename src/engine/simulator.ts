/**
 * The event loop: simulated time, the future event list, and the order in which things happen.
 *
 * An event is (lane, payload) due at a time. Its key is (time, priority, sequence), which is total, so that the order
 * never depends on how a heap is laid out. Nearly all events of a network model come in order by themselves: arrivals
 * of one stream, deliveries over one link of constant delay, completions of one server. Each such source is a **lane**,
 * a FIFO ring in typed arrays, and the priority queue holds only the heads of lanes, as integers. An event that would
 * break the order of its lane is kept in a slot of its own: slower, never wrong. A lane is therefore a hint about
 * speed and says nothing about results.
 *
 * There is no cancelling: a deadline fires and finds its request done.
 *
 * Knows no network. Sources: SimPy `core.py` for the shape, ns-3 `scheduler.h` for the total key.
 */
import FastPriorityQueue from 'fastpriorityqueue'
import { InvariantError } from '../base/diagnostics.js'
import { type Nanoseconds, ZERO_NS } from '../base/nanoseconds.js'
import { EventRing } from './event-ring.js'

/** Names a lane of one simulator. */
export type LaneId = number & { readonly of: 'lane' }

/** Called for every event, in the order of keys. `kind` is the lane's, `payload` the integer given to `schedule`. */
export type EventHandler = (kind: number, payload: number) => void

/** Priorities and sequence share one exact number: priority · 2^46 + sequence. */
const SEQUENCE_LIMIT = 0x4000_0000_0000
const PRIORITY_LIMIT = 64
const INITIAL_HEADS = 256

/**
 * One run's clock and pending events.
 *
 * @remarks `schedule` and the taking of an event are O(log lanes) for events in the order of their lane, and allocate
 * nothing once rings have grown to the number of pending events.
 */
export class Simulator {
  /** By head: key and payload of the earliest event of a lane, or of an event in a slot of its own. */
  #timeNs = new Float64Array(INITIAL_HEADS)
  #tie = new Float64Array(INITIAL_HEADS)
  #payload = new Int32Array(INITIAL_HEADS)
  #kind = new Int32Array(INITIAL_HEADS)
  #headCount = 0
  /** By head: the lane's later events; undefined for a slot. */
  readonly #rings: (EventRing | undefined)[] = []
  /** By lane: priority · 2^46, and whether its head is an event to come. */
  readonly #tieBase: number[] = []
  readonly #isWaiting: boolean[] = []
  readonly #freeSlots: number[] = []
  readonly #queue = new FastPriorityQueue<number>((a, b) => {
    const timeNs = this.#timeNs
    const difference = timeNs[a] - timeNs[b]
    return difference === 0 ? this.#tie[a] < this.#tie[b] : difference < 0
  })
  /** Is the first head in the queue one whose event was taken and which has no next? It makes room for the next head added. */
  #isFirstSpent = false
  #sequence = 0
  #eventCount = 0
  #nowNs: number = ZERO_NS

  /** Simulated time of the event being handled. */
  get now(): Nanoseconds {
    return this.#nowNs as Nanoseconds
  }

  /** Events handled so far. */
  get eventCount(): number {
    return this.#eventCount
  }

  /** Events still to come. O(lanes): for those who look at what a run leaves behind. */
  get pendingCount(): number {
    let count = this.#queue.size - (this.#isFirstSpent ? 1 : 0)
    for (const ring of this.#rings) count += ring?.count ?? 0
    return count
  }

  /**
   * Makes a lane.
   *
   * @param kind - what the handler switches on; any 32-bit integer
   * @param priority - 0 to 63; of events at one time the lowest goes first, then the one scheduled first
   */
  addLane(kind: number, priority: number): LaneId {
    if (priority < 0 || priority >= PRIORITY_LIMIT)
      throw new InvariantError('priority out of range', { priority })
    const lane = this.#addHead(kind, new EventRing())
    this.#tieBase[lane] = priority * SEQUENCE_LIMIT
    this.#isWaiting[lane] = false
    return lane as LaneId
  }

  /**
   * Puts an event in.
   *
   * @param timeNs - an integer, not before `now`
   * @param payload - a 32-bit integer, handed to the handler
   * @throws InvariantError if the time is past
   */
  schedule(lane: LaneId, timeNs: number, payload: number): void {
    if (!(timeNs >= this.#nowNs)) {
      throw new InvariantError('an event in the past', {
        timeNs,
        nowNs: this.#nowNs,
        event: this.#eventCount,
      })
    }
    const tie = this.#tieBase[lane] + this.#sequence++
    if (!this.#isWaiting[lane]) {
      this.#isWaiting[lane] = true
      this.#setHead(lane, timeNs, tie, payload)
      this.#enqueue(lane)
      return
    }
    const ring = this.#rings[lane] as EventRing
    const lastTimeNs = ring.count > 0 ? ring.lastTimeNs : this.#timeNs[lane]
    if (timeNs >= lastTimeNs) ring.push(timeNs, tie, payload)
    else this.#scheduleInSlot(this.#kind[lane], timeNs, tie, payload)
  }

  /**
   * Handles every event due up to a time, that time included, and leaves the clock there.
   *
   * @param untilNs - an integer, not before `now`
   */
  run(untilNs: Nanoseconds, handle: EventHandler): void {
    const queue = this.#queue
    for (;;) {
      if (this.#isFirstSpent) this.#dropSpent()
      if (queue.size === 0) break
      const head = queue.peek() as number
      const timeNs = this.#timeNs[head]
      if (timeNs > untilNs) break
      this.#nowNs = timeNs
      this.#eventCount++
      const kind = this.#kind[head]
      const payload = this.#payload[head]
      this.#take(head)
      handle(kind, payload)
    }
    this.#nowNs = untilNs
  }

  /** Moves the lane's next event to the head. If there is none, the head stays first in the queue, spent. */
  #take(head: number): void {
    const ring = this.#rings[head]
    if (ring === undefined) {
      this.#freeSlots.push(head)
      this.#isFirstSpent = true
      return
    }
    if (ring.count === 0) {
      this.#isWaiting[head] = false
      this.#isFirstSpent = true
      return
    }
    ring.shiftTo(head, this.#timeNs, this.#tie, this.#payload)
    this.#queue.replaceTop(head)
  }

  /** Puts a head into the queue, in the place of a spent one if there is one: half the work of removing and adding. */
  #enqueue(head: number): void {
    if (this.#isFirstSpent) {
      this.#isFirstSpent = false
      this.#queue.replaceTop(head)
    } else {
      this.#queue.add(head)
    }
  }

  #dropSpent(): void {
    this.#isFirstSpent = false
    this.#queue.poll()
  }

  #scheduleInSlot(kind: number, timeNs: number, tie: number, payload: number): void {
    const slot = this.#freeSlots.pop() ?? this.#addHead(kind, undefined)
    this.#kind[slot] = kind
    this.#setHead(slot, timeNs, tie, payload)
    this.#enqueue(slot)
  }

  #setHead(head: number, timeNs: number, tie: number, payload: number): void {
    this.#timeNs[head] = timeNs
    this.#tie[head] = tie
    this.#payload[head] = payload
  }

  #addHead(kind: number, ring: EventRing | undefined): number {
    const head = this.#headCount++
    if (head === this.#timeNs.length) this.#growHeads()
    this.#kind[head] = kind
    this.#rings[head] = ring
    this.#tieBase[head] = 0
    this.#isWaiting[head] = false
    return head
  }

  #growHeads(): void {
    const length = this.#timeNs.length * 2
    this.#timeNs = grown(this.#timeNs, new Float64Array(length))
    this.#tie = grown(this.#tie, new Float64Array(length))
    this.#payload = grown(this.#payload, new Int32Array(length))
    this.#kind = grown(this.#kind, new Int32Array(length))
  }
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
