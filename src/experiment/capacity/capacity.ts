/**
 * How much a Service carries: the least number of replicas for each of several rates, and what stands beside that answer. Every
 * cell shares the seed, so that all meet the same demand (common random numbers).
 */
import type { DiagnosticCode } from '../../base/error-codes.js'
import { firstToHold } from '../../base/halving.js'
import { formatNumber, formatPercent } from '../../base/units.js'
import type { CapacityResult } from '../../results/capacity-schema.js'
import type { Results } from '../../results/results-schema.js'
import { openExecutor } from '../executors/open-executor.js'
import type { RunOptions } from '../run-experiment.js'
import { settleWarmUp } from '../settle-warm-up.js'
import { pointVerdict } from '../thresholds/point-verdict.js'
import { type CapacityPlan, type Cell, callsOfClient } from './capacity-plan.js'
import { capacityResult } from './capacity-result.js'
import { CellRunner } from './cell-runner.js'
import { isHanging } from './cell-verdict.js'
import { FirstPossible } from './first-possible.js'
import type { FoundCapacity, FoundLoss, Knee } from './found-capacity.js'
import { findFrontier, leastFromOrNone } from './frontier.js'
import { entryNodesAmong, type PossibleLoss, podsOn, possibleLosses } from './losses.js'
import { type NeededPods, neededPods } from './needed-pods.js'
import { ratesBetween } from './rate-grid.js'
import { replicaRungs } from './replica-rungs.js'
import { AS_WRITTEN } from './variants.js'

/** Tests of a search, on average: for the progress. */
const TESTS_PER_SEARCH = 2
const CURVES = 3
const USUAL_LOSSES = 4

/**
 * Looks for the answers.
 *
 * @returns results of every cell that was run, with the section `capacity`
 * @throws InputError if a cell makes no scenario; as `runExperiment`
 */
export async function findCapacity(given: CapacityPlan, options: RunOptions = {}): Promise<Results> {
  const ends = await settleWarmUp({ ...given.ends, isKeepingReplications: true }, options.signal)
  const plan = { ...given, ends }
  const executor = options.executor ?? openExecutor(options)
  try {
    return await new CapacitySearch(plan, new CellRunner(plan, executor, options, expectedCells(plan))).run()
  } finally {
    if (executor !== options.executor) await executor.close()
  }
}

function expectedCells({ rates, alternatives, replicas }: CapacityPlan): number {
  const rungs = Math.min(replicas.length, 7)
  const searched = TESTS_PER_SEARCH * (rates.length + USUAL_LOSSES)
  return searched + CURVES * rates.length + rungs * (1 + alternatives.length)
}

class CapacitySearch {
  readonly #first: FirstPossible

  constructor(
    readonly plan: CapacityPlan,
    readonly cells: CellRunner,
  ) {
    this.#first = new FirstPossible(plan)
  }

