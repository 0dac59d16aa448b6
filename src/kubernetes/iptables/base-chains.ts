/**
 * The chains that kube-proxy writes whatever the Services: built-in chains with their jumps, masquerading,
 * forwarding, the guard of 127.0.0.0/8.
 *
 * Left out: the empty chain KUBE-PROXY-CANARY of table mangle, which svcsim does not have.
 * Source: kubernetes pkg/proxy/iptables/proxier.go: `iptablesJumpChains`, `iptablesKubeletJumpChains`,
 * `syncProxyRules`.
 */
import type { Chain, ConnectionState, HookName, Match, Rule } from '../../netfilter/iptables/rule.js'
import type { ProxyOptions } from '../proxy-inputs.js'
import * as names from './chain-names.js'
import {
  comment,
  countedBy,
  destinationIn,
  isLoopbackServed,
  jump,
  LOOPBACK_RANGES,
  rangeOf,
  rule,
  sourceNotIn,
  userChain,
} from './rule-parts.js'

/** Built-in chains of table filter. */
export function filterBuiltInChains(): Chain[] {
  const firewall = rule([], jump(names.KUBE_FIREWALL))
  const balancerFirewall = newTo(names.KUBE_PROXY_FIREWALL, 'kubernetes load balancer firewall')
  const services = newTo(names.KUBE_SERVICES, 'kubernetes service portals')
  const external = newTo(names.KUBE_EXTERNAL_SERVICES, 'kubernetes externally-visible service portals')
  const nodePorts = anyTo(names.KUBE_NODEPORTS, 'kubernetes health check service ports')
  const forward = anyTo(names.KUBE_FORWARD, 'kubernetes forwarding rules')
  // kube-proxy puts each jump before those that are there, so the last one written comes first.
  return [
    builtInChain('INPUT', [firewall, balancerFirewall, nodePorts, external]),
    builtInChain('FORWARD', [balancerFirewall, forward, services, external]),
    builtInChain('OUTPUT', [firewall, balancerFirewall, services]),
  ]
}

/** Built-in chains of table nat. */
export function natBuiltInChains(): Chain[] {
  const services = anyTo(names.KUBE_SERVICES, 'kubernetes service portals')
  return [
    builtInChain('PREROUTING', [services]),
    builtInChain('INPUT', []),
    builtInChain('OUTPUT', [services]),
    builtInChain('POSTROUTING', [anyTo(names.KUBE_POSTROUTING, 'kubernetes postrouting rules')]),
  ]
}

/** KUBE-FORWARD: packets of Services pass whatever the policy of FORWARD. */
export function forwardChain(options: ProxyOptions): Chain {
  const count = options.hasNfacct ? [countedBy('ct_state_invalid_dropped_pkts')] : []
  const dropInvalid = rule([stateIs(['INVALID']), ...count], { kind: 'DROP' })
  return userChain(names.KUBE_FORWARD, [
    ...(options.isConntrackLiberal ? [] : [dropInvalid]),
    rule([comment('kubernetes forwarding rules'), isMarked(options)], { kind: 'ACCEPT' }),
    rule([comment('kubernetes forwarding conntrack rule'), stateIs(['RELATED', 'ESTABLISHED'])], {
      kind: 'ACCEPT',
    }),
  ])
}

/**
 * KUBE-FIREWALL: nobody else may reach 127.0.0.0/8, which localhost NodePorts open for routing. Where they do not, the
 * chain is there all the same (kube-proxy makes it with the jumps to it), and empty.
 */
export function localnetGuardChain(options: ProxyOptions): Chain {
  if (!isLoopbackServed(options)) return userChain(names.KUBE_FIREWALL, [])
  const loopback = rangeOf(LOOPBACK_RANGES[4])
  const matches: Match[] = [
    comment('block incoming localnet connections'),
    destinationIn(loopback),
    sourceNotIn(loopback),
    { kind: 'conntrack', states: ['RELATED', 'ESTABLISHED', 'DNAT'], isInverted: true },
  ]
  return userChain(names.KUBE_FIREWALL, [rule(matches, { kind: 'DROP' })])
}

/** KUBE-POSTROUTING: marked packets lose the mark and get an address of the node. */
export function postroutingChain(options: ProxyOptions): Chain {
  const bit = masqueradeMark(options)
  return userChain(names.KUBE_POSTROUTING, [
    rule([{ ...isMarked(options), isInverted: true }], { kind: 'RETURN' }),
    rule([], { kind: 'MARK', value: bit, mask: 0, option: 'xor-mark' }),
    rule([comment('kubernetes service traffic requiring SNAT')], {
      kind: 'MASQUERADE',
      isFullyRandom: options.isMasqueradeFullyRandom,
    }),
  ])
}

/** KUBE-MARK-MASQ: asks for masquerading. */
export function markMasqueradeChain(options: ProxyOptions): Chain {
  const bit = masqueradeMark(options)
  return userChain(names.KUBE_MARK_MASQ, [
    rule([], { kind: 'MARK', value: bit, mask: bit, option: 'or-mark' }),
  ])
}

function builtInChain(name: HookName, rules: readonly Rule[]): Chain {
  return { name, policy: 'ACCEPT', rules }
}

/** The bit of the mark, as an unsigned number. */
function masqueradeMark(options: ProxyOptions): number {
  return (1 << options.masqueradeBit) >>> 0
}

function isMarked(options: ProxyOptions): Match & { kind: 'mark' } {
  const bit = masqueradeMark(options)
  return { kind: 'mark', value: bit, mask: bit, isInverted: false }
}

function stateIs(states: readonly ConnectionState[]): Match {
  return { kind: 'conntrack', states, isInverted: false }
}

function newTo(chain: string, label: string): Rule {
  return rule([stateIs(['NEW']), comment(label)], jump(chain))
}

function anyTo(chain: string, label: string): Rule {
  return rule([comment(label)], jump(chain))
}
