/**
 * `npm run reports`: runs shipped scenarios and writes their reports to `reports/<name>/`, the same bytes every time.
 * Continuous integration compares them with what is committed, so a change of results is seen where people read them.
 */
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderReport } from '../report/render-report.js'
import type { Results } from '../results/results-schema.js'
import { asBytes, type NamedBytes, writeFiles } from './deliver-results.js'
import { loadPlan } from './load-plan.js'
import { machineSurroundings } from './machine.js'
import { runPlan } from './run-plan.js'
import type { Surroundings } from './surroundings.js'
import { tellError } from './tell-error.js'

/** One report: its folder below `reports/`, and the command line that it is the result of. */
interface Shown {
  readonly folder: string
  readonly verb: 'run' | 'sweep'
  readonly scenario: string
  readonly set: readonly string[]
}

const SHOWN: readonly Shown[] = [
  { folder: 'counter', verb: 'run', scenario: 'scenarios/counter', set: [] },
  {
    folder: 'counter/replicas',
    verb: 'sweep',
    scenario: 'scenarios/counter',
    set: ['counter.replicas=1..10'],
  },
  { folder: 'session-affinity', verb: 'run', scenario: 'scenarios/session-affinity', set: [] },
]

/** Results of sweeps are larger than what belongs under version control; the report says how to make them. */
const MAX_RESULTS_BYTES = 512 * 1024

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

async function writeGallery(surroundings: Surroundings): Promise<void> {
  fs.rmSync(path.join(ROOT, 'reports'), { recursive: true, force: true })
  for (const { folder, verb, scenario, set } of SHOWN) {
    const plan = await loadPlan(verb, scenario, { set }, surroundings)
    const results = await runPlan(plan, false, surroundings)
    const shownAs = path.join('reports', folder)
    await writeFiles(await filesOf(results), { path: path.join(ROOT, shownAs), shownAs }, {}, surroundings)
  }
}

async function filesOf(results: Results): Promise<readonly NamedBytes[]> {
  const [data] = asBytes(await renderReport(results, 'json'))
  const report = asBytes(await renderReport(results, 'md'))
  return data.bytes.length <= MAX_RESULTS_BYTES ? [...report, data] : report
}

const surroundings = { ...machineSurroundings(), cwd: ROOT }
try {
  await writeGallery(surroundings)
} catch (error) {
  process.exitCode = await tellError(error, ['reports'], surroundings)
}
