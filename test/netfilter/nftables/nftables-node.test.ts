/** Packets through base chains: which, in which order, and what each statement does. */
import { describe, expect, test } from 'vitest'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import { NftablesNode } from '../../../src/netfilter/nftables/nftables-node.js'
import { leastDrawOf, scaledDraw } from '../../../src/netfilter/nftables/numgen.js'
import type { NftHook, NftRule, NftSet, NftTable } from '../../../src/netfilter/nftables/ruleset.js'
import { TimedSets } from '../../../src/netfilter/nftables/timed-sets.js'
import { emptyPacket, STATE_ESTABLISHED, STATE_NEW } from '../../../src/netfilter/packet.js'
import { makeTraversal } from '../../../src/netfilter/traversal.js'
import { chain, operand, rule, table } from './small-table.js'

const S = 1_000_000_000
const VERDICTS = ['accepted', 'dropped', 'rejected']
const DROP = { kind: 'drop' } as const

interface Sent {
  readonly way?: 'receive' | 'send'
  readonly from?: string
  readonly to?: string
  readonly port?: number
  readonly state?: number
  readonly nowNs?: number
  readonly inInterface?: number
}

class SmallNode {
  readonly book = new AddressBook()
  readonly node: NftablesNode

  constructor(given: NftTable, draws: number[] = []) {
    this.node = new NftablesNode({
      table: given,
      book: this.book,
      localAddresses: [operand('192.168.0.1').range, operand('127.0.0.0/8').range],
      timedSets: new TimedSets(),
      draw32: () => draws.shift() ?? 0,
      interfaces: ['lo', 'eth0', 'cbr0'],
    })
  }

  pass({ way = 'receive', from = '10.0.0.2', to = '10.0.0.9', port = 80, nowNs = 0, ...parts }: Sent = {}) {
    const packet = Object.assign(emptyPacket(), parts, {
      source: this.book.idOf(from),
      destination: this.book.idOf(to),
      destinationPort: port,
    })
    const traversal = makeTraversal()
    this.node[way](packet, nowNs, traversal)
    return {
      ...traversal,
      verdict: VERDICTS[traversal.verdict],
      destination: `${this.book.textOf(packet.destination)}:${packet.destinationPort}`,
      mark: packet.mark,
      state: packet.state,
    }
  }
}

/** A chain at a hook that writes down, as bits of the mark, that it was there. */
function marking(hook: NftHook, type: 'filter' | 'nat', priority: number, bits: number) {
  const note = rule({ kind: 'setMark', operation: 'or', bits }, undefined)
  return chain(`${hook}${priority}`, [note], { hook, type, priority })
}

describe('base chains', () => {
  const everywhere = table({
    chains: [
      marking('prerouting', 'filter', -110, 0x1),
      marking('prerouting', 'nat', -100, 0x2),
      marking('input', 'filter', 0, 0x4),
      marking('forward', 'filter', 0, 0x8),
      marking('output', 'nat', -100, 0x10),
      marking('output', 'filter', 0, 0x20),
      marking('postrouting', 'nat', 100, 0x40),
    ],
  })
  test.each<[string, Sent, number]>([
    ['a packet for another machine', {}, 0x1 + 0x2 + 0x8 + 0x40],
    ['a packet for the node', { to: '192.168.0.1' }, 0x1 + 0x2 + 0x4],
    ['a later packet of a connection', { state: STATE_ESTABLISHED }, 0x1 + 0x8],
    ['a packet of a process', { way: 'send' }, 0x10 + 0x20 + 0x40],
    [
      'a packet of a process for the node itself',
      { way: 'send', to: '127.0.0.1' },
      0x10 + 0x20 + 0x40 + 0x1 + 0x4,
    ],
  ])('%s passes those of its way', (_name, sent, mark) => {
    expect(new SmallNode(everywhere).pass(sent).mark).toBe(mark)
  })

  test('of one hook run by priority, whatever the order in the table', () => {
    const to = (address: string) => rule({ kind: 'dnat', address, port: 1 })
    const translated = rule(
      { kind: 'address', side: 'destination', operand: operand('10.0.0.7'), isInverted: false },
      DROP,
    )
    const given = table({
      chains: [
        chain('late', [translated], { hook: 'prerouting', type: 'filter', priority: 0 }),
        chain('early', [translated], { hook: 'prerouting', type: 'filter', priority: -110 }),
        chain('nat', [to('10.0.0.7')], { hook: 'prerouting', type: 'nat', priority: -100 }),
      ],
    })
    expect(new SmallNode(given).pass({ to: '10.0.0.7' })).toMatchObject({
      verdict: 'dropped',
      rulesEvaluated: 1,
      isDestinationTranslated: false,
    })
    expect(new SmallNode(given).pass()).toMatchObject({
      verdict: 'dropped',
      rulesEvaluated: 3,
      isDestinationTranslated: true,
    })
  })

  test('accept a packet for the next base chain, not for good', () => {
    const given = table({
      chains: [
        chain('a', [rule({ kind: 'accept' })], { hook: 'forward', type: 'filter', priority: 0 }),
        chain('b', [rule({ kind: 'reject' })], { hook: 'forward', type: 'filter', priority: 1 }),
      ],
    })
    expect(new SmallNode(given).pass()).toMatchObject({ verdict: 'rejected', rulesEvaluated: 2 })
  })
})

