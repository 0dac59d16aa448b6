/** The tests of one of the two programs called iptables; each has a file of its own, so that both run at once. */

import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, inject, it } from 'vitest'
import type { Cluster } from '../../src/kubernetes/cluster.js'
import { iptablesOf } from '../../src/kubernetes/node-rules.js'
import { parseTables } from '../../src/netfilter/iptables/iptables-save.js'
import { Addresses } from './addresses.js'
import { canonicalLines } from './canonical-tables.js'
import { clusterNames, compiledCluster } from './compiled-cluster.js'
import { countedPlaces } from './counted-places.js'
import { expectedCounts, wrongCounts } from './expected-counts.js'
import { flowsOf, hasLostAnswer, type MetConnection, tryFlows, tryInTurn, unexplained } from './flows.js'
import { inLab, type Lab } from './lab.js'
import { LabAgent } from './lab-agent.js'
import { IptablesNodeRules } from './node-rules.js'
import { recentEntries } from './recent-entries.js'
import { dumpTables, type IptablesVariant, loadTables, ruleCounts } from './rule-loading.js'
import { spreadPValue } from './statistics.js'
import { namespaceOf } from './topology.js'
import { outsideSender, targetsOf } from './traffic.js'
import { type Target, WayFinder } from './ways.js'

/** A laboratory with rules in force, and svcsim's idea of it. */
interface LoadedLab extends Lab {
  readonly variant: IptablesVariant
  readonly finder: WayFinder
  readonly rules: readonly IptablesNodeRules[]
}

/** Registers the tests of one program. */
export function testIptables(variant: IptablesVariant): void {
  describe.skipIf(inject('missing').length > 0)(variant, () => {
    const agent = new LabAgent()
    afterAll(() => agent.stop())
    const within = (cluster: Cluster, action: (lab: LoadedLab) => Promise<void>) =>
      inLab(cluster, agent, (lab) => action(loaded(lab, variant)))
    const inCrowd = (name: string, action: (lab: LoadedLab) => Promise<void>) =>
      within(compiledCluster(name, 'crowds'), action)

    it.each(clusterNames())('every flow of cluster %s goes as svcsim says, rule by rule', (name) =>
      within(compiledCluster(name), checkEveryFlow),
    )

    describe('the spread of connections', () => {
      it.each(['two', 'three', 'seven'])('over %s pods is what svcsim says', (service) =>
        inCrowd('spread', (lab) => checkSpread(lab, service)),
      )
    })

    describe('session affinity', () => {
      it('forgets after the timeout, which every new connection begins again', () =>
        inCrowd('many-clients', checkTimeout))
      it('remembers a hundred clients of each pod and no more', () => inCrowd('many-clients', checkOverflow))
    })
  })
}

function loaded(lab: Lab, variant: IptablesVariant): LoadedLab {
  const { cluster, name } = lab
  const addresses = new Addresses(cluster)
  const rules = cluster.nodes.map(
    (node) => new IptablesNodeRules(node, iptablesOf(cluster.nodeRules[node.index]), addresses),
  )
  for (const { node, tables } of rules) loadTables(variant, namespaceOf.node(name, node), tables)
  return { ...lab, variant, rules, finder: new WayFinder(cluster, rules) }
}

async function checkEveryFlow(lab: LoadedLab): Promise<void> {
  const { finder, rules } = lab
  for (const { node, tables } of rules)
    expect(canonicalLines(parseTables(dump(lab, node)))).toEqual(canonicalLines(tables))
  const flows = flowsOf(lab)
  const plain = flows.filter((flow) => !hasLostAnswer(finder, flow))
  const connections = await tryFlows(lab, finder, plain)
  expect(unexplained(connections)).toEqual([])
  expect(wrongCountsOf(lab, connections)).toEqual([])
  const others = flows.filter((flow) => !plain.includes(flow))
  expect(unexplained(await tryFlows(lab, finder, others))).toEqual([])
}

function dump({ name, variant }: LoadedLab, node: Cluster['nodes'][number]): string {
  return dumpTables(variant, namespaceOf.node(name, node))
}

