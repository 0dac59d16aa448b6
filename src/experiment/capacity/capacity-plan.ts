/**
 * What capacity is looked for, checked at the ends of the ranges: rates of one client group times numbers of replicas of the
 * workload that it calls, as written and with one setting of its Service changed.
 */

import { closestName } from '../../base/closest-name.js'
import { InputError } from '../../base/diagnostics.js'
import type { Axis, Setting } from '../../input/settings.js'
import type { ClusterPod } from '../../kubernetes/cluster.js'
import { buildCallGraph, type CallGraph, type CallRoot } from '../../model/call-sites.js'
import { type ExperimentInputs, loadExperiment } from '../load-experiment.js'
import type { DesignPoint, ExperimentPlan } from '../plan.js'
import { neededPods } from './needed-pods.js'
import { type GridRate, withRate } from './rate-grid.js'
import { AS_WRITTEN, alternativesOf, type Variant } from './variants.js'

/** What is asked. */
export interface CapacityQuestion {
  /** Client group whose rate varies; may be left out where there is one. */
  readonly client?: string
  /** Workload whose replicas vary; may be left out where the Service leads to one. */
  readonly workload?: string
  /** In increasing order. */
  readonly rates: readonly GridRate[]
  /** The rate of the details; that of the scenario where it lies among them, else the highest. */
  readonly detailsAt?: GridRate
  /** In increasing order. */
  readonly replicas: readonly number[]
  /** No point gets more, unless the scenario asks for more. */
  readonly maxReplications: number
}

/** Fields that vary. */
export interface CapacityAxes {
  readonly rate: string
  readonly replicas: string
  /** Heading of the third axis: what else differs. */
  readonly variant: string
}

/** A question that was checked. */
export interface CapacityPlan {
  readonly inputs: ExperimentInputs
  readonly axes: CapacityAxes
  readonly client: string
  readonly workload: string
  /** With the rate of the details, the same object. */
  readonly rates: readonly GridRate[]
  readonly details: GridRate
  readonly replicas: readonly number[]
  readonly maxReplications: number
  readonly alternatives: readonly Variant[]
  /** Ends of all ranges: seed, thresholds, digest, warnings. */
  readonly ends: ExperimentPlan
}

/** Where a point stands. */
export interface Cell {
  readonly rate: GridRate
  readonly replicas: number
  readonly variant: Variant
}

const VARIANT_AXIS = 'case'

/**
 * Checks a scenario at the ends of the ranges.
 *
 * @param given - thresholds are the objectives; those of the scenario too
 * @throws InputError NAME_UNKNOWN for client and workload, USAGE if they are left open; as `loadExperiment`
 */
export function planCapacity(given: ExperimentInputs, question: CapacityQuestion): CapacityPlan {
  const [point] = loadExperiment({ ...given, axes: [oneValueAxis(VARIANT_AXIS, AS_WRITTEN)] }).points
  const root = rootOf(point, question.client)
  const workload = workloadOf(root, question.workload)
  const wanted = question.detailsAt ?? detailsRate(question.rates, root.group.arrivals.rate)
  const inputs = { ...given, settings: [...given.settings, heldInPlace(point, root, workload)] }
  const axes = {
    rate: `clients.${root.group.name}.arrivals.rate`,
    replicas: `replicas.${workload}`,
    variant: VARIANT_AXIS,
  }
  const alternatives = alternativesOf(point, root.node.site)
  const rates = withRate(question.rates, wanted)
  const details = rates.find(({ perSec }) => perSec === wanted.perSec) ?? wanted
  const plan = { inputs, axes, rates, replicas: question.replicas }
  return {
    ...plan,
    client: root.group.name,
    workload,
    details,
    maxReplications: question.maxReplications,
    alternatives,
    ends: loadExperiment({ ...inputs, axes: axesOfEnds(plan, [AS_WRITTEN, ...alternatives]) }),
  }
}

/** The plan of one cell. */
export function planOfCell(
  { inputs, axes }: CapacityPlan,
  { rate, replicas, variant }: Cell,
): ExperimentPlan {
  return loadExperiment({
    ...inputs,
    axes: [rateAxis(axes, [rate]), replicasAxis(axes, [replicas]), oneValueAxis(axes.variant, variant)],
  })
}

