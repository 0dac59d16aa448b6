/**
 * Who wants what, and when: the requests of one client group in the order of time, as the model takes them one by one.
 * Two kinds behind one interface: drawn from the scenario's distributions, or replayed from a recorded trace.
 */

/** What a recorded or drawn request needs of the servers along its calls is called its demands: one service time each. */
export interface DemandSource {
  /** Moves to the next request. False: there are no more, and the fields keep no meaning. */
  advance(): boolean
  /** Intended time of the request, ns; an integer that never decreases. */
  readonly timeNs: number
  /** Client that asks, 0 to count - 1. */
  readonly client: number
  /** By demand slot: service time, ns; integers. The same array for every request. */
  readonly demandsNs: Float64Array
}
