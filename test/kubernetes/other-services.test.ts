import { describe, expect, it } from 'vitest'
import { iptablesOf } from '../../src/kubernetes/node-rules.js'
import { rulesOf } from './iptables/rule-text.js'
import { clientsOf, compile, findingsOf, nodes, service, workload } from './objects.js'

const WEB = { services: [service('web')], workloads: [workload('web')] }
const spec = (otherServices: object, cluster: object = {}) => ({
  clients: [clientsOf('web:80')],
  cluster: { nodes: nodes('a'), otherServices, ...cluster },
})

describe('Services that no manifest holds', () => {
  it('have rules before and after those of the manifests, with addresses of their own', () => {
    const cluster = compile(WEB, spec({ count: 4, endpoints: 2 }))
    const rules = rulesOf(iptablesOf(cluster.nodeRules[0]), 'nat', 'KUBE-SERVICES')
    const names = rules.map((rule) => /--comment "(\S+)/.exec(rule)?.[1])
    expect(names.slice(0, 5)).toEqual([
      'other/other-00000',
      'other/other-00001',
      'default/web',
      'other/other-00002',
      'other/other-00003',
    ])
    expect(rules[0]).toContain('-d 10.111.255.254 --dport 80')
    expect(new Set(rules.slice(0, 5).map((rule) => /-d (\S+)/.exec(rule)?.[1])).size).toBe(5)
  })

  it('are no Services of the cluster, and have endpoints that are no pods', () => {
    const cluster = compile(WEB, spec({ count: 4, endpoints: 2 }))
    expect(cluster.services.map(({ name }) => name)).toEqual(['web'])
    const endpoints = iptablesOf(cluster.nodeRules[0])[1].chains.filter(({ name }) =>
      name.startsWith('KUBE-SEP-'),
    )
    expect(endpoints).toHaveLength(4 * 2 + 1)
  })

  it('need addresses', () => {
    expect(findingsOf(WEB, spec({ count: 300 }, { serviceCidr: '10.96.0.0/24' }))[0]).toBe(
      'error ADDRESS_RANGE_FULL spec.cluster.otherServices.count: cluster.serviceCidr 10.96.0.0/24 has not enough ' +
        'addresses for 300 other Services [write a range of /23 or larger]',
    )
  })
})
