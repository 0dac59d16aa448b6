/**
 * Random tables with long chains, in which most rules ask for one address, protocol or port each: what `seek-runs.ts`
 * makes look-ups of. Keys overlap, come again and contradict one another; between them stand rules that ask for nothing
 * exactly, that draw or that remember; jumps lead out of the middle of a run and back.
 */
import fc, { type Arbitrary } from 'fast-check'
import type { Chain, Match, Rule, Table, Target } from '../../../src/netfilter/iptables/rule.js'
import { ADDRESSES, LISTS, PORTS, PROTOCOLS, range } from './random-tables.js'

const isInverted = fc.nat(9).map((number) => number === 0)
const address = fc.constantFrom(...ADDRESSES).map(range)

const exactMatch: Arbitrary<Match> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('destination' as const), cidr: address, isInverted }),
  },
  fc.record({ kind: fc.constant('source' as const), cidr: address, isInverted }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('protocol' as const),
      protocol: fc.constantFrom(...PROTOCOLS),
      isInverted,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(...PORTS), isInverted).map(([port, inverted]) => ({
      kind: 'destinationPort' as const,
      first: port,
      last: port,
      isInverted: inverted,
    })),
  },
)

/** What may stand before, between and behind exact tests. */
const otherMatch: Arbitrary<Match> = fc.oneof(
  fc.constantFrom<Match>(
    { kind: 'statistic', probabilityText: '0.5', threshold: 2 ** 30 },
    { kind: 'comment', text: 'web' },
    { kind: 'destination', cidr: range('10.0.0.0/8'), isInverted: false },
    { kind: 'destinationPort', first: 0, last: 443, isInverted: false },
    { kind: 'mark', value: 0x4000, mask: 0x4000, isInverted: true },
    { kind: 'addrtype', side: 'destination', type: 'LOCAL', isInverted: false },
    { kind: 'conntrack', states: ['NEW'], isInverted: false },
    { kind: 'inInterface', name: 'veth+', isInverted: true },
  ),
  fc
    .tuple(fc.constantFrom(...LISTS), fc.constantFrom('set' as const, 'rcheck' as const, 'remove' as const))
    .map(([list, mode]): Match => ({ kind: 'recent', list, mode, seconds: undefined, isReaping: false })),
)

const matches: Arbitrary<Match[]> = fc.oneof(
  { weight: 8, arbitrary: fc.array(exactMatch, { minLength: 1, maxLength: 3 }) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.array(exactMatch, { maxLength: 2 }), otherMatch, fc.array(exactMatch, { maxLength: 2 }))
      .map(([before, other, after]) => [...before, other, ...after]),
  },
)

function target(callees: readonly string[], special: Target): Arbitrary<Target> {
  const jumps = callees.flatMap((chain): Target[] => [
    { kind: 'jump', chain },
    { kind: 'jump', chain },
    { kind: 'goto', chain },
  ])
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<Target>({ kind: 'none' }, markBy(1), markBy(2), markBy(0x4000)) },
    {
      weight: callees.length === 0 ? 0 : 6,
      arbitrary: fc.constantFrom<Target>(...jumps, { kind: 'RETURN' }),
    },
    fc.constantFrom<Target>({ kind: 'ACCEPT' }, { kind: 'DROP' }, special),
  )
}

function markBy(bits: number): Target {
  return { kind: 'MARK', value: bits, mask: 0, option: 'xor-mark' }
}

function chain(
  name: string,
  policy: Chain['policy'],
  callees: readonly string[],
  special: Target,
): Arbitrary<Chain> {
  const rules: Arbitrary<Rule[]> = fc.array(fc.record({ matches, target: target(callees, special) }), {
    minLength: 8,
    maxLength: 40,
    size: 'max',
  })
  return rules.map((drawn) => ({ name, policy, rules: drawn }))
}

function table(
  name: Table['name'],
  hooks: readonly string[],
  callees: readonly string[],
  special: Target,
): Arbitrary<Table> {
  return fc
    .tuple(
      ...hooks.map((hook) => chain(hook, 'ACCEPT', callees, special)),
      ...callees.map((each, index) => chain(each, undefined, callees.slice(index + 1), special)),
    )
    .map((chains) => ({ name, chains }))
}

/** Tables nat and filter, every chain of 8 to 40 rules. */
export const randomLongChains: Arbitrary<Table[]> = fc
  .tuple(
    table('nat', ['PREROUTING', 'OUTPUT'], ['long-0', 'long-1', 'long-2'], {
      kind: 'DNAT',
      address: '10.1.0.1',
      port: 8080,
    }),
    table('filter', ['INPUT', 'FORWARD'], ['long-3'], { kind: 'REJECT', rejectWith: 'tcp-reset' }),
  )
  .map((tables) => [...tables])
