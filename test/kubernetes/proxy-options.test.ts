import { describe, expect, it } from 'vitest'
import { iptablesOf } from '../../src/kubernetes/node-rules.js'
import { rulesOf } from './iptables/rule-text.js'
import { clientsOf, compile, findingsOf, nodes, service, workload } from './objects.js'

const SHOP = {
  services: [service('web', { type: 'NodePort', clusterIp: '10.96.1.1', ports: [port(80, 30_080)] })],
  workloads: [workload('web', { replicas: 2 })],
}

function port(number: number, nodePort: number) {
  return { name: '', protocol: 'TCP' as const, port: number, targetPort: 8080, nodePort }
}

function tables(proxy: object) {
  const spec = { clients: [clientsOf('web:80')], cluster: { nodes: nodes('a', 'b') }, proxy }
  return iptablesOf(compile(SHOP, spec).nodeRules[1])
}

/** The rule that marks what comes to the cluster IP from elsewhere than pods. */
function clusterIpMark(proxy: object): string | undefined {
  const chains = tables(proxy)[1].chains.filter(({ name }) => name.startsWith('KUBE-SVC-'))
  return rulesOf(tables(proxy), 'nat', chains[0]?.name ?? '').find((text) => text.endsWith('KUBE-MARK-MASQ'))
}

const TO_CLUSTER_IP = '--comment "default/web cluster IP" -m tcp -p tcp -d 10.96.1.1 --dport 80'

describe('how kube-proxy knows the traffic of pods', () => {
  it.each([
    ['ClusterCIDR', {}, `${TO_CLUSTER_IP} ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ`],
    ['NodeCIDR', {}, `${TO_CLUSTER_IP} ! -s 10.244.1.0/24 -j KUBE-MARK-MASQ`],
    ['BridgeInterface', {}, `${TO_CLUSTER_IP} ! -i cni0 -j KUBE-MARK-MASQ`],
    ['BridgeInterface', { bridgeInterface: 'br0' }, `${TO_CLUSTER_IP} ! -i br0 -j KUBE-MARK-MASQ`],
    ['InterfaceNamePrefix', {}, `${TO_CLUSTER_IP} ! -i veth+ -j KUBE-MARK-MASQ`],
  ])('%s with %j', (detectLocalMode, detectLocal, expected) => {
    expect(clusterIpMark({ detectLocalMode, detectLocal })).toContain(expected)
  })

  it('None: it does not', () => {
    expect(clusterIpMark({ detectLocalMode: 'None' })).toBe(undefined)
  })

  it('masqueradeAll: it does not care', () => {
    expect(clusterIpMark({ masqueradeAll: true })).toContain(`${TO_CLUSTER_IP} -j KUBE-MARK-MASQ`)
  })
})

describe('other settings of kube-proxy', () => {
  it('nodePortAddresses: one rule for each address of the node that is among them', () => {
    const rules = rulesOf(tables({ nodePortAddresses: ['192.168.0.0/24'] }), 'nat', 'KUBE-SERVICES')
    expect(rules.at(-1)).toContain(' -d 192.168.0.3 -j KUBE-NODEPORTS')
  })

  it('localhostNodePorts: false closes 127.0.0.0/8', () => {
    const rules = rulesOf(tables({ localhostNodePorts: false }), 'nat', 'KUBE-SERVICES')
    expect(rules.at(-1)).toContain('-m addrtype --dst-type LOCAL ! -d 127.0.0.0/8 -j KUBE-NODEPORTS')
  })

  it('largeClusterEndpoints: above, rules of endpoints have no comments', () => {
    const choices = (largeClusterEndpoints: number) =>
      tables({ largeClusterEndpoints })[1]
        .chains.filter(({ name }) => name.startsWith('KUBE-SEP-'))
        .flatMap(({ rules }) => rules.filter((rule) => rule.matches.some(({ kind }) => kind === 'comment')))
    expect(choices(2)).toHaveLength(4)
    expect(choices(1)).toHaveLength(0)
  })

  it('masqueradeBit and conntrackTcpBeLiberal', () => {
    expect(rulesOf(tables({ masqueradeBit: 0 }), 'nat', 'KUBE-MARK-MASQ')).toEqual([
      '-A KUBE-MARK-MASQ -j MARK --or-mark 0x1',
    ])
    const forward = rulesOf(tables({ conntrackTcpBeLiberal: true }), 'filter', 'KUBE-FORWARD')
    expect(forward.some((text) => text.includes('INVALID'))).toBe(false)
  })

  it('a range that is none is an error with its place', () => {
    expect(findingsOf(SHOP, { proxy: { nodePortAddresses: ['192.168.0.0/33'] } })[0]).toBe(
      'error ADDRESS_RANGE spec.proxy.nodePortAddresses.0: proxy.nodePortAddresses has "192.168.0.0/33", which is no range of addresses ' +
        '[write ranges such as 192.168.0.0/24]',
    )
  })
})
