/**
 * What kube-proxy decides about one Service port on one node before it writes a rule: which chains exist, where
 * internal and external traffic goes, and what meets traffic that has nowhere to go.
 * Source: kubernetes pkg/proxy/iptables/proxier.go, `syncProxyRules`.
 */

import type { EndpointCategories } from '../endpoint-categories.js'
import type { ServicePortInfo } from '../proxy-inputs.js'
import { isExternallyAccessible } from '../proxy-inputs.js'
import type { ServicePortChainNames } from './chain-names.js'

/** The end of traffic that no endpoint may take: refused at once, or dropped where other nodes have endpoints. */
export interface FilterVerdict {
  readonly kind: 'REJECT' | 'DROP'
  /** Comment of the rule. */
  readonly comment: string
}

/** Decisions about one Service port on one node. */
export interface ServicePortDecisions {
  /** Usable endpoints exist somewhere in the cluster. */
  readonly hasAny: boolean
  /** Chain for traffic to the cluster IP; undefined: `internalVerdict` meets it. */
  readonly internalChain: string | undefined
  /** Chain for traffic from outside; undefined: `externalVerdict` meets it. */
  readonly externalChain: string | undefined
  readonly internalVerdict: FilterVerdict | undefined
  readonly externalVerdict: FilterVerdict | undefined
  readonly hasExternalChain: boolean
  readonly hasFirewallChain: boolean
  readonly hasClusterChain: boolean
  readonly hasLocalChain: boolean
}

/** Decides about one Service port from its endpoints as sorted out for the node. */
export function decideServicePort(
  info: ServicePortInfo,
  names: ServicePortChainNames,
  categories: EndpointCategories,
): ServicePortDecisions {
  const { hasAny } = categories
  const hasLocal = categories.local !== undefined && categories.local.length > 0
  const internalVerdict = verdict(info, hasAny, info.isInternalPolicyLocal && !hasLocal)
  const externalVerdict = verdict(info, hasAny, info.isExternalPolicyLocal && !hasLocal)
  return {
    hasAny,
    internalVerdict,
    externalVerdict,
    internalChain: internalVerdict ? undefined : info.isInternalPolicyLocal ? names.local : names.cluster,
    externalChain: externalVerdict ? undefined : info.isExternalPolicyLocal ? names.local : names.cluster,
    hasExternalChain: hasAny && isExternallyAccessible(info),
    hasFirewallChain: hasAny && info.loadBalancerVips.length > 0 && info.loadBalancerSourceRanges.length > 0,
    hasClusterChain: categories.cluster !== undefined && categories.cluster.length > 0,
    hasLocalChain: hasLocal,
  }
}

function verdict(info: ServicePortInfo, hasAny: boolean, isLackingLocal: boolean): FilterVerdict | undefined {
  if (!hasAny) return { kind: 'REJECT', comment: `${info.name} has no endpoints` }
  if (isLackingLocal) return { kind: 'DROP', comment: `${info.name} has no local endpoints` }
  return undefined
}
