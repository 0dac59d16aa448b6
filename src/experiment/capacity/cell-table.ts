/**
 * What is known of every rate with every number of replicas: from what was simulated, and from what follows where more replicas
 * and lower rates do no harm.
 */
import type { CapacityCell } from '../../results/capacity-schema.js'
import type { Verdict } from '../thresholds/verdict.js'

/** A cell that was simulated. Rates and numbers of replicas go by position, from the least. */
export interface SimulatedCell {
  readonly rate: number
  readonly replicas: number
  readonly verdict: Verdict
}

/** What is known of one cell. */
export interface KnownCell {
  readonly verdict: Verdict
  readonly basis: CapacityCell['basis']
}

/** Knowledge of cells. */
export class CellTable {
  /** @param firstPossible - by rate: position of the least number of replicas that is not overloaded */
  constructor(
    readonly simulated: readonly SimulatedCell[],
    readonly firstPossible: readonly number[],
  ) {}

  /** One cell. Nothing is known of none: what was tried at the ends leaves no gap, and where it does, it is undecided. */
  at(rate: number, replicas: number): KnownCell {
    const own = this.simulated.find((cell) => cell.rate === rate && cell.replicas === replicas)
    if (own !== undefined) return { verdict: own.verdict, basis: 'simulated' }
    if (replicas < this.firstPossible[rate]) return { verdict: 'failed', basis: 'overloaded' }
    return { verdict: this.#implied(rate, replicas), basis: 'implied' }
  }

  /** Did nothing that was simulated fail with as many replicas at no higher a rate as something that passed? */
  get isMonotone(): boolean {
    const passed = this.simulated.filter(({ verdict }) => verdict === 'passed')
    const failed = this.simulated.filter(({ verdict }) => verdict === 'failed')
    return !failed.some((bad) =>
      passed.some((good) => good.rate >= bad.rate && good.replicas <= bad.replicas),
    )
  }

  #implied(rate: number, replicas: number): Verdict {
    const isHarder = (cell: SimulatedCell) => cell.rate >= rate && cell.replicas <= replicas
    const isEasier = (cell: SimulatedCell) => cell.rate <= rate && cell.replicas >= replicas
    if (this.simulated.some((cell) => cell.verdict === 'passed' && isHarder(cell))) return 'passed'
    return this.simulated.some((cell) => cell.verdict === 'failed' && isEasier(cell)) ? 'failed' : 'undecided'
  }
}