  async run(): Promise<Results> {
    const { plan, cells } = this
    const { rates, replicas } = plan
    const least = await findFrontier({
      rateCount: rates.length,
      replicaCount: replicas.length,
      firstPossible: (rate) => this.#first.at(rate),
      test: async (rate, index) => (await cells.settle(this.#cell(rate, index))) === 'passed',
    })
    const details = rates.indexOf(plan.details)
    const knee = await this.#knee(least, details)
    const alternatives = this.#alternativeCells(details, least[details])
    await cells.runAll([...this.#curveCells(least[details]), ...alternatives.flatMap((each) => each.cells)])
    const losses = await this.#losses(least[details])
    const found: FoundCapacity = { least, first: this.#first, knee, alternatives, ...losses }
    const section = capacityResult(plan, cells, found)
    return withSection(cells.results(), section, hangingRequests(cells, plan.client))
  }

  #cell(rate: number, index: number): Cell {
    const { rates, replicas } = this.plan
    return { rate: rates[rate], replicas: replicas[index], variant: AS_WRITTEN }
  }

  /** Between the last rate that the number of the details carries and the next one, by halving. */
  async #knee(least: readonly (number | undefined)[], details: number): Promise<Knee | undefined> {
    const { rates, replicas } = this.plan
    const index = least[details]
    if (index === undefined) return undefined
    const held = rates.filter((_, rate) => (least[rate] ?? replicas.length) <= index).length
    const [above, below] = [rates[held - 1], rates[held]]
    const between = below === undefined ? undefined : ratesBetween(above, below)
    if (below === undefined || between === undefined) return undefined
    const fails = await firstToHold(-1, between.length, async (rate) => {
      const cell = { rate: between[rate], replicas: replicas[index], variant: AS_WRITTEN }
      return (await this.cells.settle(cell)) !== 'passed'
    })
    return { index, above, holds: between[fails - 1] ?? above, fails: between[fails] ?? below }
  }

  /** Response times against rates, for the number that the details take, half and twice as many: up to one rate too high. */
  #curveCells(least: number | undefined): Cell[] {
    const { rates, replicas } = this.plan
    if (least === undefined) return []
    const wanted = replicas[least]
    const counts = [Math.ceil(wanted / 2), wanted, 2 * wanted].map((count) => nearestIndex(replicas, count))
    return [...new Set(counts)].flatMap((index) => {
      const fitting = rates.filter((_, rate) => this.#first.at(rate) <= index).length
      return rates.slice(0, fitting + 1).map((_, rate) => this.#cell(rate, index))
    })
  }

  #alternativeCells(details: number, least: number | undefined) {
    const { rates, replicas, alternatives } = this.plan
    const wanted = least === undefined ? undefined : replicas[least]
    const rungs = replicaRungs(replicas, this.#first.at(details), wanted)
    return [AS_WRITTEN, ...alternatives].map((variant) => ({
      name: variant.name,
      cells: rungs.map((count) => ({ rate: rates[details], replicas: count, variant })),
    }))
  }

  async #losses(least: number | undefined): Promise<Pick<FoundCapacity, 'losses' | 'leftOut'>> {
    const { plan, cells } = this
    if (least === undefined)
      return { losses: [], leftOut: ['Losses are not told: nothing keeps the objectives without one.'] }
    const point = cells.pointOf({ rate: plan.details, replicas: plan.replicas[least], variant: AS_WRITTEN })
    const { graph, root } = callsOfClient(point, plan.client)
    const needed = neededPods(point, root)
    const { losses, leftOut } = possibleLosses(point, graph, needed, plan.workload)
    const found: FoundLoss[] = []
    for (const loss of losses) {
      const takes =
        loss.kind === 'pod'
          ? [loss.lost]
          : podsOn(point, loss.nodes, [...needed.values()].flat()).map(({ name }) => name)
      const entryNodes = entryNodesAmong(loss.nodes, root.node.site)
      const lastPods = loss.kind === 'pod' ? [] : lostWorkloads(needed, takes, plan.workload)
      found.push({
        loss,
        takes,
        lastPods,
        entryNodes,
        ...(await this.#search(loss, least, lastPods.length > 0)),
      })
    }
    return { losses: found, leftOut }
  }

  /** From the number that is enough without the loss on; where a loss leaves a call without pods, one try shows it. */
  async #search(loss: PossibleLoss, least: number, isHopeless: boolean) {
    const { plan, cells } = this
    const tried: Cell[] = []
    const count = isHopeless ? least + 1 : plan.replicas.length
    const found = await leastFromOrNone(least, count, async (index) => {
      const cell = { rate: plan.details, replicas: plan.replicas[index], variant: loss }
      tried.push(cell)
      return (await cells.settle(cell)) === 'passed'
    })
    return { tried, replicas: found === undefined ? undefined : plan.replicas[found] }
  }
}

/** Workloads that have no pod left; more replicas of the workload itself may land elsewhere. */
function lostWorkloads(needed: NeededPods, takes: readonly string[], workload: string): string[] {
  return [...needed]
    .filter(
      ([name, pods]) => name !== workload && pods.length > 0 && pods.every((pod) => takes.includes(pod.name)),
    )
    .map(([name]) => name)
}

function nearestIndex(counts: readonly number[], wanted: number): number {
  const above = counts.findIndex((count) => count >= wanted)
  return above < 0 ? counts.length - 1 : above
}

/** Figures of single replications have served for paired differences; what is overloaded was meant to be. */
function withSection(results: Results, capacity: CapacityResult, hanging: Results['warnings']): Results {
  const warnings = results.warnings.filter(({ code }) => code !== UNSTABLE_LOAD)
  return {
    ...results,
    warnings: [...warnings, ...stillFilling(capacity), ...hanging],
    capacity,
    points: results.points.map(({ perReplication: _, ...point }) => point),
  }
}

const UNSTABLE_LOAD: DiagnosticCode = 'UNSTABLE_LOAD'

/** Points that might have passed, if the run had gone on until the requests that hang had timed out. */
function hangingRequests(cells: CellRunner, client: string): Results['warnings'] {
  const open = cells
    .sorted()
    .filter((cell) => pointVerdict(cell.result) === 'passed' && isHanging(cell, client))
  if (open.length === 0) return []
  const { rate, replicas, variant } = open[0].cell
  const where = `${rate.text} with ${replicas} replicas, ${variant.name}`
  return [
    {
      code: 'REQUESTS_HANG' satisfies DiagnosticCode,
      message: `At ${open.length} of the points requests hang until after the end of the run, where no objective sees them, so they count as undecided; the first is ${where}`,
    },
  ]
}

/** Rates that were found to be fit, and are not for long. */
function stillFilling({ leastReplicas }: CapacityResult): Results['warnings'] {
  const tooFull = leastReplicas.filter(({ connectionsUse }) => (connectionsUse ?? 0) > 1)
  if (tooFull.length === 0) return []
  const [{ ratePerSec, connectionsUse }] = tooFull
  return [
    {
      code: 'TABLE_STILL_FILLS' satisfies DiagnosticCode,
      message: `From ${formatNumber(ratePerSec)} /s on the run ends before a node's table of connections is full: closed connections keep their places for longer than it lasts, and would take ${formatPercent(connectionsUse ?? 0)} of it`,
    },
  ]
}
