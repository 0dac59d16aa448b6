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
import { shellText } from './shell-text.js'
import type { Surroundings } from './surroundings.js'
import { tellError } from './tell-error.js'
import { type CapacityInputOptions, capacityArguments, capacityResults } from './verbs/capacity.js'

/** One report: its folder below `reports/`, and the command line that it is the result of. */
interface Shown {
  readonly folder: string
  readonly verb: 'run' | 'sweep' | 'capacity'
  readonly scenario: string
  readonly set: readonly string[]
  /** Of the verb `capacity`. */
  readonly capacity?: CapacityInputOptions
  /** What the report answers. */
  readonly question: string
  /** The chart that shows the answer best. */
  readonly picture: string
}

const SHOWN: readonly Shown[] = [
  {
    folder: 'counter',
    verb: 'run',
    scenario: 'scenarios/counter',
    set: [],
    question: 'Where does the time of a request to the counter go?',
    picture: 'parts-browsers-counter-np.svg',
  },
  {
    folder: 'counter/replicas',
    verb: 'sweep',
    scenario: 'scenarios/counter',
    set: ['counter.replicas=1..10'],
    question: 'What does each further replica of the counter buy?',
    picture: 'response-time.svg',
  },
  {
    folder: 'counter/capacity',
    verb: 'capacity',
    scenario: 'scenarios/counter',
    set: [],
    capacity: {
      rate: '100..900/s',
      replicas: '1..8',
      slo: ['p99 < 250ms', 'errors < 0.1%'],
      maxReplications: 24,
    },
    question: 'How many replicas does the counter need, at which rate?',
    picture: 'replicas-and-rates.svg',
  },
  {
    folder: 'session-affinity',
    verb: 'run',
    scenario: 'scenarios/session-affinity',
    set: [],
    question: 'Which way into a Service keeps a client on its pod?',
    picture: 'stickiness.svg',
  },
  {
    folder: 'traffic-policy-local',
    verb: 'run',
    scenario: 'scenarios/traffic-policy-local',
    set: [],
    question: 'What does externalTrafficPolicy Local cost?',
    picture: 'connections-per-pod.svg',
  },
  {
    folder: 'keep-alive',
    verb: 'run',
    scenario: 'scenarios/keep-alive',
    set: [],
    question: 'Why do two pods do all the work?',
    picture: 'connections-per-pod.svg',
  },
  {
    folder: 'rolling-update',
    verb: 'run',
    scenario: 'scenarios/rolling-update',
    set: [],
    question: 'Does my rollout drop requests, and how long must preStop sleep?',
    picture: 'failed-requests.svg',
  },
  {
    folder: 'conntrack',
    verb: 'run',
    scenario: 'scenarios/conntrack',
    set: [],
    question: 'At which rate is the connection table of a node full?',
    picture: 'failed-requests.svg',
  },
  {
    folder: 'many-services',
    verb: 'run',
    scenario: 'scenarios/many-services',
    set: [],
    question: 'What do 30,000 other Services cost mine?',
    picture: 'response-time.svg',
  },
  {
    folder: 'dns-ndots',
    verb: 'run',
    scenario: 'scenarios/dns-ndots',
    set: [],
    question: 'What does ndots 5 cost?',
    picture: 'response-time.svg',
  },
  {
    folder: 'dns-hot-pod',
    verb: 'run',
    scenario: 'scenarios/dns-hot-pod',
    set: [],
    question: 'Why does one CoreDNS pod do all the work?',
    picture: 'percentiles.svg',
  },
]

/** Results of sweeps are larger than what belongs under version control; the report says how to make them. */
const MAX_RESULTS_BYTES = 512 * 1024

/** Taken by hand of the page of the counter, and kept: fonts differ between machines. */
const SCREENSHOT = 'screenshot.png'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

async function writeGallery(surroundings: Surroundings): Promise<void> {
  const screenshot = path.join(ROOT, 'reports', SCREENSHOT)
  const picture = fs.existsSync(screenshot) ? fs.readFileSync(screenshot) : undefined
  fs.rmSync(path.join(ROOT, 'reports'), { recursive: true, force: true })
  for (const shown of SHOWN) {
    const results = await resultsOf(shown, surroundings)
    const shownAs = path.join('reports', shown.folder)
    await writeFiles(await filesOf(results), { path: path.join(ROOT, shownAs), shownAs }, {}, surroundings)
  }
  const readme = { name: 'README.md', bytes: Buffer.from(galleryText()) }
  const kept = picture === undefined ? [] : [{ name: SCREENSHOT, bytes: picture }]
  await writeFiles(
    [readme, ...kept],
    { path: path.join(ROOT, 'reports'), shownAs: 'reports' },
    {},
    surroundings,
  )
}

async function resultsOf(
  { verb, scenario, set, capacity }: Shown,
  surroundings: Surroundings,
): Promise<Results> {
  if (capacity !== undefined) return capacityResults(scenario, capacity, surroundings)
  return runPlan(await loadPlan(verb, scenario, { set }, surroundings), {}, surroundings)
}

/** The front page: each report with its question, its command and one picture. */
function galleryText(): string {
  const entries = SHOWN.map(({ folder, verb, scenario, set, capacity, question, picture }) => {
    const more = capacity === undefined ? [] : capacityArguments(capacity)
    const settings = set.flatMap((each) => ['--set', each])
    const command = `npx svcsim ${shellText([verb, scenario, ...settings, ...more])}`
    const image = `[![${question}](${folder}/charts/${picture})](${folder}/README.md)`
    const page = `As a page that stands alone, for a browser: [${folder}/index.html](${folder}/index.html).`
    return `## [${question}](${folder}/README.md)\n\n    ${command}\n\n${image}\n\n${page}\n`
  })
  const intro =
    'Written by `npm run reports` from the shipped scenarios; the same bytes every time, which CI checks.'
  return ['# Reports\n', `${intro}\n`, ...entries].join('\n')
}

async function filesOf(results: Results): Promise<readonly NamedBytes[]> {
  const [data] = asBytes(await renderReport(results, 'json'))
  const report = asBytes([...(await renderReport(results, 'md')), ...(await renderReport(results, 'html'))])
  return data.bytes.length <= MAX_RESULTS_BYTES ? [...report, data] : report
}

const surroundings = { ...machineSurroundings(), cwd: ROOT }
try {
  await writeGallery(surroundings)
} catch (error) {
  process.exitCode = await tellError(error, ['reports'], surroundings)
}
