/** Rules that are remembered are those that would be written, and the same objects for equal arguments only. */
import { describe, expect, it } from 'vitest'
import { nodeInfoOf, proxyOptionsOfScenario, servicePortsOf } from '../../src/kubernetes/cluster-proxy.js'
import { rulesOfNodes } from '../../src/kubernetes/node-rules.js'
import { rememberingRules } from '../../src/kubernetes/remembered-rules.js'
import { tracedCluster } from '../experiment/trace/traced.js'

type Arguments = Parameters<typeof rulesOfNodes>

/** Made anew at every call: equal, and not the same objects. */
function argumentsOf(mode: Arguments[0], settings: readonly string[] = []): Arguments {
  const { cluster, scenario } = tracedCluster([`proxy.mode=${mode}`, ...settings])
  const ports = cluster.services.flatMap((service) => servicePortsOf(service, cluster))
  return [mode, ports, cluster.nodes.map(nodeInfoOf), proxyOptionsOfScenario(scenario, () => 7)]
}

describe.each(['iptables', 'nftables', 'ipvs'] as const)('mode %s', (mode) => {
  it('remembers the rules of equal arguments', () => {
    const writeRules = rememberingRules()
    const rules = writeRules(...argumentsOf(mode))
    expect(rules).toEqual(rulesOfNodes(...argumentsOf(mode)))
    expect(writeRules(...argumentsOf(mode))).toBe(rules)
  })

  it.each([
    'proxy.masqueradeBit=20',
    'cluster.podCidr=10.32.0.0/16',
    'service.single.sessionAffinity=ClientIP',
    'web.replicas=3',
  ])('writes others with %s', (setting) => {
    const writeRules = rememberingRules()
    const rules = writeRules(...argumentsOf(mode))
    const others = writeRules(...argumentsOf(mode, [setting]))
    expect(others).not.toBe(rules)
    expect(others).toEqual(rulesOfNodes(...argumentsOf(mode, [setting])))
  })
})

it('tells orders of real servers apart', () => {
  const [mode, ports, nodes, options] = argumentsOf('ipvs')
  const writeRules = rememberingRules()
  const rules = writeRules(mode, ports, nodes, { ...options, ipvsOrderKeyOf: () => 1 })
  const others = writeRules(mode, ports, nodes, { ...options, ipvsOrderKeyOf: () => 2 })
  expect(others).not.toBe(rules)
})

it('refuses what it can not tell apart', () => {
  const [mode, ports, nodes, options] = argumentsOf('iptables')
  const odd = { ...options, masqueradeBit: new Map() as unknown as number }
  expect(() => rememberingRules()(mode, ports, nodes, odd)).toThrow(TypeError)
})
