/** From what a search has found to the section `capacity` of the results. */
import { qualifiedName } from '../../base/qualified-name.js'
import { estimate, quantileEstimate } from '../../metrics/estimate.js'
import type {
  CapacityAlternative,
  CapacityCell,
  CapacityFormulas,
  CapacityLoss,
  CapacityResult,
} from '../../results/capacity-schema.js'
import type { Estimate } from '../../results/results-schema.js'
import { type CapacityPlan, type Cell, callsOfClient } from './capacity-plan.js'
import type { CellRunner, RunCell } from './cell-runner.js'
import { CellTable } from './cell-table.js'
import { cellVerdict } from './cell-verdict.js'
import { formulasOf } from './formulas.js'
import type { FoundCapacity } from './found-capacity.js'
import { connectionsUse, limitsInUse } from './limits-in-use.js'
import { neededPods } from './needed-pods.js'
import type { GridRate } from './rate-grid.js'
import { AS_WRITTEN } from './variants.js'

type ChangedMetric = 'responseTime.mean' | 'responseTime.p99'

/** The section; positions of points are those of `CellRunner.results`. */
export function capacityResult(plan: CapacityPlan, cells: CellRunner, found: FoundCapacity): CapacityResult {
  return new SectionMaker(plan, cells, found).make()
}

class SectionMaker {
  readonly #positions: ReadonlyMap<RunCell, number>
  readonly #table: CellTable

