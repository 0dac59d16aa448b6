/** Services: Kubernetes' defaults and its validation (pkg/apis/core/validation, ValidateService). */
import { describe, expect, test } from 'vitest'
import type { ServiceObject } from '../../../src/input/kubernetes-objects.js'
import { manifestsOf, toldOf } from '../reading.js'

/** A Service whose spec is the flow map `{selector: {app: web}, ports: [{port: 80}], …}`. */
function serviceText(spec: string, metadata = '{name: web}'): string {
  return `apiVersion: v1\nkind: Service\nmetadata: ${metadata}\nspec:\n  ${spec}\n`
}

function serviceOf(spec: string): ServiceObject {
  const [service] = manifestsOf(serviceText(spec)).services
  return service
}

/** What is wrong, without the name of the Service and the place. */
function wrongs(spec: string): string[] {
  return toldOf(serviceText(spec)).map((each) => each.replace(/ \d+:\d+ (?:Service "web": )?/, ' '))
}

const PORT = '{ports: [{port: 80}]'

describe("Kubernetes' defaults", () => {
  test('of a Service with one port', () => {
    const { origin, ...service } = serviceOf('{selector: {app: web}, ports: [{port: 80}]}')
    expect(origin.file).toBe('shop.yaml')
    expect(service).toEqual({
      kind: 'Service',
      meta: { name: 'web', namespace: 'default', labels: new Map(), annotations: new Map() },
      type: 'ClusterIP',
      clusterIp: undefined,
      selector: new Map([['app', 'web']]),
      ports: [{ name: '', protocol: 'TCP', port: 80, targetPort: 80, nodePort: undefined }],
      sessionAffinity: 'None',
      sessionAffinityTimeoutSeconds: 10_800,
      internalTrafficPolicy: 'Cluster',
      externalTrafficPolicy: 'Cluster',
      externalIps: [],
      loadBalancerSourceRanges: [],
      loadBalancerIngress: [],
      allocateLoadBalancerNodePorts: true,
      healthCheckNodePort: undefined,
      publishNotReadyAddresses: false,
      trafficDistribution: undefined,
      externalName: undefined,
    })
  })

  test('of session affinity: three hours', () => {
    expect(serviceOf(`${PORT}, sessionAffinity: ClientIP}`).sessionAffinityTimeoutSeconds).toBe(10_800)
  })

  test('empty texts, nulls and 0 count as not written', () => {
    const text = `${PORT}, type: "", clusterIP: "", sessionAffinity: null, externalTrafficPolicy: "", selector: {}, healthCheckNodePort: 0}`
    expect(serviceOf(text)).toMatchObject({
      type: 'ClusterIP',
      clusterIp: undefined,
      sessionAffinity: 'None',
      selector: undefined,
    })
    expect(serviceOf('{type: NodePort, ports: [{port: 80, nodePort: 0}]}').ports[0].nodePort).toBe(undefined)
  })
})

