/** `svcsim check`: what is wrong with a scenario, or with manifests alone, without running anything. */
import { formatCount } from '../../base/units.js'
import { type CheckReport, checkExperiment, checkManifests } from '../../experiment/check-inputs.js'
import { usageError } from '../exit-codes.js'
import { isScenarioArgument, readManifestArguments } from '../input-files.js'
import { loadInputs } from '../load-plan.js'
import type { InputOptions } from '../options.js'
import type { Surroundings } from '../surroundings.js'
import { writeDiagnostics } from '../tell-error.js'

/**
 * @param paths - one scenario, or manifests
 * @throws InputError with all errors; ClosedPipe
 */
export async function checkVerb(
  paths: readonly string[],
  options: InputOptions,
  surroundings: Surroundings,
): Promise<void> {
  const report = await checked(paths, options, surroundings)
  await writeDiagnostics(report.warnings, surroundings)
  if (options.quiet !== true) await surroundings.stdout.write(`${summary(report)}\n`)
}

async function checked(
  paths: readonly string[],
  options: InputOptions,
  surroundings: Surroundings,
): Promise<CheckReport> {
  // The standard input holds manifests, as from `helm template`.
  const areScenarios = await Promise.all(
    paths.map((name) => name !== '-' && isScenarioArgument(name, surroundings)),
  )
  if (!areScenarios.includes(true)) {
    if (options.filename !== undefined)
      throw usageError('-f goes with a scenario; name manifests alone without it')
    return checkManifests((await readManifestArguments(paths, surroundings)).map(({ file }) => file))
  }
  const [scenario, ...others] = paths
  if (scenario === undefined || others.length > 0) {
    throw usageError(
      'a scenario is checked by itself',
      'name its manifests with -f, or leave them to the scenario',
    )
  }
  return checkExperiment(await loadInputs(scenario, options, surroundings))
}

/** `ok: 2 Services, 4 pods on 3 nodes; 2 client groups, 10 points of 5 replications; 1 warning`. */
function summary({ serviceCount, podCount, nodeCount, experiment, warnings }: CheckReport): string {
  const cluster = `${counted(serviceCount, 'Service')}, ${counted(podCount, 'pod')} on ${counted(nodeCount, 'node')}`
  const runs =
    experiment === undefined
      ? ''
      : `; ${counted(experiment.clientGroupCount, 'client group')}, ${counted(experiment.pointCount, 'point')} of ${counted(experiment.replications, 'replication')}`
  return `ok: ${cluster}${runs}; ${warnings.length === 0 ? 'no warnings' : counted(warnings.length, 'warning')}`
}

function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}
