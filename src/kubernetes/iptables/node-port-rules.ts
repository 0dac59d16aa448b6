/**
 * The last rules of KUBE-SERVICES: whatever is addressed to the node itself may be meant for a node port.
 * Sources: kubernetes pkg/proxy/iptables/proxier.go, `syncProxyRules`; pkg/proxy/util/nodeport_addresses.go.
 */
import { cidrContains, parseIpAddress } from '../../base/ip-address.js'
import type { Rule } from '../../netfilter/iptables/rule.js'
import { type NodeInfo, nodePortAddresses, type ProxyOptions } from '../proxy-inputs.js'
import { KUBE_NODEPORTS } from './chain-names.js'
import {
  comment,
  destinationIs,
  destinationNotIn,
  isLocal,
  isLoopbackServed,
  jump,
  LOOPBACK_RANGES,
  rangeOf,
  rule,
} from './rule-parts.js'

const LABEL = comment('kubernetes service nodeports; NOTE: this must be the last rule in this chain')

/** One rule for every local address, or one for each address inside `options.nodePortAddresses`. */
export function nodePortJumps(node: NodeInfo, options: ProxyOptions): Rule[] {
  const addresses = nodePortAddresses(node, options)
  if (addresses === undefined) return [anyLocalAddressJump(options)]
  return addresses
    .filter((address) => isLoopbackServed(options) || !isLoopback(address, options))
    .map((address) => rule([LABEL, destinationIs(address)], jump(KUBE_NODEPORTS)))
}

function anyLocalAddressJump(options: ProxyOptions): Rule {
  const matches = [LABEL, isLocal('destination')]
  if (!isLoopbackServed(options)) matches.push(destinationNotIn(rangeOf(LOOPBACK_RANGES[options.ipFamily])))
  return rule(matches, jump(KUBE_NODEPORTS))
}

function isLoopback(text: string, options: ProxyOptions): boolean {
  const address = parseIpAddress(text)
  return address !== undefined && cidrContains(rangeOf(LOOPBACK_RANGES[options.ipFamily]), address)
}
