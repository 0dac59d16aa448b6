/**
 * The schedulers once more, slowly and plainly: on lists of readable servers in the kernel's order, the head first, with the
 * reason for each choice in words. A property test holds them to those of `schedulers/`, where the sources are named.
 */
import { InvariantError } from '../../base/diagnostics.js'
import { parseIpAddress } from '../../base/ip-address.js'
import { NS_PER_S } from '../../base/nanoseconds.js'
import type { ReadablePacket } from '../iptables/interpret.js'
import { foldAddress } from './address-hashes.js'
import { addressAndPort, type RealServer, type SchedulerName, type VirtualServer } from './virtual-server.js'

/** A real server as it now is. */
export interface ReferenceServer {
  readonly server: RealServer
  weight: number
  /** The latest weight above zero. */
  lastWeight: number
  activeCount: number
  inactiveCount: number
  isListed: boolean
}

/** What was chosen, and why. */
export interface ReferenceChoice {
  /** Undefined: the client is refused. */
  readonly server: ReferenceServer | undefined
  readonly reason: string
}

/** The rule of one virtual server. */
export interface ReferenceScheduler {
  choose(packet: ReadablePacket, nowNs: number): ReferenceChoice
  /** The list or a weight was changed: called after each single change. */
  changed(): void
}

interface ReferenceOptions {
  /** The list, kept up to date by the caller. */
  readonly list: readonly ReferenceServer[]
  readonly description: VirtualServer
  readonly startNs: number
}

type Maker = (options: ReferenceOptions) => ReferenceScheduler

/** Makes the scheduler that a virtual server asks for; its list is empty then. */
export function referenceScheduler(options: ReferenceOptions): ReferenceScheduler {
  return MAKERS[options.description.scheduler](options)
}

const NOBODY: ReferenceChoice = { server: undefined, reason: 'no real server takes new connections' }

function isUsable({ weight }: ReferenceServer): boolean {
  return weight > 0
}

function overhead({ activeCount, inactiveCount }: ReferenceServer): number {
  return 256 * activeCount + inactiveCount
}

/** The first of the servers with the least `load / weight`. */
function least(
  servers: readonly ReferenceServer[],
  loadOf: (server: ReferenceServer) => number,
): ReferenceServer | undefined {
  const usable = servers.filter((each) => each.isListed && isUsable(each))
  return usable.find((one) =>
    usable.every((other) => loadOf(one) * other.weight <= loadOf(other) * one.weight),
  )
}

/** A scheduler that remembers nothing. */
function forgetful(choose: ReferenceScheduler['choose']): ReferenceScheduler {
  return { choose, changed() {} }
}

const rr: Maker = ({ list }) => {
  /** The list as it was, to know who stood before whom. */
  let known: readonly ReferenceServer[] = []
  let last: ReferenceServer | undefined
  return {
    choose() {
      const place = last === undefined ? -1 : list.indexOf(last)
      const server = [...list.slice(place + 1), ...list.slice(0, place + 1)].find(isUsable)
      if (server === undefined) return NOBODY
      const reason = last === undefined ? 'its turn: the first in the list' : `its turn, after ${name(last)}`
      last = server
      return { server, reason }
    },
    changed() {
      while (last !== undefined && !list.includes(last)) last = known[known.indexOf(last) - 1]
      known = [...list]
    },
  }
}

function name({ server }: ReferenceServer): string {
  return addressAndPort(server)
}

const wrr: Maker = ({ list }) => {
  let place = -1
  let step = 1
  let greatest = 0
  let required = 0
  return {
    choose() {
      if (greatest === 0) return NOBODY
      for (;;) {
        place += 1
        if (place >= list.length) {
          place = -1
          required = required - step > 0 ? required - step : greatest
        } else if (list[place].weight >= required) {
          return { server: list[place], reason: `its turn in the round of weight ${required} and more` }
        }
      }
    },
    changed() {
      const weights = list.map((each) => each.weight).filter((weight) => weight > 0)
      place = -1
      step = weights.length === 0 ? 1 : commonDivisor(weights)
      greatest = Math.max(0, ...weights) - (step - 1)
      if (required > greatest || required === 0) required = greatest
      else if (step > 1) required = required - (required % step) + 1
    },
  }
}

/** The greatest number that divides all. */
function commonDivisor(numbers: readonly number[]): number {
  for (let divisor = Math.min(...numbers); divisor > 1; divisor -= 1) {
    if (numbers.every((each) => each % divisor === 0)) return divisor
  }
  return 1
}

const lc: Maker = ({ list }) =>
  forgetful(() => {
    const usable = list.filter(isUsable)
    const lowest = Math.min(...usable.map(overhead))
    const server = usable.find((each) => overhead(each) === lowest)
    return server === undefined ? NOBODY : { server, reason: `the least overhead, ${lowest}` }
  })

