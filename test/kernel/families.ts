/** What the network of a laboratory has of each family of addresses. Networks are those of svcsim's defaults. */
import type { IpFamily } from '../../src/base/ip-address.js'

/** Words of one family. */
export interface FamilyWords {
  /** For `ip`. */
  readonly option: '-4' | '-6'
  /** What stands before `tables` in the names of programs. */
  readonly program: 'ip' | 'ip6'
  readonly hostPrefix: number
  /** Of the network of nodes. */
  readonly nodePrefix: number
  nodeNetwork(nodeAddress: string): string
  /** The first host of the network of nodes: svcsim leaves it to the router. */
  routerAddress(nodeAddress: string): string
  /** Addresses of clients outside, as svcsim takes them. */
  readonly outsideRange: string
  /** The part of it whose packets come in by a node. */
  outsideRangeOf(nodeIndex: number): string
  /** One of them: `client` is 0 to 249. */
  outsideAddress(nodeIndex: number, client: number): string
  readonly loopbackAddress: string
  readonly loopbackRange: string
  /** To be used at once, without looking for others who have it. */
  readonly addressFlags: string
}

/** By family. */
export const FAMILIES: Readonly<Record<IpFamily, FamilyWords>> = {
  4: {
    option: '-4',
    program: 'ip',
    hostPrefix: 32,
    nodePrefix: 24,
    nodeNetwork: (nodeAddress) => nodeAddress.replace(/\d+$/, '0/24'),
    routerAddress: (nodeAddress) => nodeAddress.replace(/\d+$/, '1'),
    outsideRange: '100.64.0.0/10',
    outsideRangeOf: (nodeIndex) => `100.64.${1 + nodeIndex}.0/24`,
    outsideAddress: (nodeIndex, client) => `100.64.${1 + nodeIndex}.${2 + client}`,
    loopbackAddress: '127.0.0.1',
    loopbackRange: '127.0.0.0/8',
    addressFlags: '',
  },
  6: {
    option: '-6',
    program: 'ip6',
    hostPrefix: 128,
    nodePrefix: 112,
    nodeNetwork: (nodeAddress) => nodeAddress.replace(/[\da-f]+$/, '/112'),
    routerAddress: (nodeAddress) => nodeAddress.replace(/[\da-f]+$/, '1'),
    outsideRange: '2001:db8:100::/48',
    outsideRangeOf: (nodeIndex) => `2001:db8:100:${1 + nodeIndex}::/64`,
    outsideAddress: (nodeIndex, client) => `2001:db8:100:${1 + nodeIndex}::${(2 + client).toString(16)}`,
    loopbackAddress: '::1',
    loopbackRange: '::1/128',
    addressFlags: ' nodad',
  },
}

/** Every machine: addresses are given, not found; answers may come by another way than questions went. */
const SYSCTLS_OF_ALL: Readonly<Record<string, string>> = {
  'net/ipv6/conf/all/accept_ra': '0',
  'net/ipv6/conf/default/accept_ra': '0',
  'net/ipv6/conf/default/accept_dad': '0',
  'net/ipv4/conf/all/rp_filter': '0',
  'net/ipv4/conf/default/rp_filter': '0',
}

/** Clients: they use addresses of a range that is theirs as a whole. */
export const SYSCTLS_OF_OUTSIDE: Readonly<Record<string, string>> = {
  ...SYSCTLS_OF_ALL,
  'net/ipv4/ip_forward': '0',
  'net/ipv6/ip_nonlocal_bind': '1',
}

/** Nodes. Source: kube-proxy (route_localnet), kubelet and network plugins (forwarding); the rest is said here. */
export const SYSCTLS_OF_NODES: Readonly<Record<string, string>> = {
  ...SYSCTLS_OF_ALL,
  'net/ipv4/ip_forward': '1',
  'net/ipv6/conf/all/forwarding': '1',
  'net/ipv4/conf/all/route_localnet': '1',
  // A node would tell clients of a shorter way past its own rules: wire and outside are one Ethernet here.
  'net/ipv4/conf/all/send_redirects': '0',
  'net/ipv4/conf/default/send_redirects': '0',
  // The kernel answers a client 6 times at once and then once a second. Ways are each a connection by itself.
  'net/ipv4/icmp_ratelimit': '0',
  'net/ipv6/icmp/ratelimit': '0',
}
