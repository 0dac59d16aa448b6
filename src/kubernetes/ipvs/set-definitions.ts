/**
 * The ipsets of kube-proxy in mode ipvs: names, types, and what each is for.
 * Source: kubernetes pkg/proxy/ipvs/ipset.go; pkg/proxy/ipvs/proxier.go, `ipsetInfo`.
 */
import type { IpFamily } from '../../base/ip-address.js'
import type { IpSet, IpSetType } from '../../netfilter/ipvs/ip-set.js'

interface SetDefinition {
  readonly name: string
  readonly type: IpSetType
  readonly comment: string
}

/** In kube-proxy's order. Names are those of IPv4. */
export const SET_DEFINITIONS = {
  loopBack: {
    name: 'KUBE-LOOP-BACK',
    type: 'hash:ip,port,ip',
    comment: 'Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose',
  },
  clusterIp: {
    name: 'KUBE-CLUSTER-IP',
    type: 'hash:ip,port',
    comment: 'Kubernetes service cluster ip + port for masquerade purpose',
  },
  externalIp: {
    name: 'KUBE-EXTERNAL-IP',
    type: 'hash:ip,port',
    comment: 'Kubernetes service external ip + port for masquerade and filter purpose',
  },
  externalIpLocal: {
    name: 'KUBE-EXTERNAL-IP-LOCAL',
    type: 'hash:ip,port',
    comment: 'Kubernetes service external ip + port with externalTrafficPolicy=local',
  },
  loadBalancer: {
    name: 'KUBE-LOAD-BALANCER',
    type: 'hash:ip,port',
    comment: 'Kubernetes service lb portal',
  },
  loadBalancerFirewall: {
    name: 'KUBE-LOAD-BALANCER-FW',
    type: 'hash:ip,port',
    comment: 'Kubernetes service load balancer ip + port for load balancer with sourceRange',
  },
  loadBalancerLocal: {
    name: 'KUBE-LOAD-BALANCER-LOCAL',
    type: 'hash:ip,port',
    comment: 'Kubernetes service load balancer ip + port with externalTrafficPolicy=local',
  },
  loadBalancerSourceIp: {
    name: 'KUBE-LOAD-BALANCER-SOURCE-IP',
    type: 'hash:ip,port,ip',
    comment: 'Kubernetes service load balancer ip + port + source IP for packet filter purpose',
  },
  loadBalancerSourceCidr: {
    name: 'KUBE-LOAD-BALANCER-SOURCE-CIDR',
    type: 'hash:ip,port,net',
    comment: 'Kubernetes service load balancer ip + port + source cidr for packet filter purpose',
  },
  nodePortTcp: {
    name: 'KUBE-NODE-PORT-TCP',
    type: 'bitmap:port',
    comment: 'Kubernetes nodeport TCP port for masquerade purpose',
  },
  nodePortLocalTcp: {
    name: 'KUBE-NODE-PORT-LOCAL-TCP',
    type: 'bitmap:port',
    comment: 'Kubernetes nodeport TCP port with externalTrafficPolicy=local',
  },
  nodePortUdp: {
    name: 'KUBE-NODE-PORT-UDP',
    type: 'bitmap:port',
    comment: 'Kubernetes nodeport UDP port for masquerade purpose',
  },
  nodePortLocalUdp: {
    name: 'KUBE-NODE-PORT-LOCAL-UDP',
    type: 'bitmap:port',
    comment: 'Kubernetes nodeport UDP port with externalTrafficPolicy=local',
  },
  nodePortSctp: {
    name: 'KUBE-NODE-PORT-SCTP-HASH',
    type: 'hash:ip,port',
    comment: "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'",
  },
  nodePortLocalSctp: {
    name: 'KUBE-NODE-PORT-LOCAL-SCTP-HASH',
    type: 'hash:ip,port',
    comment: "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'",
  },
  healthCheckNodePort: {
    name: 'KUBE-HEALTH-CHECK-NODE-PORT',
    type: 'bitmap:port',
    comment: 'Kubernetes health check node port',
  },
  ipvsIps: {
    name: 'KUBE-IPVS-IPS',
    type: 'hash:ip',
    comment: 'Addresses on the ipvs interface',
  },
} as const satisfies Record<string, SetDefinition>

/** Which set. */
export type SetKey = keyof typeof SET_DEFINITIONS

/** All of them, in kube-proxy's order. */
export const SET_KEYS = Object.keys(SET_DEFINITIONS) as readonly SetKey[]

/** Longest name that ipset takes. */
const MAX_NAME_LENGTH = 31

/** The name of a set; those of IPv6 have a `6` in them, and two are cut short. */
export function setName(key: SetKey, family: IpFamily): string {
  const { name } = SET_DEFINITIONS[key]
  return family === 4 ? name : name.replace('KUBE-', 'KUBE-6-').slice(0, MAX_NAME_LENGTH)
}

/** A set with its entries. */
export function ipSet(key: SetKey, family: IpFamily, entries: readonly string[]): IpSet {
  const { type, comment } = SET_DEFINITIONS[key]
  return { name: setName(key, family), type, family, comment, entries }
}
