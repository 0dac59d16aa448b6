/** Runs cells of a capacity plan, each once, and keeps what came of them. */
import type { Results } from '../../results/results-schema.js'
import type { Executor } from '../executors/executor.js'
import type { DesignPoint, ExperimentPlan } from '../plan.js'
import { type RunOptions, runExperiment, runReplications } from '../run-experiment.js'
import { SettlingProgress, settledResults } from '../settle/run-until-settled.js'
import { type Goals, type SettledPoint, settlePoint } from '../settle/settle-point.js'
import { withWarmUpOf } from '../settle-warm-up.js'
import type { Verdict } from '../thresholds/verdict.js'
import { type CapacityPlan, type Cell, planOfCell } from './capacity-plan.js'
import { cellVerdict } from './cell-verdict.js'

/** Replications of every cell: an even number, as most machines have an even number of processors. */
const LEAST_REPLICATIONS = 6

/** A cell that was simulated. */
export interface RunCell extends SettledPoint {
  readonly cell: Cell
  readonly point: DesignPoint
}

/** Runs cells. */
export class CellRunner {
  readonly #cells = new Map<string, RunCell>()
  readonly #plans = new Map<string, ExperimentPlan>()
  readonly #progress: SettlingProgress

  /**
   * @param plan - with its warm-up settled
   * @param expectedCells - a guess, for the progress
   */
  constructor(
    readonly plan: CapacityPlan,
    readonly executor: Executor,
    readonly options: RunOptions,
    readonly expectedCells: number,
  ) {
    this.#progress = new SettlingProgress(options)
  }

  /** The design point of a cell, whether it is run or not. */
  pointOf(cell: Cell): DesignPoint {
    return this.#planOf(cell).points[0]
  }

  /** What a cell was found to be; undefined: it was not run. */
  find(cell: Cell): RunCell | undefined {
    return this.#cells.get(keyOf(cell))
  }

  /** Runs a cell until its objectives are decided, if it was not run. */
  async settle(cell: Cell): Promise<Verdict> {
    const known = this.find(cell) ?? (await this.#settle(cell))
    return cellVerdict(known, this.plan.client)
  }

  /** Runs cells that were not run, each with the least number of replications. */
  async runAll(cells: readonly Cell[]): Promise<void> {
    const fresh = new Map(
      cells.filter((cell) => this.find(cell) === undefined).map((cell) => [keyOf(cell), cell]),
    )
    if (fresh.size === 0) return
    const replications = this.#leastReplications
    const points = [...fresh.values()].map((cell) => this.pointOf(cell))
    const runOptions = this.#optionsFor(fresh.size * replications, fresh.size)
    const { points: results } = await runExperiment(
      { ...this.plan.ends, points, replications },
      { ...runOptions, executor: this.executor },
    )
    for (const [index, cell] of [...fresh.values()].entries())
      this.#keep({ cell, point: points[index], result: results[index], replications })
  }

  /** All that were run: as written first, by rate and number of replicas. */
  sorted(): readonly RunCell[] {
    const { alternatives } = this.plan
    const rankOf = ({ name, settings }: Cell['variant']) => {
      if (settings.length === 0) return 0
      const index = alternatives.findIndex((each) => each.name === name)
      return index < 0 ? alternatives.length + 1 : index + 1
    }
    return [...this.#cells.values()].sort(
      ({ cell: left }, { cell: right }) =>
        rankOf(left.variant) - rankOf(right.variant) ||
        (left.variant.name < right.variant.name ? -1 : left.variant.name > right.variant.name ? 1 : 0) ||
        left.rate.perSec - right.rate.perSec ||
        left.replicas - right.replicas,
    )
  }

  /** Results of all that were run, in the order of `sorted`. */
  results(): Results {
    const cells = this.sorted()
    return settledResults({ ...this.plan.ends, points: cells.map(({ point }) => point) }, cells)
  }

  get #leastReplications(): number {
    return Math.max(LEAST_REPLICATIONS, this.plan.ends.replications)
  }

  async #settle(cell: Cell): Promise<RunCell> {
    const plan = this.#planOf(cell)
    const [point] = plan.points
    const least = this.#leastReplications
    const settled = await settlePoint(plan, point, this.#goals, least, (range) => {
      const runOptions = this.#optionsFor(range.to - range.from, 1, noteOf(cell))
      return runReplications(plan, 0, range, { ...runOptions, executor: this.executor })
    })
    return this.#keep({ ...settled, cell, point })
  }

  #keep(cell: RunCell): RunCell {
    this.#cells.set(keyOf(cell.cell), cell)
    return cell
  }

  get #goals(): Goals {
    return {
      thresholds: this.plan.ends.thresholds ?? [],
      isExtending: true,
      isOneFailureEnough: true,
      precision: undefined,
      maxReplications: Math.max(this.plan.maxReplications, this.#leastReplications),
    }
  }

  #planOf(cell: Cell): ExperimentPlan {
    const key = keyOf(cell)
    const known = this.#plans.get(key)
    if (known !== undefined) return known
    const { ends } = this.plan
    const plan = { ...withWarmUpOf(ends, planOfCell(this.plan, cell)), isKeepingReplications: true }
    this.#plans.set(key, plan)
    return plan
  }

  #optionsFor(replications: number, cells: number, note?: string): RunOptions {
    const left = Math.max(1, (this.expectedCells - this.#cells.size) / cells)
    return this.#progress.optionsFor(replications, left, note)
  }
}

function keyOf({ rate, replicas, variant }: Cell): string {
  return `${rate.perSec}/${replicas}/${variant.name}`
}

function noteOf({ rate, replicas, variant }: Cell): string {
  const what = variant.settings.length === 0 ? '' : `, ${variant.name}`
  return `${rate.text} with ${replicas} replicas${what}`
}
