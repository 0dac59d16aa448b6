/**
 * Random tables that the kernel would take: chains jump forwards only, DNAT is reached from PREROUTING and OUTPUT,
 * MASQUERADE from POSTROUTING, REJECT in table filter. Few addresses, ports and lists, so that rules match often.
 */
import fc, { type Arbitrary } from 'fast-check'
import { type Cidr, parseCidr } from '../../../src/base/ip-address.js'
import type {
  Chain,
  ConnectionState,
  IpProtocol,
  Match,
  Rule,
  Table,
  Target,
} from '../../../src/netfilter/iptables/rule.js'

export const ADDRESSES = [
  '10.0.0.1',
  '10.0.0.2',
  '10.1.0.1',
  '192.168.0.1',
  '127.0.0.1',
  'fd00::1',
  'fd00:1::1',
]
export const LISTS = ['A', 'B', 'C']
export const PORTS = [80, 443, 30080]
export const PROTOCOLS: readonly IpProtocol[] = ['tcp', 'udp', 'sctp']
export const STATES: readonly ConnectionState[] = ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'DNAT', 'SNAT']

export function range(text: string): Cidr {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new Error(`not a range: ${text}`)
  return cidr
}

const RANGES = [
  ...ADDRESSES,
  '10.0.0.0/24',
  '10.0.0.0/8',
  '0.0.0.0/0',
  '127.0.0.0/8',
  'fd00::/32',
  '::/0',
].map(range)
const PROBABILITIES = ['0.0000000000', '0.3333333333', '0.5', '0.9999999999', '1.0000000000']

const isInverted = fc.boolean()
const cidr = fc.constantFrom(...RANGES)
const bits = fc.constantFrom(0, 0x4000, 0x8000, 0x80000000, 0xffffffff)
const ports = fc
  .tuple(fc.constantFrom(...PORTS, 0, 65_535), fc.constantFrom(...PORTS, 0, 65_535))
  .map(([one, other]) => ({ first: Math.min(one, other), last: Math.max(one, other) }))

const recentMatch: Arbitrary<Match> = fc.oneof(
  fc.record({
    kind: fc.constant('recent' as const),
    list: fc.constantFrom(...LISTS),
    mode: fc.constantFrom('set' as const, 'remove' as const),
    seconds: fc.constant(undefined),
    isReaping: fc.constant(false),
  }),
  fc.record({
    kind: fc.constant('recent' as const),
    list: fc.constantFrom(...LISTS),
    mode: fc.constantFrom('rcheck' as const, 'update' as const),
    seconds: fc.constant(undefined),
    isReaping: fc.constant(false),
  }),
  fc.record({
    kind: fc.constant('recent' as const),
    list: fc.constantFrom(...LISTS),
    mode: fc.constantFrom('rcheck' as const, 'update' as const),
    seconds: fc.integer({ min: 1, max: 3 }),
    isReaping: fc.boolean(),
  }),
)

const statisticMatch: Arbitrary<Match> = fc.constantFrom(...PROBABILITIES).map((probabilityText) => ({
  kind: 'statistic',
  probabilityText,
  threshold: Math.round(Number(probabilityText) * 2 ** 31),
}))

/** Everything but protocol and ports, which depend on one another. */
const freeMatch: Arbitrary<Match> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('source' as const), cidr, isInverted }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('destination' as const), cidr, isInverted }) },
  { weight: 3, arbitrary: recentMatch },
  { weight: 2, arbitrary: statisticMatch },
  fc.record({
    kind: fc.constantFrom('inInterface' as const, 'outInterface' as const),
    name: fc.constantFrom('lo', 'eth0', 'eth+', 'veth1', 'veth+', '+', 'absent'),
    isInverted,
  }),
  fc.record({
    kind: fc.constant('addrtype' as const),
    side: fc.constantFrom('source' as const, 'destination' as const),
    type: fc.constant('LOCAL' as const),
    isInverted,
  }),
  fc.record({ kind: fc.constant('mark' as const), value: bits, mask: bits, isInverted }),
  fc.record({
    kind: fc.constant('conntrack' as const),
    states: fc.subarray([...STATES], { minLength: 1 }),
    isInverted,
  }),
  fc.record({
    kind: fc.constant('comment' as const),
    text: fc.constantFrom('web', 'a -> b', 'say "hi"', '', 'a\\b c'),
  }),
  fc.record({ kind: fc.constant('nfacct' as const), counter: fc.constantFrom('packets', 'dropped_pkts') }),
)

const protocol = fc.constantFrom(...PROTOCOLS)

/** A protocol, perhaps inverted, or one followed by ports. */
const protocolMatches: Arbitrary<Match[]> = fc.oneof(
  fc.constant<Match[]>([]),
  fc
    .record({ kind: fc.constant('protocol' as const), protocol, isInverted })
    .map((match): Match[] => [match]),
  fc
    .tuple(protocol, fc.constantFrom('sourcePort' as const, 'destinationPort' as const), ports, isInverted)
    .map(([name, kind, range, inverted]): Match[] => [
      { kind: 'protocol', protocol: name, isInverted: false },
      { kind, ...range, isInverted: inverted },
    ]),
)

