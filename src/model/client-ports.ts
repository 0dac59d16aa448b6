/**
 * The ports that callers connect from: one for each open connection, and for each that the caller closed until its
 * TIME_WAIT is over. A caller without a free port can not connect.
 *
 * Counted by caller and Service, whatever addresses of the Service they connect to. Left out: reuse of ports in TIME_WAIT
 * (net.ipv4.tcp_tw_reuse), servers that close first.
 */
import type { Limits } from './limits.js'

/** First port. Source: Linux, net.ipv4.ip_local_port_range default, 32768 to 60999. */
const FIRST_PORT = 32_768
const INITIAL_RING = 16

/** Ports of all callers, by pool key. */
export class ClientPorts {
  /** Ports of each caller. */
  readonly portCount: number
  readonly #timeWaitNs: number
  /** Connections opened so far, for the next port; those open; and of those closed, when their TIME_WAIT ends. */
  readonly #opened: Int32Array
  readonly #open: Int32Array
  readonly #waiting: (PortRing | undefined)[]
  #peakCount = 0

  constructor(callerCount: number, { clientPorts, clientTimeWait }: Limits) {
    this.portCount = clientPorts
    this.#timeWaitNs = clientTimeWait
    this.#opened = new Int32Array(callerCount)
    this.#open = new Int32Array(callerCount)
    this.#waiting = new Array(callerCount)
  }

  /** Most ports that one caller had taken at once since this was asked last. O(callers). */
  takePeak(nowNs: number): number {
    const peak = this.#peakCount
    this.#peakCount = 0
    for (let poolKey = 0; poolKey < this.#open.length; poolKey++) {
      const taken = this.#open[poolKey] + (this.#waiting[poolKey]?.countAt(nowNs) ?? 0)
      if (taken > this.#peakCount) this.#peakCount = taken
    }
    return peak
  }

  /** Ports of open connections, those in TIME_WAIT left out. */
  get openCount(): number {
    return this.#open.reduce((sum, count) => sum + count, 0)
  }

  /** Takes a port. Returns its number, -1 if none is free. */
  take(poolKey: number, nowNs: number): number {
    const taken = this.#open[poolKey] + (this.#waiting[poolKey]?.countAt(nowNs) ?? 0)
    if (taken >= this.portCount) return -1
    if (taken >= this.#peakCount) this.#peakCount = taken + 1
    this.#open[poolKey]++
    return FIRST_PORT + (this.#opened[poolKey]++ % this.portCount)
  }

  /** Gives a port back: at once, or after TIME_WAIT if the caller closed an established connection. */
  giveBack(poolKey: number, isEstablished: boolean, nowNs: number): void {
    this.#open[poolKey]--
    if (!isEstablished || this.#timeWaitNs === 0) return
    const ring = this.#waiting[poolKey] ?? new PortRing()
    this.#waiting[poolKey] = ring
    ring.add(nowNs, nowNs + this.#timeWaitNs)
  }
}

/** Times in ascending order, of which those that have come leave. */
class PortRing {
  #untilNs = new Float64Array(INITIAL_RING)
  #first = 0
  #count = 0

  add(nowNs: number, untilNs: number): void {
    if (this.countAt(nowNs) === this.#untilNs.length) this.#grow()
    this.#untilNs[(this.#first + this.#count) % this.#untilNs.length] = untilNs
    this.#count++
  }

  countAt(nowNs: number): number {
    while (this.#count > 0 && this.#untilNs[this.#first] <= nowNs) {
      this.#first = (this.#first + 1) % this.#untilNs.length
      this.#count--
    }
    return this.#count
  }

  #grow(): void {
    const grown = new Float64Array(this.#untilNs.length * 2)
    for (let offset = 0; offset < this.#count; offset++) {
      grown[offset] = this.#untilNs[(this.#first + offset) % this.#untilNs.length]
    }
    this.#untilNs = grown
    this.#first = 0
  }
}
