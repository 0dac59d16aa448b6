import { describe, expect, it } from 'vitest'
import type { Manifests, ServiceObject } from '../../src/input/kubernetes-objects.js'
import {
  endpoint,
  endpointSlice,
  findingsOf,
  labels,
  meta,
  pod,
  service,
  servicePort,
  withPorts,
  workload,
} from './objects.js'

/** What is said of a Service "shop" with a selector, beside a Service "web" that clients use. */
function saidOf(selector: Record<string, string>, objects: Partial<Manifests>): string[] {
  const shop = service('shop', { selector: labels(selector) })
  return findingsOf({ ...objects, services: [shop, service('web')] }).filter((each) =>
    each.includes('SVC_NO_POD'),
  )
}

const WEB = workload('web', { podLabels: labels({ app: 'web', tier: 'front' }) })
const NO_POD = 'warning SVC_NO_POD'
const SHOP = 'Service "shop" selects no pod'

describe('a Service that selects no pod', () => {
  it.each([
    {
      name: 'a misspelt value',
      selector: { app: 'wbe' },
      expected: `${NO_POD} spec.selector.app: ${SHOP} [no pod has the label app=wbe; did you mean "web" (Deployment web, shop.yaml:6)?]`,
    },
    {
      name: 'a value that nothing is near',
      selector: { app: 'checkout' },
      expected: `${NO_POD} spec.selector.app: ${SHOP} [no pod has the label app=checkout]`,
    },
    {
      name: 'a misspelt key',
      selector: { ap: 'web' },
      expected: `${NO_POD} spec.selector.ap: ${SHOP} [no pod has the label ap=web; did you mean the key "app" (Deployment web, shop.yaml:6)?]`,
    },
    {
      name: 'labels that no pod has together',
      selector: { app: 'web', tier: 'back' },
      workloads: [workload('db', { podLabels: labels({ app: 'db', tier: 'back' }) }), WEB],
      expected: `${NO_POD} spec.selector.app: ${SHOP} [no pod has all of these labels; the nearest, Deployment db, shop.yaml:3, lacks app=web]`,
    },
    {
      name: 'pods of another namespace',
      selector: { app: 'far' },
      workloads: [workload('far', { meta: meta('far', 'shop') }), WEB],
      expected: `${NO_POD} spec.selector: ${SHOP} [Deployment far, shop.yaml:3 has these labels in namespace "shop"; a Service selects pods of its own]`,
    },
    {
      name: 'a workload without replicas',
      selector: { app: 'idle' },
      workloads: [workload('idle', { replicas: 0 }), WEB],
      expected: `${NO_POD} spec.selector: ${SHOP} [Deployment idle, shop.yaml:3 has these labels, but no pods]`,
    },
  ])('$name', ({ selector, workloads = [WEB], expected }) => {
    expect(saidOf(selector, { workloads })).toEqual([expected])
  })

  it('names a Pod by its own labels', () => {
    expect(saidOf({ app: 'sinlge' }, { workloads: [WEB], pods: [pod('single')] })).toEqual([
      `${NO_POD} spec.selector.app: ${SHOP} [no pod has the label app=sinlge; did you mean "single" (Pod single, shop.yaml:4)?]`,
    ])
  })

  it('is told for each of thousands, without looking for what was meant each time', () => {
    const services = Array.from({ length: 2000 }, (_, index) => service(`a${1000 + index}`))
    const workloads = Array.from({ length: 2000 }, (_, index) => workload(`b${1000 + index}`))
    const said = findingsOf({ workloads: [...workloads, WEB], services: [...services, service('web')] })
    expect(said.filter((each) => each.includes('SVC_NO_POD'))).toHaveLength(2000)
  })
})

/** What is said of one Service "web", which selects pods with some ports. */
function saidOfPorts(
  port: Partial<ServiceObject['ports'][number]>,
  ...declared: [string, number][]
): string[] {
  const podSpec = withPorts(...declared)
  return findingsOf({
    workloads: [workload('web', { podSpec })],
    services: [service('web', { ports: [servicePort(80, port)] })],
  })
}

describe('a Service port', () => {
  it('that leads to a declared port, or to pods that declare none, is no matter', () => {
    expect(saidOfPorts({ targetPort: 8080 }, ['http', 8080])).toEqual([])
    expect(saidOfPorts({ targetPort: 'http' }, ['http', 8080])).toEqual([])
    expect(saidOfPorts({ targetPort: 3000 })).toEqual([])
  })

  it('that leads to a name that no pod has has no endpoints', () => {
    expect(saidOfPorts({ targetPort: 'htpp' }, ['http', 8080])).toEqual([
      'warning PORT_UNKNOWN spec.ports.0.targetPort: No pod of Service "web" has a TCP port named "htpp" ' +
        '[did you mean "http"?]',
    ])
    expect(saidOfPorts({ targetPort: 'http' })).toEqual([
      'warning PORT_UNKNOWN spec.ports.0.targetPort: No pod of Service "web" has a TCP port named "http" ' +
        '[there are no named ports]',
    ])
  })

  it('that leads past the declared ports is doubtful', () => {
    expect(saidOfPorts({ targetPort: 80 }, ['http', 8080], ['', 9090])).toEqual([
      'warning PORT_NOT_DECLARED spec.ports.0.targetPort: Service "web" leads to port 80/TCP, which no container ' +
        'declares [containers declare: 8080/TCP, 9090/TCP]',
    ])
  })
})