const wlc: Maker = ({ list }) =>
  forgetful(() => {
    const server = least(list, overhead)
    return server === undefined
      ? NOBODY
      : { server, reason: `the least overhead for its weight, ${overhead(server)}` }
  })

const sed: Maker = ({ list }) =>
  forgetful(() => {
    const server = least(list, (each) => each.activeCount + 1)
    if (server === undefined) return NOBODY
    return { server, reason: `the shortest expected delay, ${server.activeCount + 1} connections` }
  })

const nq: Maker = (options) =>
  forgetful((packet, nowNs) => {
    const idle = options.list.find((each) => isUsable(each) && each.activeCount === 0)
    return idle === undefined ? sed(options).choose(packet, nowNs) : { server: idle, reason: 'it is idle' }
  })

const sh: Maker = ({ list, description }) =>
  forgetful((packet) => {
    if (list.length === 0) return NOBODY
    const buckets: ReferenceServer[] = []
    while (buckets.length < 256) {
      for (const each of list) {
        for (let share = 0; share < Math.max(1, each.weight); share += 1) buckets.push(each)
      }
    }
    const bucket = upperBits(sourceNumber(packet, description), 8)
    const others = description.isFallingBack
      ? Array.from({ length: 256 }, (_, offset) => (bucket + bucket + offset) % 256)
      : []
    return firstUsable(
      [bucket, ...others].map((each) => buckets[each]),
      `bucket ${bucket} of 256`,
    )
  })

/** The client as a number below 2^32. */
function sourceNumber({ source, sourcePort }: ReadablePacket, { isHashingPorts }: VirtualServer): number {
  return (folded(source) + (isHashingPorts ? sourcePort : 0)) % 2 ** 32
}

function folded(text: string): number {
  const address = parseIpAddress(text)
  if (address === undefined) throw new InvariantError('not an address', { text })
  return foldAddress(address)
}

/** The upper bits of a 32-bit product. */
function upperBits(value: number, bits: number): number {
  return Number(((BigInt(value) * 0x61c88647n) & 0xffffffffn) >> BigInt(32 - bits))
}

/** The first of the servers that a hash leads to: there is a second one only with fallback. */
function firstUsable(servers: readonly ReferenceServer[], place: string): ReferenceChoice {
  const server = servers.find(isUsable)
  if (server !== undefined) return { server, reason: `${place}, by the hash` }
  return { server, reason: `${place}, by the hash, belongs to a real server that takes no new connections` }
}

const dh: Maker = ({ list }) =>
  forgetful((packet) => {
    if (list.length === 0) return NOBODY
    const bucket = upperBits(folded(packet.destination), 8)
    const buckets = Array.from({ length: 256 }, (_, index) => list[index % list.length])
    return firstUsable([buckets[bucket]], `bucket ${bucket} of 256`)
  })

const TABLE_SIZE = 4093

const mh: Maker = ({ list, description }) => {
  let table: readonly ReferenceServer[] | undefined
  return {
    choose(packet) {
      const owners = table ?? maglevTable(list)
      table = owners
      if (owners.length === 0) return NOBODY
      const input = sourceNumber(packet, description)
      const place = placeOf(input)
      const isFinal = isUsable(owners[place]) || !description.isFallingBack
      const others = isFinal
        ? []
        : Array.from({ length: TABLE_SIZE }, (_, offset) => placeOf(input + ((place + offset) % TABLE_SIZE)))
      return firstUsable(
        [place, ...others].map((each) => owners[each]),
        `place ${place} of ${TABLE_SIZE}`,
      )
    },
    changed() {
      table = undefined
    },
  }
}

function placeOf(input: number): number {
  return Number(sipHash(input, 2_654_435_761n) % BigInt(TABLE_SIZE))
}

/** Whose each place is: the servers take turns, each taking the first free places of its own order. */
function maglevTable(list: readonly ReferenceServer[]): ReferenceServer[] {
  const weighty = list.filter((each) => each.lastWeight > 0)
  if (weighty.length === 0) return []
  const divisor = commonDivisor(weighty.map((each) => each.lastWeight))
  const shares = weighty.map((each) => each.lastWeight / divisor)
  // Shares that need more than six bits lose their lowest ones.
  const excess = Math.max(0, Math.max(...shares).toString(2).length - 6)
  const orders = weighty.map(({ server }) => {
    const input = folded(server.address) + server.port
    const skip = Number(sipHash(input, 2_654_446_892n) % BigInt(TABLE_SIZE - 1)) + 1
    return Array.from({ length: TABLE_SIZE }, (_, turn) => (placeOf(input) + turn * skip) % TABLE_SIZE)
  })
  const owners = new Array<ReferenceServer | undefined>(TABLE_SIZE)
  const tried = weighty.map(() => 0)
  for (let count = 0; ; ) {
    for (const [index, server] of weighty.entries()) {
      for (let turn = 0; turn < Math.max(1, shares[index] >> excess); turn += 1) {
        while (owners[orders[index][tried[index]]] !== undefined) tried[index] += 1
        owners[orders[index][tried[index]]] = server
        count += 1
        if (count === TABLE_SIZE) return owners.flatMap((owner) => owner ?? [])
      }
    }
  }
}

