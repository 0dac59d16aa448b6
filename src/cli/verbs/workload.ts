/** `svcsim workload record`: what the clients of a scenario ask for, as a file that can be replayed. */
import path from 'node:path'
import { formatCount } from '../../base/units.js'
import { encodeTrace, recordWorkload } from '../../experiment/record-workload.js'
import { writeFiles } from '../deliver-results.js'
import { loadPlan, refuseAxes } from '../load-plan.js'
import type { InputOptions } from '../options.js'
import type { Surroundings } from '../surroundings.js'

/** @throws InputError, OutputError */
export async function recordVerb(
  scenario: string,
  options: InputOptions & { readonly output: string },
  surroundings: Surroundings,
): Promise<void> {
  refuseAxes('workload record', scenario, options)
  const { points, seed } = await loadPlan('workload record', scenario, options, surroundings)
  const trace = recordWorkload(points[0], seed)
  const file = { name: path.basename(options.output), bytes: encodeTrace(trace) }
  const folder = path.dirname(options.output)
  const target = { path: path.resolve(surroundings.cwd, folder), shownAs: folder }
  await writeFiles([file], target, { quiet: true }, surroundings)
  if (options.quiet === true) return
  const lines = trace.groups.map(
    ({ name, timesNs, clientCount }) =>
      `${name}: ${formatCount(timesNs.length)} requests of ${formatCount(clientCount)} clients`,
  )
  await surroundings.stdout.write(
    `${[...lines, `replay with: svcsim run SCENARIO --trace ${options.output}`].join('\n')}\n`,
  )
}
