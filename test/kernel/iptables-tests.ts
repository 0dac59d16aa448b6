/** The tests of the two programs called iptables. */
import { iptablesOf } from '../../src/kubernetes/node-rules.js'
import type { RulesOf } from './account.js'
import { IptablesNode, type IptablesVariant } from './iptables-node.js'
import { testAgainstKernel } from './kernel-tests.js'

/** The rules that one of them loads. */
export function iptablesRulesOf(variant: IptablesVariant): RulesOf<IptablesNode> {
  return (node, cluster, addresses) =>
    new IptablesNode(node, iptablesOf(cluster.nodeRules[node.index]), addresses, variant)
}

/** Registers the tests of one of them. */
export function testIptables(variant: IptablesVariant): void {
  testAgainstKernel({
    name: variant,
    mode: 'iptables',
    rulesOf: iptablesRulesOf(variant),
    // A list of `-m recent` has a hundred places.
    rememberedOf250: [100, 100],
  })
}
