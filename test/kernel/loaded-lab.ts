/** A laboratory with svcsim's rules in force. */
import type { LoadedCluster } from '../../src/experiment/load-cluster.js'
import { type Account, accountOf, type RulesOf } from './account.js'
import { inLab, type Lab } from './lab.js'
import type { LabAgent } from './lab-agent.js'
import type { LoadableRules } from './node-rules.js'
import { namespaceOf } from './topology.js'

/** Its nodes have rules, and svcsim has its idea of them. */
export interface LoadedLab<R extends LoadableRules = LoadableRules> extends Lab, Account<R> {
  /** What svcsim has read. */
  readonly compiled: LoadedCluster
}

/** Builds a cluster, loads the rules of every node, runs an action in it, and takes it down again whatever happened. */
export function inLoadedLab<R extends LoadableRules>(
  compiled: LoadedCluster,
  agent: LabAgent,
  rulesOf: RulesOf<R>,
  action: (lab: LoadedLab<R>) => Promise<void>,
): Promise<void> {
  return inLab(compiled.cluster, agent, (lab) => {
    const account = accountOf(compiled.cluster, rulesOf)
    for (const each of account.rules) each.load(namespaceOf.node(lab.name, each.node))
    return action({ ...lab, ...account, compiled })
  })
}
