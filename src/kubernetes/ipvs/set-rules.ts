/**
 * The iptables rules of kube-proxy in mode ipvs. They are few, and ask ipsets which grow with the Services instead.
 *
 * A new connection is masqueraded if and only if one of these holds; all but the last only if its source is not loopback:
 * - it goes to a cluster IP and its port, and comes from no pod (with `--masquerade-all`: from anyone; where kube-proxy can
 *   not tell pods: only if its source is a cluster IP that serves the port it goes to);
 * - it goes to a load-balancer or external IP and its port, and the Service's external policy is Cluster;
 * - it goes to a node port on any address of the node, those of Services included but for external IPs (by SCTP on the
 *   node's own addresses only), and the external policy of that node port's Service is Cluster;
 * - it was led to an endpoint on this node, and comes from that endpoint.
 *
 * A packet for a load-balancer IP with source ranges is dropped on its way in if its source lies in none of them. One of the
 * node itself with that address as its source is dropped on its way out if no range holds the node. A new connection to
 * an address of kube-ipvs0, on a port that no Service has there, is refused.
 * Source: kubernetes pkg/proxy/ipvs/proxier.go, `writeIptablesRules`.
 */
import type { SetTable } from '../../netfilter/ipvs/set-rule.js'
import { filterSetChains } from './filter-set-chains.js'
import { natSetChains } from './nat-set-chains.js'
import type { SetRulesContext } from './set-rule-parts.js'

/** The tables filter and nat of one node. */
export function setTables(context: SetRulesContext): readonly SetTable[] {
  return [
    { name: 'filter', chains: filterSetChains(context) },
    { name: 'nat', chains: natSetChains(context) },
  ]
}
