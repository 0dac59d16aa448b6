/** From the arguments of `rules` and `trace` to a cluster: a scenario, or manifests alone. */
import path from 'node:path'
import { type LoadedCluster, loadCluster } from '../experiment/load-cluster.js'
import { usageError } from './exit-codes.js'
import { stableName } from './file-names.js'
import { isScenarioArgument, readManifestArguments } from './input-files.js'
import { givenSettings, loadInputs, refuseAxes } from './load-plan.js'
import type { InputOptions } from './options.js'
import type { Surroundings } from './surroundings.js'
import { writeDiagnostics } from './tell-error.js'

/** A cluster, and the arguments that name it wherever the command is repeated. */
export interface ClusterOfArguments extends LoadedCluster {
  /** From the root of the repository: paths, `-f`, `--set`, `--seed`. */
  readonly stableArguments: readonly string[]
}

/**
 * Reads and settles a cluster; warnings go to the standard error.
 *
 * @param verb - for messages
 * @param paths - one scenario, or manifests
 * @throws InputError with all errors
 */
export async function loadClusterArguments(
  verb: string,
  paths: readonly string[],
  options: InputOptions,
  surroundings: Surroundings,
): Promise<ClusterOfArguments> {
  refuseAxes(verb, paths[0] ?? '', options)
  const loaded = await settledCluster(paths, options, surroundings)
  if (options.quiet !== true) await writeDiagnostics(loaded.warnings, surroundings)
  return loaded
}

async function settledCluster(
  paths: readonly string[],
  options: InputOptions,
  surroundings: Surroundings,
): Promise<ClusterOfArguments> {
  const areScenarios = await Promise.all(
    paths.map((name) => name !== '-' && isScenarioArgument(name, surroundings)),
  )
  if (!areScenarios.includes(true)) return ofManifests(paths, options, surroundings)
  const [scenario, ...others] = paths
  if (scenario === undefined || others.length > 0) {
    throw usageError('a scenario goes by itself', 'name its manifests with -f, or leave them to the scenario')
  }
  const { files, settings } = await loadInputs(scenario, options, surroundings)
  const { scenarioFile, manifestFiles } = files
  const stableArguments = [files.stableArgument, ...stableOptions(options, surroundings)]
  return { ...loadCluster({ scenarioFile, manifestFiles, settings }), stableArguments }
}

async function ofManifests(
  paths: readonly string[],
  options: InputOptions,
  surroundings: Surroundings,
): Promise<ClusterOfArguments> {
  if (options.filename !== undefined)
    throw usageError('-f goes with a scenario; name manifests alone without it')
  const located = await readManifestArguments(paths, surroundings)
  const manifestFiles = located.map(({ file }) => file)
  const { settings } = givenSettings(options)
  const names = paths.map((name) => stableArgument(name, surroundings))
  const stableArguments = [...names, ...stableOptions(options, surroundings)]
  return { ...loadCluster({ scenarioFile: undefined, manifestFiles, settings }), stableArguments }
}

function stableOptions(
  { filename = [], set = [], seed }: InputOptions,
  surroundings: Surroundings,
): string[] {
  return [
    ...filename.flatMap((file) => ['-f', stableArgument(file, surroundings)]),
    ...set.flatMap((text) => ['--set', text]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
  ]
}

/** A file of the command line, or `-`, as it is called wherever the command is repeated. */
export function stableArgument(file: string, { cwd }: Surroundings): string {
  return file === '-' ? file : stableName(path.resolve(cwd, file), cwd)
}
