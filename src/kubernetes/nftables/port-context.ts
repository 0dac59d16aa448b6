/**
 * What the makers of one Service port's objects share: the Service port, its chain names, kube-proxy's settings.
 */
import type { IpProtocol } from '../../netfilter/iptables/rule.js'
import type { ServicePortChainNames } from '../iptables/chain-names.js'
import type { ProxyOptions, ServicePortInfo } from '../proxy-inputs.js'
import { servicePortNames } from './object-names.js'

/** One Service port on its way to chains, sets and elements. */
export interface PortContext {
  readonly info: ServicePortInfo
  readonly names: ServicePortChainNames
  readonly protocol: IpProtocol
  readonly options: ProxyOptions
  /** VIPs exist and source ranges limit who may use them. */
  readonly hasFirewall: boolean
}

const IP_PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const

/** The context of one Service port. */
export function portContext(info: ServicePortInfo, options: ProxyOptions): PortContext {
  return {
    info,
    options,
    names: servicePortNames(info.name, info.protocol),
    protocol: IP_PROTOCOLS[info.protocol],
    hasFirewall: info.loadBalancerVips.length > 0 && info.loadBalancerSourceRanges.length > 0,
  }
}
