/** Small makers of what the rules of kube-proxy in mode ipvs are put together from, and the names of its chains. */
import type {
  PlainMatch,
  SetChain,
  SetDirection,
  SetMatch,
  SetRule,
  SetRuleMatch,
  SetRuleTarget,
} from '../../netfilter/ipvs/set-rule.js'
import { rangeOf } from '../iptables/rule-parts.js'
import type { NodeInfo, ProxyOptions, ServicePortInfo } from '../proxy-inputs.js'
import { SET_DEFINITIONS, type SetKey, setName } from './set-definitions.js'

/** What the rules of one node depend on. */
export interface SetRulesContext {
  readonly servicePorts: readonly ServicePortInfo[]
  readonly node: NodeInfo
  readonly options: ProxyOptions
  /** Most rules are written only if their set has entries. */
  readonly hasEntries: (key: SetKey) => boolean
}

export const KUBE_SERVICES = 'KUBE-SERVICES'
export const KUBE_POSTROUTING = 'KUBE-POSTROUTING'
export const KUBE_NODE_PORT = 'KUBE-NODE-PORT'
export const KUBE_LOAD_BALANCER = 'KUBE-LOAD-BALANCER'
export const KUBE_MARK_MASQ = 'KUBE-MARK-MASQ'
export const KUBE_FORWARD = 'KUBE-FORWARD'
export const KUBE_PROXY_FIREWALL = 'KUBE-PROXY-FIREWALL'
export const KUBE_SOURCE_RANGES_FIREWALL = 'KUBE-SOURCE-RANGES-FIREWALL'
export const KUBE_IPVS_FILTER = 'KUBE-IPVS-FILTER'
export const KUBE_IPVS_OUT_FILTER = 'KUBE-IPVS-OUT-FILTER'

/** Destination address and port. */
export const DESTINATION = ['dst', 'dst'] as const satisfies SetDirection[]
/** The same, and the source address. */
export const DESTINATION_AND_SOURCE = ['dst', 'dst', 'src'] as const satisfies SetDirection[]
/** Destination port, in a set of ports; destination address, in a set of addresses. */
export const ONE_DESTINATION = ['dst'] as const satisfies SetDirection[]

export const RETURN: SetRuleTarget = { kind: 'RETURN' }
export const ACCEPT: SetRuleTarget = { kind: 'ACCEPT' }
export const DROP: SetRuleTarget = { kind: 'DROP' }

export function rule(matches: readonly SetRuleMatch[], target: SetRuleTarget): SetRule {
  return { matches, target }
}

export function jump(chain: string): SetRuleTarget {
  return { kind: 'jump', chain }
}

export function comment(text: string): PlainMatch {
  return { kind: 'comment', text }
}

export function chain(name: string, rules: readonly SetRule[]): SetChain {
  return { name, policy: undefined, rules }
}

export function builtInChain(name: string, rules: readonly SetRule[]): SetChain {
  return { name, policy: 'ACCEPT', rules }
}

/** `-m set --match-set NAME dst,dst` */
export function inSet(context: SetRulesContext, key: SetKey, directions: readonly SetDirection[]): SetMatch {
  return { kind: 'set', set: setName(key, context.options.ipFamily), directions }
}

/** The same after a comment that says what the set is for. */
export function inLabelledSet(
  context: SetRulesContext,
  key: SetKey,
  directions: readonly SetDirection[],
): readonly SetRuleMatch[] {
  return [comment(SET_DEFINITIONS[key].comment), inSet(context, key, directions)]
}

/** `-m addrtype --dst-type LOCAL` */
export const IS_FOR_NODE: PlainMatch = {
  kind: 'addrtype',
  side: 'destination',
  type: 'LOCAL',
  isInverted: false,
}

/** The bit that asks for masquerading, as an unsigned number. */
export function masqueradeBit({ options }: SetRulesContext): number {
  return (1 << options.masqueradeBit) >>> 0
}

/** `-m mark --mark 0x4000/0x4000` */
export function isMarked(context: SetRulesContext, isInverted = false): PlainMatch {
  const bit = masqueradeBit(context)
  return { kind: 'mark', value: bit, mask: bit, isInverted }
}

/** The test that traffic comes from no pod; undefined where kube-proxy can not tell. */
export function isNotFromPod({ options, node }: SetRulesContext): PlainMatch | undefined {
  const detector = options.localTrafficDetector
  switch (detector.kind) {
    case 'clusterCidr':
      return { kind: 'source', cidr: detector.cidr, isInverted: true }
    case 'nodeCidr':
      return { kind: 'source', cidr: rangeOf(node.podCidr), isInverted: true }
    case 'bridgeInterface':
      return { kind: 'inInterface', name: detector.name, isInverted: true }
    case 'interfacePrefix':
      return { kind: 'inInterface', name: `${detector.prefix}+`, isInverted: true }
    case 'none':
      return undefined
  }
}
