/** Pods, Nodes, Namespaces and EndpointSlices that are written by hand. */
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../../src/input/limits.js'
import { manifestsOf, toldOf } from '../reading.js'

const IPV6 = { cluster: { nodePortRange: { first: 30_000, last: 32_767 }, ipFamily: 6 } } as const

function podText(status: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: back, labels: {app: a}}\nspec: {containers: [{name: main}]}\nstatus: ${status}\n`
}

describe('a Pod', () => {
  test('is ready and has no address where its status says nothing', () => {
    expect(manifestsOf(podText('{}')).pods).toMatchObject([
      { kind: 'Pod', meta: { name: 'a', namespace: 'back' }, podIp: undefined, isReady: true },
    ])
  })

  test.each([
    ['{podIP: 10.244.0.7, conditions: [{type: Ready, status: "True"}]}', '10.244.0.7', true],
    [
      '{conditions: [{type: Initialized, status: "False"}, {type: Ready, status: "False"}]}',
      undefined,
      false,
    ],
    ['{conditions: [{type: Ready, status: Unknown}]}', undefined, false],
    ['{podIP: "", phase: Running}', undefined, true],
  ])('with status %s', (status, podIp, isReady) => {
    expect(manifestsOf(podText(status)).pods).toMatchObject([{ podIp, isReady }])
  })

  test.each(['Succeeded', 'Failed'])('that has %s is left out', (phase) => {
    expect(manifestsOf(podText(`{phase: ${phase}}`)).pods).toEqual([])
    expect(toldOf(podText(`{phase: ${phase}}`))).toEqual([
      'POD_FINISHED 5:17 A Pod has run to its end [it takes no part]',
    ])
  })

  test('has an address of the cluster', () => {
    expect(toldOf(podText('{podIP: 10.244.0}'))).toEqual([
      'FIELD_VALUE 5:17 Pod "a": status.podIP is "10.244.0" [it must be an address]',
    ])
    expect(toldOf(podText('{podIP: "fd00::7"}'))).toEqual([
      'IP_FAMILY 5:17 Pod "a": status.podIP is fd00::7 [the cluster has IPv4 addresses; spec.cluster.ipFamily: IPv6 of the scenario changes that]',
    ])
    expect(manifestsOf(podText('{podIP: "fd00:0::7"}'), IPV6).pods[0].podIp).toBe('fd00::7')
  })
})

const nodeText = (fields: string) => `apiVersion: v1\nkind: Node\nmetadata: {name: node-1}\n${fields}`

describe('a Node', () => {
  test('gives its range, address, readiness and whether it is cordoned', () => {
    const text = nodeText(`spec: {podCIDR: 10.244.3.0/24, unschedulable: true}
status:
  addresses: [{type: Hostname, address: node-1}, {type: ExternalIP, address: 198.51.100.1}, {type: InternalIP, address: "fd00::1"}, {type: InternalIP, address: 192.168.0.3}]
  conditions: [{type: MemoryPressure, status: "False"}, {type: Ready, status: "True"}]
