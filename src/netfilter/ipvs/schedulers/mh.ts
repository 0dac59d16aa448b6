/**
 * Maglev hashing: a table of 4093 places, which the servers fill in turn, each by its own permutation; the source address,
 * and the port if asked for (kube-proxy always does), names the place. A server that is drained keeps its places, and
 * clients that hit them are refused until it is gone; then few clients of other servers move.
 *
 * The keys of the hash are fixed in the kernel, so that all nodes agree. Left out: more servers than places, of which only
 * the first 4093 added are used; kernels of 32 bits, which hash otherwise; a kernel built for another size of the table.
 * Sources: Linux net/netfilter/ipvs/ip_vs_mh.c, Kconfig (IP_VS_MH_TAB_INDEX); Eisenbud et al., Maglev, NSDI 2016.
 */
import type { Packet } from '../../packet.js'
import { type AddressFolds, sipHash13, sipState } from '../address-hashes.js'
import { isUsable, type LiveServer } from '../live-server.js'
import type { Scheduler, SchedulerOptions } from './scheduler.js'
import { greatestCommonDivisor, greatestWeight } from './weights.js'

/** The fifth of the kernel's primes. */
const TABLE_SIZE = 4093
/** Half of IP_VS_MH_TAB_INDEX: turns of a server are cut to so many bits. */
const TURN_BITS = 6
const PLACE_KEY = sipState({ first: 2_654_435_761n, second: 2_654_435_761n })
const SKIP_KEY = sipState({ first: 2_654_446_892n, second: 2_654_446_892n })

export function mh({ list, folds, isHashingPorts, isFallingBack }: SchedulerOptions): Scheduler {
  const { servers } = list
  let table: readonly LiveServer[] = []
  let isStale = false
  const listChanged = () => {
    isStale = true
  }
  return {
    choose(packet) {
      if (isStale) {
        table = fill(servers.slice(0, TABLE_SIZE), folds)
        isStale = false
      }
      if (table.length === 0) return undefined
      const input = folds.of(packet.source) + portOf(packet, isHashingPorts)
      const place = placeOf(input)
      if (isUsable(table[place])) return table[place]
      return isFallingBack ? firstUsableAfter(table, input, place) : undefined
    },
    added: listChanged,
    removed: listChanged,
    reweighted: listChanged,
  }
}

function portOf(packet: Packet, isHashingPorts: boolean): number {
  return isHashingPorts ? packet.sourcePort : 0
}

function placeOf(input: number): number {
  return sipHash13(PLACE_KEY, input | 0) % TABLE_SIZE
}

function firstUsableAfter(
  table: readonly LiveServer[],
  input: number,
  place: number,
): LiveServer | undefined {
  for (let offset = 0; offset < TABLE_SIZE; offset += 1) {
    const server = table[placeOf(input + ((offset + place) % TABLE_SIZE))]
    if (isUsable(server)) return server
  }
  return undefined
}

/** How a server goes about filling its places. */
interface Filler {
  readonly server: LiveServer
  /** Places that it takes before the next server's turn. */
  readonly turnCount: number
  readonly skip: number
  place: number
}

/** @param servers - newest last */
function fill(servers: readonly LiveServer[], folds: AddressFolds): LiveServer[] {
  const fillers = fillersOf(servers, folds)
  if (fillers.length === 0) return []
  const table = new Array<LiveServer | undefined>(TABLE_SIZE)
  let filledCount = 0
  while (filledCount < TABLE_SIZE) {
    for (const filler of fillers) {
      for (let turn = 0; turn < filler.turnCount && filledCount < TABLE_SIZE; turn += 1) {
        while (table[filler.place] !== undefined) filler.place = (filler.place + filler.skip) % TABLE_SIZE
        table[filler.place] = filler.server
        filledCount += 1
      }
    }
  }
  return table.flatMap((server) => server ?? [])
}

function fillersOf(servers: readonly LiveServer[], folds: AddressFolds): Filler[] {
  const divisor = greatestCommonDivisor(servers, (each) => each.lastWeight)
  if (divisor === 0) return []
  const greatest = greatestWeight(servers, (each) => each.lastWeight) / divisor
  const shift = Math.max(0, 32 - Math.clz32(greatest) - TURN_BITS)
  return servers
    .filter((each) => each.lastWeight > 0)
    .map((server): Filler => {
      const input = (folds.of(server.address) + server.port) | 0
      return {
        server,
        turnCount: (server.lastWeight / divisor) >> shift || 1,
        skip: (sipHash13(SKIP_KEY, input) % (TABLE_SIZE - 1)) + 1,
        place: sipHash13(PLACE_KEY, input) % TABLE_SIZE,
      }
    })
    .reverse()
}
