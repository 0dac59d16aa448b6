/**
 * The order in which kube-proxy from 1.29 on adds real servers: none.
 *
 * Up to 1.28 it sorted them, so that round robin of every node, and of every address, began with the same one; since then
 * it adds them as a Go map gives them, which differs from node to node and from address to address.
 * Source: kubernetes pull request 121744 (Remove unnecessary sort in kube-proxy ipvs), issue 121591.
 */
import type { IpvsTables } from '../../netfilter/ipvs/ipvs-tables.js'
import type { RealServer } from '../../netfilter/ipvs/virtual-server.js'

/**
 * The same tables of one node with the real servers of each virtual server in an order drawn for it.
 *
 * @param drawBelow - an unbiased integer below the bound, stream `node/<name>/ipvs-order`; one draw for each real server of
 *   a virtual server but one
 */
export function shuffleRealServers(tables: IpvsTables, drawBelow: (bound: number) => number): IpvsTables {
  const virtualServers = tables.virtualServers.map((each) => ({
    ...each,
    realServers: shuffled(each.realServers, drawBelow),
  }))
  return { ...tables, virtualServers }
}

/** Fisher and Yates' shuffle: every order is equally likely. */
function shuffled(servers: readonly RealServer[], drawBelow: (bound: number) => number): RealServer[] {
  const result = [...servers]
  for (let last = result.length - 1; last > 0; last -= 1) {
    const chosen = drawBelow(last + 1)
    const server = result[chosen]
    result[chosen] = result[last]
    result[last] = server
  }
  return result
}
