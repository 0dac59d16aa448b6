/**
 * The part of the pod range that each node has: from its Node object, else the next free one of podCidr. All assigned
 * ranges have one size: /24, or /64 of IPv6 (as kubeadm and most network plugins do), larger if a node needs more, smaller if there
 * are too many nodes.
 */
import type { Cidr } from '../base/ip-address.js'
import { addressAt, addressBits, addressCount, parseCidr } from '../base/ip-address.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import { bitsFor, isWithin, prefixLengthFor } from './cluster-ranges.js'
import type { Findings } from './findings.js'
import type { SettledNode } from './settle-nodes.js'

/** `--node-cidr-mask-size-ipv4` (24) and `…-ipv6` (64) of kube-controller-manager. */
const DEFAULT_HOST_BITS = { 4: 8, 6: 64 } as const

/** Network, gateway and broadcast address of a node's pod range. */
const RESERVED_COUNT = 3

/** Addresses that clients inside the cluster take on each node: each group goes through its nodes in turn. */
export function insideClientCounts(spec: ScenarioSpec, nodes: readonly SettledNode[]): number[] {
  const counts = nodes.map(() => 0)
  for (const group of spec.clients) {
    if (group.location !== 'inside') continue
    const named = group.nodes.flatMap((name) =>
      nodes.flatMap((node, index) => (node.name === name ? [index] : [])),
    )
    const hosts = group.nodes.length === 0 ? nodes.map((_, index) => index) : named
    for (const [turn, host] of hosts.entries()) {
      counts[host] += Math.max(0, Math.ceil((group.count - turn) / hosts.length))
    }
  }
  return counts
}

/**
 * Assigns pod ranges to nodes.
 *
 * @param podAddressCounts - by node index: addresses that pods and clients on the node need
 * @returns by node index; after an error, ranges that are good for nothing but looking for more errors
 */
export function assignPodRanges(
  nodes: readonly SettledNode[],
  podAddressCounts: readonly number[],
  whole: Cidr,
  findings: Findings,
): readonly Cidr[] {
  const written = nodes.map((node, index) => writtenRange(node, podAddressCounts[index], whole, findings))
  const assigned = podAddressCounts.filter((_, index) => written[index] === undefined)
  const hostBits = rangeBits(assigned, written.length, whole)
  if (hostBits === undefined) {
    reportPodRangeFull(assigned, whole, findings)
    return nodes.map(() => whole)
  }
  return fillRanges(written, whole, hostBits, () => reportPodRangeFull(assigned, whole, findings))
}

/** A Node object's own range, if it has one that is good. */
function writtenRange(
  node: SettledNode,
  addressCountNeeded: number,
  whole: Cidr,
  findings: Findings,
): Cidr | undefined {
  if (node.podCidr === undefined) return undefined
  const range = parseCidr(node.podCidr)
  const place = node.object?.origin.place(['spec', 'podCIDR'])
  if (range === undefined || !isWithin(range, whole)) {
    findings.error({
      code: 'ADDRESS_RANGE',
      message: `podCIDR "${node.podCidr}" of Node "${node.name}" is no part of cluster.podCidr ${whole.text}`,
      place,
      hint: 'set spec.cluster.podCidr of the scenario to the range of your cluster',
    })
    return undefined
  }
  if (Number(addressCount(range)) < addressCountNeeded + RESERVED_COUNT) {
    findings.error({
      code: 'ADDRESS_RANGE_FULL',
      message: `podCIDR ${range.text} of Node "${node.name}" has not enough addresses for ${addressCountNeeded} pods`,
      place,
      hint: 'make it larger, or move pods to other nodes',
    })
  }
  return range
}

/** Host bits of the assigned ranges; undefined if they do not fit. */
function rangeBits(needs: readonly number[], nodeCount: number, whole: Cidr): number | undefined {
  const wholeBits = addressBits(whole.family) - whole.prefixLength
  const least = bitsFor(greatest(needs) + RESERVED_COUNT)
  const most = wholeBits - bitsFor(nodeCount)
  if (least > most) return undefined
  return Math.min(Math.max(DEFAULT_HOST_BITS[whole.family], least), most)
}

/** Next free ranges of one size for the nodes that have none. */
function fillRanges(
  written: readonly (Cidr | undefined)[],
  whole: Cidr,
  hostBits: number,
  reportFullRange: () => void,
): Cidr[] {
  const size = 1n << BigInt(hostBits)
  const taken = written.filter((range) => range !== undefined)
  let offset = 0n
  return written.map((range) => {
    if (range !== undefined) return range
    while (offset < addressCount(whole)) {
      const next = parseCidr(`${addressAt(whole, offset).text}/${addressBits(whole.family) - hostBits}`)
      offset += size
      if (next !== undefined && !taken.some((other) => isWithin(next, other) || isWithin(other, next)))
        return next
    }
    reportFullRange()
    return whole
  })
}

function reportPodRangeFull(needs: readonly number[], whole: Cidr, findings: Findings): void {
  const most = greatest(needs)
  const wanted = `up to ${most} pods and clients each`
  findings.error({
    code: 'ADDRESS_RANGE_FULL',
    message: `cluster.podCidr ${whole.text} has not enough addresses for ${needs.length} nodes with ${wanted}`,
    place: findings.place('spec', 'cluster', 'podCidr'),
    hint: `write a range of /${prefixLengthFor(most + RESERVED_COUNT, whole.family) - bitsFor(needs.length)} or larger`,
  })
}

function greatest(counts: readonly number[]): number {
  return counts.reduce((most, count) => Math.max(most, count), 0)
}
