/**
 * What formulas would have said: the usual rule of 70 % utilisation, and Erlang C, with all servers of all pods behind one queue
 * (a perfect balancer) and with each pod by itself (an even share of the requests, by random choice: its arrivals are Poisson
 * again). Holding time and time outside of the pods are those that were measured, so that only queueing differs.
 */
import { type ErlangStation, erlangMeanSec, erlangTail } from '../../base/erlang-response-time.js'
import { firstHolding } from '../../base/halving.js'
import { NS_PER_S } from '../../base/nanoseconds.js'
import { DEFAULT_POD_BEHAVIOUR } from '../../input/default-pod-behaviour.js'
import { fixedWarmUpNs } from '../../input/warm-up-schema.js'
import type { CapacityFormulas } from '../../results/capacity-schema.js'
import type { CallResult, PodResult } from '../../results/results-schema.js'
import type { DesignPoint } from '../plan.js'
import type { Threshold } from '../thresholds/figure.js'
import type { RunCell } from './cell-runner.js'
import { cpuUseOf } from './cpu-use.js'

/** What a request needs. */
export interface RequestNeeds {
  /** Mean time that it holds a server, ns. */
  readonly holdingNs: number
  readonly serversPerPod: number
  /** Mean time of a request outside of the pods, ns. */
  readonly overheadNs: number
  /** What is held is CPU, and servers are CPUs. */
  readonly isCpuBound: boolean
}

type FormulaRow = CapacityFormulas['rows'][number]

/** Utilisation that the usual rule aims at. */
const USUAL_UTILISATION = 0.7
/** Replicas up to which an answer is sought. */
const MOST_REPLICAS = 100_000

/** Quantiles of response times that can be objectives, by metric. */
const QUANTILES: ReadonlyMap<string, number> = new Map([
  ['responseTime.p50', 0.5],
  ['responseTime.p90', 0.9],
  ['responseTime.p95', 0.95],
  ['responseTime.p99', 0.99],
  ['responseTime.p999', 0.999],
])
const MEAN = 'responseTime.mean'

/** What is asked of the formulas. */
export interface FormulaQuestion {
  readonly client: string
  readonly workload: string
  readonly objectives: readonly Threshold[]
  /** In increasing order, with what the simulation found. */
  readonly rates: readonly { readonly perSec: number; readonly simulated: number | null }[]
}

/** What the formulas say, with the needs of a request as measured at one point; null if nothing was served there. */
export function formulasOf(shown: RunCell, question: FormulaQuestion): CapacityFormulas | null {
  const needs = measuredNeeds(shown, question)
  if (needs === undefined) return null
  const objectives = formulaObjectives(question.objectives)
  return {
    ...needs,
    objective: objectives.length === 0 ? null : objectives.map(({ text }) => text).join(' and '),
    rows: question.rates.map(({ perSec, simulated }) => ({
      ...formulaRow(needs, objectives, perSec),
      simulated,
    })),
    busiest: busiestOf(shown, question),
  }
}

/** By servers; or by CPU, where a limit of that is reached before all servers are busy. */
function measuredNeeds(shown: RunCell, question: FormulaQuestion): RequestNeeds | undefined {
  const { point, result, replications } = shown
  const call = result.calls.find(({ caller }) => caller === question.client)
  const pods = podsOfWorkload(result.pods, question.workload)
  const served = pods.reduce((sum, pod) => sum + pod.served, 0) / replications
  if (call === undefined || served === 0) return undefined
  const needs = serverNeeds(shown, call, question.workload, served)
  const cpu = cpuUseOf(point, question.workload)
  if (cpu === undefined) return needs
  const servers = Math.ceil(cpu.cpus)
  const holdingNs = (cpu.use * pods.length * servers * windowNsOf(point)) / served
  if (holdingNs / servers <= needs.holdingNs / needs.serversPerPod) return needs
  const overheadNs = needs.overheadNs + (call.parts.downstream.value ?? 0)
  return { holdingNs, serversPerPod: servers, overheadNs, isCpuBound: true }
}

