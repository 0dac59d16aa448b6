/**
 * Which addresses of a node take NodePort traffic in nftables mode: by default its own address only, and never loopback.
 * Sources: kubernetes pkg/proxy/nftables/proxier.go, `setupNFTables`; pkg/proxy/util/nodeport_addresses.go;
 * cmd/kube-proxy/app/server.go (`primary`).
 */
import { cidrContains, parseCidr, parseIpAddress } from '../../base/ip-address.js'
import type { AddressOperand, NftMatch } from '../../netfilter/nftables/ruleset.js'
import { LOOPBACK_RANGES, rangeOf } from '../iptables/rule-parts.js'
import { type NodeInfo, nodePortAddresses, type ProxyOptions } from '../proxy-inputs.js'
import { NODE_PORT_IPS } from './object-names.js'
import { operandOf } from './statements.js'

/** How rules tell that a packet may be for a NodePort. */
export interface NodePortListening {
  /** Members of the set `nodeport-ips`; undefined: every local address but loopback takes NodePort traffic. */
  readonly addresses: readonly AddressOperand[] | undefined
  /** Test of the destination that is enough where the packet is known to be for the node. */
  readonly isNodePortAddress: NftMatch
  /** What must be tested before, where it is not. */
  readonly isLocal: readonly NftMatch[]
}

/** How the range that only the node itself can reach is written in nftables mode. */
const LOOPBACK_TEXTS = { 4: '127.0.0.0/8', 6: '::1' } as const

/** What a node listens on. */
export function listensOn(node: NodeInfo, options: ProxyOptions): NodePortListening {
  const addresses = nodePortAddresses(node, withPrimary(node, options))
  if (addresses === undefined) {
    const operand = operandOf(LOOPBACK_TEXTS[options.ipFamily])
    return {
      addresses: undefined,
      isNodePortAddress: { kind: 'address', side: 'destination', operand, isInverted: true },
      isLocal: [{ kind: 'localAddress', side: 'destination' }],
    }
  }
  return {
    addresses: addresses.filter((text) => !isLoopback(text, options)).map(operandOf),
    isNodePortAddress: { kind: 'addressInSet', side: 'destination', set: NODE_PORT_IPS },
    isLocal: [],
  }
}

/** The settings, with the node's own address where they name none. */
function withPrimary(
  node: NodeInfo,
  options: ProxyOptions,
): Pick<ProxyOptions, 'ipFamily' | 'nodePortAddresses'> {
  const own = parseCidr(node.address)
  if (options.nodePortAddresses.length > 0 || own === undefined || isLoopback(node.address, options)) {
    return options
  }
  return { ipFamily: options.ipFamily, nodePortAddresses: [own] }
}

function isLoopback(text: string, { ipFamily }: Pick<ProxyOptions, 'ipFamily'>): boolean {
  const address = parseIpAddress(text)
  return address !== undefined && cidrContains(rangeOf(LOOPBACK_RANGES[ipFamily]), address)
}
