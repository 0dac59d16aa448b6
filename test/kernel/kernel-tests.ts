/** The tests that every way of programming a node must pass; each has a file of its own, so that all run at once. */
import { afterAll, describe, expect, inject, it } from 'vitest'
import { listRules } from '../../src/experiment/rules/list-rules.js'
import { accountOf, type RulesOf } from './account.js'
import { type ClusterFolder, clusterNames, compiledCluster } from './compiled-cluster.js'
import { checkOverflow, checkSpreads, checkTimeout } from './crowd.js'
import { tryEveryFlow } from './every-flow.js'
import { LabAgent } from './lab-agent.js'
import { inLoadedLab, type LoadedLab } from './loaded-lab.js'
import type { LoadableRules } from './node-rules.js'
import { namespaceOf } from './topology.js'

/** A way of programming nodes. */
export interface Program<R extends LoadableRules> {
  readonly name: string
  readonly mode: 'iptables' | 'nftables'
  readonly rulesOf: RulesOf<R>
  /** Of 250 clients that use two pods in turn, how many the node knows in the end: by pod, or over both together. */
  readonly rememberedOf250: readonly number[]
  /** Registers further tests. */
  readonly more?: (within: Within<R>) => void
}

/** Runs an action in the laboratory of a cluster. */
export type Within<R extends LoadableRules> = (
  folder: ClusterFolder,
  name: string,
  action: (lab: LoadedLab<R>) => Promise<void>,
) => Promise<void>

/** Registers the tests. */
export function testAgainstKernel<R extends LoadableRules>(program: Program<R>): void {
  describe.skipIf(inject('missing').length > 0)(program.name, () => {
    const agent = new LabAgent()
    const mode = `proxy.mode=${program.mode}`
    afterAll(() => agent.stop())
    const within: Within<R> = (folder, name, action) =>
      inLoadedLab(compiledCluster(folder, name, [mode]), agent, program.rulesOf, action)

    it.each(clusterNames())('every flow of cluster %s goes as svcsim says, rule by rule', (name) =>
      within('clusters', name, async (lab) => {
        checkTexts(lab)
        expect(await tryEveryFlow(lab)).toEqual({ flows: [], rules: [] })
      }),
    )
    it('other rules in the kernel than svcsim has are found out', () =>
      within('clusters', 'node-port', (lab) => checkFault(lab, program.rulesOf, mode)))
    it('connections spread over 2, 3 and 7 pods as svcsim says', () =>
      within('crowds', 'spread', checkSpreads))
    it('session affinity ends with the timeout, which every new connection begins again', () =>
      within('crowds', 'many-clients', checkTimeout))
    it('session affinity holds as many clients as svcsim says', () =>
      within('crowds', 'many-clients', (lab) => checkOverflow(lab, program.rememberedOf250)))
    program.more?.(within)
  })
}

/** What `svcsim rules` prints loads; what the kernel prints of the rules is what svcsim has. */
function checkTexts({ rules, name, compiled }: LoadedLab): void {
  for (const each of rules) {
    const netns = namespaceOf.node(name, each.node)
    const { parts } = listRules(compiled, { node: each.node.name, command: '' })
    each.checkText(netns, parts.map((part) => part.text).join(''))
    expect(each.differences(netns, compiled)).toEqual([])
  }
}

/** Tells svcsim that kube-proxy masquerades everything, which it does not. */
async function checkFault<R extends LoadableRules>(
  lab: LoadedLab<R>,
  rulesOf: RulesOf<R>,
  mode: string,
): Promise<void> {
  const other = compiledCluster('clusters', 'node-port', [mode, 'proxy.masqueradeAll=true'])
  const account = accountOf(lab.cluster, rulesOf, other.cluster)
  const mistakes = await tryEveryFlow({ ...lab, ...account })
  const wrong = new Set(mistakes.flows.map((line) => /^.* → [^(]*/.exec(line)?.[0].trim()))
  const flowsFrom = (pods: readonly string[]) =>
    pods.flatMap((pod) => ['web', 'web-local'].map((service) => `pod ${pod} → cluster IP of ${service}`))
  // Nobody but pods at cluster IPs can see the difference; a pod that reaches itself can not.
  const certain = flowsFrom(['client-a', 'client-b'])
  const possible = [...certain, ...flowsFrom(['web-0', 'web-1', 'web-2'])]
  expect([...wrong].filter((flow) => flow === undefined || !possible.includes(flow))).toEqual([])
  expect(certain.filter((flow) => !wrong.has(flow))).toEqual([])
  expect(mistakes.rules).not.toEqual([])
}