const MASK_64 = 0xffffffffffffffffn

/** SipHash-1-3 of four bytes, both words of the key the same; the lower 32 bits. */
function sipHash(input: number, key: bigint): bigint {
  const word = (4n << 56n) | (BigInt(input) & 0xffffffffn)
  let v = [0x736f6d6570736575n, 0x646f72616e646f6dn, 0x6c7967656e657261n, 0x7465646279746573n].map(
    (w) => w ^ key,
  )
  v = sipRound([v[0], v[1], v[2], v[3] ^ word])
  v = sipRound([v[0] ^ word, v[1], v[2] ^ 0xffn, v[3]])
  v = sipRound(sipRound(v))
  return (v[0] ^ v[1] ^ v[2] ^ v[3]) & 0xffffffffn
}

function sipRound([v0, v1, v2, v3]: readonly bigint[]): bigint[] {
  const left = (word: bigint, bits: bigint) => ((word << bits) | (word >> (64n - bits))) & MASK_64
  const a0 = (v0 + v1) & MASK_64
  const a1 = left(v1, 13n) ^ a0
  const a2 = (v2 + v3) & MASK_64
  const a3 = left(v3, 16n) ^ a2
  const b0 = (left(a0, 32n) + a3) & MASK_64
  const b2 = (a2 + a1) & MASK_64
  return [b0, left(a1, 17n) ^ b2, left(b2, 32n), left(a3, 21n) ^ b0]
}

const DAY_NS = 24 * 60 * 60 * NS_PER_S

/** Drops what was not used for a day at checks every half hour. */
class DailyMemory {
  #nextCheckNs: number
  #lastUseNs = 0

  constructor(startNs: number) {
    this.#nextCheckNs = startNs
  }

  /** Notes a use. Has everything been dropped since the last one? */
  use(nowNs: number): boolean {
    let isForgotten = false
    for (; this.#nextCheckNs <= nowNs; this.#nextCheckNs += DAY_NS / 48) {
      if (this.#nextCheckNs >= this.#lastUseNs + DAY_NS) isForgotten = true
    }
    this.#lastUseNs = nowNs
    return isForgotten
  }
}

function isOverloaded(server: ReferenceServer, list: readonly ReferenceServer[]): boolean {
  return server.activeCount > server.weight && list.some((each) => each.activeCount < each.weight / 2)
}

const lblc: Maker = ({ list, startNs }) => {
  const memory = new DailyMemory(startNs)
  let kept: ReferenceServer | undefined
  return forgetful((_packet, nowNs) => {
    if (memory.use(nowNs)) kept = undefined
    if (kept?.isListed && isUsable(kept) && !isOverloaded(kept, list)) {
      return { server: kept, reason: 'it has this address, and is not overloaded' }
    }
    const server = least(list, overhead)
    if (server === undefined) return NOBODY
    kept = server
    return { server, reason: 'the least loaded one gets this address' }
  })
}

const lblcr: Maker = ({ list, startNs }) => {
  const memory = new DailyMemory(startNs)
  /** The one that joined last comes first. */
  let set: readonly ReferenceServer[] = []
  let lastChangeNs = 0
  return forgetful((_packet, nowNs) => {
    if (memory.use(nowNs)) set = []
    const kept = least(set, overhead)
    if (set.length > 1 && nowNs > lastChangeNs + DAY_NS) {
      const usable = set.filter(isUsable)
      const most = usable.find((one) =>
        usable.every((other) => overhead(one) * other.weight >= overhead(other) * one.weight),
      )
      if (most !== undefined) lastChangeNs = nowNs
      set = set.filter((each) => each !== most)
    }
    if (kept !== undefined && !isOverloaded(kept, list)) {
      return { server: kept, reason: 'the least loaded of those that have this address' }
    }
    const server = least(list, overhead)
    if (server === undefined) return NOBODY
    if (!set.includes(server)) {
      set = [server, ...set]
      lastChangeNs = nowNs
    }
    return { server, reason: 'the least loaded one joins those that have this address' }
  })
}

const MAKERS: Readonly<Record<SchedulerName, Maker>> = { rr, wrr, lc, wlc, sh, mh, dh, sed, nq, lblc, lblcr }
