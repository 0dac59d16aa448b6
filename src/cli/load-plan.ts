/** From the arguments of `run`, `sweep` and the like to a plan. */
import path from 'node:path'
import { type Diagnostic, InputError, type SourcePlace } from '../base/diagnostics.js'
import { type ExperimentInputs, loadExperiment } from '../experiment/load-experiment.js'
import type { ExperimentPlan, WrittenThreshold } from '../experiment/plan.js'
import { decodeTrace } from '../experiment/record-workload.js'
import { type Axis, isAxisText, parseAxis, parseSetting, type Setting } from '../input/settings.js'
import { COMMAND_LINE, usageError } from './exit-codes.js'
import { stableName } from './file-names.js'
import { type InputFiles, type NamedTrace, readInputFiles } from './input-files.js'
import type { InputOptions } from './options.js'
import { readBytes } from './read-file.js'
import { shellText } from './shell-text.js'
import type { Surroundings } from './surroundings.js'

/** Options beside those of the input that change results, and belong into the command that repeats them. */
export interface PlanOptions {
  readonly threshold?: readonly string[]
  /** More of them, as they are written. */
  readonly resultArguments?: readonly string[]
}

/** `--set` sorted into what is set and what is varied, in order. */
export interface GivenSettings {
  readonly settings: readonly Setting[]
  readonly axes: readonly Axis[]
}

/**
 * Reads everything that an experiment is made of.
 *
 * @param verb - as the command that repeats it begins
 * @param argument - the scenario
 * @throws InputError with all errors of scenario and manifests
 */
export async function loadPlan(
  verb: string,
  argument: string,
  options: InputOptions & PlanOptions,
  surroundings: Surroundings,
): Promise<ExperimentPlan> {
  const loaded = await loadInputs(argument, options, surroundings)
  const thresholds = (options.threshold ?? []).map((text) => writtenThreshold('--threshold', text))
  return withCommand(verb, loadExperiment({ ...loaded, thresholds }), loaded.files, options, surroundings)
}

/** A threshold of the command line, with its place. */
export function writtenThreshold(option: string, text: string): WrittenThreshold {
  return { text, place: optionPlace(option, text) }
}

/** The plan with the command that repeats it, and with places of warnings that do not depend on the working directory. */
export function withCommand(
  verb: string,
  plan: ExperimentPlan,
  files: InputFiles,
  options: InputOptions & PlanOptions,
  surroundings: Surroundings,
): ExperimentPlan {
  return {
    ...plan,
    ...(options.perReplication === true ? { isKeepingReplications: true } : {}),
    command: repeatingCommand(verb, files, plan.seed, options, surroundings),
    warnings: plan.warnings.map((warning) => withStablePlace(warning, files.stableNames)),
  }
}

/**
 * Reads the files and settings of an experiment; what they say is not looked at yet.
 *
 * @throws InputError FILE_UNREADABLE, TRACE_INVALID, SETTING_SYNTAX and the like
 */
export async function loadInputs(
  argument: string,
  options: InputOptions,
  surroundings: Surroundings,
): Promise<ExperimentInputs & { readonly files: InputFiles }> {
  const given = givenSettings(options)
  const files = await readInputFiles(argument, options.filename, surroundings)
  const trace = await traceOf(files, options.trace, surroundings)
  await tellForeignPaths(files, options, surroundings)
  return {
    ...given,
    files,
    scenarioFile: files.scenarioFile,
    manifestFiles: files.manifestFiles,
    command: '',
    ...(trace === undefined ? {} : { trace: decodeTrace(trace.bytes, trace.shownAs) }),
  }
}

/**
 * Reads `--set`, `--seed` and `--replications`.
 *
 * @throws InputError SETTING_SYNTAX, with every one that can not be read
 */
export function givenSettings({ set = [], seed, replications }: InputOptions): GivenSettings {
  const settings: Setting[] = []
  const axes: Axis[] = []
  const errors: Diagnostic[] = []
  for (const text of set) {
    try {
      if (isAxisText(text)) axes.push(parseAxis(text))
      else settings.push(parseSetting(text))
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      errors.push(...error.diagnostics.map((each) => ({ ...each, place: optionPlace('--set', text) })))
    }
  }
  if (errors.length > 0) throw new InputError(errors)
  if (seed !== undefined) settings.push({ path: 'seed', value: seed })
  if (replications !== undefined) settings.push({ path: 'replications', value: replications })
  return { settings, axes }
}

/** The value of an option on the command line. */
export function optionPlace(option: string, text: string): SourcePlace {
  const excerpt = `${option} ${text}`
  return { file: COMMAND_LINE, line: 1, column: option.length + 2, length: Math.max(1, text.length), excerpt }
}

/** @throws InputError USAGE if `--set` names several values, and where they belong; SETTING_SYNTAX as `givenSettings` */
export function refuseAxes(verb: string, argument: string, options: InputOptions): void {
  if (givenSettings(options).axes.length === 0) return
  const axis = options.set?.find(isAxisText) ?? ''
  const hint = `\`svcsim sweep ${shellText([argument, '--set', axis])}\` runs all of them`
  throw usageError(`"--set ${axis}" names several values, and \`svcsim ${verb}\` takes one`, hint)
}

/** The recorded workload of the command line, or else of the scenario. */
async function traceOf(
  files: InputFiles,
  option: string | undefined,
  { cwd }: Surroundings,
): Promise<NamedTrace | undefined> {
  if (option === undefined) return files.trace
  return { bytes: await readBytes(path.resolve(cwd, option), option), shownAs: option }
}

async function tellForeignPaths(
  { foreignPaths }: InputFiles,
  { quiet = false }: InputOptions,
  { stderr }: Surroundings,
): Promise<void> {
  if (quiet || foreignPaths.length === 0) return
  const { terminalText } = await import('../base/terminal-text.js')
  const names = foreignPaths.map((name) => `"${terminalText(name)}"`).join(', ')
  await stderr.write(`note: the scenario reads files outside of its folder: ${names}\n`)
}

/** The same run wherever it is repeated: paths from the root of the repository, no options that only change the output. */
function repeatingCommand(
  verb: string,
  files: InputFiles,
  seed: number,
  {
    filename = [],
    trace,
    set = [],
    replications,
    threshold = [],
    resultArguments = [],
    perReplication,
  }: InputOptions & PlanOptions,
  { cwd }: Surroundings,
): string {
  const named = (file: string) => (file === '-' ? file : stableName(path.resolve(cwd, file), cwd))
  const args = [
    ...verb.split(' '),
    files.stableArgument,
    ...filename.flatMap((file) => ['-f', named(file)]),
    ...(trace === undefined ? [] : ['--trace', named(trace)]),
    ...set.flatMap((text) => ['--set', text]),
    '--seed',
    String(seed),
    ...(replications === undefined ? [] : ['--replications', String(replications)]),
    ...threshold.flatMap((text) => ['--threshold', text]),
    ...resultArguments,
    ...(perReplication === true ? ['--per-replication'] : []),
  ]
  return `svcsim ${shellText(args)}`
}

function withStablePlace(warning: Diagnostic, names: ReadonlyMap<string, string>): Diagnostic {
  const file = warning.place === undefined ? undefined : names.get(warning.place.file)
  if (warning.place === undefined || file === undefined) return warning
  return { ...warning, place: { ...warning.place, file } }
}
