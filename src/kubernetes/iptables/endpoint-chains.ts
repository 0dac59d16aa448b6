/**
 * The chains that choose an endpoint (KUBE-SVC-, KUBE-SVL-) and those that lead to one (KUBE-SEP-).
 * Source: kubernetes pkg/proxy/iptables/proxier.go, `writeServiceToEndpointRules` and the endpoint loop.
 */
import type { Chain, Match, Rule } from '../../netfilter/iptables/rule.js'
import type { ProxyEndpoint } from '../proxy-inputs.js'
import { endpointText } from '../proxy-inputs.js'
import { endpointChainName } from './chain-names.js'
import type { PortContext } from './port-context.js'
import { oneOf } from './probability.js'
import { comment, jump, MARK_FOR_MASQUERADE, protocolIs, rule, sourceIs, userChain } from './rule-parts.js'

/** An endpoint with its chain, which is the same on every node that uses the endpoint. */
export interface EndpointChain {
  /** `ip:port` */
  readonly text: string
  readonly chain: Chain
}

/** The chain of one endpoint: hairpin mark, affinity record, DNAT. */
export function endpointChain(context: PortContext, endpoint: ProxyEndpoint): EndpointChain {
  const { info, protocol, endpointLabel } = context
  const text = endpointText(endpoint)
  const name = endpointChainName(info.name, info.protocol, text)
  const remember: Match[] = info.affinityTimeoutSeconds === undefined ? [] : [recordIn(name)]
  const rules: Rule[] = [
    rule([...endpointLabel, sourceIs(endpoint.address)], MARK_FOR_MASQUERADE),
    rule([...endpointLabel, ...remember, protocolIs(protocol)], {
      kind: 'DNAT',
      address: endpoint.address,
      port: endpoint.port,
    }),
  ]
  return { text, chain: userChain(name, rules) }
}

/**
 * Rules that choose one of some endpoints: first the one that remembers the client, else any with equal chance.
 *
 * @param endpoints - in rule order; at least one
 */
export function choiceRules(context: PortContext, endpoints: readonly EndpointChain[]): Rule[] {
  const labels = endpoints.map((each) => arrowLabel(context, each))
  const targets = endpoints.map((each) => jump(each.chain.name))
  const choices = endpoints.map((_, index) => {
    const endpointsLeft = endpoints.length - index
    return rule(endpointsLeft > 1 ? [...labels[index], oneOf(endpointsLeft)] : labels[index], targets[index])
  })
  const seconds = context.info.affinityTimeoutSeconds
  if (seconds === undefined) return choices
  const affinities = endpoints.map((each, index) =>
    rule([...labels[index], isRememberedIn(each.chain.name, seconds)], targets[index]),
  )
  return [...affinities, ...choices]
}

function arrowLabel(context: PortContext, endpoint: EndpointChain): Match[] {
  return context.isLargeCluster ? [] : [comment(`${context.info.name} -> ${endpoint.text}`)]
}

/** `-m recent --name LIST --set` */
function recordIn(list: string): Match {
  return { kind: 'recent', list, mode: 'set', seconds: undefined, isReaping: false }
}

/** `-m recent --name LIST --rcheck --seconds T --reap` */
function isRememberedIn(list: string, seconds: number): Match {
  return { kind: 'recent', list, mode: 'rcheck', seconds, isReaping: true }
}
