/** The tests of the two programs called iptables. */
import { iptablesOf } from '../../src/kubernetes/node-rules.js'
import { IptablesNode, type IptablesVariant } from './iptables-node.js'
import { testAgainstKernel } from './kernel-tests.js'

/** Registers the tests of one of them. */
export function testIptables(variant: IptablesVariant): void {
  testAgainstKernel({
    name: variant,
    mode: 'iptables',
    rulesOf: (node, cluster, addresses) =>
      new IptablesNode(node, iptablesOf(cluster.nodeRules[node.index]), addresses, variant),
    // A list of `-m recent` has a hundred places.
    rememberedOf250: [100, 100],
  })
}
