import { describe, expect, it } from 'vitest'
import type { EndpointSlice, SliceEndpoint } from '../../src/kubernetes/endpoint-slices.js'
import { foldSlices } from '../../src/kubernetes/fold-slices.js'
import { endpointText } from '../../src/kubernetes/proxy-inputs.js'

describe('foldSlices', () => {
  it('sorts by the text of address and port, not by number', () => {
    const addresses = ['10.2.2.2', '10.2.2.22', '10.2.2.3']
    expect(texts([web(addresses.map((each) => endpoint(each)))])).toEqual([
      '10.2.2.22:8080',
      '10.2.2.2:8080',
      '10.2.2.3:8080',
    ])
  })

  it.each([
    { order: 'first', terminating: [true, false] },
    { order: 'last', terminating: [false, true] },
  ])(
    'keeps one of two equal endpoints, that which does not terminate, when the other comes $order',
    ({ terminating }) => {
      const equal = terminating.map((each) => web([endpoint('10.0.0.1', { terminating: each })]))
      const [endpoints] = [...foldSlices(equal, 4).values()]
      expect(endpoints.map((each) => each.terminating)).toEqual([false])
    },
  )

  it('ignores slices, addresses and ports that do not count', () => {
    const wrong: EndpointSlice[] = [
      { ...web([endpoint('fd00::1')]), addressType: 'IPv6' },
      web([endpoint('fd00::1'), endpoint('example.org')]),
      { ...web([endpoint('10.0.0.1')]), ports: [{ name: '', protocol: 'TCP', port: undefined }] },
      { ...web([endpoint('10.0.0.1')]), ports: [{ name: '', protocol: 'TCP', port: 0 }] },
      web([{ ...endpoint('10.0.0.1'), addresses: [] }]),
    ]
    expect(foldSlices(wrong, 4).size).toBe(0)
  })

  it('takes the first address of an endpoint only, in canonical form', () => {
    const several = { ...endpoint('10.0.00.1'), addresses: ['10.0.00.1', '10.0.0.2'] }
    expect(texts([web([several])])).toEqual(['10.0.0.1:8080'])
  })

  it('tells protocols of one port name apart', () => {
    const udp: EndpointSlice = {
      ...web([endpoint('10.0.0.2')]),
      ports: [{ name: '', protocol: 'UDP', port: 53 }],
    }
    expect([...foldSlices([web([endpoint('10.0.0.1')]), udp], 4).keys()]).toEqual([
      'default/web/TCP',
      'default/web/UDP',
    ])
  })
})

function texts(of: readonly EndpointSlice[]): string[] {
  return [...foldSlices(of, 4).values()].flatMap((endpoints) => endpoints.map(endpointText))
}

function web(endpoints: readonly SliceEndpoint[]): EndpointSlice {
  return {
    namespace: 'default',
    serviceName: 'web',
    addressType: 'IPv4',
    ports: [{ name: '', protocol: 'TCP', port: 8080 }],
    endpoints,
  }
}

function endpoint(address: string, changes: Partial<SliceEndpoint> = {}): SliceEndpoint {
  return {
    addresses: [address],
    ready: true,
    serving: true,
    terminating: false,
    nodeName: undefined,
    zone: undefined,
    hintedZones: [],
    hintedNodes: [],
    podIndex: undefined,
    ...changes,
  }
}
