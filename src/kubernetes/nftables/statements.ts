/**
 * Small makers of the statements that kube-proxy's nftables rules are put together from.
 */
import type { Cidr } from '../../base/ip-address.js'
import type { AddressOperand, NftMatch, NftRule, NftVerdict } from '../../netfilter/nftables/ruleset.js'
import { rangeOf } from '../iptables/rule-parts.js'
import type { LocalTrafficDetector, NodeInfo } from '../proxy-inputs.js'
import { MARK_FOR_MASQUERADE } from './object-names.js'

/** A rule of tests and actions, and a verdict. */
export function rule(
  statements: NftRule['statements'],
  verdict: NftVerdict | undefined,
  comment?: string,
): NftRule {
  return { statements, verdict, comment }
}

/** An address or a range to compare with, as it is written. */
export function operandOf(text: string): AddressOperand {
  return { text, range: rangeOf(text) }
}

/** A range to compare with, with its prefix length even if it is one address. */
export function operandOfRange(range: Cidr): AddressOperand {
  return { text: range.text, range }
}

/** `ip saddr X` */
export function sourceIs(operand: AddressOperand): NftMatch {
  return { kind: 'address', side: 'source', operand, isInverted: false }
}

/** `ip daddr X` */
export function destinationIs(operand: AddressOperand): NftMatch {
  return { kind: 'address', side: 'destination', operand, isInverted: false }
}

/** `goto CHAIN` */
export function goTo(chain: string): { readonly kind: 'goto'; readonly chain: string } {
  return { kind: 'goto', chain }
}

/** `jump CHAIN` */
export function jump(chain: string): NftVerdict {
  return { kind: 'jump', chain }
}

/** `jump mark-for-masquerade` */
export const JUMP_TO_MARK: NftVerdict = jump(MARK_FOR_MASQUERADE)

export const DROP = { kind: 'drop' } as const

/** Tests of where traffic comes from. */
export interface PodMatches {
  readonly isPod: NftMatch
  readonly isNotPod: NftMatch
}

/**
 * The test that traffic comes from pods, and the one that it does not; undefined where kube-proxy can not tell.
 * Source: kubernetes pkg/proxy/util/localdetector.go, `IfLocalNFT`, with `iifname` for `iif` as the
 * later releases of 1.34 have it.
 */
export function podMatches(detector: LocalTrafficDetector, node: NodeInfo): PodMatches | undefined {
  switch (detector.kind) {
    case 'clusterCidr':
      return bySource(detector.cidr)
    case 'nodeCidr':
      return bySource(rangeOf(node.podCidr))
    case 'bridgeInterface':
      return byInterface(detector.name, false)
    case 'interfacePrefix':
      return byInterface(detector.prefix, true)
    case 'none':
      return undefined
  }
}

function bySource(range: Cidr): PodMatches {
  const isPod = { kind: 'address', side: 'source', operand: operandOfRange(range) } as const
  return { isPod: { ...isPod, isInverted: false }, isNotPod: { ...isPod, isInverted: true } }
}

function byInterface(name: string, isPrefix: boolean): PodMatches {
  const isPod = { kind: 'inInterface', name, isPrefix } as const
  return { isPod: { ...isPod, isInverted: false }, isNotPod: { ...isPod, isInverted: true } }
}
