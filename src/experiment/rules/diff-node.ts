/** Has kube-proxy of a real node synced what the manifests say? `svcsim rules --diff`. */

import { MODEL_VERSION, VERSION } from '../../base/version.js'
import { nodeInfoOf, proxyOptionsOfScenario } from '../../kubernetes/cluster-proxy.js'
import { diffRules } from '../../kubernetes/iptables-diff/diff-rules.js'
import { RULES_DIFF_SCHEMA_VERSION, type RulesDiff } from '../../results/rules-diff-schema.js'
import { drawFrom } from '../draws.js'
import type { LoadedCluster } from '../load-cluster.js'
import { nodeNamed, optionError } from '../trace/named-things.js'
import { readDump } from '../trace/node-planes.js'
import { expectedPorts } from './open-facts.js'

/** What is asked. */
export interface DiffQuestion {
  readonly node: string
  /** The output of `iptables-save` on that node. */
  readonly file: string
  readonly text: string
  /** Repeats the comparison. */
  readonly command: string
}

/**
 * Compares.
 *
 * @throws InputError NODE_UNKNOWN, USAGE in another mode than iptables; NF_SYNTAX and the like for a dump that can not be read
 */
export function diffNode(
  loaded: LoadedCluster,
  { node: name, file, text, command }: DiffQuestion,
): RulesDiff {
  const { cluster, scenario, scenarioName } = loaded
  const node = nodeNamed(name, cluster, { option: '--node', text: name })
  const { mode } = scenario.spec.proxy
  if (mode !== 'iptables') {
    const message = `Only rules of mode iptables can be compared, and the scenario has mode ${mode}`
    throw optionError('USAGE', { option: '--diff', text: file }, message)
  }
  const areSettingsCompared = scenarioName !== undefined
  const result = diffRules({
    ports: expectedPorts(loaded),
    node: nodeInfoOf(node),
    options: proxyOptionsOfScenario(scenario, drawFrom(scenario.spec.seed)),
    areSettingsGiven: areSettingsCompared,
    tables: readDump({ file, text }),
  })
  return {
    schemaVersion: RULES_DIFF_SCHEMA_VERSION,
    tool: { name: 'svcsim', version: VERSION, modelVersion: MODEL_VERSION },
    command,
    scenario: scenarioName ?? null,
    node: name,
    dump: file,
    isEqual: result.isEqual,
    ports: result.ports.map((port) => ({
      ...port,
      summary: [...port.summary],
      chains: port.chains.map(writable),
      adopted: [...port.adopted],
    })),
    settings: [...result.settings],
    areSettingsCompared,
    fixed: result.fixed.map(writable),
    leftOver: [...result.leftOver],
    foreign: { ...result.foreign },
    remarks: [...result.remarks],
  }
}

function writable<T extends { readonly rules: readonly unknown[] }>(
  chain: T,
): Omit<T, 'rules'> & { rules: T['rules'][number][] } {
  return { ...chain, rules: [...chain.rules] }
}