/** The client group of a point, its calls, and those of all. */
export function callsOfClient(
  { cluster, scenario }: DesignPoint,
  client: string,
): { readonly graph: CallGraph; readonly root: CallRoot } {
  const graph = buildCallGraph(cluster, scenario)
  const root = graph.roots.find(({ group }) => group.name === client) ?? graph.roots[0]
  return { graph, root }
}

function rootOf({ cluster, scenario }: DesignPoint, wanted: string | undefined): CallRoot {
  const { roots } = buildCallGraph(cluster, scenario)
  const names = roots.map(({ group }) => group.name)
  if (wanted === undefined && roots.length > 1) {
    throw openQuestion('the rate of which client group varies is not said', '--client', names)
  }
  const root = wanted === undefined ? roots[0] : roots.find(({ group }) => group.name === wanted)
  if (root === undefined) throw unknownName('client group', wanted ?? '', names)
  return root
}

function workloadOf({ node }: CallRoot, wanted: string | undefined): string {
  const names = [...node.handlers.keys()]
  if (wanted === undefined && names.length > 1) {
    throw openQuestion('the replicas of which workload vary is not said', '--workload', names)
  }
  const workload = wanted ?? names[0]
  if (workload === undefined || (wanted !== undefined && !names.includes(wanted)))
    throw unknownName(`workload behind Service "${node.site.service.name}"`, wanted ?? '', names)
  return workload
}

/** The other workloads that requests need stay where they are as written: scaling one moves no pod of another. */
function heldInPlace(point: DesignPoint, root: CallRoot, workload: string): Setting {
  const { cluster, scenario } = point
  const others = [...neededPods(point, root)].filter(([name]) => name !== workload)
  const nodesOf = (pods: readonly ClusterPod[]) => pods.map(({ nodeIndex }) => cluster.nodes[nodeIndex].name)
  const held = others.map(([name, pods]) => [name, nodesOf(pods)] as const)
  return {
    path: 'cluster.placement',
    value: { ...Object.fromEntries(held), ...scenario.spec.cluster.placement },
  }
}

/** The rate of the scenario where the grid reaches it. */
function detailsRate(rates: readonly GridRate[], perSec: number): GridRate {
  const last = rates[rates.length - 1]
  const isWithin = perSec >= rates[0].perSec && perSec <= last.perSec
  return isWithin ? { text: `${perSec}/s`, perSec } : last
}

function axesOfEnds(
  { axes, rates, replicas }: Pick<CapacityPlan, 'axes' | 'rates' | 'replicas'>,
  variants: readonly Variant[],
): readonly Axis[] {
  return [
    rateAxis(axes, endsOf(rates)),
    replicasAxis(axes, endsOf(replicas)),
    { name: axes.variant, values: variants.map(({ name, settings }) => ({ label: name, settings })) },
  ]
}

function rateAxis({ rate }: CapacityAxes, values: readonly GridRate[]): Axis {
  return {
    name: rate,
    values: values.map(({ text }) => ({ label: text, settings: [{ path: rate, value: text }] })),
  }
}

function replicasAxis({ replicas }: CapacityAxes, values: readonly number[]): Axis {
  return {
    name: replicas,
    values: values.map((value) => ({ label: String(value), settings: [{ path: replicas, value }] })),
  }
}

function oneValueAxis(axis: string, { name, settings }: Variant): Axis {
  return { name: axis, values: [{ label: name, settings }] }
}

function endsOf<T>(values: readonly T[]): readonly T[] {
  return values.length === 1 ? values : [values[0], values[values.length - 1]]
}

function openQuestion(message: string, option: string, names: readonly string[]): InputError {
  const hint = `give ${option} with one of ${names.join(', ')}`
  return new InputError([{ severity: 'error', code: 'USAGE', message, hint }])
}

function unknownName(what: string, wanted: string, names: readonly string[]): InputError {
  const nearest = closestName(wanted, names)
  const listed = names.length === 0 ? 'there is none' : `there are ${names.join(', ')}`
  return new InputError([
    {
      severity: 'error',
      code: 'NAME_UNKNOWN',
      message: `There is no ${what} "${wanted}"`,
      hint: nearest === undefined ? listed : `did you mean "${nearest}"?`,
    },
  ])
}
