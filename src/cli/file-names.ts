/**
 * What files are called in results, so that equal inputs are equal bytes wherever the command is run: by their path from
 * the root of the repository that they lie in. In messages a file is called what the user calls it.
 */
import fs from 'node:fs'
import path from 'node:path'

/**
 * A name that does not depend on the working directory.
 *
 * @param file - absolute path of a file or folder
 * @param cwd - absolute; used where the file lies in no repository and no package
 * @returns with `/` between parts; `.` for the root itself; absolute if the file lies outside all of these
 */
export function stableName(file: string, cwd: string): string {
  const root = ancestorWith('.git', file) ?? ancestorWith('package.json', file) ?? cwd
  const relative = path.relative(root, file)
  const name = isInside(relative) ? relative : file
  return name === '' ? '.' : name.replaceAll(path.sep, '/')
}

/** Does a relative path stay below where it starts? */
export function isInside(relative: string): boolean {
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative)
}

function ancestorWith(marker: string, file: string): string | undefined {
  for (let folder = file; ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, marker))) return folder
    if (folder === path.dirname(folder)) return undefined
  }
}
