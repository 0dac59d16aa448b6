/**
 * Session affinity against measurements of Linux 6.18.44: kube-proxy's rules in this model, the client orders of the
 * laboratory, the numbers of `test/data/ground-truth`.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { emptyPacket, STATE_NEW } from '../../src/netfilter/packet.js'
import { makeTraversal } from '../../src/netfilter/traversal.js'
import { LoneNode } from '../netfilter/lone-node.js'

const S = 1_000_000_000
const TIMEOUT_S = 1

interface Round {
  readonly round: number
  readonly same_pod_as_last_round: number | null
  readonly list_hit_share: number
  readonly n: number
}

interface OverflowRow {
  readonly backend: string
  readonly clients: number
  readonly replicas: number
  readonly order: 'same_order' | 'shuffled_rounds' | 'independent_draws'
  readonly trials: number
  readonly per_round: readonly Round[]
  readonly list_sizes_at_end_last_trial: readonly number[]
  readonly disagreements_with_lru_model?: number | null
}

type ReapStep = readonly [what: string, sizes: readonly [number, number], note?: string]
type ReapSequences = Record<'with_reap' | 'without_reap', readonly ReapStep[]>

function groundTruth<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../data/ground-truth/${file}`, import.meta.url), 'utf8'))
}

const overflow = groundTruth<{ rows: readonly OverflowRow[] }>('affinity_overflow.json')
const affinity = groundTruth<Record<'legacy' | 'nft', { reap: ReapSequences }>>('affinity.json')

/** 31 random bits of a small generator (mulberry32): a different one from that of the simulator. */
function drawing(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 1
  }
}

/** One Service with ClientIP affinity, as kube-proxy writes it; a node that chooses among its pods. */
function service(replicas: number, timeoutSeconds: number, isReaping: boolean, draw31: () => number) {
  const pods = Array.from({ length: replicas }, (_, pod) => pod)
  const rules = [
    ':SVC -',
    ...pods.map((pod) => `:SEP-${pod} -`),
    '-A PREROUTING -m tcp -p tcp -d 172.20.0.1 --dport 80 -j SVC',
    ...pods.map(
      (pod) =>
        `-A SVC -m recent --name SEP-${pod} --rcheck --seconds ${timeoutSeconds}${isReaping ? ' --reap' : ''} -j SEP-${pod}`,
    ),
    ...pods.slice(0, -1).map((pod) => {
      const chance = (1 / (replicas - pod)).toFixed(10)
      return `-A SVC -m statistic --mode random --probability ${chance} -j SEP-${pod}`
    }),
    `-A SVC -j SEP-${replicas - 1}`,
    ...pods.map(
      (pod) =>
        `-A SEP-${pod} -m recent --name SEP-${pod} --set -m tcp -p tcp -j DNAT --to-destination 10.64.1.${pod + 1}:80`,
    ),
  ]
  const node = new LoneNode({ nat: rules.join('\n'), draw31 })
  const virtualAddress = node.book.idOf('172.20.0.1')
  const podAddresses = pods.map((pod) => node.book.idOf(`10.64.1.${pod + 1}`))
  const packet = emptyPacket()
  const traversal = makeTraversal()
  const connect = (client: number, nowNs: number) => {
    packet.source = node.book.idOf(`10.16.${client >> 8}.${client & 255}`)
    packet.destination = virtualAddress
    packet.destinationPort = 80
    packet.state = STATE_NEW
    node.netfilter.receive(packet, nowNs, traversal)
    const pod = podAddresses.indexOf(packet.destination)
    // An affinity rule that hit is number pod + 1 of its chain, after the rule of PREROUTING and before that of SEP.
    const isHit = traversal.rulesEvaluated === pod + 3 && traversal.rulesMatched === 3
    return { pod, isHit }
  }
  const sizes = () => pods.map((pod) => node.list(`SEP-${pod}`).length)
  return { connect, sizes }
}

function shuffled(values: readonly number[], draw31: () => number): number[] {
  const order = [...values]
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = draw31() % (last + 1)
    ;[order[last], order[other]] = [order[other], order[last]]
  }
  return order
}

function orderOfRound(row: OverflowRow, round: number, draw31: () => number): number[] {
  const all = Array.from({ length: row.clients }, (_, client) => client)
  if (round === 1 || row.order === 'same_order') return all
  if (row.order === 'shuffled_rounds') return shuffled(all, draw31)
  return all.map(() => draw31() % row.clients)
}

