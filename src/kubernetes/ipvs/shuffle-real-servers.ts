/**
 * The order in which kube-proxy of today adds real servers: none.
 *
 * It used to sort them, so that round robin of every node, and of every address, began with the same one. Since pull request
 * 121744 it adds them as a Go map gives them, which differs from node to node and from address to address. That is the order
 * of the first sync; endpoints that come later are added behind, and are not modelled here.
 * Source: kubernetes pkg/proxy/ipvs/proxier.go, `syncEndpoint` (`newEndpoints.UnsortedList()`); pull request 121744, "Remove
 * unnecessary sort in kube-proxy ipvs", November 2023, after 1.28; issue 121591.
 */
import { addWord, finishHash, hashText } from '../../base/hash-text.js'
import type { IpvsTables } from '../../netfilter/ipvs/ipvs-tables.js'
import { virtualServerKey } from '../../netfilter/ipvs/virtual-server.js'

const TWO_32 = 0x1_0000_0000

/** `below(n)`: an integer from 0 to n - 1. */
type Below = (n: number) => number

/**
 * The same tables of one node with the real servers of each virtual server in an order of its own.
 *
 * @param nodeKey - an integer from 0 to 2^32 - 1, drawn for the node. It and the virtual server decide: other Services, nodes
 *   and addresses change nothing
 * @remarks O(real servers)
 */
export function shuffleRealServers(tables: IpvsTables, nodeKey: number): IpvsTables {
  const virtualServers = tables.virtualServers.map((each) => {
    if (each.realServers.length < 2) return each
    const below = drawsOf(nodeKey, hashText(virtualServerKey(each)))
    return { ...each, realServers: shuffled(each.realServers, below) }
  })
  return { ...tables, virtualServers }
}

/** Hashes of a counter: a generator of its own for each virtual server would take 2 KiB each. */
function drawsOf(nodeKey: number, serverKey: number): Below {
  const start = addWord(addWord(0, nodeKey), serverKey)
  let count = 0
  return (n) => Math.floor((finishHash(addWord(start, count++)) / TWO_32) * n)
}

function shuffled<T>(values: readonly T[], below: Below): T[] {
  const order = [...values]
  for (let last = order.length - 1; last > 0; last -= 1) {
    const chosen = below(last + 1)
    const value = order[chosen]
    order[chosen] = order[last]
    order[last] = value
  }
  return order
}
