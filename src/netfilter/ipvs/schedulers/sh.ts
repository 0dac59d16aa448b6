/**
 * Source hashing: 256 buckets, dealt to the servers from the head of the list, each as many in a row as it weighs; the
 * source address, and the port if asked for, names the bucket. A server that is drained keeps one bucket in each round,
 * and clients that hit it are refused until it is gone. When the list changes, almost all buckets change hands.
 * Source: Linux net/netfilter/ipvs/ip_vs_sh.c.
 */
import type { Packet } from '../../packet.js'
import { hash32 } from '../address-hashes.js'
import { isUsable, type LiveServer } from '../live-server.js'
import type { Scheduler, SchedulerOptions } from './scheduler.js'

const TABLE_BITS = 8
const TABLE_SIZE = 1 << TABLE_BITS

export function sh({ list, folds, isHashingPorts, isFallingBack }: SchedulerOptions): Scheduler {
  const { servers } = list
  const buckets: LiveServer[] = []
  let isStale = false
  const listChanged = () => {
    isStale = true
  }
  const bucketOf = (packet: Packet) =>
    hash32(folds.of(packet.source) + (isHashingPorts ? packet.sourcePort : 0), TABLE_BITS)
  return {
    choose(packet) {
      if (isStale) {
        deal(buckets, servers)
        isStale = false
      }
      if (servers.length === 0) return undefined
      const bucket = bucketOf(packet)
      if (isUsable(buckets[bucket])) return buckets[bucket]
      return isFallingBack ? firstUsableBehind(buckets, bucket) : undefined
    },
    added: listChanged,
    removed: listChanged,
    reweighted: listChanged,
  }
}

function deal(buckets: LiveServer[], servers: readonly LiveServer[]): void {
  buckets.length = 0
  if (servers.length === 0) return
  let at = servers.length - 1
  let dealtCount = 0
  while (buckets.length < TABLE_SIZE) {
    buckets.push(servers[at])
    dealtCount += 1
    if (dealtCount < servers[at].weight) continue
    dealtCount = 0
    at = at === 0 ? servers.length - 1 : at - 1
  }
}

/** The kernel adds the bucket once more to where it begins to look: from twice its number on, all round. */
function firstUsableBehind(buckets: readonly LiveServer[], bucket: number): LiveServer | undefined {
  for (let offset = 0; offset < TABLE_SIZE; offset += 1) {
    const server = buckets[(2 * bucket + offset) % TABLE_SIZE]
    if (isUsable(server)) return server
  }
  return undefined
}
