/**
 * The addresses of a node that have a virtual server for every node port: never loopback, nor link-local ones of IPv6.
 * Sources: kubernetes pkg/proxy/ipvs/proxier.go, `syncProxyRules`; pkg/proxy/ipvs/netlink_linux.go, `isValidForSet`.
 */
import { type Cidr, cidrContains, type IpFamily, parseIpAddress } from '../../base/ip-address.js'
import { LOOPBACK_RANGES, rangeOf } from '../iptables/rule-parts.js'
import { type NodeInfo, nodePortAddresses, type ProxyOptions } from '../proxy-inputs.js'

const LINK_LOCAL_RANGE = rangeOf('fe80::/10')

/** The node's own addresses that kube-proxy sees: canonical texts in the order of the node's, without repetition. */
export function nodeIps(node: NodeInfo, family: IpFamily): readonly string[] {
  return valid(node.localAddresses, family)
}

/** Those of them that node ports listen on. */
export function nodePortIps(node: NodeInfo, options: ProxyOptions): readonly string[] {
  return valid(nodePortAddresses(node, options) ?? node.localAddresses, options.ipFamily)
}

function valid(texts: readonly string[], family: IpFamily): readonly string[] {
  const refused: readonly Cidr[] = [rangeOf(LOOPBACK_RANGES[family]), LINK_LOCAL_RANGE]
  const addresses = texts.flatMap((text) => {
    const address = parseIpAddress(text)
    const isValid = address?.family === family && !refused.some((range) => cidrContains(range, address))
    return isValid ? [address.text] : []
  })
  return [...new Set(addresses)]
}
