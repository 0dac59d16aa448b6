/**
 * Random tables of nftables: chains lead forwards only, so that there is no loop. Few addresses, ports and sets, so that
 * rules match often. Verdicts stand where the kernel would not allow some of them: the walk does not mind.
 */
import fc, { type Arbitrary } from 'fast-check'
import { type Cidr, parseCidr } from '../../../src/base/ip-address.js'
import type {
  AddressOperand,
  MapKey,
  MapVerdict,
  NftAction,
  NftChain,
  NftHook,
  NftMapElement,
  NftMatch,
  NftRule,
  NftSet,
  NftTable,
  NftVerdict,
  NftVerdictMap,
} from '../../../src/netfilter/nftables/ruleset.js'

export const ADDRESSES = [
  '10.0.0.1',
  '10.0.0.2',
  '10.1.0.1',
  '192.168.0.1',
  '127.0.0.1',
  'fd00::1',
  'fd00:1::1',
]
export const PORTS = [80, 443, 30080]
export const PROTOCOLS = ['tcp', 'udp', 'sctp'] as const
export const INTERFACES = ['lo', 'eth0', 'cbr0', 'cbr1']
export const TIMED_SETS = ['affinity-a', 'affinity-b']
const STATES = ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'DNAT', 'SNAT'] as const
const CHAINS = ['c0', 'c1', 'c2', 'c3', 'c4']
const HOOKS: readonly NftHook[] = ['prerouting', 'input', 'forward', 'output', 'postrouting']

export function range(text: string): Cidr {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new Error(`not a range: ${text}`)
  return cidr
}

const addressOperand = (text: string): AddressOperand => ({ text, range: range(text) })
const operands = [...ADDRESSES, '10.0.0.0/24', '10.0.0.0/8', '0.0.0.0/0', 'fd00::/32', '::/0'].map(
  addressOperand,
)
const operand = fc.constantFrom(...operands)
const side = fc.constantFrom('source' as const, 'destination' as const)
const isInverted = fc.boolean()
const bits = fc.constantFrom(0, 0x4000, 0x8000, 0x80000000, 0xffffffff)

const statement: Arbitrary<NftMatch | NftAction> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('address' as const), side, operand, isInverted }) },
  fc.record({
    kind: fc.constant('addressInList' as const),
    side,
    operands: fc.array(operand, { minLength: 1, maxLength: 3 }),
    isInverted,
    isTight: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('addressInSet' as const),
    side,
    set: fc.constantFrom('fixed', 'ranges', ...TIMED_SETS, ...TIMED_SETS),
  }),
  fc.record({ kind: fc.constant('localAddress' as const), side }),
  fc.record({
    kind: fc.constant('inInterface' as const),
    name: fc.constantFrom('cbr0', 'cbr', 'eth0', 'lo', 'gone'),
    isPrefix: fc.boolean(),
    isInverted,
  }),
  fc.record({ kind: fc.constant('protocol' as const), protocol: fc.constantFrom(...PROTOCOLS) }),
  fc.record({
    kind: fc.constant('connectionState' as const),
    states: fc.subarray([...STATES], { minLength: 1 }),
  }),
  fc.record({ kind: fc.constant('markBitsClear' as const), bits }),
  fc.record({
    kind: fc.constant('setMark' as const),
    operation: fc.constantFrom('or' as const, 'xor' as const),
    bits,
  }),
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('updateSet' as const), set: fc.constantFrom(...TIMED_SETS) }),
  },
)

function mapVerdict(callees: readonly string[]): Arbitrary<MapVerdict> {
  const plain = fc.constantFrom<MapVerdict>({ kind: 'accept' }, { kind: 'drop' })
  if (callees.length === 0) return plain
  const goTo = fc.constantFrom(...callees).map((chain): MapVerdict => ({ kind: 'goto', chain }))
  return fc.oneof({ weight: 3, arbitrary: goTo }, plain)
}

/** Maps lead to the last chains only, so that every chain may look them up but those. */
const MAP_CALLEES = CHAINS.slice(-2)

