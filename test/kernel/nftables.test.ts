import { testAgainstKernel } from './kernel-tests.js'
import { NftablesNode } from './nftables-node.js'

testAgainstKernel({
  name: 'nftables',
  mode: 'nftables',
  rulesOf: (node, cluster, addresses) => {
    const rules = cluster.nodeRules[node.index]
    if (rules.kind !== 'nftables') throw new RangeError(`no table of nftables in mode ${rules.kind}`)
    return new NftablesNode(node, rules.table, addresses)
  },
  // Timed sets have room for all.
  rememberedOf250: [250],
})