function wrongCountsOf(lab: LoadedLab, connections: readonly MetConnection[]): string[] {
  const places = lab.rules.map(({ tables }) => tables.flatMap((table) => countedPlaces(table)))
  const expected = expectedCounts(places, connections)
  return lab.rules.flatMap(({ node }) =>
    wrongCounts(expected[node.index], ruleCounts(dump(lab, node))).map((line) => `${node.name} ${line}`),
  )
}

async function checkSpread(lab: LoadedLab, service: string): Promise<void> {
  // One test in a thousand fails though all is right: then another thousand decides.
  const pValue = await measureSpread(lab, service)
  expect(pValue > 0.001 ? pValue : await measureSpread(lab, service)).toBeGreaterThan(0.001)
}

async function measureSpread(lab: LoadedLab, service: string): Promise<number> {
  const flow = { sender: outsideSender(lab.cluster, 0), target: nodePortOf(lab.cluster, service) }
  const thousand = Array.from({ length: 1000 }, () => flow)
  const connections = await tryInTurn(lab, lab.finder, thousand)
  expect(unexplained(connections)).toEqual([])
  const ways = lab.finder.ways(flow.sender, flow.target)
  const counts = ways.map(({ pod }) => connections.filter((each) => each.way?.pod === pod).length)
  return spreadPValue(
    counts,
    ways.map((way) => way.chance),
  )
}

/** Connects once with every client, and says how many svcsim knew the pod of beforehand. */
async function connectAll(lab: LoadedLab, clients: readonly number[], service: string): Promise<number> {
  const target = nodePortOf(lab.cluster, service)
  const flows = clients.map((client) => ({ sender: outsideSender(lab.cluster, 0, client), target }))
  const connections = await tryInTurn(lab, lab.finder, flows)
  expect(unexplained(connections)).toEqual([])
  expect(recentEntries(namespaceOf.node(lab.name, lab.cluster.nodes[0]))).toEqual(knownEntries(lab))
  return connections.filter(({ ways }) => ways.length === 1).length
}

async function checkTimeout(lab: LoadedLab): Promise<void> {
  const clients = Array.from({ length: 30 }, (_, client) => client)
  const hits: number[] = []
  // The timeout is 2 s: the third connection comes later than that after the first, but not after the second.
  for (const pauseMs of [0, 1_100, 1_100, 2_300]) {
    await setTimeout(pauseMs)
    hits.push(await connectAll(lab, clients, 'brief'))
  }
  expect(hits).toEqual([0, 30, 30, 0])
}

async function checkOverflow(lab: LoadedLab): Promise<void> {
  const clients = Array.from({ length: 250 }, (_, client) => client)
  expect(await connectAll(lab, clients, 'lasting')).toBe(0)
  const scattered = clients.map((client) => (client * 101) % clients.length)
  await connectAll(lab, clients, 'lasting')
  const hits = await connectAll(lab, scattered, 'lasting')
  expect(hits).toBeGreaterThan(0)
  expect(hits).toBeLessThan(250)
  const sizes = [...knownEntries(lab).values()].map((addresses) => addresses.length)
  expect(sizes).toEqual([100, 100])
}

/** The lists of the first node as svcsim has them, in the form of `recentEntries`. */
function knownEntries({ rules: [{ lists, tables }] }: LoadedLab): ReadonlyMap<string, readonly string[]> {
  const chains = tables.flatMap((table) => table.chains.map((chain) => chain.name))
  return new Map(
    chains.flatMap((list) => {
      const addresses = lists.entriesOf(list).map((entry) => entry.address)
      return addresses.length === 0 ? [] : [[list, addresses.sort()] as const]
    }),
  )
}

function nodePortOf(cluster: Cluster, service: string): Target {
  const { address } = cluster.nodes[0]
  const target = targetsOf(cluster).find(
    (each) => each.address === address && each.title.includes(` ${service} `),
  )
  if (target === undefined) throw new Error(`${service} has no node port`)
  return target
}