function verdict(callees: readonly string[], isMapUser: boolean): Arbitrary<NftVerdict | undefined> {
  const choices: Arbitrary<NftVerdict | undefined>[] = [
    fc.constant(undefined),
    fc.constantFrom<NftVerdict>({ kind: 'return' }, { kind: 'accept' }, { kind: 'drop' }, { kind: 'reject' }),
    fc.record({
      kind: fc.constant('dnat' as const),
      address: fc.constantFrom(...ADDRESSES),
      port: fc.constantFrom(...PORTS),
    }),
    fc.record({ kind: fc.constant('masquerade' as const), isFullyRandom: fc.boolean() }),
    fc
      .array(mapVerdict(callees), { minLength: 1, maxLength: 4 })
      .map((verdicts): NftVerdict => ({ kind: 'randomVerdict', verdicts })),
  ]
  if (callees.length > 0) {
    const chain = fc.constantFrom(...callees)
    choices.push(chain.map((name): NftVerdict => ({ kind: 'jump', chain: name })))
    choices.push(chain.map((name): NftVerdict => ({ kind: 'goto', chain: name })))
  }
  if (isMapUser) {
    choices.push(fc.constant<NftVerdict>({ kind: 'verdictMap', map: 'by-address', key: 'addressAndPort' }))
    choices.push(fc.constant<NftVerdict>({ kind: 'verdictMap', map: 'by-port', key: 'port' }))
  }
  return fc.oneof(...choices)
}

function rules(callees: readonly string[], isMapUser: boolean): Arbitrary<NftRule[]> {
  const rule = fc.record({
    statements: fc.array(statement, { maxLength: 3 }),
    verdict: verdict(callees, isMapUser),
    comment: fc.constantFrom(undefined, 'why'),
  })
  return fc.array(rule, { maxLength: 4 })
}

function regularChain(name: string, index: number): Arbitrary<NftChain> {
  return fc.record({
    name: fc.constant(name),
    place: fc.constant(undefined),
    comment: fc.constant(undefined),
    rules: rules(CHAINS.slice(index + 1), !MAP_CALLEES.includes(name)),
  })
}

function baseChain(name: string, hook: NftHook): Arbitrary<NftChain> {
  const place = fc.record({
    type: fc.constantFrom('filter' as const, 'nat' as const),
    hook: fc.constant(hook),
    priority: fc.constantFrom(-110, -100, 0, 0, 100),
  })
  return fc.record({
    name: fc.constant(name),
    place,
    comment: fc.constant(undefined),
    rules: rules(CHAINS, true),
  })
}

const chains: Arbitrary<NftChain[]> = fc
  .tuple(
    ...HOOKS.flatMap((hook) => [0, 1].map((number) => baseChain(`${hook}-${number}`, hook))),
    ...CHAINS.map(regularChain),
  )
  .map((all): NftChain[] => all)

function map(name: string, key: MapKey): Arbitrary<NftVerdictMap> {
  const element: Arbitrary<NftMapElement> = fc.record({
    address: key === 'port' ? fc.constant(undefined) : fc.constantFrom(...ADDRESSES),
    protocol: fc.constantFrom(...PROTOCOLS),
    port: fc.constantFrom(...PORTS),
    verdict: mapVerdict(MAP_CALLEES),
    comment: fc.constantFrom(undefined, 'shop/web:http'),
  })
  const elements = fc.uniqueArray(element, {
    maxLength: 20,
    selector: ({ address, protocol, port }) => `${address} ${protocol} ${port}`,
  })
  return elements.map((found) => ({ name, comment: undefined, key, elements: found }))
}

function timedSets(timeoutSeconds: readonly number[]): NftSet[] {
  return TIMED_SETS.map((name, index) => ({
    name,
    comment: undefined,
    flags: ['dynamic', 'timeout'],
    timeoutSeconds: timeoutSeconds[index],
    elements: [],
  }))
}

const sets: Arbitrary<NftSet[]> = fc
  .tuple(
    fc.subarray(ADDRESSES),
    fc.subarray(operands),
    fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  )
  .map(([addresses, ranges, timeouts]): NftSet[] => [
    {
      name: 'fixed',
      comment: 'some',
      flags: [],
      timeoutSeconds: undefined,
      elements: addresses.map(addressOperand),
    },
    { name: 'ranges', comment: undefined, flags: ['interval'], timeoutSeconds: undefined, elements: ranges },
    ...timedSets(timeouts),
  ])

/** A table; two of them have sets of the same names with perhaps other timeouts. */
export const randomTable: Arbitrary<NftTable> = fc.record({
  family: fc.constant(4 as const),
  name: fc.constant('random'),
  comment: fc.constant(undefined),
  sets,
  maps: fc.tuple(map('by-address', 'addressAndPort'), map('by-port', 'port')),
  chains,
})
