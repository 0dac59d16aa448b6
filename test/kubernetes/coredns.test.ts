import { describe, expect, it } from 'vitest'
import type { Manifests } from '../../src/input/kubernetes-objects.js'
import { dnsPodsOf, dnsPortOf } from '../../src/kubernetes/coredns.js'
import {
  clientsOf,
  compile,
  findingsOf,
  labels,
  meta,
  nodes,
  service,
  servicePort,
  workload,
} from './objects.js'

const web = { workloads: [workload('web')], services: [service('web')] }
const DNS_LABELS = labels({ 'k8s-app': 'kube-dns' })
const dnsPort = servicePort(53, { name: 'dns', protocol: 'UDP' })

/** The Service as manifests may hold it. */
function kubeDns(changes: Parameters<typeof service>[1] = {}) {
  return service('kube-dns', {
    meta: meta('kube-dns', 'kube-system'),
    selector: DNS_LABELS,
    ports: [dnsPort],
    ...changes,
  })
}

/** Their own CoreDNS, by another name. */
const resolver = workload('resolver', { meta: meta('resolver', 'kube-system'), podLabels: DNS_LABELS })

function clusterWith(dns: object, objects: Partial<Manifests> = web, spec: object = {}) {
  return compile(objects, { cluster: { nodes: nodes('a', 'b', 'c') }, dns, ...spec })
}

const podNames = ({ pods }: ReturnType<typeof compile>) => pods.map((pod) => `${pod.namespace}/${pod.name}`)

describe('the mode coredns', () => {
  it('adds two pods and the Service kube-dns at the tenth address', () => {
    const cluster = clusterWith({ mode: 'coredns' })
    expect(podNames(cluster)).toEqual(['kube-system/coredns-0', 'kube-system/coredns-1', 'default/web-0'])
    const found = dnsPortOf(cluster.services)
    expect(found?.service.clusterIp).toBe('10.96.0.10')
    expect(found?.port).toMatchObject({ name: 'dns', protocol: 'UDP', port: 53 })
    expect([...dnsPodsOf(cluster.services)]).toEqual([0, 1])
    const ipv6 = clusterWith({ mode: 'coredns' }, web, { cluster: { ipFamily: 'IPv6' } })
    expect(dnsPortOf(ipv6.services)?.service.clusterIp).toBe('fd00:10:96::a')
  })

  it('adds nothing where names take a given time', () => {
    const cluster = clusterWith({})
    expect(podNames(cluster)).toEqual(['default/web-0'])
    expect(cluster.services.map((each) => each.name)).toEqual(['web'])
  })

  it('puts its rules for UDP and TCP on every node', () => {
    const cluster = clusterWith({ mode: 'coredns' })
    for (const rules of cluster.nodeRules) {
      if (rules.kind !== 'iptables') throw new Error('another mode')
      const chains = rules.tables.flatMap((table) => table.chains.map((chain) => chain.name))
      expect(chains).toContain('KUBE-SVC-TCOU7JCQXEZGVUNU')
      expect(chains).toContain('KUBE-SVC-ERIFXISQEP7F7OF4')
    }
  })

  it('has as many pods as the scenario says', () => {
    expect(dnsPodsOf(clusterWith({ mode: 'coredns', replicas: 5 }).services).size).toBe(5)
    const replicas = { coredns: 3 }
    expect(dnsPodsOf(clusterWith({ mode: 'coredns' }, web, { replicas }).services).size).toBe(3)
  })

  it('places its pods before all others, so that those do not move them', () => {
    const places = (objects: Partial<Manifests>) =>
      clusterWith({ mode: 'coredns' }, objects)
        .pods.filter((pod) => pod.workload === 'coredns')
        .map((pod) => pod.nodeIndex)
    const crowd = { ...web, workloads: [workload('aaa', { replicas: 2 }), workload('web')] }
    expect(places(crowd)).toEqual(places(web))
  })

  it('uses the Service and the pods of the manifests', () => {
    const objects = { workloads: [...web.workloads, resolver], services: [...web.services, kubeDns()] }
    const cluster = clusterWith({ mode: 'coredns' }, objects)
    expect(podNames(cluster)).toEqual(['default/web-0', 'kube-system/resolver-0'])
    expect([...dnsPodsOf(cluster.services)]).toEqual([1])
  })

  it('puts a Service before pods of the manifests that have none', () => {
    const cluster = clusterWith({ mode: 'coredns' }, { ...web, workloads: [...web.workloads, resolver] })
    expect(podNames(cluster)).toEqual(['default/web-0', 'kube-system/resolver-0'])
    expect([...dnsPodsOf(cluster.services)]).toEqual([1])
  })

  it('keeps Services in the order of namespace and name', () => {
    const services = [
      service('web'),
      service('metrics', { meta: meta('metrics', 'kube-system') }),
      service('shop', { meta: meta('shop', 'shop') }),
    ]
    const names = clusterWith({ mode: 'coredns' }, { ...web, services }).services.map((each) => each.name)
    expect(names).toEqual(['web', 'kube-dns', 'metrics', 'shop'])
  })
})

