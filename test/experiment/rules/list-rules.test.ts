/** The rules of a node as its programs load them. */
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { listRules, type RulesQuestion } from '../../../src/experiment/rules/list-rules.js'
import { parseTables } from '../../../src/netfilter/iptables/iptables-save.js'
import { renderRules } from '../../../src/report/rules-text.js'
import { rulesJsonSchema } from '../../../src/results/rules-json.js'
import { tracedCluster } from '../trace/traced.js'

const CLUSTER = tracedCluster()

function listed(question: Partial<RulesQuestion> = {}, settings?: readonly string[]) {
  const cluster = settings === undefined ? CLUSTER : tracedCluster(settings)
  return listRules(cluster, { node: 'n1', command: 'svcsim rules', ...question })
}

describe('rules of iptables', () => {
  it('are tables filter and nat, without tests of counters that must exist first', () => {
    const [part, ...others] = listed().parts
    expect(others).toEqual([])
    expect(part.program).toBe('iptables-restore')
    expect(parseTables(part.text).map(({ name }) => name)).toEqual(['filter', 'nat'])
    expect(part.text).not.toContain('nfacct')
  })

  it('are those of the node', () => {
    const local = (node: string) => listed({ node }).parts[0].text.match(/^-A KUBE-SVL-\S+ .*$/gm) ?? []
    expect(local('n1')).toEqual([
      '-A KUBE-SVL-NEXWZWH5PGMW4KIO -m comment --comment "default/local -> 10.244.0.2:8080" -j KUBE-SEP-CDHILJRYASCMPOBF',
    ])
    expect(local('n2').join()).not.toContain('default/local')
  })

  it('can be had of one Service, and load by themselves', () => {
    const [part] = listed({ service: 'single' }).parts
    const chains = parseTables(part.text).flatMap((table) => table.chains.map(({ name }) => name))
    expect(chains.filter((name) => /^KUBE-(SVC|SEP|EXT|FW|SVL)-/.test(name))).toEqual([
      'KUBE-SVC-GI2DS44EQ6V3GHV6',
      'KUBE-SEP-73PMJ7D4D2AAUN4B',
      'KUBE-SEP-C67RWII2Q6RMBRJD',
    ])
    expect(listed({ service: 'shop/inside' }).parts[0].text).toContain('shop/inside')
  })

  it('keep their comments as they are when one Service is shown of a large cluster', () => {
    const [part] = listed({ service: 'single' }, ['proxy.largeClusterEndpoints=1']).parts
    expect(part.text).not.toContain('"default/single -> ')
  })

  it('can be had of one table', () => {
    expect(parseTables(listed({ table: 'nat' }).parts[0].text).map(({ name }) => name)).toEqual(['nat'])
  })
})

describe('rules of other modes', () => {
  it('of nftables are one text', () => {
    const { mode, parts } = listed({}, ['proxy.mode=nftables'])
    expect([mode, parts.map(({ program }) => program)]).toEqual(['nftables', ['nft']])
    expect(parts[0].text).toMatch(/^add table ip kube-proxy /)
  })

  it('of IPVS are those of four programs, or one table', () => {
    expect(listed({}, ['proxy.mode=ipvs']).parts.map(({ program }) => program)).toEqual([
      'ipvsadm',
      'ip',
      'ipset',
      'iptables-restore',
    ])
    const [part, ...others] = listed({ table: 'filter' }, ['proxy.mode=ipvs']).parts
    expect([others, part.text.startsWith('*filter\n')]).toEqual([[], true])
  })

  describe('of IPVS add real servers', () => {
    const ten = ['proxy.mode=ipvs', 'web.replicas=10']
    /** Their addresses at the cluster IP of Service single. */
    const orderOf = (question: Partial<RulesQuestion>, settings: readonly string[]) =>
      [...listed(question, settings).parts[0].text.matchAll(/^-a -t (\S+:80) -r (\S+) .*$/gm)]
        .filter(([, server]) => server === SINGLE)
        .map(([, , real]) => real)
    const [SINGLE = ''] = /\d\S+:80(?= )/.exec(listed({ service: 'single' }, ten).parts[0].text) ?? []

    it('in an order that differs from node to node', () => {
      const orders = ['n1', 'n2', 'n3'].map((node) => orderOf({ node }, ten))
      expect(new Set(orders.map((order) => order.join())).size).toBe(3)
      for (const order of orders) expect([...order].sort()).toEqual([...(orders[0] ?? [])].sort())
      expect(orders[0]).toHaveLength(10)
    })

    it('in the same order when one Service is shown by itself', () => {
      expect(orderOf({ service: 'single' }, ten)).toEqual(orderOf({}, ten))
    })

    it('in another order with another seed', () => {
      const withSeed = (seed: number) => listed({}, [...ten, `seed=${seed}`])
      expect(withSeed(1).parts[0].text).not.toBe(withSeed(2).parts[0].text)
    })

    it('sorted, where the scenario says so', () => {
      const sorted = orderOf({}, [...ten, 'proxy.ipvsShuffleRealServers=false'])
      expect(sorted).toEqual([...sorted].sort())
      expect(sorted).toHaveLength(10)
    })
  })
})

describe('a listing', () => {
  it('says what svcsim has drawn', () => {
    expect(listed().notes).toEqual([
      'left out: `-m nfacct --nfacct-name NAME`, always true: a rule with it loads only after `nfacct add`',
      'drawn by svcsim, since the manifests do not give them: 3 pod addresses',
    ])
  })

  it('as text has everything else in comments, which end at their line', () => {
    const text = renderRules(listed(), 'text')
    const [tables] = text.split('*filter')
    expect(tables.split('\n').filter((line) => line !== '' && !line.startsWith('# '))).toEqual([])
    expect(parseTables(text)).toHaveLength(2)
  })

  it('as JSON has the form of its schema', () => {
    const validate = new Ajv({ strict: false }).compile(rulesJsonSchema())
    for (const mode of ['iptables', 'nftables', 'ipvs']) {
      const value: unknown = JSON.parse(renderRules(listed({}, [`proxy.mode=${mode}`]), 'json'))
      expect(validate(value), JSON.stringify(validate.errors)).toBe(true)
    }
  })

  it.each([
    [{ node: 'n9' }, [], 'NODE_UNKNOWN: There is no node "n9"'],
    [{ service: 'singel' }, [], 'SVC_UNKNOWN: There is no Service "singel"'],
    [{ table: 'nat' as const }, ['proxy.mode=nftables'], 'USAGE: In mode nftables kube-proxy has one table'],
  ])('of %j with %j is refused', (question, settings, message) => {
    expect(() => listed(question, settings)).toThrow(message)
  })
})
