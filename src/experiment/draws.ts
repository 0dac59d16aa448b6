/** What the control plane draws, from the streams of the seed: the same at every point and in every replication. */
import { Streams } from '../engine/streams.js'

/** Draws for `compileCluster`: by the name of a stream, an integer from 0 to below the bound. */
export function drawFrom(seed: number): (streamName: string, bound: number) => number {
  const streams = new Streams(seed, 0)
  return (streamName, bound) => streams.get(streamName).below(bound)
}