describe('what the user is told of names', () => {
  const told = (objects: Partial<Manifests>, spec: object) =>
    findingsOf(objects, { cluster: { nodes: nodes('a') }, ...spec })
  const coredns = { dns: { mode: 'coredns' } }

  it('is nothing where all is well', () => {
    expect(told(web, coredns)).toEqual([])
  })

  it.each([
    ['without an address', { clusterIp: 'None' }],
    ['without UDP', { ports: [servicePort(53)] }],
    ['on another port', { ports: [servicePort(5_353, { protocol: 'UDP' })] }],
    ['elsewhere', { type: 'ExternalName', clusterIp: undefined, ports: [], externalName: 'dns.example.org' }],
  ] as const)('is that a Service kube-dns %s can not be asked', (_, changes) => {
    const objects = { workloads: [...web.workloads, resolver], services: [...web.services, kubeDns(changes)] }
    expect(told(objects, coredns)).toEqual([
      expect.stringMatching(/^error DNS_SERVICE spec\.dns\.mode: Service "kube-dns" .* has no cluster IP/),
    ])
  })

  it('is that pods of CoreDNS follow other settings', () => {
    expect(told(web, { ...coredns, pods: { coredns: { servers: 3 } } })).toEqual([
      'warning SETTING_WITHOUT_EFFECT spec.pods.coredns: "spec.pods.coredns" has no effect: its pods answer DNS queries [set spec.dns.server]',
    ])
  })

  it('is that nobody looks up a name in mode constant', () => {
    const clients = [clientsOf('web:80', { resolves: 'api.example.com' })]
    expect(told(web, { clients })).toEqual([
      'warning SETTING_WITHOUT_EFFECT spec.clients.0.resolves: "resolves: api.example.com" has no effect: every look-up takes spec.dns.lookupTime [set spec.dns.mode: coredns]',
    ])
    const pods = { web: { calls: [{ to: 'db:80', resolves: 'db.example.com.' }] } }
    const objects = {
      workloads: [workload('db'), ...web.workloads],
      services: [service('db'), ...web.services],
    }
    expect(told(objects, { pods })).toEqual([
      expect.stringContaining('spec.pods.web.calls.0.resolves: "resolves: db.example.com." has no effect'),
    ])
    expect(told(objects, { pods, clients, ...coredns })).toEqual([])
  })

  it.each(['rediss', 'web.shop.svc.cluster.local.', 'nothing.cluster.local'])(
    'is that nobody can have the name "%s"',
    (resolves) => {
      const pods = { web: { classes: { slow: { calls: [{ to: 'web:80', resolves }] } } } }
      const clients = [clientsOf('web:80', { class: 'slow' })]
      expect(told(web, { ...coredns, pods, clients })).toEqual([
        `error CALL_UNKNOWN_SERVICE spec.pods.web.classes.slow.calls.0.resolves: Nobody has the name "${resolves}" [write a name outside of the cluster, such as api.example.com, or that of a Service]`,
      ])
    },
  )

  it.each(['web', 'web.default.svc.cluster.local', 'api.example.com', 'localhost.example.'])(
    'is nothing of the name "%s"',
    (resolves) => {
      expect(told(web, { ...coredns, clients: [clientsOf('web:80', { resolves })] })).toEqual([])
    },
  )

  it('is that the address of kube-dns is taken', () => {
    const taken = { ...web, services: [service('web', { clusterIp: '10.96.0.10' })] }
    expect(told(taken, coredns)).toEqual([expect.stringContaining('error CLUSTER_IP_CLASH spec.dns')])
  })
})
