/**
 * Session affinity and spread in nftables mode against measurements of Linux 6.18.44 (backend `native`): kube-proxy's table
 * in this model, the clients of the laboratory, the numbers of `test/data/ground-truth`.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ProxyEndpoint } from '../../src/kubernetes/proxy-inputs.js'
import { AddressBook } from '../../src/netfilter/address-book.js'
import { NftablesNode } from '../../src/netfilter/nftables/nftables-node.js'
import { TimedSets } from '../../src/netfilter/nftables/timed-sets.js'
import { emptyPacket, STATE_NEW } from '../../src/netfilter/packet.js'
import { makeTraversal } from '../../src/netfilter/traversal.js'
import { endpoint, generate, NODE, web } from '../kubernetes/nftables/service-ports.js'

const MS = 1_000_000
const S = 1_000 * MS

interface ExpiryRow {
  readonly gap_s: number
  readonly measured_gap_ms: readonly [number, number]
  readonly hit_share: number
}

interface NativeAffinity {
  readonly sticky: { readonly repeat_connections: { readonly fraction: number } }
  readonly expiry: readonly ExpiryRow[]
  readonly timeout_cleanup: { readonly elements_before: number; readonly 'elements_1.3s_later': number }
}

interface OverflowRow {
  readonly backend: string
  readonly clients: number
  readonly replicas: number
  readonly per_round: readonly { readonly same_pod_as_last_round: number | null }[]
  readonly clients_that_moved_at_least_once: { readonly k: number }
}

interface SpreadRow {
  readonly backend: string
  readonly replicas: number
  readonly connections: number
}

function groundTruth<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../data/ground-truth/${file}`, import.meta.url), 'utf8'))
}

const affinity = groundTruth<{ native: NativeAffinity }>('affinity.json').native
const overflow = groundTruth<{ rows: readonly OverflowRow[] }>('affinity_overflow.json').rows
const spread = groundTruth<{ rows: readonly SpreadRow[] }>('spread.json').rows

/** 32 random bits of a small generator (mulberry32): a different one from that of the simulator. */
function drawing(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

function pods(replicas: number): ProxyEndpoint[] {
  return Array.from({ length: replicas }, (_, pod) => endpoint(pod + 2))
}

/** One Service, a node that chooses among its pods, and clients that connect to its cluster IP. */
class Laboratory {
  readonly book = new AddressBook()
  readonly timedSets = new TimedSets()
  readonly node: NftablesNode
  readonly #timeoutSeconds: number | undefined
  readonly #packet = emptyPacket()
  readonly #traversal = makeTraversal()

  constructor(endpoints: readonly ProxyEndpoint[], timeoutSeconds: number | undefined, draw32 = drawing(1)) {
    this.#timeoutSeconds = timeoutSeconds
    this.node = new NftablesNode({
      table: this.#table(endpoints),
      book: this.book,
      localAddresses: [],
      timedSets: this.timedSets,
      draw32,
    })
  }

  /** Syncs kube-proxy with other endpoints. */
  setEndpoints(endpoints: readonly ProxyEndpoint[]): void {
    this.node.replaceTable(this.#table(endpoints))
  }

  /** Text of the pod that a client's new connection goes to. */
  connect(client: number, nowNs: number): string {
    this.#packet.source = this.book.idOf(`10.16.${client >> 8}.${client & 255}`)
    this.#packet.destination = this.book.idOf('10.96.0.10')
    this.#packet.destinationPort = 80
    this.#packet.state = STATE_NEW
    this.node.receive(this.#packet, nowNs, this.#traversal)
    return this.book.textOf(this.#packet.destination)
  }

  #table(endpoints: readonly ProxyEndpoint[]) {
    return generate(web({ endpoints, affinityTimeoutSeconds: this.#timeoutSeconds }), {}, NODE)
  }
}

describe('session affinity', () => {
  test('keeps every client on its pod, as measured', () => {
    const lab = new Laboratory(pods(4), 10_800)
    const first = Array.from({ length: 60 }, (_, client) => lab.connect(client, 0))
    for (let round = 1; round < 10; round += 1) {
      const again = first.map((_, client) => lab.connect(client, round * S))
      expect(again).toEqual(first)
    }
    expect(new Set(first).size).toBe(4)
    expect(affinity.sticky.repeat_connections.fraction).toBe(1)
  })

  // At 2.0 s the laboratory's gaps lie on both sides of the timeout.
  const settled = affinity.expiry.filter((row) => row.gap_s !== 2)

  test('has every gap that was measured but the one at the timeout', () => {
    expect(settled).toHaveLength(13)
  })

  test.each(settled)('a client that comes back after $gap_s s is known as measured', (row) => {
    for (const gapMs of row.measured_gap_ms) {
      // The next draw leads to the other pod, so that only the set leads back.
      const draws = [0, 0xffffffff]
      const lab = new Laboratory(pods(50), 2, () => draws.shift() ?? 0)
      const first = lab.connect(1, 0)
      const isHit = lab.connect(1, Math.round(gapMs * MS)) === first
      // Shares are measured against chance, one in fifty: next to nothing is nothing.
      expect(isHit).toBe(row.hit_share > 0.5)
    }
  })

  test('a new connection every 1.5 s keeps a timeout of 2 s away', () => {
    const lab = new Laboratory(pods(50), 2)
    const first = lab.connect(1, 0)
    for (let at = 1; at <= 5; at += 1) expect(lab.connect(1, at * 1.5 * S)).toBe(first)
  })

  test('elements vanish by themselves, as measured', () => {
    const lab = new Laboratory(pods(2), 1)
    for (let client = 0; client < 40; client += 1) lab.connect(client, client)
    const heldAt = (nowNs: number) =>
      generate(web({ endpoints: pods(2), affinityTimeoutSeconds: 1 }))
        .sets.filter((set) => set.flags.includes('timeout'))
        .reduce((sum, set) => sum + lab.timedSets.size(lab.timedSets.idOf(set.name), nowNs), 0)
    expect([heldAt(1000), heldAt(1.3 * S)]).toEqual([
      affinity.timeout_cleanup.elements_before,
      affinity.timeout_cleanup['elements_1.3s_later'],
    ])
  })
})

describe('clients that would outnumber the lists of iptables mode', () => {
  const rows = overflow.filter((row) => row.backend === 'native')

  test.each(rows)('$clients clients, $replicas pods: nobody moves', (row) => {
    const lab = new Laboratory(pods(row.replicas), 10_800)
    const first = Array.from({ length: row.clients }, (_, client) => lab.connect(client, client * MS))
    for (let round = 1; round < row.per_round.length; round += 1) {
      expect(row.per_round[round].same_pod_as_last_round).toBe(1)
      expect(first.map((_, client) => lab.connect(client, round * S + client * MS))).toEqual(first)
    }
    expect(row.clients_that_moved_at_least_once.k).toBe(0)
  })
})

describe('a sync', () => {
  test('with the same endpoints keeps every client, one without a pod only frees the clients of that pod', () => {
    const lab = new Laboratory(pods(3), 10_800)
    const first = Array.from({ length: 90 }, (_, client) => lab.connect(client, 0))
    lab.setEndpoints(pods(3))
    expect(first.map((_, client) => lab.connect(client, S))).toEqual(first)
    lab.setEndpoints(pods(3).slice(1))
    const second = first.map((_, client) => lab.connect(client, 2 * S))
    const isOfRemoved = (pod: string) => pod === '10.244.0.2'
    expect(first.filter(isOfRemoved).length).toBeGreaterThan(0)
    expect(second.filter(isOfRemoved)).toEqual([])
    expect(second.filter((_, client) => !isOfRemoved(first[client]))).toEqual(
      first.filter((pod) => !isOfRemoved(pod)),
    )
    // Back again, the pod has no clients of before.
    lab.setEndpoints(pods(3))
    expect(first.map((_, client) => lab.connect(client, 3 * S))).toEqual(second)
  })
})

describe('without affinity', () => {
  const rows = spread.filter((row) => row.backend === 'native')

  test.each(rows)(
    '$connections connections spread over $replicas pods evenly',
    ({ replicas, connections }) => {
      const lab = new Laboratory(pods(replicas), undefined, drawing(replicas))
      const counts = new Map<string, number>()
      let repeatCount = 0
      let last = ''
      for (let at = 0; at < connections; at += 1) {
        const pod = lab.connect(1, at)
        counts.set(pod, (counts.get(pod) ?? 0) + 1)
        if (pod === last) repeatCount += 1
        last = pod
      }
      const expected = connections / replicas
      const chiSquare = [...counts.values()].reduce(
        (sum, count) => sum + (count - expected) ** 2 / expected,
        0,
      )
      expect(counts.size).toBe(replicas)
      // Mean R - 1, standard deviation √(2(R - 1)): five of them.
      expect(chiSquare).toBeLessThan(replicas - 1 + 5 * Math.sqrt(2 * (replicas - 1)))
      // Independent of the last: the same pod twice in a row with chance 1/R, within five standard deviations.
      const share = 1 / replicas
      expect(Math.abs(repeatCount - connections * share)).toBeLessThan(
        5 * Math.sqrt(connections * share * (1 - share)),
      )
    },
  )
})
