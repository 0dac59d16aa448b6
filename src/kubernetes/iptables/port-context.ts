/**
 * What the makers of one Service port's rules share: the Service port, its chain names, kube-proxy's settings.
 */
import type { IpProtocol, Match } from '../../netfilter/iptables/rule.js'
import type { ProxyOptions, ServicePortInfo } from '../proxy-inputs.js'
import type { ServicePortChainNames } from './chain-names.js'
import { servicePortChainNames } from './chain-names.js'
import { comment } from './rule-parts.js'

/** One Service port on its way to rules. */
export interface PortContext {
  readonly info: ServicePortInfo
  readonly names: ServicePortChainNames
  readonly protocol: IpProtocol
  readonly options: ProxyOptions
  /** Over `largeClusterEndpointCount` endpoints in the cluster: rules of endpoints carry no comments. */
  readonly isLargeCluster: boolean
  /** The comment of rules in chains of endpoints, if they carry one. */
  readonly endpointLabel: readonly Match[]
}

const IP_PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const

/** @param isLargeCluster - see `PortContext` */
export function portContext(
  info: ServicePortInfo,
  options: ProxyOptions,
  isLargeCluster: boolean,
): PortContext {
  return {
    info,
    names: servicePortChainNames(info.name, info.protocol),
    protocol: IP_PROTOCOLS[info.protocol],
    options,
    isLargeCluster,
    endpointLabel: isLargeCluster ? [] : [comment(info.name)],
  }
}
