/**
 * `npm run reports`: runs shipped scenarios and writes their reports to `reports/<name>/`, the same bytes every time.
 * Continuous integration compares them with what is committed, so a change of results is seen where people read them.
 */
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderReport } from '../report/render-report.js'
import { asBytes, writeFiles } from './deliver-results.js'
import { loadPlan } from './load-plan.js'
import { machineSurroundings } from './machine.js'
import { runPlan } from './run-plan.js'
import type { Surroundings } from './surroundings.js'
import { tellError } from './tell-error.js'

/** Folders of `scenarios/`. */
const SHOWN_SCENARIOS = ['counter', 'session-affinity']

/** Results of sweeps are larger than what belongs under version control; the report says how to make them. */
const MAX_RESULTS_BYTES = 512 * 1024

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

async function writeGallery(surroundings: Surroundings): Promise<void> {
  for (const name of SHOWN_SCENARIOS) {
    const plan = await loadPlan('run', path.join('scenarios', name), {}, surroundings)
    const results = await runPlan(plan, false, surroundings)
    const [data] = asBytes(await renderReport(results, 'json'))
    const report = asBytes(await renderReport(results, 'md'))
    const files = data.bytes.length <= MAX_RESULTS_BYTES ? [...report, data] : report
    const folder = path.join('reports', name)
    fs.rmSync(path.join(ROOT, folder), { recursive: true, force: true })
    await writeFiles(files, { path: path.join(ROOT, folder), shownAs: folder }, {}, surroundings)
  }
}

const surroundings = { ...machineSurroundings(), cwd: ROOT }
try {
  await writeGallery(surroundings)
} catch (error) {
  process.exitCode = await tellError(error, ['reports'], surroundings)
}
