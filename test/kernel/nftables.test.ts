import { testAgainstKernel } from './kernel-tests.js'
import { nftablesRulesOf } from './nftables-node.js'

testAgainstKernel({
  name: 'nftables',
  mode: 'nftables',
  rulesOf: nftablesRulesOf,
  // Timed sets have room for all.
  rememberedOf250: [250],
})
