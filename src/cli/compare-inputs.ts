/**
 * What the arguments of `svcsim compare` stand for: scenarios to be run, variants of one, or saved results.
 *
 * All runs share the seed and number of replications of the first, so that replications of the same number meet the same
 * random numbers.
 */
import path from 'node:path'
import { type Alternative, alternativesOf } from '../experiment/compare/alternative.js'
import type { ExperimentPlan } from '../experiment/plan.js'
import { bundleToResults } from '../results/results-bundle.js'
import { readResults } from '../results/results-json.js'
import type { Results } from '../results/results-schema.js'
import { usageError } from './exit-codes.js'
import { loadPlan } from './load-plan.js'
import type { ExecutionOptions, InputOptions } from './options.js'
import { decodeText, isFolder, readBytes } from './read-file.js'
import { runPlan } from './run-plan.js'
import type { Surroundings } from './surroundings.js'

/** Replications where neither the command line nor the scenario says more than one. */
export const USUAL_REPLICATIONS = 10

/** One of the things that are compared. */
interface Input {
  readonly name: string
  readonly source: Results | { readonly scenario: string; readonly set: readonly string[] }
}

/** A setting begins after a comma that a path and `=` follow; other commas belong to values. */
const NEXT_SETTING = /,(?=\s*[A-Za-z][^,=\s]*=)/

/**
 * Reads `NAME: PATH=VALUE,PATH=VALUE`; the name may be left out, and so may the settings where there is a name.
 *
 * @throws InputError USAGE
 */
export function parseVariant(text: string): { readonly name: string; readonly set: readonly string[] } {
  const equals = text.indexOf('=')
  const colon = text.slice(0, equals < 0 ? undefined : equals).indexOf(':')
  const settings = text.slice(colon + 1).trim()
  const name = colon < 0 ? settings : text.slice(0, colon).trim()
  if (name === '' || (equals < 0 && settings !== '')) {
    const hint = "write --variant 'NAME: PATH=VALUE,PATH=VALUE', or 'NAME:' for the scenario as it is"
    throw usageError(`--variant "${text}" can not be read`, hint)
  }
  return { name, set: settings === '' ? [] : settings.split(NEXT_SETTING).map((each) => each.trim()) }
}

/**
 * Reads, and where need be runs, everything that is compared.
 *
 * @throws InputError, Interruption, Fault as `svcsim run`
 */
export async function loadAlternatives(
  paths: readonly string[],
  variants: readonly string[],
  options: InputOptions & Pick<ExecutionOptions, 'workers' | 'queue'>,
  surroundings: Surroundings,
): Promise<readonly Alternative[]> {
  const inputs = await inputsOf(paths, variants, surroundings)
  const alternatives: Alternative[] = []
  let shared = options
  for (const { name, source } of inputs) {
    const results = 'schemaVersion' in source ? source : await runInput(source, shared, surroundings)
    const { seed, replications } = results
    shared = { ...options, seed: options.seed ?? seed, replications: options.replications ?? replications }
    alternatives.push(...alternativesOf(name, results))
  }
  if (alternatives.length > 1) return alternatives
  const hint = "name a second scenario or results file, or vary the first: --variant 'PATH=VALUE'"
  throw usageError('there is nothing to compare with', hint)
}

async function inputsOf(
  paths: readonly string[],
  variants: readonly string[],
  surroundings: Surroundings,
): Promise<readonly Input[]> {
  if (variants.length === 0) return Promise.all(paths.map((each) => inputOf(each, surroundings)))
  const [scenario] = paths
  if (paths.length > 1 || (await savedResults(scenario, surroundings)) !== undefined)
    throw usageError('--variant goes with one scenario', 'leave out the others')
  const named = variants.map((text) => {
    const { name, set } = parseVariant(text)
    return { name, source: { scenario, set } }
  })
  const asItIs = { name: 'as it is', source: { scenario, set: [] } }
  return named.length === 1 ? [asItIs, ...named] : named
}

async function inputOf(name: string, surroundings: Surroundings): Promise<Input> {
  const saved = await savedResults(name, surroundings)
  return { name, source: saved ?? { scenario: name, set: [] } }
}

/** The results that a file holds; undefined: it is a scenario. */
async function savedResults(name: string, { cwd }: Surroundings): Promise<Results | undefined> {
  const absolute = path.resolve(cwd, name)
  const isFile = name !== '-' && !(await isFolder(absolute, name))
  if (!isFile || !/\.(json|msgpack)$/i.test(name)) return undefined
  const bytes = await readBytes(absolute, name)
  if (/\.msgpack$/i.test(name)) return bundleToResults(bytes, name)
  const text = decodeText(bytes, name)
  return /"schemaVersion"\s*:\s*"svcsim\.dev\/results/.test(text) ? readResults(text, name) : undefined
}

async function runInput(
  { scenario, set }: Exclude<Input['source'], Results>,
  options: InputOptions & Pick<ExecutionOptions, 'workers' | 'queue'>,
  surroundings: Surroundings,
): Promise<Results> {
  const all = { ...options, set: [...(options.set ?? []), ...set] }
  const first = await loadPlan('run', scenario, all, surroundings)
  const isEnough = options.replications !== undefined || first.replications > 1
  const plan = isEnough
    ? first
    : await loadPlan('run', scenario, { ...all, replications: USUAL_REPLICATIONS }, surroundings)
  const kept: ExperimentPlan = { ...plan, isKeepingReplications: true }
  return runPlan(kept, options, surroundings)
}