/** One base chain at prerouting, and more chains that it leads to. */
function atPrerouting(rules: readonly NftRule[], parts: Partial<NftTable> = {}): NftTable {
  const base = chain('base', rules, { hook: 'prerouting', type: 'nat', priority: -100 })
  return table({ ...parts, chains: [base, ...(parts.chains ?? [])] })
}

describe('ways out of a chain', () => {
  const jump = rule({ kind: 'jump', chain: 'next' })
  const goTo = rule({ kind: 'goto', chain: 'next' })
  const back = rule({ kind: 'return' })
  test.each<[string, readonly NftRule[], readonly NftRule[], string, number]>([
    ['a jump comes back from the end', [jump, rule(DROP)], [], 'dropped', 2],
    ['a jump comes back from return', [jump, rule(DROP)], [back, rule(DROP)], 'dropped', 3],
    ['a goto does not come back', [goTo, rule(DROP)], [], 'accepted', 1],
    ['return leaves a base chain', [back, rule(DROP)], [], 'accepted', 1],
    ['drop in a chain jumped to is final', [jump, rule({ kind: 'accept' })], [rule(DROP)], 'dropped', 2],
  ])('%s', (_name, rules, next, verdict, rulesEvaluated) => {
    const given = atPrerouting(rules, { chains: [chain('next', next)] })
    expect(new SmallNode(given).pass()).toMatchObject({ verdict, rulesEvaluated })
  })
})

describe('verdict maps', () => {
  const elements = [
    {
      address: '10.0.0.9',
      protocol: 'tcp',
      port: 80,
      verdict: { kind: 'goto', chain: 'web' },
      comment: undefined,
    },
    { address: '10.0.0.9', protocol: 'tcp', port: 81, verdict: DROP, comment: undefined },
    { address: '10.0.0.9', protocol: 'udp', port: 80, verdict: DROP, comment: undefined },
  ] as const
  const given = atPrerouting(
    [
      rule({ kind: 'verdictMap', map: 'm', key: 'addressAndPort' }),
      rule({ kind: 'masquerade', isFullyRandom: true }),
    ],
    {
      maps: [{ name: 'm', comment: undefined, key: 'addressAndPort', elements }],
      chains: [chain('web', [rule({ kind: 'dnat', address: '10.1.0.1', port: 8080 })])],
    },
  )
  test.each<[string, Sent, object]>([
    [
      'a key leads to its chain',
      {},
      { destination: '10.1.0.1:8080', rulesEvaluated: 2, isMasqueraded: false },
    ],
    ['a key may end the packet', { port: 81 }, { verdict: 'dropped', rulesEvaluated: 1, rulesMatched: 1 }],
    ['another port is not there', { port: 82 }, { isMasqueraded: true, rulesEvaluated: 2, rulesMatched: 1 }],
    ['another address is not there', { to: '10.0.0.8' }, { isMasqueraded: true, rulesEvaluated: 2 }],
  ])('%s', (_name, sent, expected) => {
    expect(new SmallNode(given).pass(sent)).toMatchObject(expected)
  })
})

describe('a random choice', () => {
  const to = (chainName: string) => ({ kind: 'goto', chain: chainName }) as const
  const given = atPrerouting([rule({ kind: 'randomVerdict', verdicts: [to('a'), to('b'), to('c')] })], {
    chains: ['a', 'b', 'c'].map((name, at) =>
      chain(name, [rule({ kind: 'dnat', address: `10.1.0.${at}`, port: 80 })]),
    ),
  })
  test.each([
    [0, '10.1.0.0:80'],
    [1_431_655_765, '10.1.0.0:80'],
    [1_431_655_766, '10.1.0.1:80'],
    [2_863_311_530, '10.1.0.1:80'],
    [2_863_311_531, '10.1.0.2:80'],
    [4_294_967_295, '10.1.0.2:80'],
  ])('of three with the draw %i is %s', (draw, destination) => {
    expect(new SmallNode(given, [draw]).pass()).toMatchObject({ destination, rulesEvaluated: 2 })
  })

  test('has a least draw for every number', () => {
    for (const modulus of [1, 2, 3, 7, 1000, 65_537]) {
      for (const number of [0, 1, modulus - 1].filter((each) => each < modulus)) {
        const draw = leastDrawOf(number, modulus)
        expect([scaledDraw(draw, modulus), number > 0 ? scaledDraw(draw - 1, modulus) : -1]).toEqual([
          number,
          number - 1,
        ])
      }
    }
  })
})

