import { describe, expect, it } from 'vitest'
import { accountOf } from './account.js'
import { clusterNames, compiledCluster } from './compiled-cluster.js'
import { flowsOf } from './flows.js'
import { iptablesRulesOf } from './iptables-tests.js'
import { traceDifferences } from './trace-account.js'

describe('svcsim trace', () => {
  it.each(clusterNames())('has the ways that the kernel took, rule by rule, in cluster %s', (name) => {
    const traced = compiledCluster('clusters', name, [])
    const { finder } = accountOf(traced.cluster, iptablesRulesOf('iptables-nft'))
    expect(traceDifferences(traced, finder, flowsOf(traced.cluster))).toEqual([])
  })
})
