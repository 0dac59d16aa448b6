/**
 * Which fields of a packet a balancer hashes to keep all packets of a connection together: the five that name the connection,
 * or fewer, so that connections of one client stay together too.
 *
 * The hash is one of 32 bits over words (`base/hash-text.ts`), not that of any router or card: what carries over is which
 * packets are told apart. Source: RFC 2992, RFC 6438 (5-tuple, 3-tuple).
 */
import { addWord, finishHash } from '../base/hash-text.js'
import { allTargets, type BalancingAlgorithm, type BalancingOptions } from './balancing-algorithm.js'
import type { HashFields, NewConnection } from './new-connection.js'

/** A hash of a connection: 32 bits, evenly spread. */
export type FlowHash = (connection: NewConnection) => number

const HASHES: Readonly<Record<HashFields, FlowHash>> = {
  '5-tuple': (connection) => {
    const ports = (connection.sourcePort << 16) ^ connection.destinationPort
    return finishHash(addWord(addWord(addressHash(connection), connection.protocol), ports))
  },
  '3-tuple': (connection) => finishHash(addWord(addressHash(connection), connection.protocol)),
  '2-tuple': (connection) => finishHash(addressHash(connection)),
  source: (connection) => finishHash(addWord(0, connection.sourceHash)),
}

/** The hash over these fields. */
export function flowHashOf(fields: HashFields): FlowHash {
  return HASHES[fields]
}

function addressHash({ sourceHash, destinationHash }: NewConnection): number {
  return addWord(addWord(0, sourceHash), destinationHash)
}

/** Hash of the connection modulo the number of targets in use: when that changes, most connections move (RFC 2992). */
export function flowHash(options: BalancingOptions): BalancingAlgorithm {
  const hash = flowHashOf(options.tuning.hashFields)
  let inUse = allTargets(options)
  return {
    choose: (connection) => inUse[hash(connection) % inUse.length],
    opened() {},
    closed() {},
    use(targets) {
      inUse = targets
    },
  }
}
