/** Services that the API server refuses (pkg/apis/core/validation, ValidateService): one row for every rule. */
import { describe, expect, test } from 'vitest'
import { toldOf } from '../reading.js'

/** A Service whose spec is the flow map `{selector: {app: web}, ports: [{port: 80}], …}`. */
function serviceText(spec: string, metadata = '{name: web}'): string {
  return `apiVersion: v1\nkind: Service\nmetadata: ${metadata}\nspec:\n  ${spec}\n`
}

/** What is wrong, without the name of the Service and the place. */
function wrongs(spec: string): string[] {
  return toldOf(serviceText(spec)).map((each) => each.replace(/ \d+:\d+ (?:Service "web": )?/, ' '))
}

const PORT = '{ports: [{port: 80}]'

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
