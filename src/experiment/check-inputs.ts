/** What `svcsim check` finds: everything that loading an experiment finds, and what was understood. Runs nothing. */
import type { Diagnostic } from '../base/diagnostics.js'
import { SCENARIO_API_VERSION, type Scenario, scenarioSchema } from '../input/scenario-schema.js'
import type { SourceFile } from '../input/source-file.js'
import { assumeServiceRange } from '../kubernetes/assumed-service-range.js'
import type { Cluster } from '../kubernetes/cluster.js'
import { compileCluster } from '../kubernetes/compile-cluster.js'
import { drawFrom } from './draws.js'
import { type ExperimentInputs, loadExperiment } from './load-experiment.js'
import { ManifestReader } from './manifest-reader.js'

/** What was understood, as counts of the first design point. */
export interface CheckReport {
  readonly nodeCount: number
  readonly podCount: number
  readonly serviceCount: number
  /** Undefined: manifests alone. */
  readonly experiment: ExperimentCounts | undefined
  /** Legal, but perhaps not meant, or not modelled. */
  readonly warnings: readonly Diagnostic[]
}

export interface ExperimentCounts {
  readonly clientGroupCount: number
  readonly pointCount: number
  readonly replications: number
}

/**
 * Checks a scenario with its manifests.
 *
 * @throws InputError as `loadExperiment`
 */
export function checkExperiment(inputs: ExperimentInputs): CheckReport {
  const { points, replications, warnings } = loadExperiment(inputs)
  const { cluster, scenario } = points[0]
  const clientGroupCount = scenario.spec.clients.length
  return {
    ...clusterCounts(cluster),
    experiment: { clientGroupCount, pointCount: points.length, replications },
    warnings,
  }
}

/**
 * Checks manifests alone, on the nodes that they bring or else on three of the usual kind, and with the range of their own
 * cluster IPs.
 *
 * @throws InputError with all errors
 */
export function checkManifests(files: readonly SourceFile[]): CheckReport {
  const { manifests, warnings } = new ManifestReader(files).read([])
  const assumed = assumeServiceRange(scenarioWithoutClients(), manifests)
  const cluster = compileCluster(manifests, assumed.scenario, drawFrom(1))
  return {
    ...clusterCounts(cluster),
    experiment: undefined,
    // Nobody uses a Service where there are no clients.
    warnings: [
      ...warnings,
      ...assumed.warnings,
      ...cluster.warnings.filter((warning) => warning.code !== 'SVC_UNUSED'),
    ],
  }
}

function clusterCounts({
  nodes,
  pods,
  services,
}: Cluster): Pick<CheckReport, 'nodeCount' | 'podCount' | 'serviceCount'> {
  return { nodeCount: nodes.length, podCount: pods.length, serviceCount: services.length }
}

function scenarioWithoutClients(): Scenario {
  const scenario = scenarioSchema.parse({
    apiVersion: SCENARIO_API_VERSION,
    kind: 'Scenario',
    metadata: { name: 'check' },
    spec: { manifests: ['.'], clients: [{ name: 'nobody', to: 'nothing:1', arrivals: { rate: '1/s' } }] },
  })
  return { ...scenario, spec: { ...scenario.spec, clients: [] } }
}
