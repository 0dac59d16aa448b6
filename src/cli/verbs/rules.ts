/** `svcsim rules`: what kube-proxy programs on one node; with `--diff`, against what a real node has. */
import { diffNode } from '../../experiment/rules/diff-node.js'
import { listRules } from '../../experiment/rules/list-rules.js'
import { FoundDifference, usageError } from '../exit-codes.js'
import { readTextArgument } from '../input-files.js'
import { loadClusterArguments, stableArgument } from '../load-cluster.js'
import type { InputOptions } from '../options.js'
import { shellText } from '../shell-text.js'
import type { Surroundings } from '../surroundings.js'

export interface RulesOptions extends InputOptions {
  readonly node: string
  readonly diff?: string
  readonly mode?: 'iptables' | 'nftables' | 'ipvs'
  readonly service?: string
  readonly table?: 'nat' | 'filter'
  readonly format: 'text' | 'json'
}

/**
 * @param paths - one scenario, or manifests
 * @throws InputError with all errors; FoundDifference if the rules differ; ClosedPipe
 */
export async function rulesVerb(
  paths: readonly string[],
  options: RulesOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { node, diff, mode, service, table, format } = options
  const isDiff = diff !== undefined
  if (isDiff && (service !== undefined || table !== undefined))
    throw usageError('--diff compares all rules; leave out --service and --table')
  if ([...paths, ...(options.filename ?? []), diff].filter((name) => name === '-').length > 1)
    throw usageError('only one thing can be read from the standard input')
  const set = [...(options.set ?? []), ...(mode === undefined ? [] : [`proxy.mode=${mode}`])]
  const inputs = set.length === 0 ? options : { ...options, set }
  const loaded = await loadClusterArguments('rules', paths, inputs, surroundings)
  const optional = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value])
  const dump = isDiff ? stableArgument(diff, surroundings) : undefined
  const words = ['rules', ...loaded.stableArguments, '--node', node, ...optional('--service', service)]
  const command = `svcsim ${shellText([...words, ...optional('--table', table), ...optional('--diff', dump)])}`
  if (!isDiff) {
    const { renderRules } = await import('../../report/rules-text.js')
    await surroundings.stdout.write(renderRules(listRules(loaded, { node, service, table, command }), format))
    return
  }
  const { path, text } = await readTextArgument(diff, surroundings)
  const result = diffNode(loaded, { node, file: path, text, command })
  const { renderRulesDiff } = await import('../../report/rules-diff-text.js')
  await surroundings.stdout.write(renderRulesDiff(result, format))
  if (!result.isEqual) throw new FoundDifference()
}
