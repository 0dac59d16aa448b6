/** `svcsim compare`: alternatives side by side, on common random numbers. */
import path from 'node:path'
import { compareAlternatives } from '../../experiment/compare/compare-alternatives.js'
import { type ComparisonFormat, renderComparison } from '../../report/comparison-report.js'
import { loadAlternatives } from '../compare-inputs.js'
import { comparisonFormat, writeComparison } from '../deliver-comparison.js'
import { outputTarget } from '../deliver-results.js'
import { FoundDifference } from '../exit-codes.js'
import { stableName } from '../file-names.js'
import type { ExecutionOptions, InputOptions } from '../options.js'
import { shellText } from '../shell-text.js'
import type { Surroundings } from '../surroundings.js'

export interface CompareOptions extends InputOptions, Pick<ExecutionOptions, 'workers' | 'queue'> {
  readonly variant?: readonly string[]
  readonly exitCode?: boolean
  readonly format: ComparisonFormat
  readonly output?: string
}

/**
 * @param paths - scenarios, or files of results
 * @throws InputError, OutputError, ClosedPipe, Interruption, Fault; FoundDifference if one is real and --exit-code asks
 */
export async function compareVerb(
  paths: readonly string[],
  options: CompareOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { variant = [], output, format, quiet = false } = options
  const target = output === undefined ? undefined : outputTarget(output, surroundings.cwd)
  if (target?.kind === 'file') comparisonFormat(target.format, target.shownAs)
  const alternatives = await loadAlternatives(paths, variant, options, surroundings)
  const [{ results }] = alternatives
  const command = repeatingCommand(paths, options, results, surroundings)
  const comparison = compareAlternatives(alternatives, command)
  if (target !== undefined)
    await writeComparison(comparison, target, ['json', 'csv', 'md'], options, surroundings)
  if (target === undefined || !quiet) await surroundings.stdout.write(renderComparison(comparison, format))
  if (options.exitCode === true && comparison.hasRealDifference) throw new FoundDifference()
}

function repeatingCommand(
  paths: readonly string[],
  { filename = [], trace, set = [], variant = [] }: CompareOptions,
  { seed, replications }: { readonly seed: number; readonly replications: number },
  { cwd }: Surroundings,
): string {
  const named = (file: string) => (file === '-' ? file : stableName(path.resolve(cwd, file), cwd))
  const args = [
    'compare',
    ...paths.map(named),
    ...filename.flatMap((file) => ['-f', named(file)]),
    ...(trace === undefined ? [] : ['--trace', named(trace)]),
    ...set.flatMap((text) => ['--set', text]),
    ...variant.flatMap((text) => ['--variant', text]),
    ...['--seed', String(seed), '--replications', String(replications)],
  ]
  return `svcsim ${shellText(args)}`
}
