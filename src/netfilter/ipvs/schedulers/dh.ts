/**
 * Destination hashing: 256 buckets, dealt to the servers in turn from the head of the list, whatever they weigh; the
 * destination address names the bucket. A virtual server has one address, so all its connections go to one server: kube-proxy
 * offers a scheduler that was made for caches.
 * Source: Linux net/netfilter/ipvs/ip_vs_dh.c.
 */
import { hash32 } from '../address-hashes.js'
import { isUsable } from '../live-server.js'
import { type Scheduler, type SchedulerOptions, UNMOVED } from './scheduler.js'

const TABLE_BITS = 8

export function dh({ list, folds }: SchedulerOptions): Scheduler {
  return {
    ...UNMOVED,
    choose({ destination }) {
      const { length } = list.servers
      if (length === 0) return undefined
      const turn = hash32(folds.of(destination), TABLE_BITS) % length
      const server = list.servers[length - 1 - turn]
      return isUsable(server) ? server : undefined
    },
  }
}
