/**
 * The tests of rules, said plainly: on addresses as text. Part of `interpret.ts`.
 */
import { InvariantError } from '../../base/diagnostics.js'
import { type Cidr, cidrContains, type IpAddress, parseIpAddress } from '../../base/ip-address.js'
import type { ReadablePacket } from '../iptables/interpret.js'
import type { ReferenceSets } from './reference-sets.js'
import type { AddressSide, NftMatch, NftTable } from './ruleset.js'

/** What tests ask beside the packet. */
interface TestNode {
  readonly table: NftTable
  readonly localAddresses: readonly Cidr[]
  readonly sets: ReferenceSets
}

/** Is a test true of a packet now? */
export function isMatchTrue(node: TestNode, match: NftMatch, packet: ReadablePacket, nowNs: number): boolean {
  switch (match.kind) {
    case 'address':
      return isIn([match.operand.range], packet, match.side) !== match.isInverted
    case 'addressInList':
      return isIn(rangesOf(match.operands), packet, match.side) !== match.isInverted
    case 'addressInSet':
      return isInSet(node, match.set, packet, match.side, nowNs)
    case 'localAddress':
      return isLocalAddress(node, packet[match.side])
    case 'inInterface': {
      // Nothing came in by no interface: its name reads as empty.
      const name = packet.inInterface ?? ''
      const isNamed = match.isPrefix ? name.startsWith(match.name) : name === match.name
      return isNamed !== match.isInverted
    }
    case 'protocol':
      return packet.protocol === match.protocol
    case 'connectionState':
      return match.states.some((state) => packet.states.includes(state))
    case 'markBitsClear':
      return (packet.mark & match.bits) === 0
  }
}

/** Is an address one of the node's own? */
export function isLocalAddress(
  { localAddresses }: Pick<TestNode, 'localAddresses'>,
  address: string,
): boolean {
  return localAddresses.some((cidr) => cidrContains(cidr, addressOf(address)))
}

function isInSet(
  { sets, table }: TestNode,
  name: string,
  packet: ReadablePacket,
  side: AddressSide,
  nowNs: number,
): boolean {
  if (sets.has(name)) return sets.contains(name, packet[side], nowNs)
  const set = table.sets.find((each) => each.name === name)
  if (set === undefined) throw new InvariantError('no such set', { set: name })
  return isIn(rangesOf(set.elements), packet, side)
}

function rangesOf(operands: readonly { readonly range: Cidr }[]): Cidr[] {
  return operands.map((operand) => operand.range)
}

function isIn(ranges: readonly Cidr[], packet: ReadablePacket, side: AddressSide): boolean {
  const address = addressOf(packet[side])
  return ranges.some((range) => cidrContains(range, address))
}

function addressOf(text: string): IpAddress {
  const address = parseIpAddress(text)
  if (address === undefined) throw new InvariantError('not an address', { text })
  return address
}
