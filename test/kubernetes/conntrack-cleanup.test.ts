import { describe, expect, it } from 'vitest'
import { isUdpCleanupDue, staleUdpConnections } from '../../src/kubernetes/conntrack-cleanup.js'
import type { ProxyEndpoint, ServicePortInfo } from '../../src/kubernetes/proxy-inputs.js'

function endpoint(address: string, changes: Partial<ProxyEndpoint> = {}): ProxyEndpoint {
  const conditions = { ready: true, serving: true, terminating: false }
  return { address, port: 53, nodeName: 'a', ...conditions, hintedZones: [], hintedNodes: [], ...changes }
}

function dns(changes: Partial<ServicePortInfo> = {}): ServicePortInfo {
  return {
    name: 'kube-system/dns:dns',
    protocol: 'UDP',
    clusterIp: '10.96.0.10',
    port: 53,
    nodePort: 30_053,
    externalIps: ['192.0.2.1'],
    loadBalancerVips: ['198.51.100.7'],
    loadBalancerSourceRanges: [],
    isInternalPolicyLocal: false,
    isExternalPolicyLocal: false,
    affinityTimeoutSeconds: undefined,
    healthCheckNodePort: undefined,
    endpoints: [
      endpoint('10.0.0.1'),
      endpoint('10.0.0.2', { ready: false, terminating: true }),
      endpoint('10.0.0.3', { ready: false, serving: false }),
    ],
    ...changes,
  }
}

const isStale = (destination: string, port: number, replySource: string, ports = [dns()]) =>
  staleUdpConnections(ports)({
    originalDestination: destination,
    originalDestinationPort: port,
    replySource,
  })

describe('the clean-up of UDP connections', () => {
  it.each([
    ['cluster IP', '10.96.0.10', 53],
    ['cluster IP, any port', '10.96.0.10', 9999],
    ['external IP', '192.0.2.1', 53],
    ['load-balancer address', '198.51.100.7', 53],
    ['node port of any address', '192.168.0.2', 30_053],
  ])('forgets those to its %s that lead to no serving endpoint', (_what, destination, port) => {
    expect(isStale(destination, port, '10.0.0.9')).toBe(true)
    expect(isStale(destination, port, '10.0.0.3')).toBe(true)
  })

  it('forgets those that were made while there was no endpoint, which lead nowhere', () => {
    expect(isStale('10.96.0.10', 53, '10.96.0.10')).toBe(true)
  })

  it('keeps those to endpoints that serve, terminating or not', () => {
    expect(isStale('10.96.0.10', 53, '10.0.0.1')).toBe(false)
    expect(isStale('10.96.0.10', 53, '10.0.0.2')).toBe(false)
  })

  it('keeps those of others', () => {
    expect(isStale('10.96.0.11', 53, '10.0.0.9')).toBe(false)
    expect(isStale('10.96.0.10', 53, '10.0.0.9', [dns({ protocol: 'TCP' })])).toBe(false)
  })

  it.each([
    ['endpoints of UDP came', ['kube-system/dns'], [], ['kube-system/dns:dns/UDP'], true],
    ['endpoints of UDP went', ['kube-system/dns'], ['kube-system/dns:dns/UDP'], [], true],
    [
      'another port of the same Service changed',
      ['kube-system/dns'],
      ['kube-system/dns:dns/UDP', 'kube-system/dns:tcp/TCP'],
      ['kube-system/dns:dns/UDP'],
      true,
    ],
    [
      'another Service changed',
      ['shop/web'],
      ['kube-system/dns:dns/UDP'],
      ['kube-system/dns:dns/UDP'],
      false,
    ],
    ['a Service of TCP changed', ['shop/web'], ['shop/web/TCP'], ['shop/web/TCP'], false],
  ])('is due or not where %s', (_what, changed, before, after, isDue) => {
    const map = (keys: readonly string[]) => new Map(keys.map((key) => [key, [endpoint('10.0.0.1')]]))
    expect(isUdpCleanupDue(new Set(changed), map(before), map(after))).toBe(isDue)
  })
})
