/** Rules of random Services do with every packet what their policies promise. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ProxyEndpoint, ServicePortInfo } from '../../../src/kubernetes/proxy-inputs.js'
import { checkTable } from '../../../src/netfilter/nftables/check-ruleset.js'
import { range } from '../conformance.js'
import { type FlowPacket, type NftablesState, tableOfState, walkFlow } from './nftables-flow.js'
import { promisedEnd } from './policy-oracle.js'
import { endpoint, NODE, optionsWith, web } from './service-ports.js'

const endpoints: fc.Arbitrary<ProxyEndpoint[]> = fc.uniqueArray(
  fc
    .record({
      host: fc.integer({ min: 2, max: 6 }),
      nodeName: fc.constantFrom('a', 'b', undefined),
      condition: fc.constantFrom('ready', 'ready', 'ending', 'gone'),
      hintedZones: fc.constantFrom<string[]>([], [], ['z'], ['y']),
    })
    .map(({ host, nodeName, condition, hintedZones }) =>
      endpoint(host, {
        nodeName,
        hintedZones,
        ready: condition === 'ready',
        serving: condition !== 'gone',
        terminating: condition !== 'ready',
      }),
    ),
  { maxLength: 4, selector: (each) => each.address },
)

/** The n-th of a few Service ports, none of which share an address and port. */
function servicePort(index: number): fc.Arbitrary<ServicePortInfo> {
  return fc
    .record({
      endpoints,
      protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
      port: fc.constantFrom(80, 443),
      isInternalPolicyLocal: fc.boolean(),
      isExternalPolicyLocal: fc.boolean(),
      isExternal: fc.boolean(),
      affinityTimeoutSeconds: fc.constantFrom(undefined, 60),
      ranges: fc.constantFrom<string[]>([], [], ['203.0.113.0/24'], ['192.168.0.0/24', '10.244.0.0/16']),
    })
    .map(({ isExternal, ranges, ...parts }) =>
      web({
        ...parts,
        name: `shop/web-${index}:http`,
        clusterIp: `10.96.0.${10 + index}`,
        nodePort: isExternal ? 30_000 + index : undefined,
        externalIps: isExternal ? [`198.51.100.${index}`] : [],
        loadBalancerVips: isExternal ? [`1.2.3.${index}`] : [],
        loadBalancerSourceRanges: isExternal ? ranges.map(range) : [],
      }),
    )
}

const options = fc.record({
  isMasqueradingAll: fc.boolean(),
  localTrafficDetector: fc.constantFrom(
    { kind: 'clusterCidr' as const, cidr: range('10.244.0.0/16') },
    { kind: 'none' as const },
  ),
  serviceCidrs: fc.constantFrom([range('10.96.0.0/16')], []),
})

const states: fc.Arbitrary<NftablesState> = fc
  .tuple(fc.tuple(servicePort(0), servicePort(1)), options)
  .map(([servicePorts, changes]) => ({
    servicePorts,
    node: NODE,
    options: optionsWith({ ...changes, nodePortAddresses: [range(NODE.address)] }),
  }))

const packets: fc.Arbitrary<FlowPacket> = fc.record({
  protocol: fc.constantFrom('tcp' as const, 'udp' as const),
  from: fc.constantFrom('10.244.0.2', '10.244.7.7', '192.168.0.2', '203.0.113.9', '8.8.8.8', '1.2.3.0'),
  to: fc.constantFrom(
    '10.96.0.10',
    '10.96.0.11',
    '10.96.0.99',
    '1.2.3.0',
    '1.2.3.1',
    '198.51.100.0',
    NODE.address,
  ),
  port: fc.constantFrom(80, 443, 30_000, 30_001),
})

test('packets end where policies, readiness, hints and ranges say', () => {
  const outcomes = new Set<string>()
  fc.assert(
    fc.property(states, fc.array(packets, { minLength: 1, maxLength: 8 }), (state, sent) => {
      const table = tableOfState(state)
      expect(checkTable(table)).toBeLessThanOrEqual(2)
      for (const packet of sent) {
        const { end, ways } = walkFlow(table, state, packet)
        outcomes.add(end.outcome)
        const trail = ways.map((way) =>
          way.map((met) => `${met.isMatched ? '+' : '-'} ${met.text}`).join('\n'),
        )
        expect(end, trail.join('\n\n')).toEqual(promisedEnd(state, packet))
      }
    }),
    { seed: 20_251_126, numRuns: 100 },
  )
  expect([...outcomes].sort()).toEqual(['dnat', 'drop', 'none', 'reject'])
})