describe('what is written is read', () => {
  test('of a load balancer', () => {
    const text = `{type: LoadBalancer, clusterIP: 010.96.0.10, externalTrafficPolicy: Local, internalTrafficPolicy: Local,
    sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}, healthCheckNodePort: 30100,
    loadBalancerSourceRanges: [" 10.0.0.1/8 ", 203.0.113.0/24], externalIPs: [198.51.100.7],
    allocateLoadBalancerNodePorts: false, publishNotReadyAddresses: true, trafficDistribution: PreferSameNode,
    ports: [{name: http, port: 80, targetPort: web, nodePort: 30080}, {name: dns, port: 53, protocol: UDP, targetPort: 5353}]}
status: {loadBalancer: {ingress: [{ip: 203.0.113.9}, {ip: 203.0.113.10, ipMode: Proxy}, {hostname: lb.example.com}]}}`
    expect(serviceOf(text)).toMatchObject({
      type: 'LoadBalancer',
      clusterIp: '10.96.0.10',
      selector: undefined,
      ports: [
        { name: 'http', protocol: 'TCP', port: 80, targetPort: 'web', nodePort: 30080 },
        { name: 'dns', protocol: 'UDP', port: 53, targetPort: 5353, nodePort: undefined },
      ],
      sessionAffinity: 'ClientIP',
      sessionAffinityTimeoutSeconds: 60,
      internalTrafficPolicy: 'Local',
      externalTrafficPolicy: 'Local',
      externalIps: ['198.51.100.7'],
      loadBalancerSourceRanges: ['10.0.0.0/8', '203.0.113.0/24'],
      loadBalancerIngress: [
        { ip: '203.0.113.9', hostname: undefined, ipMode: 'VIP' },
        { ip: '203.0.113.10', hostname: undefined, ipMode: 'Proxy' },
        { ip: undefined, hostname: 'lb.example.com', ipMode: 'VIP' },
      ],
      allocateLoadBalancerNodePorts: false,
      healthCheckNodePort: 30100,
      publishNotReadyAddresses: true,
      trafficDistribution: 'PreferSameNode',
    })
  })

  test('of a headless Service and of an ExternalName, which may have no ports', () => {
    expect(serviceOf('{clusterIP: None}')).toMatchObject({ clusterIp: 'None', ports: [] })
    expect(serviceOf('{type: ExternalName, externalName: db.example.com.}')).toMatchObject({
      externalName: 'db.example.com.',
      ports: [],
    })
  })

  test('of clusterIPs, where clusterIP is not written', () => {
    expect(serviceOf(`${PORT}, clusterIPs: [10.96.0.7]}`).clusterIp).toBe('10.96.0.7')
  })
})

describe('the type of a Service', () => {
  test('is one of four, and nothing is concluded from a misspelt one', () => {
    expect(
      wrongs(
        '{type: Nodeport, externalTrafficPolicy: Local, loadBalancerSourceRanges: [10.0.0.0/8], allocateLoadBalancerNodePorts: true, ports: [{port: 80, nodePort: 30080}]}',
      ),
    ).toEqual([
      'FIELD_VALUE spec.type is "Nodeport" [it must be "ClusterIP", "NodePort", "LoadBalancer" or "ExternalName"; did you mean "NodePort"?]',
    ])
  })
})