const matches: Arbitrary<Match[]> = fc
  .tuple(fc.array(freeMatch, { maxLength: 2 }), protocolMatches, fc.array(freeMatch, { maxLength: 1 }))
  .map((parts) => parts.flat())

const markTarget: Arbitrary<Target> = fc
  .tuple(fc.constantFrom('set-xmark' as const, 'or-mark' as const, 'xor-mark' as const), bits, bits)
  .map(([option, value, other]): Target => {
    const mask = option === 'set-xmark' ? other : option === 'or-mark' ? value : 0
    return { kind: 'MARK', value, mask, option }
  })

/** Targets that may stand anywhere; `callees` are the chains that may be jumped to. */
function freeTarget(callees: readonly string[]): Arbitrary<Target> {
  const plain = fc.constantFrom<Target>(
    { kind: 'none' },
    { kind: 'none' },
    { kind: 'RETURN' },
    { kind: 'ACCEPT' },
    { kind: 'DROP' },
  )
  if (callees.length === 0) return fc.oneof(plain, markTarget)
  const jump = fc
    .tuple(fc.constantFrom('jump' as const, 'jump' as const, 'goto' as const), fc.constantFrom(...callees))
    .map(([kind, chain]): Target => ({ kind, chain }))
  return fc.oneof({ weight: 2, arbitrary: plain }, { weight: 3, arbitrary: jump }, markTarget)
}

const dnat: Arbitrary<Target> = fc.record({
  kind: fc.constant('DNAT' as const),
  address: fc.constantFrom(...ADDRESSES),
  port: fc.constantFrom(undefined, 8080, 80),
})
const masquerade: Arbitrary<Target> = fc.record({
  kind: fc.constant('MASQUERADE' as const),
  isFullyRandom: fc.boolean(),
})
const reject: Arbitrary<Target> = fc.record({
  kind: fc.constant('REJECT' as const),
  rejectWith: fc.constantFrom('icmp-port-unreachable', 'tcp-reset'),
})

function rule(callees: readonly string[], special: Arbitrary<Target> | undefined): Arbitrary<Rule> {
  const free = freeTarget(callees)
  const target = special === undefined ? free : fc.oneof({ weight: 4, arbitrary: free }, special)
  return fc.record({ matches, target }).map((drawn) => {
    const isPortBound = drawn.target.kind === 'DNAT' && drawn.target.port !== undefined
    const hasProtocol = drawn.matches.some((match) => match.kind === 'protocol' && !match.isInverted)
    if (!isPortBound || hasProtocol) return drawn
    return { ...drawn, target: { ...drawn.target, port: undefined } as Target }
  })
}

function chains(
  hooks: readonly string[],
  names: readonly string[],
  special: Arbitrary<Target> | undefined,
): Arbitrary<Chain[]> {
  const builtIn = hooks.map((name) =>
    fc.record({
      name: fc.constant(name),
      policy: fc.constantFrom('ACCEPT' as const, 'ACCEPT' as const, 'DROP' as const),
      rules: fc.array(rule(names, special), { maxLength: 4 }),
    }),
  )
  const made = names.map((name, index) =>
    fc.record({
      name: fc.constant(name),
      policy: fc.constant(undefined),
      rules: fc.array(rule(names.slice(index + 1), special), { maxLength: 4 }),
    }),
  )
  return fc.tuple(...builtIn, ...made).map((all): Chain[] => all)
}

function builtInFirst(parts: readonly Chain[][]): Chain[] {
  const all = parts.flat()
  return [
    ...all.filter((chain) => chain.policy !== undefined),
    ...all.filter((chain) => chain.policy === undefined),
  ]
}

const nat: Arbitrary<Table> = fc
  .tuple(
    chains(['PREROUTING', 'OUTPUT'], ['pre-0', 'pre-1', 'pre-2', 'pre-3'], dnat),
    chains(['POSTROUTING'], ['post-0', 'post-1'], masquerade),
    chains(['INPUT'], ['in-0'], undefined),
  )
  .map((parts): Table => ({ name: 'nat', chains: builtInFirst(parts) }))

const filter: Arbitrary<Table> = chains(
  ['INPUT', 'FORWARD', 'OUTPUT'],
  ['fil-0', 'fil-1', 'fil-2'],
  reject,
).map((all): Table => ({ name: 'filter', chains: all }))

/** Tables nat and filter; now and then one is missing. */
export const randomTables: Arbitrary<Table[]> = fc
  .tuple(fc.option(nat, { freq: 8 }), fc.option(filter, { freq: 8 }))
  .map((tables) => tables.filter((table) => table !== null))
