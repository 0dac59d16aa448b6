/** Runs the programs of a Linux machine. */
import { spawnSync } from 'node:child_process'

/** How long a program may take, ms: they wait for each other's locks. */
const PROGRAM_LIMIT_MS = 60_000

/**
 * Runs a program to its end.
 *
 * @param input - its standard input
 * @returns its standard output
 * @throws Error with what the program said if it fails
 */
export function run(program: string, words: readonly string[], input = ''): string {
  const ended = spawnSync(program, words, {
    input,
    encoding: 'utf8',
    timeout: PROGRAM_LIMIT_MS,
    maxBuffer: 1 << 26,
  })
  if (ended.status === 0) return ended.stdout
  const reason = ended.error?.message ?? ended.stderr.trim()
  throw new Error(
    `${[program, ...words].join(' ')}: ${reason}${ended.signal === null ? '' : ` (${ended.signal})`}`,
  )
}

/** Runs a program in a network namespace. */
export function runInside(netns: string, program: string, words: readonly string[], input = ''): string {
  return run('ip', ['netns', 'exec', netns, program, ...words], input)
}

/** Is there such a program? */
export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0
}