describe('a Service is refused', () => {
  test.each<[string, string, string[]]>([
    [
      'without spec',
      '',
      [
        'FIELD_MISSING spec is missing',
        'SVC_PORTS_MISSING spec.ports is empty [a Service needs at least one port]',
      ],
    ],
    ['without ports', '{}', ['SVC_PORTS_MISSING spec.ports is empty [a Service needs at least one port]']],
    [
      'with a port 0',
      '{ports: [{port: 0}]}',
      ['FIELD_VALUE spec.ports[0].port is 0 [it must be a whole number, 1 to 65535]'],
    ],
    [
      'with a port of 65536',
      '{ports: [{port: 65536}]}',
      ['FIELD_VALUE spec.ports[0].port is 65536 [it must be a whole number, 1 to 65535]'],
    ],
    [
      'with a port and a half',
      '{ports: [{port: 80.5}]}',
      ['FIELD_VALUE spec.ports[0].port is 80.5 [it must be a whole number, 1 to 65535]'],
    ],
    [
      'with a port in quotes',
      '{ports: [{port: "80"}]}',
      ['FIELD_TYPE spec.ports[0].port is a text [it must be a number: remove the quotes]'],
    ],
    [
      'with a port that is a map',
      '{ports: {port: 80}}',
      ['FIELD_TYPE spec.ports is a map [it must be a list]'],
    ],
    ['with an empty port', '{ports: [{}]}', ['FIELD_MISSING spec.ports[0].port is missing']],
    [
      'with a protocol in lower case',
      '{ports: [{port: 80, protocol: tcp}]}',
      [
        'FIELD_VALUE spec.ports[0].protocol is "tcp" [it must be "TCP", "UDP" or "SCTP"; did you mean "TCP"?]',
      ],
    ],
    [
      'with a target port out of range',
      '{ports: [{port: 80, targetPort: 70000}]}',
      ['FIELD_VALUE spec.ports[0].targetPort is 70000 [it must be a whole number, 1 to 65535]'],
    ],
    [
      'with a target port in quotes',
      '{ports: [{port: 80, targetPort: "8080"}]}',
      [
        'SVC_PORT_NAME targetPort "8080" is no name of a container port [remove the quotes: in quotes it is a name]',
      ],
    ],
    [
      'with a target port whose name is too long',
      '{ports: [{port: 80, targetPort: sixteen-letters-}]}',
      [
        'SVC_PORT_NAME targetPort "sixteen-letters-" is no name of a container port [it must be at most 15 lower-case letters, digits and "-", with a letter]',
      ],
    ],
    [
      'with two ports of which one has no name',
      '{ports: [{port: 80, name: a}, {port: 81}]}',
      ['SVC_PORT_NAME a port has no name [a Service with several ports needs a name for each]'],
    ],
    [
      'with two ports of one name',
      '{ports: [{port: 80, name: a}, {port: 81, name: a}]}',
      ['SVC_PORT_NAME two ports are named "a" [give each a name of its own]'],
    ],
    [
      'with a port name in upper case',
      '{ports: [{port: 80, name: HTTP}]}',
      [
        'SVC_PORT_NAME "HTTP" is no name of a port [it must be at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit]',
      ],
    ],
    [
      'with the same port twice',
      '{ports: [{port: 80, name: a}, {port: 80, name: b}]}',
      ['SVC_PORT_DUPLICATE port 80/TCP is there twice [leave one of them out]'],
    ],
    [
      'with the same node port twice',
      '{type: NodePort, ports: [{port: 80, name: a, nodePort: 30080}, {port: 81, name: b, nodePort: 30080}]}',
      ['NODE_PORT_CLASH nodePort 30080/TCP is there twice [change one of them]'],
    ],
    [
      'with a node port, of type ClusterIP',
      '{ports: [{port: 80, nodePort: 30080}]}',
      [
        'NODE_PORT_FORBIDDEN a Service of type ClusterIP has no node port [set type: NodePort, or leave nodePort out]',
      ],
    ],
    [
      'with a node port out of range',
      '{type: NodePort, ports: [{port: 80, nodePort: 8080}]}',
      ['NODE_PORT_RANGE nodePort 8080 is out of range [the cluster gives out 30000 to 32767]'],
    ],
    [
      'with an affinity that does not exist',
      `${PORT}, sessionAffinity: clientIP}`,
      [
        'FIELD_VALUE spec.sessionAffinity is "clientIP" [it must be "None" or "ClientIP"; did you mean "ClientIP"?]',
      ],
    ],
    [
      'with an affinity of 0 seconds',
      `${PORT}, sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}}}`,
      ['SVC_AFFINITY_TIMEOUT timeoutSeconds is 0 [it must be 1 to 86400 seconds (one day)]'],
    ],
    [
      'with an affinity of more than a day',
      `${PORT}, sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}}`,
      ['SVC_AFFINITY_TIMEOUT timeoutSeconds is 86401 [it must be 1 to 86400 seconds (one day)]'],
    ],
    [
      'with the configuration of no affinity',
      `${PORT}, sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}}`,
      [
        'SVC_AFFINITY_CONFIG sessionAffinityConfig without sessionAffinity: ClientIP [set sessionAffinity: ClientIP, or leave the configuration out]',
      ],
    ],
    [
      'headless, of type NodePort',
      '{type: NodePort, clusterIP: None, ports: [{port: 80}]}',
      ['SVC_CLUSTER_IP clusterIP None with type NodePort [a headless Service is of type ClusterIP]'],
    ],
    [
      'with a cluster IP that is no address',
      `${PORT}, clusterIP: 10.96.0.300}`,
      ['SVC_CLUSTER_IP clusterIP is "10.96.0.300" [it must be an IPv4 address, or None]'],
    ],
    [
      'with two different cluster IPs',
      `${PORT}, clusterIP: 10.96.0.1, clusterIPs: [10.96.0.2]}`,
      ['SVC_CLUSTER_IP clusterIPs[0] is not clusterIP [leave clusterIPs out]'],
    ],
    [
      'with a cluster IP, of type ExternalName',
      '{type: ExternalName, externalName: a.b, clusterIP: 10.96.0.1}',
      ['SVC_CLUSTER_IP a Service of type ExternalName has no clusterIP [leave it out]'],
    ],
    [
      'of type ExternalName without a name',
      '{type: ExternalName}',
      [
        'SVC_EXTERNAL_NAME spec.externalName is missing [it must be the DNS name that the Service stands for]',
      ],
    ],
    [
      'of type ExternalName with a URL',
      '{type: ExternalName, externalName: "https://a.b/"}',
      [
        'SVC_EXTERNAL_NAME externalName is "https://a.b/" [it must be the DNS name that the Service stands for]',
      ],
    ],
    [
      'with an external traffic policy, of type ClusterIP',
      `${PORT}, externalTrafficPolicy: Local}`,
      [
        'SVC_TRAFFIC_POLICY externalTrafficPolicy with type ClusterIP [it is for NodePort, LoadBalancer and external IPs]',
      ],
    ],
    [
      'with a policy that does not exist',
      `${PORT}, type: NodePort, externalTrafficPolicy: Locl}`,
      [
        'FIELD_VALUE spec.externalTrafficPolicy is "Locl" [it must be "Cluster" or "Local"; did you mean "Local"?]',
      ],
    ],
    [
      'with a health check port and policy Cluster',
      '{type: LoadBalancer, healthCheckNodePort: 30100, ports: [{port: 80}]}',
      [
        'SVC_HEALTH_CHECK_PORT healthCheckNodePort is not used [it is for type LoadBalancer with externalTrafficPolicy: Local]',
      ],
    ],
    [
      'with a health check port out of range',
      '{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 8080, ports: [{port: 80}]}',
      ['NODE_PORT_RANGE healthCheckNodePort 8080 is out of range [the cluster gives out 30000 to 32767]'],
    ],
    [
      'with source ranges, of type NodePort',
      '{type: NodePort, loadBalancerSourceRanges: [10.0.0.0/8], ports: [{port: 80}]}',
      ['SVC_SOURCE_RANGE loadBalancerSourceRanges with type NodePort [it is for type LoadBalancer alone]'],
    ],
    [
      'with a source range that is an address',
      '{type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.1], ports: [{port: 80}]}',
      [
        'SVC_SOURCE_RANGE loadBalancerSourceRanges has "10.0.0.1" [it must be a range such as 203.0.113.0/24]',
      ],
    ],
    [
      'with the allocation of node ports, of type ClusterIP',
      `${PORT}, allocateLoadBalancerNodePorts: true}`,
      [
        'FIELD_FORBIDDEN allocateLoadBalancerNodePorts with type ClusterIP [it is for type LoadBalancer alone]',
      ],
    ],
    [
      'with a loopback external IP',
      `${PORT}, externalIPs: [127.0.0.1]}`,
      [
        'SVC_EXTERNAL_IP externalIPs has "127.0.0.1" [it must be an IPv4 address, and not unspecified, loopback or link-local]',
      ],
    ],
    [
      'with a link-local external IP',
      `${PORT}, externalIPs: [169.254.1.1]}`,
      [
        'SVC_EXTERNAL_IP externalIPs has "169.254.1.1" [it must be an IPv4 address, and not unspecified, loopback or link-local]',
      ],
    ],
    [
      'with a traffic distribution that does not exist',
      `${PORT}, trafficDistribution: PreferLocal}`,
      [
        'FIELD_VALUE spec.trafficDistribution is "PreferLocal" [it must be "PreferClose", "PreferSameZone" or "PreferSameNode"]',
      ],
    ],
    [
      'with a selector that is no label',
      `${PORT}, selector: {app: "a b"}}`,
      [
        'FIELD_VALUE spec.selector.app is "a b" [it must be at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit]',
      ],
    ],
    [
      'with a selector as a workload has it',
      `${PORT}, selector: {matchLabels: {app: web}}}`,
      [
        'FIELD_TYPE spec.selector has matchLabels [a Service takes labels alone, such as selector: {app: web}]',
      ],
    ],
    [
      'with an affinity that is true',
      `${PORT}, sessionAffinity: true}`,
      ['FIELD_TYPE spec.sessionAffinity is true or false [it must be "None" or "ClientIP"]'],
    ],
    [
      'with a selector that is a number',
      `${PORT}, selector: {app: 5}}`,
      ['FIELD_TYPE spec.selector.app is a number [it must be a text: put it in quotes]'],
    ],
  ])('%s', (_, spec, errors) => {
    expect(wrongs(spec)).toEqual(errors)
  })

  test('with a name that begins with a digit', () => {
    expect(toldOf(serviceText(`${PORT}}`, '{name: 1web}'))).toEqual([
      'FIELD_VALUE 3:18 Service "1web": "1web" is no name of a Service [it must be at most 63 lower-case letters, digits and "-", beginning with a letter]',
    ])
  })
})

