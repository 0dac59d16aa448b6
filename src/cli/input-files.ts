/**
 * The files of one experiment: the scenario that the user names, the manifests that the scenario or the user names, and a
 * recorded workload.
 *
 * Paths on the command line are meant from the working directory, paths in a scenario from the folder of that scenario.
 * What a scenario reads from elsewhere is told, so that a scenario from a stranger can not look around unseen.
 */
import path from 'node:path'
import type { InputError } from '../base/diagnostics.js'
import { formatCount } from '../base/units.js'
import { isScenario, namedFiles } from '../experiment/named-files.js'
import { LIMITS } from '../input/limits.js'
import type { SourceFile } from '../input/source-file.js'
import { usageError } from './exit-codes.js'
import { isInside, stableName } from './file-names.js'
import { decodeText, fileError, isFolder, manifestNames, readBytes } from './read-file.js'
import type { Surroundings } from './surroundings.js'

/** What is used of the surroundings. */
type Reading = Pick<Surroundings, 'cwd' | 'readStdin'>

/** The scenario of a folder. */
export const SCENARIO_NAME = 'scenario.yaml'
const STDIN_NAME = '<stdin>'

/** A file with where it lies. */
interface LocatedFile {
  readonly file: SourceFile
  /** Absolute; undefined: the standard input. */
  readonly path: string | undefined
}

/** All texts of an experiment. */
export interface InputFiles {
  readonly scenarioFile: SourceFile
  readonly manifestFiles: readonly SourceFile[]
  /** A recorded workload that the scenario names: its bytes, and what to call it. */
  readonly trace: NamedTrace | undefined
  /** Of each file, by what messages call it: what results call it, which does not depend on the working directory. */
  readonly stableNames: ReadonlyMap<string, string>
  /** The scenario as an argument that repeats the run: a folder or file; `-` for the standard input. */
  readonly stableArgument: string
  /** Files outside of the folder of the scenario that only the scenario names, as it writes them. */
  readonly foreignPaths: readonly string[]
}

export interface NamedTrace {
  readonly bytes: Uint8Array
  readonly shownAs: string
}

/**
 * Reads a scenario and all that belongs to it.
 *
 * @param argument - file, folder with a `scenario.yaml`, or `-`
 * @param manifests - in place of those that the scenario names: files, folders, `-`; undefined: those of the scenario
 * @throws InputError FILE_UNREADABLE and the like; USAGE if two things are to come from the standard input
 */
export async function readInputFiles(
  argument: string,
  manifests: readonly string[] | undefined,
  reading: Reading,
): Promise<InputFiles> {
  if ([argument, ...(manifests ?? [])].filter((each) => each === '-').length > 1) {
    throw usageError('only one thing can be read from the standard input')
  }
  const scenario = await readScenarioFile(argument, reading)
  const named = namedFiles(scenario.file)
  const folder = scenario.path === undefined ? reading.cwd : path.dirname(scenario.path)
  const shownFolder = scenario.path === undefined ? '' : path.dirname(scenario.file.path)
  const locate = (name: string) => ({ path: path.resolve(folder, name), shownAs: joined(shownFolder, name) })
  const located =
    manifests === undefined
      ? await readAll(named.manifests.map(locate))
      : await readManifestArguments(manifests, reading)
  const trace = named.trace === undefined ? undefined : locate(named.trace)
  const foreign = [...(manifests === undefined ? named.manifests : []), named.trace].filter(
    (name) => name !== undefined && !isInside(path.relative(folder, path.resolve(folder, name))),
  )
  return {
    scenarioFile: scenario.file,
    manifestFiles: located.map(({ file }) => file),
    trace:
      trace === undefined
        ? undefined
        : { bytes: await readBytes(trace.path, trace.shownAs), shownAs: trace.shownAs },
    stableNames: new Map([scenario, ...located].map((each) => [each.file.path, stableNameOf(each, reading)])),
    stableArgument: stableArgumentOf(scenario, reading),
    foreignPaths: foreign.filter((name) => name !== undefined),
  }
}

