/**
 * Addresses of nodes: from the Node object, else the next of nodeCidr, from the second host on (the first is the
 * router's).
 */
import type { Cidr } from '../base/ip-address.js'
import { parseIpAddress } from '../base/ip-address.js'
import { hostAt, hostCount, NO_ADDRESS, prefixLengthFor } from './cluster-ranges.js'
import type { Findings } from './findings.js'
import type { SettledNode } from './settle-nodes.js'

/** Network, router and broadcast address of nodeCidr. */
const RESERVED_COUNT = 3

/** @returns by node index: the node's own address, as canonical text */
export function assignNodeAddresses(
  nodes: readonly SettledNode[],
  range: Cidr,
  findings: Findings,
): readonly string[] {
  const written = writtenAddresses(nodes, range, findings)
  const taken = new Set(written)
  const wantedCount = written.filter((each) => each === undefined).length
  const free: string[] = []
  for (let position = 1; position < hostCount(range) && free.length < wantedCount; position += 1) {
    const host = hostAt(range, position)
    if (!taken.has(host)) free.push(host)
  }
  if (free.length < wantedCount) reportFull(nodes.length, range, findings)
  free.reverse()
  return written.map((each) => each ?? free.pop() ?? NO_ADDRESS)
}

function reportFull(nodeCount: number, range: Cidr, findings: Findings): void {
  findings.error({
    code: 'ADDRESS_RANGE_FULL',
    message: `cluster.nodeCidr ${range.text} has not enough addresses for ${nodeCount} nodes`,
    place: findings.place('spec', 'cluster', 'nodeCidr'),
    hint: `write a range of /${prefixLengthFor(nodeCount + RESERVED_COUNT, range.family)} or larger`,
  })
}

function writtenAddresses(
  nodes: readonly SettledNode[],
  { family }: Cidr,
  findings: Findings,
): (string | undefined)[] {
  const owners = new Map<string, SettledNode>()
  return nodes.map((node) => {
    if (node.address === undefined) return undefined
    const address = parseIpAddress(node.address)
    const place = node.object?.origin.place(['status', 'addresses'])
    if (address?.family !== family) {
      findings.error({
        code: 'FIELD_VALUE',
        message: `The InternalIP "${node.address}" of Node "${node.name}" is no IPv${family} address`,
        place,
        hint: `write an IPv${family} address, or leave it out to have one assigned`,
      })
      return undefined
    }
    const owner = owners.get(address.text)
    if (owner !== undefined) {
      findings.error({
        code: 'ADDRESS_CLASH',
        message: `Nodes "${owner.name}" and "${node.name}" have the same address ${address.text}`,
        place,
        hint: 'change one of them, or leave it out to have one assigned',
      })
    }
    owners.set(address.text, node)
    return address.text
  })
}
