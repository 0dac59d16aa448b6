/**
 * svcsim as a library: six calls from texts to a page.
 *
 *     const manifests = readManifests([{ path: 'shop.yaml', text }])
 *     const scenario = readScenario({ path: 'scenario.yaml', text: scenarioText })
 *     const cluster = compileCluster(manifests, scenario)
 *     const plan = planExperiment(cluster, scenario)
 *     const results = await runExperiment(plan, { workers: 4 })
 *     const [page] = await renderReport(results, 'md')
 *
 * Sweeps, settings and recorded workloads: `loadExperiment` takes texts and gives a plan in one call.
 */
import type { Diagnostic } from './base/diagnostics.js'
import { drawFrom } from './experiment/draws.js'
import type { Manifests } from './input/kubernetes-objects.js'
import { parseManifestFiles, readManifests as readParsedManifests } from './input/read-manifests.js'
import { readScenario as readScenarioFile } from './input/read-scenario.js'
import type { Scenario } from './input/scenario-schema.js'
import type { SourceFile } from './input/source-file.js'
import type { Cluster } from './kubernetes/cluster.js'
import { compileCluster as compile } from './kubernetes/compile-cluster.js'

export type { Diagnostic, SourcePlace } from './base/diagnostics.js'
export { InputError, InvariantError } from './base/diagnostics.js'
export { MODEL_VERSION, VERSION } from './base/version.js'
export { type ExperimentInputs, loadExperiment } from './experiment/load-experiment.js'
export type { DesignPoint, ExperimentPlan } from './experiment/plan.js'
export { planExperiment } from './experiment/plan-experiment.js'
export { type ExperimentProgress, type RunOptions, runExperiment } from './experiment/run-experiment.js'
export { runTasks } from './experiment/run-tasks.js'
export type { FinishedTask, Task } from './experiment/tasks.js'
export { renderDiagnostics } from './input/render-diagnostics.js'
export { parseAxis, parseSetting } from './input/settings.js'
export { type ReportFile, type ReportFormat, renderReport } from './report/render-report.js'
export { bundleToResults, resultsToBundle } from './results/results-bundle.js'
export { readResults, resultsToJson } from './results/results-json.js'
export type { Results } from './results/results-schema.js'
export type { Cluster, Manifests, Scenario, SourceFile }

/** Objects, and what they say that is not modelled. */
export interface ManifestsWithWarnings extends Manifests {
  readonly warnings: readonly Diagnostic[]
}

/**
 * Reads manifests from the texts of files.
 *
 * @throws InputError with all errors
 */
export function readManifests(files: readonly SourceFile[]): ManifestsWithWarnings {
  const { manifests, warnings } = readParsedManifests(parseManifestFiles(files))
  return { ...manifests, warnings }
}

/**
 * Reads a scenario from the text of its file.
 *
 * @throws InputError with all errors
 */
export function readScenario(file: SourceFile): Scenario {
  return readScenarioFile(file).scenario
}

/**
 * Settles the cluster as the control plane would; what Kubernetes draws at random comes from the seed of the scenario.
 *
 * @throws InputError with all errors
 */
export function compileCluster(
  manifests: Manifests & Partial<ManifestsWithWarnings>,
  scenario: Scenario,
): Cluster {
  const cluster = compile(manifests, scenario, drawFrom(scenario.spec.seed))
  return { ...cluster, warnings: [...(manifests.warnings ?? []), ...cluster.warnings] }
}
