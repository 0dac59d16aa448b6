/** What must hold between the parts of a design point before it runs: found here, and not after an hour. */
import { type Diagnostic, InputError } from '../base/diagnostics.js'
import { buildCallGraph, type CallGraph, type CallRoot } from '../model/call-sites.js'
import { placeCallers } from '../model/callers.js'
import { costsOf } from '../model/cost-settings.js'
import { AddressBook } from '../netfilter/address-book.js'
import type { RecordedGroup, WorkloadTrace } from '../workload/workload-trace.js'
import type { DesignPoint } from './plan.js'

/** Checks the points of one experiment, one after another. */
export class PointChecker {
  /** Client populations that were placed before: points of a sweep mostly share one. */
  readonly #placed = new Set<string>()

  /** @param trace - replayed at every point; undefined: demand is drawn */
  constructor(readonly trace: WorkloadTrace | undefined) {}

  /** What makes it impossible to run the point: CALL_CYCLE, COST_UNKNOWN, CLIENTS_DO_NOT_FIT, TRACE_MISMATCH. */
  errors(point: DesignPoint): readonly Diagnostic[] {
    const costs = diagnosticsOf(() => costsOf(point.scenario))
    let graph: CallGraph | undefined
    const calls = diagnosticsOf(() => {
      graph = buildCallGraph(point.cluster, point.scenario)
    })
    if (graph === undefined) return [...costs, ...calls]
    return [...costs, ...calls, ...this.#placingErrors(point, graph), ...traceErrors(graph, this.trace)]
  }

  #placingErrors({ cluster, scenario }: DesignPoint, graph: CallGraph): readonly Diagnostic[] {
    const groups = scenario.spec.clients.map(({ name, location, count, nodes }) => [
      name,
      location,
      count,
      nodes,
    ])
    const pods = cluster.pods.map((pod) => pod.address)
    const key = JSON.stringify([groups, cluster.nodes.map((node) => node.podCidr), pods])
    if (this.#placed.has(key)) return []
    this.#placed.add(key)
    return diagnosticsOf(() => placeCallers(graph, cluster, scenario, new AddressBook()))
  }
}

/** What an action complains about; nothing if it succeeds. */
export function diagnosticsOf(action: () => void): readonly Diagnostic[] {
  try {
    action()
    return []
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics
    throw error
  }
}

function traceErrors({ roots }: CallGraph, trace: WorkloadTrace | undefined): Diagnostic[] {
  if (trace === undefined) return []
  const recorded = new Map(trace.groups.map((group) => [group.name, group]))
  const faults = roots.flatMap((root) => groupFaults(root, recorded.get(root.group.name)))
  const names = new Set(roots.map((root) => root.group.name))
  const surplus = trace.groups.filter(({ name }) => !names.has(name))
  return [
    ...faults,
    ...surplus.map(({ name }) => `it has a client group "${name}", and the scenario has not`),
  ].map((fault) => ({
    severity: 'error' as const,
    code: 'TRACE_MISMATCH' as const,
    message: `The recorded workload does not fit the scenario: ${fault}`,
    hint: 'record it again with `svcsim workload record`, or undo the change',
  }))
}

function groupFaults({ group, demands }: CallRoot, recorded: RecordedGroup | undefined): string[] {
  if (recorded === undefined) return [`it has no client group "${group.name}"`]
  const faults: string[] = []
  if (recorded.clientCount !== group.count) {
    faults.push(
      `it was recorded with ${recorded.clientCount} clients of group "${group.name}", not ${group.count}`,
    )
  }
  const slots = demands.map((slot) => slot.name)
  const first = slots.findIndex((slot, index) => slot !== recorded.slots[index])
  if (first >= 0) {
    faults.push(
      `requests of "${group.name}" now need the service time "${slots[first]}" where they had another one or none`,
    )
  } else if (slots.length < recorded.slots.length) {
    faults.push(
      `requests of "${group.name}" no longer need the service time "${recorded.slots[slots.length]}"`,
    )
  }
  return faults
}
