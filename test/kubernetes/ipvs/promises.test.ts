/** The rules and sets must do what `promised-end.ts` says without them. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ipvsTables } from '../../../src/kubernetes/ipvs/ipvs-tables.js'
import { printSetRule } from '../../../src/netfilter/ipvs/print-set-tables.js'
import { type IpvsInterpretation, ReferenceIpvsNode } from '../../../src/netfilter/ipvs/reference-node.js'
import { addressAndPort } from '../../../src/netfilter/ipvs/virtual-server.js'
import {
  DESTINATION_PORTS,
  DESTINATIONS,
  INTERFACES,
  LOCAL,
  NODE,
  randomProxyState,
  SOURCES,
} from '../../netfilter/ipvs/random-ipvs.js'
import { type ClusterState, isPromisedMasquerade, promisedEnd } from './promised-end.js'

const packets = fc.array(
  fc.record({
    way: fc.constantFrom('receive' as const, 'receive' as const, 'send' as const),
    protocol: fc.constantFrom('tcp' as const, 'tcp' as const, 'udp' as const, 'sctp' as const),
    source: fc.constantFrom(...SOURCES),
    destination: fc.constantFrom(...DESTINATIONS),
    destinationPort: fc.constantFrom(...DESTINATION_PORTS),
    inInterface: fc.constantFrom(undefined, ...INTERFACES),
  }),
  { minLength: 20, maxLength: 40 },
)

const OUTCOMES = { accepted: 'accept', rejected: 'reject', dropped: 'drop' } as const

type Way = 'receive' | 'send'

/** What became of a packet; with the rules that it met, if that is not as promised. */
function outcomeOf(
  cluster: ClusterState,
  way: Way,
  packet: IpvsInterpretation['packet'],
  node: ReferenceIpvsNode,
) {
  const { verdict, choice, isMasqueraded, rulesMet } = node.pass(way, packet, 0)
  const promised = promisedEnd(cluster, way, packet)
  const rules = () => rulesMet.map((met) => printSetRule(met.chain, met.rule)).join('\n')
  if (choice?.chosen === undefined || verdict !== 'accepted') {
    const outcome = OUTCOMES[verdict]
    return outcome === promised.outcome ? outcome : `${outcome}, not ${promised.outcome}: ${rules()}`
  }
  const chosen = addressAndPort(choice.chosen)
  if (promised.outcome !== 'dnat' || !promised.endpoints.includes(chosen)) {
    return `${chosen}, not ${promised.outcome} ${promised.endpoints.join()}: ${rules()}`
  }
  // A real server on the node itself is reached before POSTROUTING, if the packet came in by an interface.
  if (way === 'receive' && NODE.localAddresses.includes(choice.chosen.address)) return 'led to the node'
  if (isMasqueraded === isPromisedMasquerade(cluster, packet, chosen)) {
    return isMasqueraded ? 'led and masqueraded' : 'led'
  }
  return `${isMasqueraded ? '' : 'not '}masqueraded: ${rules()}`
}

test('rules and sets lead, refuse, drop and masquerade as promised', () => {
  const seen = new Set<string>()
  const promise = fc.property(randomProxyState('rr'), packets, (state, all) => {
    const [tables] = ipvsTables(state.servicePorts, [NODE], state.options)
    const node = new ReferenceIpvsNode(tables, LOCAL)
    const outcomes = all.map(({ way, inInterface, ...rest }) => {
      const common = { ...rest, sourcePort: 40_000, mark: 0, states: ['NEW'] as const }
      const packet = { ...common, inInterface: way === 'send' ? undefined : inInterface }
      return outcomeOf({ ...state, node: NODE }, way, packet, node)
    })
    const expected = ['accept', 'drop', 'led', 'led and masqueraded', 'led to the node', 'reject']
    expect(expected).toEqual(expect.arrayContaining(outcomes))
    for (const outcome of outcomes) seen.add(outcome)
  })
  fc.assert(promise, { seed: 20_240_607, numRuns: 150 })
  expect(seen.size).toBe(6)
})
