import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/base/diagnostics.js'
import { costsOf } from '../../src/model/cost-settings.js'
import { COST_CONSTANTS, COST_PRESETS, firstPacketWorkNs } from '../../src/model/costs.js'
import costModel from '../data/ground-truth/cost_model.json' with { type: 'json' }
import { scenario } from '../kubernetes/objects.js'

const counts = {
  rulesEvaluated: 100,
  statisticRulesEvaluated: 4,
  recentListsWalked: 10,
  affinitySetsChecked: 0,
}

describe('firstPacketWorkNs', () => {
  it('adds connection, plain rules, statistic rules, look-ups and lists walked', () => {
    const costs = {
      connection: 5_000,
      rule: 10,
      statisticRule: 100,
      bareStatisticRule: 50,
      recentLookup: 20,
      recentListWalk: 7,
      affinitySet: 0,
      packet: 1e9,
    }
    expect(firstPacketWorkNs(costs, counts)).toBe(5_000 + 96 * 10 + 4 * 100 + 10 * 7)
    const withLookups = { ...counts, recentLookups: 3 }
    expect(firstPacketWorkNs(costs, withLookups)).toBe(5_000 + 96 * 10 + 4 * 100 + 3 * 20 + 10 * 7)
  })

  it('rounds the sum, not its parts, to ns', () => {
    const costs = { ...COST_PRESETS.none, rule: 0.3 }
    const onlyRules = {
      rulesEvaluated: 5,
      statisticRulesEvaluated: 0,
      recentListsWalked: 0,
      affinitySetsChecked: 0,
    }
    expect(firstPacketWorkNs(costs, onlyRules)).toBe(2)
  })

  it('is what the presets say', () => {
    // 5,650 + 96 × 14.996 + 4 × 120.87 + 10 × 12.07 = 7,693.796
    expect(firstPacketWorkNs(COST_PRESETS['iptables-nft'], counts)).toBe(7_694)
    // 5,650 + 96 × 4.306 + 4 × 65.285 + 10 × 12.07 = 6,445.216
    expect(firstPacketWorkNs(COST_PRESETS['iptables-legacy'], counts)).toBe(6_445)
    // 5,650 + 3 × 53.35 = 5,810.05
    expect(firstPacketWorkNs(COST_PRESETS.nftables, { ...counts, affinitySetsChecked: 3 })).toBe(5_810)
    expect(firstPacketWorkNs(COST_PRESETS.none, counts)).toBe(0)
  })
})

describe('costs in force', () => {
  it('are those of iptables-nft by default', () => {
    expect(costsOf(scenario())).toEqual(COST_PRESETS['iptables-nft'])
  })

  it.each(['nftables', 'ipvs'] as const)('are those of the proxy mode %s', (mode) => {
    expect(costsOf(scenario({ proxy: { mode } }))).toEqual(COST_PRESETS[mode])
  })

  it('are those of a preset with single ones set over it', () => {
    const costs = { preset: 'iptables-legacy', set: { rule: 8, packet: '2k' } }
    expect(costsOf(scenario({ costs }))).toEqual({
      ...COST_PRESETS['iptables-legacy'],
      rule: 8,
      packet: 2_000,
    })
  })

  it.each([
    ['rules', 'did you mean "rule"?'],
    [
      'toString',
      'one of connection, rule, statisticRule, bareStatisticRule, recentLookup, recentListWalk, affinitySet, packet',
    ],
  ])('can not be set by the name %s', (name, hint) => {
    const read = () => costsOf(scenario({ costs: { set: { [name]: 1 } } }))
    expect(read).toThrow(InputError)
    expect(read).toThrow(`COST_UNKNOWN: There is no cost "${name}"`)
    expect(hintOf(read)).toBe(hint)
  })
})

function hintOf(action: () => unknown): string | undefined {
  try {
    action()
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics[0].hint
  }
  return undefined
}

describe('cost presets', () => {
  it('are what was measured', () => {
    const { first_packet_ns: firstPacket, established_us: established, tcp_connect_us: connect } = costModel
    const mean = ([first, second]: readonly number[]) => (first + second) / 2
    const shared = {
      connection: connect['conntrack + DNAT on one node adds'] * 1_000,
      // test/validation/kernel-costs.test.ts
      recentLookup: 149,
      recentListWalk: firstPacket['per recent list walked in one lookup (iptables modes)']['1000'],
      packet:
        (established['one packet over one more hop'] +
          established['one packet through one node with conntrack/NAT adds']) *
        1_000,
      affinitySet: 0,
    }
    const rule = firstPacket['per KUBE-SERVICES rule passed']
    const statistic = firstPacket['per statistic rule passed']
    expect(COST_PRESETS['iptables-legacy']).toEqual({
      ...shared,
      rule: rule.legacy,
      statisticRule: mean(statistic.legacy),
      bareStatisticRule: mean(statistic['legacy without comments']),
    })
    expect(COST_PRESETS['iptables-nft']).toEqual({
      ...shared,
      rule: rule.nft,
      statisticRule: mean(statistic.nft),
      bareStatisticRule: mean(statistic['nft without comments']),
    })
    expect(COST_PRESETS.nftables).toEqual({
      ...shared,
      recentLookup: 0,
      recentListWalk: 0,
      rule: 0,
      statisticRule: statistic.native,
      bareStatisticRule: 0,
      affinitySet: mean(firstPacket['per affinity set passed, native']),
    })
  })

  it('have every constant', () => {
    const names = Object.keys(COST_CONSTANTS)
    for (const preset of Object.values(COST_PRESETS)) expect(Object.keys(preset)).toEqual(names)
  })
})