/** Busy servers over requests done per second (Little's law), and the parts of a response time that are spent elsewhere. */
function serverNeeds(
  { point, result }: RunCell,
  { parts }: CallResult,
  workload: string,
  served: number,
): RequestNeeds {
  const behaviours = point.scenario.spec.pods
  const { servers: serversPerPod } = Object.hasOwn(behaviours, workload)
    ? behaviours[workload]
    : DEFAULT_POD_BEHAVIOUR
  const busy = podsOfWorkload(result.pods, workload).reduce(
    (sum, { utilisation }) => sum + (utilisation.value ?? 0) * serversPerPod,
    0,
  )
  const outside = [parts.dns, parts.connect, parts.rules, parts.network, parts.retry]
  return {
    holdingNs: (busy * windowNsOf(point)) / served,
    serversPerPod,
    overheadNs: outside.reduce((sum, { value }) => sum + (value ?? 0), 0),
    isCpuBound: false,
  }
}

function windowNsOf({ scenario: { spec } }: DesignPoint): number {
  return spec.horizon - fixedWarmUpNs(spec)
}

function busiestOf({ result }: RunCell, { client, workload }: FormulaQuestion): CapacityFormulas['busiest'] {
  const pods = podsOfWorkload(result.pods, workload)
  if (pods.length === 0) return null
  const use = ({ utilisation }: PodResult) => utilisation.value ?? 0
  const busiest = pods.reduce((most, pod) => (use(pod) > use(most) ? pod : most))
  const call = result.calls.find(({ caller }) => caller === client)
  return {
    pod: busiest.pod,
    utilisation: use(busiest),
    meanUtilisation: pods.reduce((sum, pod) => sum + use(pod), 0) / pods.length,
    connectionsOverMean: call?.connections.maxOverMean.value ?? 1,
  }
}

function podsOfWorkload(pods: readonly PodResult[], workload: string): readonly PodResult[] {
  return pods.filter((pod) => pod.workload === workload || pod.pod === workload)
}

/** The objectives that the formulas know: upper limits of a mean or a quantile of response times. */
export function formulaObjectives(objectives: readonly Threshold[]): readonly Threshold[] {
  return objectives.filter(
    ({ figure: { metric }, operator }) =>
      operator.startsWith('<') && (metric === MEAN || QUANTILES.has(metric)),
  )
}

/**
 * What the formulas say for one rate.
 *
 * @param objectives - those that they know; with none, Erlang's are not asked
 */
export function formulaRow(
  needs: RequestNeeds,
  objectives: readonly Threshold[],
  ratePerSec: number,
): Omit<FormulaRow, 'simulated'> {
  const { holdingNs, serversPerPod } = needs
  const load = (ratePerSec * holdingNs) / NS_PER_S
  const usual = Math.max(1, Math.ceil(load / (USUAL_UTILISATION * serversPerPod) - 1e-9))
  const leastFor = (stationOf: (replicas: number) => ErlangStation) =>
    objectives.length === 0
      ? null
      : leastReplicas(Math.max(1, Math.floor(load / serversPerPod)), (replicas) =>
          objectives.every((objective) => isKept(stationOf(replicas), needs.overheadNs, objective)),
        )
  const serviceSec = holdingNs / NS_PER_S
  return {
    ratePerSec,
    usual,
    pooled: leastFor((replicas) => ({ servers: replicas * serversPerPod, ratePerSec, serviceSec })),
    split: leastFor((replicas) => ({
      servers: serversPerPod,
      ratePerSec: ratePerSec / replicas,
      serviceSec,
    })),
  }
}

/** More replicas always help here: by steps that double, and halving. */
function leastReplicas(from: number, isEnough: (replicas: number) => boolean): number | null {
  let high = from
  while (!isEnough(high)) {
    if (high > MOST_REPLICAS) return null
    high *= 2
  }
  return firstHolding(Math.floor(high / 2), high, isEnough)
}

function isKept(
  station: ErlangStation,
  overheadNs: number,
  { figure: { metric }, limit }: Threshold,
): boolean {
  const leftSec = (limit - overheadNs) / NS_PER_S
  const quantile = QUANTILES.get(metric)
  if (quantile === undefined) return erlangMeanSec(station) <= leftSec
  return leftSec > 0 && erlangTail(station, leftSec) <= 1 - quantile
}
