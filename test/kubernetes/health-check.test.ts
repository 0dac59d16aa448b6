import { describe, expect, it } from 'vitest'
import { localReadyAddressCount, localReadyAddressCounts } from '../../src/kubernetes/health-check.js'
import type { ProxyEndpoint } from '../../src/kubernetes/proxy-inputs.js'

function endpoint(address: string, port: number, changes: Partial<ProxyEndpoint> = {}): ProxyEndpoint {
  const conditions = { ready: true, serving: true, terminating: false }
  return { address, port, nodeName: 'a', ...conditions, hintedZones: [], hintedNodes: [], ...changes }
}

describe('what a health check node port counts', () => {
  it('is ready addresses of the node, each once for all ports', () => {
    const http = [
      endpoint('10.0.0.1', 80),
      endpoint('10.0.0.2', 80),
      endpoint('10.0.0.3', 80, { nodeName: 'b' }),
    ]
    const metrics = [
      endpoint('10.0.0.1', 9090),
      endpoint('10.0.0.4', 9090, { ready: false, terminating: true }),
    ]
    expect(localReadyAddressCount([{ endpoints: http }, { endpoints: metrics }], 'a')).toBe(2)
  })

  it('is told for every Service that has any', () => {
    const counts = localReadyAddressCounts(
      new Map([
        ['shop/web:http/TCP', [endpoint('10.0.0.1', 80)]],
        ['shop/web:dns/UDP', [endpoint('10.0.0.1', 53), endpoint('10.0.0.2', 53)]],
        ['shop/api/TCP', [endpoint('10.0.0.3', 80)]],
        ['shop/far/TCP', [endpoint('10.0.0.4', 80, { nodeName: 'b' })]],
      ]),
      'a',
    )
    expect([...counts]).toEqual([
      ['shop/web', 2],
      ['shop/api', 1],
    ])
  })
})