/** By round and trial: the share of connections that hit a list, and of those on the client's last pod. */
function replay(row: OverflowRow, trialCount: number) {
  const rounds = row.per_round.map(() => ({ hits: [] as number[], same: [] as number[] }))
  let sizes: number[] = []
  for (let trial = 0; trial < trialCount; trial += 1) {
    const draw31 = drawing(1 + trial)
    const { connect, sizes: sizesNow } = service(row.replicas, 10_800, true, draw31)
    const lastPod = new Map<number, number>()
    let nowNs = 0
    for (const [index, { hits, same }] of rounds.entries()) {
      let [hitCount, sameCount] = [0, 0]
      for (const client of orderOfRound(row, index + 1, draw31)) {
        nowNs += 1_000_000
        const { pod, isHit } = connect(client, nowNs)
        if (isHit) hitCount += 1
        if (lastPod.get(client) === pod) sameCount += 1
        lastPod.set(client, pod)
      }
      hits.push(hitCount / row.clients)
      same.push(sameCount / row.clients)
    }
    sizes = sizesNow()
  }
  return { rounds, sizes }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/**
 * Half the width of the interval that the measured share lies in, 4 standard errors: binomial for `n` connections, or
 * from trial to trial where trials differ by more than that, since whole lists fill unevenly.
 */
function tolerance(shares: readonly number[], n: number, measuredTrials: number): number {
  const mean = meanOf(shares)
  const binomial = (mean * (1 - mean)) / n
  const betweenTrials = meanOf(shares.map((share) => (share - mean) ** 2)) / measuredTrials
  return 4 * Math.sqrt(Math.max(binomial, betweenTrials) * (1 + measuredTrials / shares.length))
}

describe('clients that outnumber the lists', () => {
  // The rows of nftables' own sets (backend native) have no such number.
  const rows = overflow.rows.filter((row) => typeof row.disagreements_with_lru_model === 'number')
  const table = rows.map((row) => [row.clients, row.replicas, row.order, row] as const)

  test('has every row of the measurement that the laboratory compared with a model', () => {
    expect(table).toHaveLength(24)
  })

  test.each(table)(
    '%i clients, %i pods, %s: hits and returns as measured',
    (_clients, _replicas, _order, row) => {
      const { rounds, sizes } = replay(row, 10)
      for (const [index, measured] of row.per_round.entries()) {
        const { hits, same } = rounds[index]
        const context = `round ${measured.round}`
        expect(Math.abs(meanOf(hits) - measured.list_hit_share), context).toBeLessThanOrEqual(
          tolerance(hits, measured.n, row.trials),
        )
        if (measured.same_pod_as_last_round === null || measured.round === 1) continue
        expect(Math.abs(meanOf(same) - measured.same_pod_as_last_round), context).toBeLessThanOrEqual(
          tolerance(same, measured.n, row.trials),
        )
      }
      const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
      if (row.clients !== 100) expect(Math.max(...sizes)).toBe(100)
      else expect(total(sizes)).toBe(total(row.list_sizes_at_end_last_trial))
    },
  )
})

/** Changes of the two list sizes that one more connection can cause, over all clients of a kind and both choices. */
function possibleChanges(isReaping: boolean, kind: 'new' | 'expired'): Set<string> {
  const changes = new Set<string>()
  const clients = kind === 'new' ? [1000] : [0, 5, 19, 25, 39, 38]
  for (const client of clients) {
    for (const chosen of [0, 1]) {
      const draws: number[] = []
      const { connect, sizes } = service(2, TIMEOUT_S, isReaping, () => draws.shift() ?? 0x7fffffff)
      // Clients 0 to 19 on pod 0, 20 to 39 on pod 1; client 38 later draws pod 0 as well, so that both lists hold it.
      for (let each = 0; each < 40; each += 1) {
        draws.push(each < 20 ? 0 : 0x7fffffff)
        connect(each, each)
      }
      if (client === 38) {
        draws.push(0)
        connect(38, 1.1 * S)
      }
      const before = sizes()
      draws.push(chosen === 0 ? 0 : 0x7fffffff)
      connect(client, 3 * S)
      changes.add(
        sizes()
          .map((size, pod) => size - before[pod])
          .join(','),
      )
    }
  }
  return changes
}

describe.each(['legacy', 'nft'] as const)('reaping as %s does it', (backend) => {
  test.each([
    ['with_reap', true],
    ['without_reap', false],
  ] as const)('%s: every measured change of the list sizes is one of this model', (which, isReaping) => {
    const steps = affinity[backend].reap[which]
    const [changesOfNew, changesOfExpired] = [
      possibleChanges(isReaping, 'new'),
      possibleChanges(isReaping, 'expired'),
    ]
    expect(changesOfNew).toEqual(new Set(['1,0', '0,1']))
    expect(steps).toHaveLength(19)
    for (const [index, [what, sizes]] of steps.entries()) {
      if (index === 0) continue
      const change = sizes.map((size, pod) => size - steps[index - 1][1][pod]).join(',')
      const allowed = what.startsWith('1.2 s later')
        ? new Set(['0,0'])
        : what.startsWith('a client never seen')
          ? changesOfNew
          : changesOfExpired
      expect(allowed, `${what}: ${change}`).toContain(change)
    }
  })
})

test('with reaping one connection of an expired client frees at most one place per list, without it none', () => {
  expect(possibleChanges(true, 'expired')).toEqual(new Set(['0,0', '-1,1', '-1,0', '1,-1', '0,-1', '-1,-1']))
  expect(possibleChanges(false, 'expired')).toEqual(new Set(['0,0', '0,1', '1,0']))
})
