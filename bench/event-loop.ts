/** The event loop alone: the hold model, in which every event schedules one more, over lanes of constant delay. */
import { NS_PER_S, nanoseconds } from '../src/base/nanoseconds.js'
import { Simulator } from '../src/engine/simulator.js'

const LANE_COUNT = 64
const PENDING_PER_LANE = 16

/** Handles about so many events. */
export function eventLoop(eventCount: number): () => void {
  return () => {
    const simulator = new Simulator()
    const lanes = Array.from({ length: LANE_COUNT }, (_, index) => simulator.addLane(index, 0))
    for (let index = 0; index < LANE_COUNT * PENDING_PER_LANE; index++) {
      simulator.schedule(lanes[index % LANE_COUNT], index, 0)
    }
    const meanDelayNs = 1_000 + LANE_COUNT / 2
    const horizonNs = Math.round((eventCount / (LANE_COUNT * PENDING_PER_LANE)) * meanDelayNs)
    simulator.run(nanoseconds(Math.min(horizonNs, NS_PER_S)), (kind) => {
      simulator.schedule(lanes[kind], simulator.now + 1_000 + kind, 0)
    })
  }
}