`)
    expect(manifestsOf(text).nodes).toMatchObject([
      {
        meta: { name: 'node-1' },
        podCidr: '10.244.3.0/24',
        internalIp: '192.168.0.3',
        isReady: true,
        isUnschedulable: true,
      },
    ])
  })

  test('is ready where nothing is said, and not where the kubelet is not heard of', () => {
    expect(manifestsOf(nodeText('')).nodes).toMatchObject([
      { podCidr: undefined, internalIp: undefined, isReady: true, isUnschedulable: false },
    ])
    const lost = nodeText('status: {conditions: [{type: Ready, status: Unknown}]}\n')
    expect(manifestsOf(lost).nodes[0].isReady).toBe(false)
  })

  test.each<[string, string]>([
    [
      'spec: {podCIDR: 10.244.0.0/33}\n',
      'ADDRESS_RANGE 4:17 Node "node-1": spec.podCIDR is "10.244.0.0/33" [it must be a range such as 10.244.0.0/24]',
    ],
    [
      'spec: {podCIDR: "fd00::/64"}\n',
      'IP_FAMILY 4:17 Node "node-1": spec.podCIDR is fd00::/64 [the cluster has IPv4 addresses; spec.cluster.ipFamily: IPv6 of the scenario changes that]',
    ],
    [
      'status: {addresses: [{type: InternalIP, address: here}]}\n',
      'FIELD_VALUE 4:50 Node "node-1": "here" is no address [it must be an address such as 192.168.0.2]',
    ],
  ])('with %j is refused', (fields, error) => {
    expect(toldOf(nodeText(fields))).toEqual([error])
  })

  test('too many are refused', () => {
    const text = [1, 2, 3].map((each) => nodeText('').replace('node-1', `node-${each}`)).join('---\n')
    expect(toldOf(text, { limits: { ...LIMITS, clusterNodes: 2 } })).toEqual([
      'LIMIT_EXCEEDED - The manifests ask for 3 Nodes, more than the 2 that are taken [take fewer nodes]',
    ])
  })
})

describe('a Namespace', () => {
  test('is read, once', () => {
    const text = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: back}\n'
    expect(manifestsOf(text).namespaces).toMatchObject([{ kind: 'Namespace', meta: { name: 'back' } }])
    expect(toldOf(`${text}---\n${text}`)).toEqual([
      'OBJECT_DUPLICATE 7:18 Namespace "back" is there twice [the first is at shop.yaml:1; rename or remove one]',
    ])
  })
})

function sliceText(fields: string): string {
  return `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: db-1, labels: {kubernetes.io/service-name: db}}\n${fields}\n`
}

describe('an EndpointSlice', () => {
  test('gives its endpoints, ready and serving where nothing is said', () => {
    const text = sliceText(`addressType: IPv4
