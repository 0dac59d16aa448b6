import { describe, expect, test } from 'vitest'
import { printRule, printTable } from '../../../src/netfilter/nftables/print-ruleset.js'
import type { NftRule, NftTable } from '../../../src/netfilter/nftables/ruleset.js'
import { chain, operand, rule, table } from './small-table.js'

const DROP = { kind: 'drop' } as const

describe('a rule', () => {
  const toNode = {
    kind: 'address',
    side: 'destination',
    operand: operand('10.0.0.1'),
    isInverted: false,
  } as const
  const list = {
    kind: 'addressInList',
    side: 'source',
    operands: [operand('10.0.0.0/8'), operand('1.2.3.4')],
    isInverted: true,
    isTight: false,
  } as const
  const pods = { kind: 'inInterface', name: 'azv', isPrefix: true, isInverted: true } as const
  test.each<[NftRule, string]>([
    [rule(toNode, DROP), 'ip daddr 10.0.0.1 drop'],
    [rule({ ...toNode, isInverted: true }, undefined), 'ip daddr != 10.0.0.1'],
    [rule(list, DROP), 'ip saddr != { 10.0.0.0/8 , 1.2.3.4 } drop'],
    [rule({ ...list, isInverted: false, isTight: true }, DROP), 'ip saddr { 10.0.0.0/8,1.2.3.4 } drop'],
    [rule({ kind: 'addressInSet', side: 'source', set: 's' }, { kind: 'return' }), 'ip saddr @s return'],
    [rule({ kind: 'localAddress', side: 'source' }, { kind: 'accept' }), 'fib saddr type local accept'],
    [rule(pods, { kind: 'jump', chain: 'c' }), 'iifname != azv* jump c'],
    [
      rule({ ...pods, isPrefix: false, isInverted: false }, { kind: 'goto', chain: 'c' }),
      'iifname azv goto c',
    ],
    [rule({ kind: 'connectionState', states: ['NEW'] }, { kind: 'reject' }), 'ct state new reject'],
    [
      rule({ kind: 'connectionState', states: ['ESTABLISHED', 'RELATED'] }, undefined),
      'ct state established,related',
    ],
    [rule({ kind: 'markBitsClear', bits: 0x4000 }, { kind: 'return' }), 'mark and 0x4000 == 0 return'],
    [
      rule({ kind: 'setMark', operation: 'xor', bits: 0x80000000 }, undefined),
      'mark set mark xor 0x80000000',
    ],
    [rule({ kind: 'updateSet', set: 's' }, undefined), 'update @s { ip saddr }'],
    [
      rule({ kind: 'protocol', protocol: 'udp' }, { kind: 'dnat', address: '10.0.0.1', port: 53 }),
      'meta l4proto udp dnat to 10.0.0.1:53',
    ],
    [rule({ kind: 'masquerade', isFullyRandom: true }), 'masquerade fully-random'],
    [rule({ kind: 'masquerade', isFullyRandom: false }), 'masquerade'],
    [
      rule({ kind: 'verdictMap', map: 'm', key: 'addressAndPort' }),
      'ip daddr . meta l4proto . th dport vmap @m',
    ],
    [rule({ kind: 'verdictMap', map: 'm', key: 'port' }), 'meta l4proto . th dport vmap @m'],
    [
      rule({ kind: 'randomVerdict', verdicts: [{ kind: 'goto', chain: 'c' }, DROP] }),
      'numgen random mod 2 vmap { 0 : goto c , 1 : drop }',
    ],
    [{ ...rule(DROP), comment: 'why not' }, 'drop comment "why not"'],
  ])('%#', (given, text) => {
    expect(printRule(given, { family: 4 })).toBe(text)
  })

  test('of family ip6 speaks of ip6 and puts addresses before ports in brackets', () => {
    const given = rule(
      { ...toNode, operand: operand('fd00::1') },
      { kind: 'dnat', address: 'fd00::2', port: 80 },
    )
    expect(printRule(given, { family: 6 })).toBe('ip6 daddr fd00::1 dnat to [fd00::2]:80')
  })

  test('can not have a comment that ends its quotes', () => {
    expect(() => printRule({ ...rule(DROP), comment: 'a" drop' }, { family: 4 })).toThrow('comment')
  })
})

test('a table comes in an order in which every name is known before it is used', () => {
  const given: NftTable = table({
    comment: 'all of it',
    sets: [
      { name: 's', comment: 'some', flags: [], timeoutSeconds: undefined, elements: [operand('10.0.0.1')] },
      { name: 't', comment: undefined, flags: ['dynamic', 'timeout'], timeoutSeconds: 9, elements: [] },
    ],
    maps: [
      {
        name: 'm',
        comment: undefined,
        key: 'port',
        elements: [{ address: undefined, protocol: 'tcp', port: 80, verdict: DROP, comment: 'web' }],
      },
      {
        name: 'n',
        comment: 'by address',
        key: 'addressAndPort',
        elements: [
          {
            address: '10.0.0.1',
            protocol: 'sctp',
            port: 7,
            verdict: { kind: 'goto', chain: 'b' },
            comment: undefined,
          },
        ],
      },
    ],
    chains: [
      chain('a', [rule({ kind: 'verdictMap', map: 'm', key: 'port' })], {
        type: 'filter',
        hook: 'input',
        priority: -110,
      }),
      { ...chain('b', [rule(DROP)]), comment: 'the end' },
    ],
  })
  expect(printTable(given)).toBe(
    `add table ip t { comment "all of it" ; }
add chain ip t a { type filter hook input priority -110 ; }
add chain ip t b { comment "the end" ; }
add set ip t s { type ipv4_addr ; comment "some" ; }
add set ip t t { type ipv4_addr ; flags dynamic,timeout ; timeout 9s ; }
add map ip t m { type inet_proto . inet_service : verdict ; }
add map ip t n { type ipv4_addr . inet_proto . inet_service : verdict ; comment "by address" ; }
add rule ip t a meta l4proto . th dport vmap @m
add rule ip t b drop
add element ip t s { 10.0.0.1 }
add element ip t m { tcp . 80 comment "web" : drop }
add element ip t n { 10.0.0.1 . sctp . 7 : goto b }
`,
  )
})
