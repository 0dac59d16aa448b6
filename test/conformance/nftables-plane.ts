/**
 * Walks flows through the rules that svcsim writes for kube-proxy in nftables mode.
 */
import type { ProxyState } from '../../src/kubernetes/iptables/iptables-sync.js'
import { tableOfState, walkFlow } from '../kubernetes/nftables/nftables-flow.js'
import { inInterfaceOf, type Plane, podInterfaceOf, protocolOf } from './flow.js'
import type { RawNode } from './raw-node.js'
import { canonicalAddress } from './raw-objects.js'

/** A node with the rules of a state. NodePorts never listen on loopback, so nothing guards it. */
export function nftablesPlane(node: RawNode, state: ProxyState): Plane {
  const table = tableOfState(state)
  return {
    hasLocalnetGuard: false,
    walk: (flow) => {
      const { end, ways } = walkFlow(table, state, {
        protocol: protocolOf(flow),
        from: canonicalAddress(flow.from),
        to: canonicalAddress(flow.to),
        port: flow.port,
        inInterface: inInterfaceOf(flow, node, podInterfaceOf(state.options)),
      })
      return {
        end,
        wayCount: ways.length,
        rulesMet: (way) =>
          ways[way].map(({ chain, text, isMatched }) => ({ chain: `kube-proxy ${chain}`, text, isMatched })),
      }
    },
  }
}
