import { describe, expect, it } from 'vitest'
import { accountOf, type RulesOf } from './account.js'
import { clusterNames, compiledCluster } from './compiled-cluster.js'
import { flowsOf } from './flows.js'
import { iptablesRulesOf } from './iptables-tests.js'
import { nftablesRulesOf } from './nftables-node.js'
import type { NodeRules } from './node-rules.js'
import { traceDifferences } from './trace-account.js'

const RULES_OF: Readonly<Record<string, RulesOf<NodeRules>>> = {
  iptables: iptablesRulesOf('iptables-nft'),
  nftables: nftablesRulesOf,
}

describe.each(Object.entries(RULES_OF))('svcsim trace in mode %s', (mode, rulesOf) => {
  it.each(clusterNames())('has the ways that the kernel took, rule by rule, in cluster %s', (name) => {
    const traced = compiledCluster('clusters', name, [`proxy.mode=${mode}`])
    const { finder } = accountOf(traced.cluster, rulesOf)
    expect(traceDifferences(traced, finder, flowsOf(traced.cluster))).toEqual([])
  })
})
