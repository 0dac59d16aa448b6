/**
 * Whose a rule is: kube-proxy names the Service port in the comment of every rule that all Services share a chain for.
 * Source: kubernetes pkg/proxy/iptables/proxier.go, `syncProxyRules`.
 */
import type { Rule } from '../../netfilter/iptables/rule.js'

/** `namespace/name:port`, or `namespace/name` for a port without a name. */
const NAME = /^[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*(?::[a-z0-9-]+)?$/

/** What follows the name in comments. */
const ENDINGS = [
  ' cluster IP',
  ' external IP',
  ' loadbalancer IP',
  ' has no endpoints',
  ' has no local endpoints',
  ' health check node port',
]
const FIREWALL_ENDING = / traffic not accepted by KUBE-FW-[A-Z2-7]{16}$/

/** The Service port that the comment of a rule names; undefined: none. */
export function ownerOf(rule: Rule): string | undefined {
  const comment = commentOf(rule)
  if (comment === undefined) return undefined
  const ending = ENDINGS.find((each) => comment.endsWith(each))
  const name = ending === undefined ? comment.replace(FIREWALL_ENDING, '') : comment.slice(0, -ending.length)
  return NAME.test(name) ? name : undefined
}

export function commentOf({ matches }: Rule): string | undefined {
  const match = matches.find((each) => each.kind === 'comment')
  return match?.kind === 'comment' ? match.text : undefined
}
