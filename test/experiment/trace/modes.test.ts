/** The same packets where kube-proxy programs nftables or IPVS, one way of several, and pods that remember their client. */
import { describe, expect, it } from 'vitest'
import { ends, traced, tracedCluster } from './traced.js'

const NFTABLES = tracedCluster(['proxy.mode=nftables'])
const IPVS = tracedCluster(['proxy.mode=ipvs', 'proxy.ipvsShuffleRealServers=false'])

describe('mode nftables', () => {
  it('draws among endpoints at once, each with as many of 2^32 draws', () => {
    const trace = traced({ from: 'pod/web-0', to: 'single:80' }, NFTABLES)
    expect(ends(trace)).toEqual([
      '50 % delivered web-0 10.244.0.2:8080, itself, sees 10.244.0.1 by n1, rules n1 18, 27420 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 10.244.0.2, rules n1 15 n3 12, 1014840 ns',
    ])
    expect(trace.outcomes[0].probability.denominator).toBe('4294967296')
  })

  it('refuses a port that a cluster IP has not, and drops addresses that no Service has', () => {
    expect(ends(traced({ from: 'pod/web-0', to: '10.96.0.10:81' }, NFTABLES))).toEqual([
      '100 % refused - 10.96.0.10:81, rules n1 9',
    ])
    expect(ends(traced({ from: 'pod/web-0', to: '10.96.9.9:80' }, NFTABLES))).toEqual([
      '100 % dropped - 10.96.9.9:80, rules n1 10',
    ])
  })

  it('has no node ports at loopback', () => {
    expect(ends(traced({ from: 'node/n1', to: 'localhost:30080' }, NFTABLES))).toEqual([
      '100 % refused - 127.0.0.1:30080, rules n1 18',
    ])
  })

  it('checks source ranges before anything else', () => {
    const trace = traced({ from: '9.9.9.9', to: '203.0.113.6:80' }, NFTABLES)
    expect(ends(trace)).toEqual(['100 % dropped - 203.0.113.6:80, rules n1 3'])
    expect(trace.outcomes[0].endedBy?.chain).toBe('firewall-EDE2N7RF-default/sticky/tcp/')
  })
})

describe('mode ipvs', () => {
  it('takes the real servers in turn, and says that nothing is drawn', () => {
    const trace = traced({ from: 'pod/web-0', to: 'single:80' }, IPVS)
    expect(trace.outcomes.map(({ destination, probability }) => [destination.pod, probability])).toEqual([
      ['web-1', { ratio: 0.5, numerator: '1', denominator: '2', draws: 0 }],
      ['web-0', { ratio: 0.5, numerator: '1', denominator: '2', draws: 0 }],
    ])
    expect(trace.notes).toEqual([
      'IPVS draws nothing, it goes by what it remembers: chances are shares of many connections',
    ])
  })

  it('follows the n-th connection', () => {
    const pods = [1, 2, 3, 4].map(
      (draw) =>
        traced({ from: 'pod/shop/cart', to: 'single.default:80', draw }, IPVS).outcomes[0].destination.pod,
    )
    expect(pods).toEqual(['web-1', 'web-0', 'web-1', 'web-0'])
  })

  it('keeps a client on its pod where there is session affinity', () => {
    const pods = [1, 2, 3].map(
      (draw) =>
        traced({ from: 'pod/shop/cart', to: 'sticky.default:80', draw }, IPVS).outcomes[0].destination.pod,
    )
    expect(pods).toEqual(['web-1', 'web-1', 'web-1'])
  })

  it('answers for all ports of a cluster IP', () => {
    expect(traced({ from: 'pod/web-0', to: '10.96.0.10:81' }, IPVS).outcomes[0].disposition).toBe('refused')
  })

  it('always takes one server where the scheduler hashes', () => {
    const hashing = tracedCluster(['proxy.mode=ipvs', 'proxy.ipvsScheduler=sh'])
    const { outcomes } = traced({ from: 'pod/shop/cart', to: 'single.default:80' }, hashing)
    expect(outcomes.map(({ probability }) => probability.ratio)).toEqual([1])
  })

  it('goes no further than it can count connections', () => {
    expect(() => traced({ from: 'pod/web-0', to: 'single:80', draw: 5_000 }, IPVS)).toThrow('FLOW_TOO_LONG')
  })
})

describe('a pod that remembers its client', () => {
  const CLUSTERS = [
    ['iptables', tracedCluster()],
    ['nftables', NFTABLES],
    ['ipvs', IPVS],
  ] as const

  it.each(CLUSTERS)('gets it, in mode %s', (_mode, cluster) => {
    for (const pod of ['web-0', 'web-1']) {
      const question = { from: 'pod/shop/cart', to: 'sticky.default:80', remembered: `pod/${pod}` }
      const { outcomes } = traced(question, cluster)
      expect(outcomes.map(({ destination }) => destination.pod)).toEqual([pod])
    }
  })

  it.each(CLUSTERS)('is of no matter without session affinity, in mode %s', (mode, cluster) => {
    if (mode === 'ipvs') return
    const { outcomes } = traced(
      { from: 'pod/shop/cart', to: 'single.default:80', remembered: 'web-1' },
      cluster,
    )
    expect(outcomes).toHaveLength(2)
  })
})
