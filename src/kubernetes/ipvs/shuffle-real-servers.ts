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
 * @param shuffle - puts an array into random order, every order being equally likely: that of stream
 *   `node/<name>/ipvs-order`
 */
export function shuffleRealServers(tables: IpvsTables, shuffle: (servers: RealServer[]) => void): IpvsTables {
  const virtualServers = tables.virtualServers.map((each) => {
    const realServers = [...each.realServers]
    shuffle(realServers)
    return { ...each, realServers }
  })
  return { ...tables, virtualServers }
}
