/**
 * The chance with which a rule takes one of the endpoints that are left, as kube-proxy writes it and the kernel
 * uses it.
 * Sources: kubernetes pkg/proxy/iptables/proxier.go, `computeProbability` (Go's `%0.10f`); iptables
 * extensions/libxt_statistic.c (2^31 · p, rounded); Linux net/netfilter/xt_statistic.c (31 random bits).
 */
import type { Match } from '../../netfilter/iptables/rule.js'

/** Random numbers that xt_statistic tells apart: 31 bits. */
const DRAW_RANGE = 0x80000000

/**
 * 1/2048 = 0.00048828125 is the one reciprocal that lies exactly between two texts of ten decimals. Go rounds it to
 * the even digit, `toFixed` up.
 */
const HALFWAY_COUNT = 2048
const HALFWAY_TEXT = '0.0004882812'

/**
 * Text of the probability 1/n with ten decimals.
 *
 * @param endpointsLeft - n, at least 1
 */
export function probabilityText(endpointsLeft: number): string {
  return endpointsLeft === HALFWAY_COUNT ? HALFWAY_TEXT : (1 / endpointsLeft).toFixed(10)
}

/**
 * `-m statistic --mode random --probability 1/n`
 *
 * @param endpointsLeft - n, at least 2
 */
export function oneOf(endpointsLeft: number): Match {
  const text = probabilityText(endpointsLeft)
  return { kind: 'statistic', probabilityText: text, threshold: Math.round(Number(text) * DRAW_RANGE) }
}
