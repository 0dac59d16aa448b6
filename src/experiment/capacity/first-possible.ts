/** Which numbers of replicas are overloaded from the outset: their pods are asked for all that they can do, or more. */
import { firstHolding } from '../../base/halving.js'
import { offeredLoads } from '../instability/offered-load.js'
import { type CapacityPlan, callsOfClient, planOfCell } from './capacity-plan.js'
import type { GridRate } from './rate-grid.js'
import { AS_WRITTEN } from './variants.js'

/** Utilisation that the pods are asked for: a part that others cause, and one that grows with the rate. */
interface LoadLine {
  readonly base: number
  readonly perRate: number
}

/** Knows the least number of replicas that is not overloaded, by rate. */
export class FirstPossible {
  /** By position of the number of replicas. */
  readonly #lines = new Map<number, LoadLine>()

  constructor(readonly plan: CapacityPlan) {}

  /**
   * The least that is not.
   *
   * @param rate - position of the rate
   * @returns a position among the numbers of replicas; their count: all are overloaded
   */
  at(rate: number): number {
    const { rates, replicas } = this.plan
    return firstHolding(-1, replicas.length, (index) => {
      const { base, perRate } = this.#lineOf(index)
      return base + perRate * rates[rate].perSec < 1
    })
  }

  /** Rate at which a number of replicas is asked for all that it can do; undefined: the rate makes no difference. */
  saturatedPerSec(index: number): number | undefined {
    const { base, perRate } = this.#lineOf(index)
    return perRate > 0 && Number.isFinite(perRate) ? Math.max(0, (1 - base) / perRate) : undefined
  }

  #lineOf(index: number): LoadLine {
    const known = this.#lines.get(index)
    if (known !== undefined) return known
    const { rates, details } = this.plan
    const [low] = rates
    const high = low.perSec === details.perSec ? twice(low) : details
    const [atLow, atHigh] = [this.#load(low, index), this.#load(high, index)]
    const perRate = (atHigh - atLow) / (high.perSec - low.perSec)
    const line = Number.isFinite(perRate)
      ? { base: atLow - perRate * low.perSec, perRate }
      : { base: Number.POSITIVE_INFINITY, perRate: 0 }
    this.#lines.set(index, line)
    return line
  }

  #load(rate: GridRate, index: number): number {
    const { plan } = this
    const cell = { rate, replicas: plan.replicas[index], variant: AS_WRITTEN }
    const [point] = planOfCell(plan, cell).points
    const { graph } = callsOfClient(point, plan.client)
    return offeredLoads(point, graph).find(({ workload }) => workload === plan.workload)?.utilisation ?? 0
  }
}

function twice({ perSec }: GridRate): GridRate {
  return { text: `${2 * perSec}/s`, perSec: 2 * perSec }
}