describe('a Service is accepted', () => {
  test.each([
    [
      'with ports of one number and two protocols',
      '{ports: [{port: 53, name: a}, {port: 53, name: b, protocol: UDP}]}',
    ],
    [
      'with a node port for two protocols',
      '{type: NodePort, ports: [{port: 53, name: a, nodePort: 30053}, {port: 53, name: b, protocol: UDP, nodePort: 30053}]}',
    ],
    [
      'with an external IP and a policy',
      `${PORT}, externalIPs: [198.51.100.1], externalTrafficPolicy: Local}`,
    ],
    ['with multicast as external IP', `${PORT}, externalIPs: [239.1.2.3]}`],
    [
      'with a day of affinity',
      `${PORT}, sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86400}}}`,
    ],
    [
      'with node ports of its own beside a load balancer that allocates none',
      '{type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{port: 80, nodePort: 30080}]}',
    ],
    [
      'with another target port though it is headless',
      '{clusterIP: None, ports: [{port: 80, targetPort: 8080}]}',
    ],
  ])('%s', (_, spec) => {
    expect(wrongs(spec)).toEqual([])
  })
})

describe('node ports of several Services', () => {
  const two = (first: string, second: string) =>
    `${serviceText(`{type: NodePort, ports: [${first}]}`)}---\n${serviceText(`{type: NodePort, ports: [{port: 1, name: x}, ${second}]}`, '{name: api, namespace: back}')}`

  test("are the cluster's: each belongs to one Service, whatever the protocol", () => {
    expect(
      toldOf(two('{port: 53, nodePort: 30053}', '{port: 53, name: z, protocol: UDP, nodePort: 30053}')),
    ).toEqual([
      'NODE_PORT_CLASH 11:93 Service "back/api": node port 30053 is taken by Service "web" [change or remove one of them; the other is at shop.yaml:5]',
    ])
  })

  test('may not be those of health checks either', () => {
    const text = `${serviceText('{type: NodePort, ports: [{port: 80, nodePort: 30100}]}')}---\n${serviceText('{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30100, ports: [{port: 80}]}', '{name: api}')}`
    expect(toldOf(text)).toEqual([
      'NODE_PORT_CLASH 11:75 Service "api": node port 30100 is taken by Service "web" [change or remove one of them; the other is at shop.yaml:5]',
    ])
  })

  test('lie in the range of the cluster', () => {
    const cluster = { nodePortRange: { first: 8000, last: 9000 }, ipFamily: 4 } as const
    const text = serviceText('{type: NodePort, ports: [{port: 80, nodePort: 30080}]}')
    expect(toldOf(text.replace('30080', '8080'), { cluster })).toEqual([])
    expect(toldOf(text, { cluster })).toEqual([
      'NODE_PORT_RANGE 5:49 Service "web": nodePort 30080 is out of range [the cluster gives out 8000 to 9000]',
    ])
  })
})
