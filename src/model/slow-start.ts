/**
 * Pods that warm up: from the moment a pod becomes ready its speed rises in a straight line from a part of it to all of it.
 *
 * A request keeps the speed that the pod had when a server took it up.
 */
import type { PodBehaviour } from '../input/scenario-schema.js'

export type SlowStart = NonNullable<PodBehaviour['slowStart']>

/**
 * The speed of a pod as a part of its usual one.
 *
 * @param sinceReadyNs - 0 or more
 * @returns from `factor` to 1
 */
export function warmth({ duration, factor }: SlowStart, sinceReadyNs: number): number {
  return sinceReadyNs >= duration ? 1 : factor + (1 - factor) * (sinceReadyNs / duration)
}