describe('other Services to think about', () => {
  const WEB_ONLY = { workloads: [workload('web')], services: [service('web')] }

  it('neither selector nor EndpointSlice', () => {
    const bare = service('bare', { selector: undefined })
    expect(findingsOf({ ...WEB_ONLY, services: [bare, ...WEB_ONLY.services] })).toEqual([
      'warning SVC_NO_ENDPOINT spec: Service "bare" has neither a selector nor an EndpointSlice ' +
        '[add spec.selector, or an EndpointSlice with the label kubernetes.io/service-name]',
      'warning SVC_UNUSED metadata.name: Service "bare" is used by no client and no call ' +
        '[it only adds rules; name it in spec.clients or spec.pods to send it traffic]',
    ])
  })

  it('topology-mode Auto', () => {
    const annotations = labels({ 'service.kubernetes.io/topology-mode': 'Auto' })
    const auto = service('web', { meta: meta('web', 'default', { annotations }) })
    expect(findingsOf({ ...WEB_ONLY, services: [auto] })).toEqual([
      'warning FIELD_IGNORED metadata.annotations: Service "web" asks for topology-mode Auto, which is not modelled: ' +
        'its endpoints get no hints [set spec.trafficDistribution: PreferSameZone instead]',
    ])
  })

  it('source ranges, which the firewall of a cloud would check too', () => {
    const ranged = service('web', { type: 'LoadBalancer', loadBalancerSourceRanges: ['203.0.113.0/24'] })
    expect(findingsOf({ ...WEB_ONLY, services: [ranged] })).toEqual([
      'warning FIELD_IGNORED spec.loadBalancerSourceRanges: Service "web" has loadBalancerSourceRanges, which nodes ' +
        'check and a load balancer here does not [the firewall of a cloud is not modelled: through node ports or ' +
        'straight to pods, every source gets in]',
    ])
  })

  it('unused ones, in one sentence where they are many', () => {
    const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
      service(name, { selector: labels({ app: 'web' }) }),
    )
    expect(findingsOf({ ...WEB_ONLY, services: [...six, ...WEB_ONLY.services] })).toEqual([
      'warning SVC_UNUSED -: 6 Services are used by no client and no call, such as a, b, c, d, e ' +
        '[they only add rules; name them in spec.clients or spec.pods to send them traffic]',
    ])
  })

  it('headless and ExternalName Services need no user', () => {
    const headless = service('headless', { clusterIp: 'None', selector: labels({ app: 'web' }) })
    const alias = service('alias', {
      type: 'ExternalName',
      selector: undefined,
      externalName: 'db.example.org',
    })
    expect(findingsOf({ ...WEB_ONLY, services: [alias, headless, ...WEB_ONLY.services] })).toEqual([])
  })
})

describe('EndpointSlices written by hand', () => {
  const objects = (slice: Parameters<typeof endpointSlice>[1], serviceName = 'web') => ({
    workloads: [workload('web')],
    services: [service('web')],
    endpointSlices: [endpointSlice(serviceName, slice)],
  })

  it('of no Service do nothing', () => {
    expect(findingsOf(objects({}, 'wbe'))).toEqual([
      'warning SVC_UNKNOWN metadata.labels.kubernetes.io/service-name: EndpointSlice "wbe-1" belongs to no Service: ' +
        '"wbe" does not exist [did you mean "web"?]',
    ])
  })

  it('of the controller are worked out anew', () => {
    const managed = labels({ 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' })
    const slice = {
      meta: meta('web-x7k2p', 'default', { labels: managed }),
      endpoints: [endpoint('10.1.1.1')],
    }
    expect(findingsOf(objects(slice))).toEqual([
      'warning SLICE_REPLACED metadata.name: EndpointSlice "web-x7k2p" was left out: Service "web" has a selector, so ' +
        'its endpoints are worked out [nothing to do; the EndpointSlice may be left out of the manifests]',
    ])
  })

  it('with an unknown node are local to none', () => {
    expect(findingsOf(objects({ endpoints: [endpoint('10.1.1.1', { nodeName: 'node-x' })] }))).toEqual([
      'warning NODE_UNKNOWN endpoints.0.nodeName: EndpointSlice "web-1" names the node "node-x", which does not ' +
        'exist: the endpoint is local to none [did you mean "node-a"?]',
    ])
  })
})