describe('timed sets', () => {
  const affinity = (timeoutSeconds: number): NftSet => ({
    name: 'affinity',
    comment: undefined,
    flags: ['dynamic', 'timeout'],
    timeoutSeconds,
    elements: [],
  })
  const withTimeout = (seconds: number, ...more: NftSet[]) =>
    atPrerouting(
      [
        rule(
          { kind: 'addressInSet', side: 'source', set: 'affinity' },
          { kind: 'dnat', address: '10.1.0.1', port: 1 },
        ),
        rule({ kind: 'updateSet', set: 'affinity' }, undefined),
      ],
      { sets: [affinity(seconds), ...more] },
    )

  test('remember a source until the timeout, and count as checked', () => {
    const node = new SmallNode(withTimeout(2))
    const isKnown = (nowNs: number) => node.pass({ nowNs }).isDestinationTranslated
    expect(node.pass()).toMatchObject({
      isDestinationTranslated: false,
      affinitySetsChecked: 1,
      rulesEvaluated: 2,
    })
    expect([isKnown(1.999_999_999 * S), isKnown(2 * S)]).toEqual([true, false])
  })

  test('survive a new table that has them, and end with one that has not', () => {
    const node = new SmallNode(withTimeout(2))
    node.pass()
    node.node.replaceTable(withTimeout(2, { ...affinity(1), name: 'other' }))
    expect(node.pass({ nowNs: S }).isDestinationTranslated).toBe(true)
    node.node.replaceTable(atPrerouting([]))
    node.node.replaceTable(withTimeout(2))
    expect(node.pass({ nowNs: S }).isDestinationTranslated).toBe(false)
  })
})

describe('other statements', () => {
  const mark = rule({ kind: 'setMark', operation: 'or', bits: 0x4000 }, undefined)
  test.each<[string, NftRule['statements'][number], Sent, boolean]>([
    ['fib: an own address', { kind: 'localAddress', side: 'source' }, { from: '127.0.0.9' }, true],
    ['fib: another address', { kind: 'localAddress', side: 'source' }, {}, false],
    [
      'an interface by name',
      { kind: 'inInterface', name: 'cbr0', isPrefix: false, isInverted: false },
      { inInterface: 2 },
      true,
    ],
    [
      'an interface by the beginning of its name',
      { kind: 'inInterface', name: 'cbr', isPrefix: true, isInverted: false },
      { inInterface: 1 },
      false,
    ],
    [
      'no interface is none of those named',
      { kind: 'inInterface', name: 'cbr', isPrefix: true, isInverted: true },
      {},
      true,
    ],
    ['a state', { kind: 'connectionState', states: ['NEW'] }, { state: STATE_NEW }, true],
    ['a protocol', { kind: 'protocol', protocol: 'udp' }, {}, false],
  ])('%s: %s', (_name, statement, sent, isTrue) => {
    const given = atPrerouting([rule(statement, { kind: 'return' }), mark])
    expect(new SmallNode(given).pass(sent).mark).toBe(isTrue ? 0 : 0x4000)
  })

  test('mark, test of the mark and xor work as in kube-proxy', () => {
    const given = atPrerouting([
      mark,
      rule({ kind: 'markBitsClear', bits: 0x4000 }, DROP),
      rule({ kind: 'setMark', operation: 'xor', bits: 0x4000 }, undefined),
      rule({ kind: 'markBitsClear', bits: 0x4000 }, { kind: 'masquerade', isFullyRandom: true }),
    ])
    expect(new SmallNode(given).pass()).toMatchObject({ isMasqueraded: true, mark: 0, rulesMatched: 3 })
  })

  test('an address of the other family is nobody', () => {
    const any6 = { kind: 'address', side: 'source', operand: operand('::/0'), isInverted: false } as const
    expect(new SmallNode(atPrerouting([rule(any6, DROP)])).pass().verdict).toBe('accepted')
  })
})
