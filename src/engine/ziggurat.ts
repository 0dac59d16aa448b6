/**
 * Draws of the standard exponential and the standard normal distribution, by Marsaglia and Tsang's ziggurat.
 *
 * The area below the density is cut into 256 layers of equal size. One step of the stream gives a layer and a position
 * in it, and 98.9 % of positions are decided by comparing two integers; the rest compares with the density itself.
 * Arithmetic is + − × ÷ and `exact-math.ts`, so that a draw is the same everywhere. The bits for layer and position
 * are disjoint (their sharing was a fault of the first publication). Positions have 24 bits (exponential) or 23
 * (normal): draws are multiples of 4.6e-7 of the mean or deviation in the widest layer, less in the others.
 *
 * Sources: G. Marsaglia, W. W. Tsang, The ziggurat method for generating random variables, Journal of Statistical
 * Software 5 (2000); J. A. Doornik, An improved ziggurat method to generate normal random samples, 2005.
 */
import { exp, ln } from '../base/exact-math.js'
import type { Stream } from './streams.js'

const LAYERS = 256

/** Layer 0 is the base with the tail; layer i reaches from 0 to `edge[i]`, and the next one up to `edge[i + 1]`. */
interface Ziggurat {
  /** Width of one position in each layer. */
  readonly step: Float64Array
  /** Positions of each layer, counted from 0, that lie below the density for certain. */
  readonly inside: Float64Array
  /** Density at the edge of each layer; that of layer 256 is the peak, 1. */
  readonly height: Float64Array
}

/**
 * @param tailStart - edge of layer 1, beyond which the tail begins
 * @param area - of each layer, with the density's peak scaled to 1
 * @param positions - per layer
 * @param density - decreasing, 1 at 0
 * @param inverse - of the density
 */
function ziggurat(
  tailStart: number,
  area: number,
  positions: number,
  density: (x: number) => number,
  inverse: (y: number) => number,
): Ziggurat {
  const edge = new Float64Array(LAYERS + 1)
  edge[0] = area / density(tailStart)
  edge[1] = tailStart
  for (let layer = 2; layer < LAYERS; layer += 1) {
    edge[layer] = inverse(density(edge[layer - 1]) + area / edge[layer - 1])
  }
  const layers = edge.subarray(0, LAYERS)
  return {
    step: layers.map((width) => width / positions),
    inside: layers.map((width, layer) => Math.floor((edge[layer + 1] / width) * positions)),
    height: edge.map(density),
  }
}

/** Edge of the tail and area of 256 layers, to the last digit: where the edge of layer 256 comes out as 0. */
const EXPONENTIAL_TAIL = 7.69711747013105
const EXPONENTIAL = ziggurat(
  EXPONENTIAL_TAIL,
  0.003949659822581557,
  16_777_216,
  (x) => exp(-x),
  (y) => -ln(y),
)
const NORMAL_TAIL = 3.654152885361009
const NORMAL = ziggurat(
  NORMAL_TAIL,
  0.004928673233974655,
  8_388_608,
  (x) => exp(-0.5 * x * x),
  (y) => Math.sqrt(-2 * ln(y)),
)

/**
 * A draw of the exponential distribution of mean 1; above 0.
 *
 * @param stream - one step in 98.9 % of calls, three or more in the others
 */
export function standardExponential(stream: Stream): number {
  // Beyond its start the tail is the whole distribution again.
  let tailStart = 0
  for (;;) {
    const bits = stream.uint32()
    const layer = bits & 0xff
    const position = bits >>> 8
    const x = (position + 0.5) * EXPONENTIAL.step[layer]
    if (position < EXPONENTIAL.inside[layer]) return tailStart + x
    if (layer === 0) tailStart += EXPONENTIAL_TAIL
    else if (wedgeHeight(EXPONENTIAL, layer, stream) < exp(-x)) return tailStart + x
  }
}

/**
 * A draw of the normal distribution of mean 0 and deviation 1.
 *
 * @param stream - one step in 98.5 % of calls, three or more in the others
 */
export function standardNormal(stream: Stream): number {
  for (;;) {
    const bits = stream.uint32()
    const layer = bits & 0xff
    const sign = (bits & 0x100) === 0 ? 1 : -1
    const position = bits >>> 9
    const x = (position + 0.5) * NORMAL.step[layer]
    if (position < NORMAL.inside[layer]) return sign * x
    if (layer === 0) return sign * normalTail(stream)
    if (wedgeHeight(NORMAL, layer, stream) < exp(-0.5 * x * x)) return sign * x
  }
}

/** A height between the upper and the lower side of the part of a layer that the density cuts. */
function wedgeHeight({ height }: Ziggurat, layer: number, stream: Stream): number {
  return height[layer] + stream.uniform() * (height[layer + 1] - height[layer])
}

/** A draw of the normal distribution beyond the start of its tail (Marsaglia 1964). */
function normalTail(stream: Stream): number {
  for (;;) {
    const x = standardExponential(stream) / NORMAL_TAIL
    if (2 * standardExponential(stream) > x * x) return NORMAL_TAIL + x
  }
}