/** Reads manifests that the user names. @throws InputError FILE_UNREADABLE */
export async function readManifestArguments(
  names: readonly string[],
  reading: Reading,
): Promise<readonly LocatedFile[]> {
  const located: LocatedFile[] = []
  for (const name of names) {
    if (name === '-') located.push(await readStdinFile(reading))
    else located.push(...(await readAll([{ path: path.resolve(reading.cwd, name), shownAs: name }])))
  }
  return located
}

/** Reads one text that the user names: a file, or `-`. @throws InputError FILE_UNREADABLE */
export async function readTextArgument(name: string, reading: Reading): Promise<SourceFile> {
  if (name === '-') return (await readStdinFile(reading)).file
  return readText(path.resolve(reading.cwd, name), name)
}

/** Does an argument lead to a scenario? Folders do where they hold a `scenario.yaml`. */
export async function isScenarioArgument(name: string, { cwd }: Pick<Surroundings, 'cwd'>): Promise<boolean> {
  const absolute = path.resolve(cwd, name)
  if (await isFolder(absolute, name)) return (await manifestNames(absolute, name)).includes(SCENARIO_NAME)
  return isScenario(await readText(absolute, name))
}

async function readScenarioFile(argument: string, reading: Reading): Promise<LocatedFile> {
  if (argument === '-') return readStdinFile(reading)
  const absolute = path.resolve(reading.cwd, argument)
  const isInFolder = await isFolder(absolute, argument)
  const file = isInFolder ? path.join(absolute, SCENARIO_NAME) : absolute
  const shownAs = isInFolder ? path.join(argument, SCENARIO_NAME) : argument
  return { file: await readText(file, shownAs), path: file }
}

async function readStdinFile({ readStdin }: Reading): Promise<LocatedFile> {
  return { file: { path: STDIN_NAME, text: decodeText(await readStdin(), STDIN_NAME) }, path: undefined }
}

/** Files as they are, folders by their manifest files but for scenarios. */
async function readAll(
  places: readonly { readonly path: string; readonly shownAs: string }[],
): Promise<LocatedFile[]> {
  const located: LocatedFile[] = []
  let characters = 0
  for (const place of places) {
    // A scenario may name one large file a thousand times.
    if (characters > LIMITS.totalCharacters) throw tooLarge()
    if (!(await isFolder(place.path, place.shownAs))) {
      const file = await readText(place.path, place.shownAs)
      characters += file.text.length
      located.push({ file, path: place.path })
      continue
    }
    const files = await readFolder(place.path, place.shownAs)
    for (const { file } of files) characters += file.text.length
    located.push(...files)
  }
  return located
}

function tooLarge(): InputError {
  const message = `The manifests have more than ${formatCount(LIMITS.totalCharacters)} characters in all`
  return fileError('TEXT_TOO_LARGE', message, 'leave out the manifests that the question does not depend on')
}

async function readFolder(folder: string, shownAs: string): Promise<LocatedFile[]> {
  const located: LocatedFile[] = []
  for (const name of await manifestNames(folder, shownAs)) {
    const file = await readText(path.join(folder, name), path.join(shownAs, name))
    if (!isScenario(file)) located.push({ file, path: path.join(folder, name) })
  }
  if (located.length > 0) return located
  const hint = 'manifests end in .yaml, .yml or .json, and lie directly in the folder'
  throw fileError('FILE_UNREADABLE', `The folder "${shownAs}" holds no manifests`, hint)
}

async function readText(file: string, shownAs: string): Promise<SourceFile> {
  return { path: shownAs, text: decodeText(await readBytes(file, shownAs), shownAs) }
}

function stableNameOf({ file, path: absolute }: LocatedFile, { cwd }: Reading): string {
  return absolute === undefined ? file.path : stableName(absolute, cwd)
}

/** A scenario.yaml goes by its folder. */
function stableArgumentOf({ path: absolute }: LocatedFile, { cwd }: Reading): string {
  if (absolute === undefined) return '-'
  const isInFolder = path.basename(absolute) === SCENARIO_NAME
  const name = stableName(isInFolder ? path.dirname(absolute) : absolute, cwd)
  return name.startsWith('-') ? `./${name}` : name
}

function joined(folder: string, name: string): string {
  return path.isAbsolute(name) ? name : path.join(folder, name)
}
