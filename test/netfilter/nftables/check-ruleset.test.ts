import { describe, expect, test } from 'vitest'
import { checkTable } from '../../../src/netfilter/nftables/check-ruleset.js'
import type { NftSet, NftTable, NftVerdictMap } from '../../../src/netfilter/nftables/ruleset.js'
import { chain, operand, rule, table } from './small-table.js'

const GO = { kind: 'goto', chain: 'b' } as const
const set = (parts: Partial<NftSet> = {}): NftSet => ({
  name: 's',
  comment: undefined,
  flags: [],
  timeoutSeconds: undefined,
  elements: [],
  ...parts,
})
const map = (parts: Partial<NftVerdictMap> = {}): NftVerdictMap => ({
  name: 'm',
  comment: undefined,
  key: 'port',
  elements: [],
  ...parts,
})
const element = { address: undefined, protocol: 'tcp', port: 80, verdict: GO, comment: undefined } as const
const inMap = rule({ kind: 'verdictMap', map: 'm', key: 'port' })

describe('nested jumps', () => {
  const jump = (to: string) => rule({ kind: 'jump', chain: to })
  test.each<[string, number, NftTable]>([
    ['a table without chains', 0, table()],
    ['a goto returns to nowhere', 0, table({ chains: [chain('a', [rule(GO)]), chain('b')] })],
    ['one jump', 1, table({ chains: [chain('a', [jump('b')]), chain('b')] })],
    [
      'jumps below a goto count',
      2,
      table({
        chains: [chain('a', [rule(GO)]), chain('b', [jump('c')]), chain('c', [jump('d')]), chain('d')],
      }),
    ],
    [
      'a goto out of a map may lead to a jump',
      1,
      table({
        maps: [map({ elements: [element] })],
        chains: [chain('a', [inMap]), chain('b', [jump('c')]), chain('c')],
      }),
    ],
    [
      'a random goto may lead to a jump',
      1,
      table({
        chains: [
          chain('a', [rule({ kind: 'randomVerdict', verdicts: [GO] })]),
          chain('b', [jump('c')]),
          chain('c'),
        ],
      }),
    ],
  ])('%s: %i', (_name, depth, given) => {
    expect(checkTable(given)).toBe(depth)
  })

  test('seventeen are one too many', () => {
    const chains = Array.from({ length: 18 }, (_, at) => chain(`${at}`, at < 17 ? [jump(`${at + 1}`)] : []))
    expect(checkTable(table({ chains: chains.slice(1) }))).toBe(16)
    expect(() => checkTable(table({ chains }))).toThrow('jumps are nested too deep')
  })
})

describe('what the kernel would not load', () => {
  const lookUp = rule({ kind: 'addressInSet', side: 'source', set: 's' }, undefined)
  const update = rule({ kind: 'updateSet', set: 's' }, undefined)
  const timed = set({ flags: ['dynamic', 'timeout'], timeoutSeconds: 3 })
  test.each<[string, NftTable, string]>([
    ['two chains of one name', table({ chains: [chain('a'), chain('a')] }), 'two things of one name'],
    ['a set named as a map', table({ sets: [set({ name: 'm' })], maps: [map()] }), 'a set and a map'],
    ['a jump to nowhere', table({ chains: [chain('a', [rule(GO)])] }), 'no such chain to go to'],
    [
      'a jump to a base chain',
      table({
        chains: [chain('a', [rule(GO)]), chain('b', [], { type: 'nat', hook: 'output', priority: 0 })],
      }),
      'no such chain to go to',
    ],
    ['a chain that goes to itself', table({ chains: [chain('b', [rule(GO)])] }), 'can reach itself'],
    [
      'a loop through a map',
      table({ maps: [map({ elements: [element] })], chains: [chain('b', [inMap])] }),
      'can reach itself',
    ],
    ['a map that is not there', table({ chains: [chain('a', [inMap])] }), 'no such map'],
    [
      'a map with other keys',
      table({ maps: [map({ key: 'addressAndPort' })], chains: [chain('a', [inMap])] }),
      'no such map of this key',
    ],
    ['a set that is not there', table({ chains: [chain('a', [lookUp])] }), 'no such set'],
    ['an update of a fixed set', table({ sets: [set()], chains: [chain('a', [update])] }), 'is not timed'],
    ['a timeout without its flag', table({ sets: [set({ timeoutSeconds: 3 })] }), 'timeout if and only if'],
    [
      'a timed set with elements',
      table({ sets: [{ ...timed, elements: [operand('::1')] }] }),
      'timed set has',
    ],
    [
      'a range in a set of addresses',
      table({ sets: [set({ elements: [operand('::/0')] })] }),
      'holds a range',
    ],
    [
      'an address in a map of ports',
      table({ maps: [map({ elements: [{ ...element, address: '::1' }] })] }),
      'form',
    ],
    ['one key twice', table({ maps: [map({ elements: [element, element] })] }), 'a key twice'],
  ])('%s', (_name, given, message) => {
    expect(() => checkTable(given)).toThrow(message)
  })

  test('a range in a set that may hold ranges is welcome', () => {
    const ranges = set({ flags: ['interval'], elements: [operand('10.0.0.0/8')] })
    expect(checkTable(table({ sets: [ranges, { ...timed, name: 't' }] }))).toBe(0)
  })
})
