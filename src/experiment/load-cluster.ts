/**
 * From texts to one settled cluster, for questions that need no run: what rules a node has, where a packet goes. Of a scenario
 * with a sweep, the scenario without any axis.
 */
import { type Diagnostic, InputError, type Origin } from '../base/diagnostics.js'
import type { Manifests } from '../input/kubernetes-objects.js'
import { readScenario } from '../input/read-scenario.js'
import { SCENARIO_API_VERSION, type Scenario } from '../input/scenario-schema.js'
import type { Setting } from '../input/settings.js'
import type { SourceFile } from '../input/source-file.js'
import { assumeServiceRange } from '../kubernetes/assumed-service-range.js'
import type { Cluster } from '../kubernetes/cluster.js'
import { compileCluster } from '../kubernetes/compile-cluster.js'
import { drawFrom } from './draws.js'
import { ManifestReader } from './manifest-reader.js'

/** Texts of a cluster. */
export interface ClusterInputs {
  /** Undefined: manifests alone, on the nodes that they bring or else on three of the usual kind, with their range of cluster IPs. */
  readonly scenarioFile: SourceFile | undefined
  readonly manifestFiles: readonly SourceFile[]
  /** Of several for one field the last counts. */
  readonly settings: readonly Setting[]
}

/** A cluster, with what it was made from. */
export interface LoadedCluster {
  readonly cluster: Cluster
  /** Without clients where there was none. */
  readonly scenario: Scenario
  /** Undefined: manifests alone. */
  readonly scenarioName: string | undefined
  readonly manifests: Manifests
  readonly warnings: readonly Diagnostic[]
}

/** What a scenario is where nobody wrote one. Nobody can be no client, so there is one, who is taken out again. */
const PLAIN_SCENARIO: SourceFile = {
  path: '<manifests alone>',
  text: `apiVersion: ${SCENARIO_API_VERSION}
kind: Scenario
metadata: { name: manifests }
spec:
  manifests: [.]
  clients: [{ name: nobody, to: "nothing:1", arrivals: { rate: 1/s } }]
`,
}

/**
 * Settles the cluster.
 *
 * @throws InputError with all errors of scenario, settings and manifests
 */
export function loadCluster({ scenarioFile, manifestFiles, settings }: ClusterInputs): LoadedCluster {
  const errors: Diagnostic[] = []
  const reader = new ManifestReader(manifestFiles)
  const read = attempt(errors, () => readScenario(scenarioFile ?? PLAIN_SCENARIO, settings))
  const objects = attempt(errors, () => reader.read(settings, read?.scenario.spec.cluster))
  if (read === undefined || objects === undefined) throw new InputError(errors)
  const { scenario, warnings: assumptions } =
    scenarioFile === undefined
      ? assumeServiceRange(withoutClients(read.scenario), objects.manifests)
      : { scenario: read.scenario, warnings: [] }
  const cluster = settle(objects.manifests, scenario, scenarioFile === undefined ? undefined : read.origin)
  const warnings = [...read.warnings, ...objects.warnings, ...assumptions, ...cluster.warnings]
  return {
    cluster,
    scenario,
    scenarioName: scenarioFile === undefined ? undefined : scenario.metadata.name,
    manifests: objects.manifests,
    // No question of one packet is about who else uses a Service.
    warnings: warnings.filter(({ code }) => code !== 'SVC_UNUSED'),
  }
}

function settle(manifests: Manifests, scenario: Scenario, origin: Origin | undefined): Cluster {
  const draw = drawFrom(scenario.spec.seed)
  return compileCluster(manifests, scenario, draw, origin === undefined ? {} : { scenario: origin })
}

function withoutClients(scenario: Scenario): Scenario {
  return { ...scenario, spec: { ...scenario.spec, clients: [] } }
}

/** The value of an action, or undefined and its complaints. */
function attempt<T>(errors: Diagnostic[], action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    errors.push(...error.diagnostics)
    return undefined
  }
}
