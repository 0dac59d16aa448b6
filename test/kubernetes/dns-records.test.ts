import { describe, expect, it } from 'vitest'
import { createDnsRecords, type DnsService, searchCandidates } from '../../src/kubernetes/dns-records.js'

function dnsService(index: number, name: string, changes: Partial<DnsService> = {}): DnsService {
  return { index, name, namespace: 'default', kind: 'clusterIp', externalName: '', endpoints: [], ...changes }
}

const DB = [
  { address: '10.244.0.5', podIndex: 7, hostname: 'db-0' },
  { address: '10.244.1.5', podIndex: 8, hostname: 'db-1' },
  { address: '10.9.9.9', podIndex: undefined, hostname: '' },
]

const records = createDnsRecords([
  dnsService(0, 'redis'),
  dnsService(1, 'redis', { namespace: 'shop' }),
  dnsService(2, 'db', { kind: 'headless', endpoints: DB }),
  dnsService(3, 'alias', { kind: 'externalName', externalName: 'Redis.shop.svc.cluster.local' }),
  dnsService(4, 'web', { kind: 'externalName', externalName: 'www.example.org' }),
  dnsService(5, 'loop', { kind: 'externalName', externalName: 'loop.default.svc.cluster.local.' }),
  dnsService(6, 'none', { kind: 'headless' }),
  dnsService(7, 'svc', { namespace: 'shop' }),
])

const REDIS = { kind: 'service', serviceIndex: 0 }
const REDIS_OF_SHOP = { kind: 'service', serviceIndex: 1 }

const rows: { name: string; from?: string; answer: unknown }[] = [
  { name: 'redis', answer: REDIS },
  { name: 'redis', from: 'shop', answer: REDIS_OF_SHOP },
  { name: 'redis', from: 'other', answer: undefined },
  { name: 'redis.default', from: 'shop', answer: REDIS },
  { name: 'redis.shop', answer: REDIS_OF_SHOP },
  { name: 'redis.default.svc', from: 'shop', answer: REDIS },
  { name: 'redis.default.svc.cluster.local', from: 'shop', answer: REDIS },
  { name: 'redis.default.svc.cluster.local.', from: 'shop', answer: REDIS },
  { name: 'REDIS.Default', answer: REDIS },
  { name: 'redis.', answer: undefined },
  { name: 'redis.default.', answer: undefined },
  { name: 'svc.shop', answer: { kind: 'service', serviceIndex: 7 } },
  { name: 'db', answer: { kind: 'pods', serviceIndex: 2, podIndices: [7, 8] } },
  { name: 'db-1.db', answer: { kind: 'pods', serviceIndex: 2, podIndices: [8] } },
  { name: 'db-0.db.default.svc.cluster.local', answer: { kind: 'pods', serviceIndex: 2, podIndices: [7] } },
  { name: 'db-2.db', answer: undefined },
  { name: '10-9-9-9.db', answer: { kind: 'pods', serviceIndex: 2, podIndices: [] } },
  { name: '10-244-0-5.db', answer: undefined },
  { name: 'x.db-0.db', answer: undefined },
  { name: 'none', answer: undefined },
  { name: 'alias', answer: REDIS_OF_SHOP },
  { name: 'web', answer: { kind: 'external', serviceIndex: 4, hostname: 'www.example.org' } },
  { name: 'loop', answer: undefined },
  { name: 'example.org', answer: undefined },
  { name: '', answer: undefined },
]

describe('names', () => {
  it.each(rows)('"$name" from namespace $from', ({ name, from = 'default', answer }) => {
    expect(records.resolve(name, from)).toEqual(answer)
  })
})

describe('the search path', () => {
  it('comes first for a name with fewer than five dots', () => {
    expect(searchCandidates('redis.shop', 'default')).toEqual([
      'redis.shop.default.svc.cluster.local.',
      'redis.shop.svc.cluster.local.',
      'redis.shop.cluster.local.',
      'redis.shop.',
    ])
  })

  it('comes last for a name with five dots', () => {
    expect(searchCandidates('a.b.c.d.e.f', 'default')[0]).toBe('a.b.c.d.e.f.')
  })

  it('is not used for a name with a final dot', () => {
    expect(searchCandidates('redis.', 'default')).toEqual(['redis.'])
  })

  it('asks for a name outside of the cluster last with ndots 5, and first with ndots 2', () => {
    const name = 'api.example.com'
    const searched = [
      'api.example.com.default.svc.cluster.local.',
      'api.example.com.svc.cluster.local.',
      'api.example.com.cluster.local.',
    ]
    expect(searchCandidates(name, 'default')).toEqual([...searched, 'api.example.com.'])
    const two = { ndots: 2, searchDomains: [] }
    expect(searchCandidates(name, 'default', two)).toEqual(['api.example.com.', ...searched])
    expect(searchCandidates(name, 'default', { ndots: 3, searchDomains: [] })[0]).toBe(searched[0])
  })

  it('ends with the domains of the node', () => {
    const search = { ndots: 5, searchDomains: ['corp.example', 'eu.internal.'] }
    expect(searchCandidates('redis', 'shop', search)).toEqual([
      'redis.shop.svc.cluster.local.',
      'redis.svc.cluster.local.',
      'redis.cluster.local.',
      'redis.corp.example.',
      'redis.eu.internal.',
      'redis.',
    ])
  })
})

describe('the names tried', () => {
  it('tell which are of the cluster, and what the answer to each is', () => {
    expect(records.candidates('Redis.shop', 'default')).toEqual([
      { name: 'redis.shop.default.svc.cluster.local.', isOfCluster: true, answer: undefined },
      { name: 'redis.shop.svc.cluster.local.', isOfCluster: true, answer: REDIS_OF_SHOP },
      { name: 'redis.shop.cluster.local.', isOfCluster: true, answer: undefined },
      { name: 'redis.shop.', isOfCluster: false, answer: undefined },
    ])
  })

  it('follow ndots: a full name is found as it is, or after the search path, by any', () => {
    const eager = createDnsRecords([dnsService(0, 'redis')], { ndots: 1, searchDomains: [] })
    expect(eager.candidates('redis.default', 'shop')[0]?.name).toBe('redis.default.')
    expect(eager.resolve('redis.default', 'shop')).toEqual(REDIS)
  })
})
