import { describe, expect, test } from 'vitest'
import { InputError, InvariantError } from '../../../src/base/diagnostics.js'
import { checkTable } from '../../../src/netfilter/iptables/check-table.js'
import { parseTables } from '../../../src/netfilter/iptables/iptables-save.js'
import type { Rule, Table, TableName } from '../../../src/netfilter/iptables/rule.js'

function table(name: TableName, rules: string): Table {
  return parseTables(`*${name}\n${rules}\nCOMMIT\n`)[0]
}

function errorsOf(checked: Table): string[] {
  try {
    checkTable(checked)
    return []
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.diagnostics.map(({ code, message }) => `${code}: ${message}`)
  }
}

test.each<[what: string, rules: string, depth: number]>([
  ['no jump', ':PREROUTING ACCEPT\n-A PREROUTING -j ACCEPT', 0],
  ['a jump', ':PREROUTING ACCEPT\n:A -\n-A PREROUTING -j A', 1],
  [
    'the longest of several ways',
    ':PREROUTING ACCEPT\n:A -\n:B -\n-A PREROUTING -j B\n-A PREROUTING -j A\n-A A -g B',
    2,
  ],
  ['many jumps to one chain', ':PREROUTING ACCEPT\n:A -\n-A PREROUTING -j A\n-A PREROUTING -j A', 1],
])('the depth of %s', (_what, rules, depth) => {
  expect(checkTable(table('nat', rules))).toBe(depth)
})

describe('refusals', () => {
  test.each<[what: string, name: TableName, rules: string, errors: string[]]>([
    [
      'a chain that jumps to itself',
      'nat',
      ':A -\n-A A -j A',
      ['NF_CHAIN_LOOP: chain "A" jumps to "A" in table nat'],
    ],
    [
      'a loop of several chains, with one beyond it',
      'nat',
      ':PREROUTING ACCEPT\n:A -\n:B -\n:C -\n:D -\n-A PREROUTING -j A\n-A A -j B\n-A B -g C\n-A C -j A\n-A C -j D',
      ['NF_CHAIN_LOOP: chain "A" jumps to "B" jumps to "C" jumps to "A" in table nat'],
    ],
    [
      'a chain that is not there',
      'nat',
      ':A -\n-A A -j B',
      ['NF_CHAIN_UNKNOWN: chain "A" jumps to "B", which is no user-defined chain of table nat'],
    ],
    [
      'a jump to a built-in chain',
      'filter',
      ':INPUT ACCEPT\n:A -\n-A A -g INPUT',
      ['NF_CHAIN_UNKNOWN: chain "A" jumps to "INPUT", which is no user-defined chain of table filter'],
    ],
    [
      'DNAT reached from POSTROUTING, said once for the chain',
      'nat',
      ':POSTROUTING ACCEPT\n:A -\n-A POSTROUTING -j A\n-A A -j DNAT --to-destination 10.0.0.1\n-A A -j DNAT --to-destination 10.0.0.2',
      ['NF_TARGET_MISPLACED: DNAT stands in chain "A" of table nat, which is reached from POSTROUTING'],
    ],
    [
      'MASQUERADE before routing',
      'nat',
      ':PREROUTING ACCEPT\n-A PREROUTING -j MASQUERADE',
      [
        'NF_TARGET_MISPLACED: MASQUERADE stands in chain "PREROUTING" of table nat, which is reached from PREROUTING',
      ],
    ],
    [
      'REJECT in table nat',
      'nat',
      ':A -\n-A A -j REJECT',
      ['NF_TARGET_MISPLACED: REJECT stands in chain "A" of table nat'],
    ],
    [
      'DNAT in table filter',
      'filter',
      ':A -\n-A A -j DNAT --to-destination 10.0.0.1',
      ['NF_TARGET_MISPLACED: DNAT stands in chain "A" of table filter'],
    ],
  ])('%s', (_what, name, rules, errors) => {
    expect(errorsOf(table(name, rules))).toEqual(errors)
  })

  test('lists every error of a table', () => {
    const rules = ':A -\n:B -\n-A A -j nowhere\n-A A -j nobody\n-A B -j REJECT'
    expect(errorsOf(table('nat', rules))).toHaveLength(3)
  })

  test('names at most ten chains of a loop', () => {
    const names = Array.from({ length: 50 }, (_, index) => `C${index}`)
    const rules = [
      ...names.map((each) => `:${each} -`),
      ...names.map((each, at) => `-A ${each} -j C${(at + 1) % 50}`),
    ]
    const [error] = errorsOf(table('nat', rules.join('\n')))
    expect(error).toBe(
      `NF_CHAIN_LOOP: chain ${Array.from({ length: 10 }, (_, at) => `"C${at}"`).join(' jumps to ')} jumps to … in table nat`,
    )
  })
})

test('a chain of 20,000 jumps neither recurses too deep nor takes long', () => {
  const jumpTo = (chain: string): Rule => ({ matches: [], target: { kind: 'jump', chain } })
  const chains = Array.from({ length: 20_000 }, (_, index) => ({
    name: `C${index}`,
    policy: undefined,
    rules: index === 19_999 ? [] : [jumpTo(`C${index + 1}`)],
  }))
  expect(checkTable({ name: 'nat', chains })).toBe(19_999)
})

test.each<[what: string, checked: Table]>([
  ['a policy of a user-defined chain', { name: 'nat', chains: [{ name: 'A', policy: 'ACCEPT', rules: [] }] }],
  [
    'a built-in chain without a policy',
    { name: 'nat', chains: [{ name: 'INPUT', policy: undefined, rules: [] }] },
  ],
  [
    'a chain of another table',
    { name: 'filter', chains: [{ name: 'PREROUTING', policy: 'ACCEPT', rules: [] }] },
  ],
  [
    'two chains of one name',
    { name: 'nat', chains: [1, 2].map(() => ({ name: 'A', policy: undefined, rules: [] })) },
  ],
])('%s is a mistake of ours', (_what, checked) => {
  expect(() => checkTable(checked)).toThrow(InvariantError)
})