ports: [{name: sql, port: 5432}, {protocol: UDP}]
endpoints:
  - addresses: [192.0.2.1]
  - addresses: [192.0.2.2]
    nodeName: node-1
    zone: a
    conditions: {ready: false, serving: false, terminating: true}
    hints: {forZones: [{name: a}, {name: b}], forNodes: [{name: node-1}]}`)
    expect(manifestsOf(text).endpointSlices).toMatchObject([
      {
        addressType: 'IPv4',
        serviceName: 'db',
        ports: [
          { name: 'sql', protocol: 'TCP', port: 5432 },
          { name: '', protocol: 'UDP', port: undefined },
        ],
        endpoints: [
          {
            addresses: ['192.0.2.1'],
            ready: true,
            serving: true,
            terminating: false,
            nodeName: undefined,
            zone: undefined,
            hintedZones: [],
            hintedNodes: [],
          },
          {
            addresses: ['192.0.2.2'],
            ready: false,
            serving: false,
            terminating: true,
            nodeName: 'node-1',
            zone: 'a',
            hintedZones: ['a', 'b'],
            hintedNodes: ['node-1'],
          },
        ],
      },
    ])
  })

  test.each<[string, string[]]>([
    [
      'endpoints: []',
      ['FIELD_MISSING 1:1 EndpointSlice "db-1": addressType is missing [it must be one of IPv4, IPv6, FQDN]'],
    ],
    [
      'addressType: IPv4\nendpoints: [{addresses: [db.example.com]}]',
      [
        'FIELD_VALUE 5:26 EndpointSlice "db-1": "db.example.com" is no IPv4 address [addressType says what it must be]',
      ],
    ],
    [
      'addressType: IPv4\nendpoints: [{}]',
      [
        'FIELD_MISSING 5:13 EndpointSlice "db-1": endpoints[0].addresses is empty [an endpoint has one address]',
      ],
    ],
    [
      'addressType: IPv4\nports: [{port: 0}]',
      ['FIELD_VALUE 5:16 EndpointSlice "db-1": ports[0].port is 0 [it must be a whole number, 1 to 65535]'],
    ],
  ])('with %j is refused', (fields, errors) => {
    expect(toldOf(sliceText(fields))).toEqual(errors)
  })

  test('of another family takes no part, which is told', () => {
    const text = sliceText('addressType: IPv6\nendpoints: [{addresses: ["fd00::1"]}]')
    expect(toldOf(text)).toEqual([
      'IP_FAMILY 4:14 An EndpointSlice of IPv6 takes no part [the cluster has IPv4 addresses]',
    ])
    expect(toldOf(text, IPV6)).toEqual([])
    expect(toldOf(sliceText('addressType: FQDN\nendpoints: [{addresses: [a.b]}]'))).toEqual([
      'IP_FAMILY 4:14 An EndpointSlice of FQDN takes no part [the cluster has IPv4 addresses]',
    ])
  })
})

function serviceText(spec: string, more = ''): string {
  return `apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}], ${spec}}\n${more}`
}

describe('addresses of the other family in a Service', () => {
  test('are refused where they would be used', () => {
    const changed = 'the cluster has IPv4 addresses; spec.cluster.ipFamily: IPv6 of the scenario changes that'
    expect(toldOf(serviceText('clusterIP: "fd00::1"'))).toEqual([
      `IP_FAMILY 4:40 Service "web": clusterIP is fd00::1 [${changed}]`,
    ])
    expect(toldOf(serviceText('externalIPs: ["2001:db8::1"]'))).toEqual([
      `IP_FAMILY 4:43 Service "web": externalIPs has 2001:db8::1 [${changed}]`,
    ])
    expect(toldOf(serviceText('clusterIP: 10.96.0.1'), IPV6)).toEqual([
      'IP_FAMILY 4:40 Service "web": clusterIP is 10.96.0.1 [the cluster has IPv6 addresses; spec.cluster.ipFamily: IPv4 of the scenario changes that]',
    ])
  })

  test('are taken in clusters of IPv6', () => {
    const [service] = manifestsOf(
      serviceText('clusterIP: "fd00:0::1", externalIPs: ["2001:db8::1"]'),
      IPV6,
    ).services
    expect(service).toMatchObject({ clusterIp: 'fd00::1', externalIps: ['2001:db8::1'] })
    expect(toldOf(serviceText('externalIPs: ["::1"]'), IPV6)).toEqual([
      'SVC_EXTERNAL_IP 4:43 Service "web": externalIPs has "::1" [it must be an IPv6 address, and not unspecified, loopback or link-local]',
    ])
  })

  test('of a dual-stack cluster are left out, which is told', () => {
    const text = serviceText(
      'clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7, "fd00::7"], ipFamilies: [IPv4, IPv6], ipFamilyPolicy: PreferDualStack, type: LoadBalancer',
      'status: {loadBalancer: {ingress: [{ip: "2001:db8::9"}, {ip: 203.0.113.9}]}}\n',
    )
    expect(toldOf(text)).toEqual([
      'IP_FAMILY 4:63 Service field spec.clusterIPs has addresses of both families [addresses of IPv4 alone are modelled]',
      'IP_FAMILY 4:99 Service field spec.ipFamilies asks for IPv6 [addresses of IPv4 alone are modelled]',
      'IP_FAMILY 4:129 Service field spec.ipFamilyPolicy is PreferDualStack [addresses of IPv4 alone are modelled]',
      'IP_FAMILY 5:40 A Service has a load balancer of IPv6 [addresses of IPv4 alone are modelled]',
    ])
    expect(manifestsOf(text).services[0].clusterIp).toBe('10.96.0.7')
    expect(manifestsOf(text, IPV6).services[0]).toMatchObject({
      clusterIp: 'fd00::7',
      loadBalancerIngress: [{ ip: '2001:db8::9' }, { ip: undefined }],
    })
  })

  test('are named as Kubernetes does', () => {
    expect(toldOf(serviceText('ipFamilies: [ipv6], ipFamilyPolicy: DualStack'))).toEqual([
      'FIELD_VALUE 4:42 Service "web": ipFamilies has "ipv6" [it must be "IPv4" or "IPv6"]',
      'FIELD_VALUE 4:65 Service "web": spec.ipFamilyPolicy is "DualStack" [it must be "SingleStack", "PreferDualStack" or "RequireDualStack"]',
    ])
  })
})
