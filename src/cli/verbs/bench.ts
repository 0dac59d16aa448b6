/** `svcsim bench routing`: the load-balancing algorithms side by side. */
import {
  BENCH_ROUTING_MANIFESTS,
  BENCH_ROUTING_SCENARIO,
  type BenchRoutingOptions,
  benchRoutingSettings,
} from '../../experiment/bench-routing.js'
import { loadExperiment } from '../../experiment/load-experiment.js'
import { benchRoutingText } from '../bench-table.js'
import { outputTarget } from '../deliver-results.js'
import { givenSettings } from '../load-plan.js'
import type { ExecutionOptions, OutputOptions } from '../options.js'
import { runAndDeliver } from '../run-and-deliver.js'
import { shellText } from '../shell-text.js'
import type { Surroundings } from '../surroundings.js'

/** As the command line gives them. */
export interface BenchOptions extends OutputOptions, ExecutionOptions {
  readonly pods: number
  readonly clients: number
  readonly utilisation: number
  readonly rate?: number
  readonly seed?: number
  readonly replications?: number
}

/** @throws InputError if the settings do not fit the scenario; OutputError, ClosedPipe, Interruption, Unfinished, Fault */
export async function benchRoutingVerb(options: BenchOptions, surroundings: Surroundings): Promise<void> {
  if (options.output !== undefined) outputTarget(options.output, surroundings.cwd)
  const { pods, clients, utilisation, rate } = options
  const chosen: BenchRoutingOptions = { podCount: pods, clientCount: clients, utilisation, ratePerSec: rate }
  const plan = loadExperiment({
    scenarioFile: BENCH_ROUTING_SCENARIO,
    manifestFiles: BENCH_ROUTING_MANIFESTS,
    ...givenSettings({ ...options, set: benchRoutingSettings(chosen) }),
    command: '',
  })
  const command = repeatingCommand(options, plan.seed)
  await runAndDeliver({ ...plan, command }, options, surroundings, { renderText: benchRoutingText })
}

function repeatingCommand(
  { pods, clients, utilisation, rate, replications }: BenchOptions,
  seed: number,
): string {
  const load = rate === undefined ? ['--utilisation', String(utilisation)] : ['--rate', String(rate)]
  const args = [
    ...[
      'bench',
      'routing',
      '--pods',
      String(pods),
      '--clients',
      String(clients),
      ...load,
      '--seed',
      String(seed),
    ],
    ...(replications === undefined ? [] : ['--replications', String(replications)]),
  ]
  return `svcsim ${shellText(args)}`
}
