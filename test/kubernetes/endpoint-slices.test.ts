import { describe, expect, it } from 'vitest'
import {
  type EndpointPod,
  type EndpointSlice,
  endpointSlicesOf,
  isTopologyModeAuto,
} from '../../src/kubernetes/endpoint-slices.js'
import { labels, meta, service, servicePort, withPorts } from './objects.js'

function endpointPod(index: number, changes: Partial<EndpointPod> = {}): EndpointPod {
  return {
    index,
    address: `10.244.0.${index + 2}`,
    nodeName: 'a',
    zone: 'zone-1',
    containers: [],
    isReady: true,
    isTerminating: false,
    ...changes,
  }
}

function portsOf(slices: readonly EndpointSlice[]): string[] {
  return slices.map((slice) => {
    const ports = slice.ports.map((each) => `${each.name}:${each.port}/${each.protocol}`).join(',')
    return `${ports} ${slice.endpoints.map((each) => each.podIndex).join(',')}`
  })
}

describe('ports of EndpointSlices', () => {
  const named = service('web', { ports: [servicePort(80, { targetPort: 'http' })] })
  const containers = (port: number) => withPorts(['http', port]).containers

  it('a numbered target port needs no declaration', () => {
    expect(portsOf(endpointSlicesOf(service('web'), [endpointPod(0)]))).toEqual([':80/TCP 0'])
  })

  it('a named one is looked up in each pod, and pods that differ come into separate slices', () => {
    const pods = [8080, 9090, 8080].map((port, index) => endpointPod(index, { containers: containers(port) }))
    expect(portsOf(endpointSlicesOf(named, pods))).toEqual([':8080/TCP 0,2', ':9090/TCP 1'])
  })

  it('a pod without that port, or with it for another protocol, has a slice without the port', () => {
    expect(portsOf(endpointSlicesOf(named, [endpointPod(0)]))).toEqual([' 0'])
    const udp = service('web', { ports: [servicePort(80, { targetPort: 'http', protocol: 'UDP' })] })
    expect(portsOf(endpointSlicesOf(udp, [endpointPod(0, { containers: containers(80) })]))).toEqual([' 0'])
  })

  it('hold all ports of the Service', () => {
    const both = service('web', {
      ports: [
        servicePort(80, { name: 'http', targetPort: 8080 }),
        servicePort(53, { name: 'dns', protocol: 'UDP' }),
      ],
    })
    expect(portsOf(endpointSlicesOf(both, [endpointPod(0)]))).toEqual(['http:8080/TCP,dns:53/UDP 0'])
  })

  it('a slice holds at most 100 endpoints', () => {
    const pods = Array.from({ length: 201 }, (_, index) => endpointPod(index))
    expect(endpointSlicesOf(service('web'), pods).map((each) => each.endpoints.length)).toEqual([100, 100, 1])
  })
})

describe('conditions of endpoints', () => {
  it.each([
    { isReady: true, isTerminating: false, publish: false, expected: [true, true, false] },
    { isReady: false, isTerminating: false, publish: false, expected: [false, false, false] },
    { isReady: true, isTerminating: true, publish: false, expected: [false, true, true] },
    { isReady: false, isTerminating: true, publish: false, expected: [false, false, true] },
    { isReady: false, isTerminating: false, publish: true, expected: [true, false, false] },
    { isReady: false, isTerminating: true, publish: true, expected: [true, false, true] },
  ])('pod ready $isReady, terminating $isTerminating, publishNotReadyAddresses $publish', (each) => {
    const publishing = service('web', { publishNotReadyAddresses: each.publish })
    const [slice] = endpointSlicesOf(publishing, [endpointPod(0, each)])
    const [{ ready, serving, terminating }] = slice.endpoints
    expect([ready, serving, terminating]).toEqual(each.expected)
  })
})

describe('hints of endpoints', () => {
  it.each([
    { trafficDistribution: undefined, zones: [], nodes: [] },
    { trafficDistribution: 'PreferClose', zones: ['zone-1'], nodes: [] },
    { trafficDistribution: 'PreferSameZone', zones: ['zone-1'], nodes: [] },
    { trafficDistribution: 'PreferSameNode', zones: ['zone-1'], nodes: ['a'] },
  ])('trafficDistribution $trafficDistribution', ({ trafficDistribution, zones, nodes }) => {
    const [slice] = endpointSlicesOf(service('web', { trafficDistribution }), [endpointPod(0)])
    expect(slice.endpoints[0]).toMatchObject({ hintedZones: zones, hintedNodes: nodes })
  })

  it('endpoints that are not ready, or have no zone, get no zone hint', () => {
    const near = service('web', { trafficDistribution: 'PreferSameZone' })
    const [slice] = endpointSlicesOf(near, [endpointPod(0, { isReady: false }), endpointPod(1, { zone: '' })])
    expect(slice.endpoints.map((each) => each.hintedZones)).toEqual([[], []])
  })

  it('topology-mode Auto takes all hints away', () => {
    const annotations = labels({ 'service.kubernetes.io/topology-mode': 'Auto' })
    const auto = service('web', {
      meta: meta('web', 'default', { annotations }),
      trafficDistribution: 'PreferSameZone',
    })
    const [slice] = endpointSlicesOf(auto, [endpointPod(0)])
    expect(isTopologyModeAuto(auto)).toBe(true)
    expect(slice.endpoints[0].hintedZones).toEqual([])
  })
})
