import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import { chainStoreOf } from '../../../src/netfilter/iptables/chain-store.js'
import { compileTables } from '../../../src/netfilter/iptables/compile-rules.js'
import { parseTables } from '../../../src/netfilter/iptables/iptables-save.js'
import { RecentLists } from '../../../src/netfilter/iptables/recent-lists.js'
import type { Table } from '../../../src/netfilter/iptables/rule.js'
import {
  type ExactKey,
  FIELD_DESTINATION,
  FIELD_DESTINATION_PORT,
  FIELD_PROTOCOL,
  FIELD_SOURCE,
  makeRuleIndex,
  nextCandidate,
  serviceOf,
} from '../../../src/netfilter/iptables/rule-index.js'
import { GO_SEEK, type RuleProgram, STRIDE } from '../../../src/netfilter/iptables/rule-program.js'

/** Few values, so that keys come again; the greatest and least that there are among them. */
const addresses = fc.constantFrom(0, 1, 2, 0x7fffffff)
const protocols = fc.constantFrom(6, 17, 132)
const ports = fc.constantFrom(0, 80, 65_535)

const key = fc
  .record({ fields: fc.nat(15), destination: addresses, source: addresses, protocol: protocols, port: ports })
  .map(
    ({ fields, destination, source, protocol, port }): ExactKey => ({
      fields,
      destination: (fields & FIELD_DESTINATION) === 0 ? 0 : destination,
      source: (fields & FIELD_SOURCE) === 0 ? 0 : source,
      service: serviceOf(
        (fields & FIELD_PROTOCOL) === 0 ? 0 : protocol,
        (fields & FIELD_DESTINATION_PORT) === 0 ? 0 : port,
      ),
    }),
  )

/** A rule that asks for nothing exactly is not in the index: whoever looks up does not look past it. */
function asksFor(
  rule: ExactKey,
  destination: number,
  source: number,
  protocol: number,
  port: number,
): boolean {
  const { fields } = rule
  return (
    fields !== 0 &&
    ((fields & FIELD_DESTINATION) === 0 || rule.destination === destination) &&
    ((fields & FIELD_SOURCE) === 0 || rule.source === source) &&
    ((fields & FIELD_PROTOCOL) === 0 || rule.service >>> 16 === protocol) &&
    ((fields & FIELD_DESTINATION_PORT) === 0 || (rule.service & 0xffff) === port)
  )
}

test('finds the same rule as a look through all of them, from any position up to any limit', () => {
  const property = fc.property(
    fc.array(key, { minLength: 1, maxLength: 60, size: 'max' }),
    fc.nat(60),
    fc.nat(60),
    fc.tuple(addresses, addresses, protocols, ports),
    (keys, one, other, [destination, source, protocol, port]) => {
      const [position, limit] = [
        Math.min(one, other, keys.length),
        Math.min(Math.max(one, other), keys.length),
      ]
      const found = nextCandidate(
        makeRuleIndex(keys, new Int32Array(keys.length + 1)),
        position,
        limit,
        destination,
        source,
        serviceOf(protocol, port),
      )
      const looked = keys.findIndex(
        (rule, at) => at >= position && at < limit && asksFor(rule, destination, source, protocol, port),
      )
      expect(found).toBe(looked < 0 ? limit : looked)
    },
  )
  fc.assert(property, { seed: 11, numRuns: 2_000 })
})

function compile(rules: readonly string[]): RuleProgram {
  const tables = parseTables(`*nat\n:PREROUTING ACCEPT\n:A -\n${rules.join('\n')}\nCOMMIT\n`)
  return compileIn(new AddressBook(), tables)
}

function compileIn(book: AddressBook, tables: readonly Table[]): RuleProgram {
  return compileTables(tables, {
    book,
    localSet: book.setOf([]),
    recentLists: new RecentLists(),
    interfaces: [],
  })
}

/** Look-ups in a program: which rule each stands before, and behind which one its run ends. */
function seeksOf({ code }: RuleProgram): string[] {
  const seeks: string[] = []
  for (let at = 0; at < code.length; at += STRIDE) {
    if (code[at] === GO_SEEK) seeks.push(`${code[at + 2]}/${code[at + 3]}`)
  }
  return seeks
}

const exact = (count: number) =>
  Array.from({ length: count }, (_, index) => `-A PREROUTING -d 10.0.0.${index} -j A`)

test.each<[what: string, rules: string[], seeks: string[]]>([
  ['seven rules are too few', exact(7), []],
  ['eight are enough', exact(8), ['0/8', '1/8', '2/8', '3/8', '4/8', '5/8', '6/8', '7/8']],
  [
    'a rule without an exact test ends a run, and the next must be long enough itself',
    [...exact(8), '-A PREROUTING -s 10.0.0.0/8 -j A', ...exact(7)],
    ['0/8', '1/8', '2/8', '3/8', '4/8', '5/8', '6/8', '7/8'],
  ],
])('%s', (_what, rules, seeks) => {
  expect(seeksOf(compile(rules))).toEqual(seeks)
})

test.each<[what: string, tests: string, fields: number]>([
  ['all four', '-d 10.0.0.1 -s 10.0.0.2 -m tcp -p tcp --dport 80', 15],
  ['no range of addresses or ports', '-d 10.0.0.1 -s 10.0.0.0/8 -m tcp -p tcp --dport 80:81', 5],
  ['nothing inverted', '-d 10.0.0.1 ! -s 10.0.0.2 -m tcp -p tcp ! --dport 80', 5],
  ['nothing behind a draw', '-m statistic --mode random --probability 0.5 -m tcp -p tcp --dport 80', 4],
  ['nothing behind a test that remembers', '-m recent --name L --set -m tcp -p tcp --dport 80', 4],
])('what is asked for exactly: %s', (_what, tests, fields) => {
  const program = compile(new Array<string>(8).fill(`-A PREROUTING ${tests} -j A`))
  expect([...program.indexes[0].groups.slice(0, 1)]).toEqual([fields])
})

test('a chain is compiled once for all tables that hold it, with one address book', () => {
  const book = new AddressBook()
  const [table] = parseTables(`*nat\n:PREROUTING ACCEPT\n:A -\n${exact(8).join('\n')}\nCOMMIT\n`)
  const [prerouting, a] = table.chains
  const other: Table = {
    name: 'nat',
    chains: [{ ...prerouting, rules: [] }, a, { ...prerouting, name: 'OUTPUT' }],
  }
  compileIn(book, [table])
  const code = chainStoreOf(book).shapeOf(a).code
  expect(code).toBeDefined()
  compileIn(book, [other])
  expect(chainStoreOf(book).shapeOf(a).code).toBe(code)
  compileIn(new AddressBook(), [table])
  expect(chainStoreOf(book).shapeOf(a).code).toBe(code)
})
