/** Takes network namespaces down: those of a laboratory, and those that killed processes have left behind. */
import { run } from './tools.js'

/** What the names of all namespaces of these tests begin with; the number of the process follows. */
export const LAB_PREFIX = 'svcsim'

/** Removes what processes that are no more have left behind. */
export function removeStaleNamespaces(): void {
  removeNamespaces((name) => {
    const [, pid] = new RegExp(`^${LAB_PREFIX}-(\\d+)-`).exec(name) ?? []
    return pid !== undefined && !isRunning(Number(pid))
  })
}

/** Removes namespaces by their names, and with them their interfaces and rules. */
export function removeNamespaces(isMeant: (name: string) => boolean): void {
  const listed = run('ip', ['netns', 'list']).split('\n')
  const meant = listed.map((line) => line.split(' ', 1)[0]).filter((name) => name !== '' && isMeant(name))
  if (meant.length > 0)
    run('ip', ['-force', '-batch', '-'], meant.map((name) => `netns delete ${name}\n`).join(''))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