  constructor(
    readonly plan: CapacityPlan,
    readonly cells: CellRunner,
    readonly found: FoundCapacity,
  ) {
    const sorted = cells.sorted()
    this.#positions = new Map(sorted.map((cell, index) => [cell, index]))
    const simulated = sorted
      .filter(({ cell }) => cell.variant === AS_WRITTEN && plan.rates.includes(cell.rate))
      .map(({ cell: { rate, replicas }, result, replications }) => ({
        rate: plan.rates.indexOf(rate),
        replicas: plan.replicas.indexOf(replicas),
        verdict: cellVerdict({ result, replications }, plan.client),
      }))
    this.#table = new CellTable(
      simulated,
      plan.rates.map((_, rate) => found.first.at(rate)),
    )
  }

  make(): CapacityResult {
    const { plan, found } = this
    const { rates, replicas, details, client, workload } = plan
    const detailsIndex = rates.indexOf(details)
    const least = found.least[detailsIndex]
    const shown = this.#shownCell(detailsIndex, least)
    const { site } = callsOfClient(plan.ends.points[0], client).root.node
    const { service, port } = site
    return {
      client,
      service: qualifiedName(service),
      port: port.port,
      workload,
      ratePath: plan.axes.rate,
      replicasPath: plan.axes.replicas,
      objectives: (plan.ends.thresholds ?? []).map(({ text }) => text),
      rates: rates.map(({ perSec }) => perSec),
      replicas: [...replicas],
      maxReplications: plan.maxReplications,
      isMonotone: this.#table.isMonotone,
      details: { ratePerSec: details.perSec, replicas: least === undefined ? null : replicas[least] },
      cells: this.#cellRows(),
      leastReplicas: this.#leastRows(),
      greatestRates: replicas.map((_, index) => this.#greatestRow(index)),
      losses: found.losses.map((each) => this.#loss(each)),
      leftOut: [...found.leftOut],
      alternatives: found.alternatives.map((each) => this.#alternative(each)),
      formulas: shown === undefined ? null : this.#formulas(shown),
      limits: shown === undefined ? [] : this.#limits(shown),
    }
  }

  #cell(rate: number, index: number): Cell {
    return { rate: this.plan.rates[rate], replicas: this.plan.replicas[index], variant: AS_WRITTEN }
  }

  /** Position of the point of a cell, if it was run. */
  #pointOf(cell: Cell): { readonly point: number } | undefined {
    const run = this.cells.find(cell)
    const point = run && this.#positions.get(run)
    return point === undefined ? undefined : { point }
  }

  #cellRows(): CapacityCell[] {
    const { rates, replicas } = this.plan
    return rates.flatMap(({ perSec }, rate) =>
      replicas.map((count, index) => ({
        ratePerSec: perSec,
        replicas: count,
        ...this.#table.at(rate, index),
        ...this.#pointOf(this.#cell(rate, index)),
      })),
    )
  }

  #leastRows(): CapacityResult['leastReplicas'] {
    const { rates, replicas } = this.plan
    return rates.map(({ perSec }, rate) => {
      const index = this.found.least[rate]
      if (index === undefined) {
        return {
          ratePerSec: perSec,
          replicas: null,
          greatestRatePerSec: null,
          failsPerSec: null,
          connectionsUse: null,
        }
      }
      const { holdsPerSec, failsPerSec } = this.#greatestRow(index)
      return {
        ratePerSec: perSec,
        replicas: replicas[index],
        ...this.#pointOf(this.#cell(rate, index)),
        greatestRatePerSec: holdsPerSec,
        failsPerSec,
        connectionsUse: this.#connectionsUse(this.#cell(rate, index)),
      }
    })
  }

  #connectionsUse(cell: Cell): number | null {
    const run = this.cells.find(cell)
    if (run === undefined) return null
    return connectionsUse({ ...run, ratePerSec: cell.rate.perSec })?.use ?? null
  }

  /** The rates of the grid up to which a number of replicas passes, in one row from the lowest. */
  #greatestRow(index: number): CapacityResult['greatestRates'][number] {
    const { rates, replicas } = this.plan
    const firstBad = rates.findIndex((_, rate) => this.#table.at(rate, index).verdict !== 'passed')
    const held = firstBad < 0 ? rates.length : firstBad
    return {
      replicas: replicas[index],
      ...this.#bracket(index, rates[held - 1], rates[held]),
      saturatedPerSec: this.found.first.saturatedPerSec(index) ?? null,
    }
  }

  /** Two rates of the grid, or nearer ones between them where those were tried. */
  #bracket(index: number, holds: GridRate | undefined, fails: GridRate | undefined) {
    const { knee } = this.found
    const isRefined = knee !== undefined && knee.index === index && knee.above.perSec === holds?.perSec
    return {
      holdsPerSec: (isRefined ? knee.holds : holds)?.perSec ?? null,
      failsPerSec: (isRefined ? knee.fails : fails)?.perSec ?? null,
    }
  }

  #loss({
    loss,
    takes,
    replicas,
    tried,
    entryNodes,
    lastPods,
  }: FoundCapacity['losses'][number]): CapacityLoss {
    return {
      kind: loss.kind,
      name: loss.lost,
      takes: [...takes],
      replicas: replicas ?? null,
      points: [...tried]
        .sort((left, right) => left.replicas - right.replicas)
        .flatMap((cell) => this.#pointOf(cell)?.point ?? []),
      entryNodes: [...entryNodes],
      lastPods: [...lastPods],
    }
  }

  #alternative({ name, cells }: FoundCapacity['alternatives'][number]): CapacityAlternative {
    const settings = cells[0]?.variant.settings ?? []
    return {
      name,
      isAsWritten: settings.length === 0,
      settings: settings.map(({ path, value }) => ({ path, value: String(value) })),
      points: cells.flatMap((cell) => {
        const run = this.cells.find(cell)
        const written = this.cells.find({ ...cell, variant: AS_WRITTEN })
        const at = this.#pointOf(cell)
        if (run === undefined || written === undefined || at === undefined) return []
        const changes =
          settings.length === 0
            ? {}
            : {
                meanChange: pairedChange(written, run, this.#callIndex(run), 'responseTime.mean'),
                p99Change: pairedChange(written, run, this.#callIndex(run), 'responseTime.p99'),
              }
        return [{ replicas: cell.replicas, ...at, ...changes }]
      }),
    }
  }

  /** The first call of the client group among those of the results. */
  #callIndex({ result: { calls } }: RunCell): number {
    return calls.findIndex(({ caller }) => caller === this.plan.client)
  }

  /** At the rate of the details: the least number that is enough, or else the largest that was run. */
  #shownCell(details: number, least: number | undefined): RunCell | undefined {
    if (least !== undefined) return this.cells.find(this.#cell(details, least))
    const run = this.plan.replicas.flatMap((_, index) => this.cells.find(this.#cell(details, index)) ?? [])
    return run[run.length - 1]
  }

  #formulas(shown: RunCell): CapacityFormulas | null {
    const { plan, found } = this
    return formulasOf(shown, {
      client: plan.client,
      workload: plan.workload,
      objectives: plan.ends.thresholds ?? [],
      rates: plan.rates.map(({ perSec }, rate) => {
        const index = found.least[rate]
        return { perSec, simulated: index === undefined ? null : plan.replicas[index] }
      }),
    })
  }

  #limits({ cell, point, result, replications }: RunCell): CapacityResult['limits'] {
    const { root } = callsOfClient(point, this.plan.client)
    const workloads = new Set(neededPods(point, root).keys())
    return limitsInUse({ point, result, replications, ratePerSec: cell.rate.perSec }, workloads)
  }
}

/** How much a figure changes, replication by replication: both met the same demand. */
function pairedChange(from: RunCell, to: RunCell, call: number, metric: ChangedMetric): Estimate {
  const before = from.result.perReplication?.calls[call]?.[metric] ?? []
  const after = to.result.perReplication?.calls[call]?.[metric] ?? []
  const count = Math.min(before.length, after.length)
  const differences = Array.from({ length: count }, (_, index) => {
    const [old, now] = [before[index], after[index]]
    return old === null || now === null ? null : now - old
  })
  if (metric === 'responseTime.mean' || before.length !== after.length) return estimate(differences)
  const together = ({ result }: RunCell) => result.calls[call]?.responseTime.p99.value ?? null
  const [old, now] = [together(from), together(to)]
  return quantileEstimate(old === null || now === null ? null : now - old, differences)
}
