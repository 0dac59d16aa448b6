/** The tests of the two programs called iptables. */
import { expect, it } from 'vitest'
import { iptablesOf } from '../../src/kubernetes/node-rules.js'
import type { RulesOf } from './account.js'
import { compiledCluster } from './compiled-cluster.js'
import { flowsOf } from './flows.js'
import { IptablesNode, type IptablesVariant } from './iptables-node.js'
import { checkSyncs } from './iptables-sync.js'
import { testAgainstKernel } from './kernel-tests.js'
import { namespaceOf } from './topology.js'
import { traceDifferences } from './trace-account.js'

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
    more: (within) => {
      it('svcsim trace has the same ways with rules that the kernel has printed', () =>
        within('clusters', 'hairpin', async ({ rules, name, compiled, finder }) => {
          const dumps = rules.map((each) => ({
            node: each.node.name,
            file: 'dump',
            text: each.dump(namespaceOf.node(name, each.node)),
          }))
          const flows = flowsOf(compiled.cluster)
          expect(traceDifferences(compiled, finder, flows, dumps)).toEqual([])
        }))
      it('svcsim rules --diff finds another setting of kube-proxy', () =>
        within('clusters', 'node-port', async ({ rules, name }) => {
          const other = compiledCluster('clusters', 'node-port', ['proxy.masqueradeAll=true'])
          const netns = namespaceOf.node(name, rules[0].node)
          expect(rules[0].differences(netns, other)).toEqual(['svcsim rules --diff finds a difference'])
        }))
      it('syncs keep clients on their pods, but for those whose pod goes', () =>
        within('crowds', 'rollout', checkSyncs))
    },
  })
}
