/** `svcsim init`: the first draft of a scenario, written beside the manifests that it is for. */
import fs from 'node:fs'
import path from 'node:path'
import { draftScenario } from '../../experiment/draft-scenario.js'
import { usageError } from '../exit-codes.js'
import { readManifestArguments, SCENARIO_NAME } from '../input-files.js'
import { isFolder } from '../read-file.js'
import { shellText } from '../shell-text.js'
import type { Surroundings } from '../surroundings.js'
import { writeFile } from '../write-file.js'

/** As the command line gives them. */
export interface InitOptions {
  readonly output?: string
  readonly force?: boolean
}

/**
 * @param paths - manifests: files or folders; none: the working directory
 * @throws InputError with all errors of the manifests; USAGE if there is a scenario already; OutputError
 */
export async function initVerb(
  paths: readonly string[],
  options: InitOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { cwd, stdout, stderr } = surroundings
  const named = paths.length === 0 ? ['.'] : paths
  if (named.includes('-')) {
    throw usageError('a scenario names its manifests, so they must be files', 'save them to a file first')
  }
  const output = options.output ?? path.join(await folderOf(named[0], cwd), SCENARIO_NAME)
  const isPrinting = output === '-'
  const target = isPrinting ? path.join(cwd, SCENARIO_NAME) : path.resolve(cwd, output)
  if (!isPrinting && options.force !== true && fs.existsSync(target)) {
    throw usageError(`"${output}" exists already`, '--force replaces it, --output names another file')
  }
  const folder = path.dirname(target)
  const located = await readManifestArguments(named, surroundings)
  // What is replaced is no manifest, whatever it holds.
  const manifests = located.filter((each) => each.path !== target).map(({ file }) => file)
  const text = draftScenario(manifests, {
    name: path.basename(path.resolve(cwd, await folderOf(named[0], cwd))),
    manifestPaths: named.map((name) => relativePath(folder, path.resolve(cwd, name))),
  })
  if (isPrinting) {
    await stdout.write(text)
    return
  }
  writeFile(target, Buffer.from(text), `"${output}"`)
  await stderr.write(`wrote ${output}; try \`svcsim run ${shellText([output])}\`\n`)
}

async function folderOf(name: string, cwd: string): Promise<string> {
  return (await isFolder(path.resolve(cwd, name), name)) ? name : path.dirname(name)
}

function relativePath(folder: string, file: string): string {
  const relative = path.relative(folder, file).replaceAll(path.sep, '/')
  return relative === '' ? '.' : relative
}
