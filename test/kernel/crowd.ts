/** Many connections to one Service of a laboratory: how they spread, and which clients stay on their pod. */
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Cluster } from '../../src/kubernetes/cluster.js'
import { type MetConnection, tryInTurn, unexplained } from './flows.js'
import type { LoadedLab } from './loaded-lab.js'
import { spreadPValue } from './statistics.js'
import { namespaceOf } from './topology.js'
import { outsideSender, targetsOf } from './traffic.js'
import type { Target } from './ways.js'

/** A thousand connections of one client to each Service of `crowds/spread`. */
export async function checkSpreads(lab: LoadedLab): Promise<void> {
  for (const service of ['two', 'three', 'seven']) {
    // One test in a thousand fails though all is right: then another thousand connections decide.
    const pValue = await measureSpread(lab, service)
    expect(pValue > 0.001 ? pValue : await measureSpread(lab, service)).toBeGreaterThan(0.001)
  }
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

/** The timeout of the Service `brief`, ns. */
const BRIEF_TIMEOUT_NS = 2_000_000_000

/** Clients of a Service with a short timeout, in `crowds/many-clients`: they connect before and after it. */
export async function checkTimeout(lab: LoadedLab): Promise<void> {
  const clients = Array.from({ length: 30 }, (_, client) => client)
  let previous: readonly MetConnection[] = []
  const remembered: number[] = []
  // The third connection comes later than the timeout after the first, but not after the second.
  for (const pauseMs of [0, 1_100, 1_100, 2_300]) {
    await setTimeout(pauseMs)
    const connections = await connectAll(lab, clients, 'brief')
    const isInTime = ({ result }: MetConnection, client: number) =>
      previous.length > 0 && result.atNs - previous[client].result.atNs < BRIEF_TIMEOUT_NS
    // By the clock, for a busy machine may sleep longer than it was asked to.
    expect(connections.map(isKnownBefore)).toEqual(connections.map(isInTime))
    const stayed = connections.filter((each, client) => isInTime(each, client))
    const before = previous.filter((_, client) => isInTime(connections[client], client))
    expect(stayed.map((each) => each.result.name)).toEqual(before.map((each) => each.result.name))
    remembered.push(stayed.length)
    previous = connections
  }
  expect(remembered[2]).toBeGreaterThan(0)
  expect(remembered[3]).toBe(0)
}

/**
 * More clients than a list of `-m recent` has places, in `crowds/many-clients`.
 *
 * @param remembered - how many are known in the end, by pod, or over both pods together
 */
export async function checkOverflow(lab: LoadedLab, remembered: readonly number[]): Promise<void> {
  const clients = Array.from({ length: 250 }, (_, client) => client)
  const scattered = clients.map((client) => (client * 101) % clients.length)
  expect(knownCount(await connectAll(lab, clients, 'lasting'))).toBe(0)
  await connectAll(lab, clients, 'lasting')
  expect(knownCount(await connectAll(lab, scattered, 'lasting'))).toBeGreaterThan(0)
  const sizes = [...lab.rules[0].remembered(nowNs()).values()].map((addresses) => addresses.length)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  expect(remembered.length === 1 ? [total] : sizes).toEqual(remembered)
}

/**
 * Connects once with every client, one after another, through the first node. What the node remembers afterwards must be what
 * svcsim says that it does, address by address.
 */
export async function connectAll(
  lab: LoadedLab,
  clients: readonly number[],
  service: string,
): Promise<readonly MetConnection[]> {
  const target = nodePortOf(lab.cluster, service)
  const flows = clients.map((client) => ({ sender: outsideSender(lab.cluster, 0, client), target }))
  const connections = await tryInTurn(lab, lab.finder, flows)
  expect(unexplained(connections)).toEqual([])
  const [rules] = lab.rules
  expect(rules.rememberedByKernel(namespaceOf.node(lab.name, rules.node))).toEqual(rules.remembered(nowNs()))
  return connections
}

/** Of how many connections svcsim knew the pod beforehand: their clients were remembered. */
export function knownCount(connections: readonly MetConnection[]): number {
  return connections.filter(isKnownBefore).length
}

function isKnownBefore({ ways }: MetConnection): boolean {
  return ways.length === 1
}

/** The monotonic clock of the kernel, ns. */
function nowNs(): number {
  return Number(process.hrtime.bigint())
}

function nodePortOf(cluster: Cluster, service: string): Target {
  const { address } = cluster.nodes[0]
  const target = targetsOf(cluster).find(
    (each) => each.address === address && each.title.includes(` ${service} `),
  )
  if (target === undefined) throw new Error(`${service} has no node port`)
  return target
}
