/** The addresses of a Service that are written in its manifest. Source: pkg/apis/core/validation, ValidateService. */
import { parseIpAddress } from '../../base/ip-address.js'
import type { LoadBalancerIngress } from '../kubernetes-objects.js'
import { familyHint, isOfFamily } from './families.js'
import { INGRESS, LOAD_BALANCER_STATUS, SERVICE_STATUS } from './field-tables.js'
import type { Fields } from './fields.js'
import type { ServiceType } from './service-ports.js'

const FAMILIES = ['IPv4', 'IPv6'] as const
const FAMILY_POLICIES = ['SingleStack', 'PreferDualStack', 'RequireDualStack'] as const
const IP_MODES = ['VIP', 'Proxy'] as const
/** Unspecified, loopback, link-local, link-local multicast. Source: ValidateNonSpecialIP. */
const SPECIAL_ADDRESS = /^(?:0\.0\.0\.0$|127\.|169\.254\.|224\.0\.0\.|::1?$|fe[89ab].:|ff.2:)/

/** `clusterIP`, else the first of `clusterIPs`; undefined if there is none. */
export function readClusterIp(spec: Fields, type: ServiceType): string | undefined {
  const listed = spec.texts('clusterIPs').map(({ text }) => text)
  const clusterIp = spec.text('clusterIP') ?? listed[0]
  if (clusterIp === undefined || clusterIp === '') return undefined
  if (listed.length > 0 && listed[0] !== clusterIp) {
    spec.error('SVC_CLUSTER_IP', 'clusterIPs[0] is not clusterIP', 'clusterIPs', 'leave clusterIPs out')
  }
  if (type === 'ExternalName') {
    const message = 'a Service of type ExternalName has no clusterIP'
    spec.error('SVC_CLUSTER_IP', message, 'clusterIP', 'leave it out')
    return undefined
  }
  if (clusterIp !== 'None') return addressOf(spec, ownAddress(spec, listed) ?? clusterIp)
  if (type === 'ClusterIP' || type === undefined) return clusterIp
  const hint = 'a headless Service is of type ClusterIP'
  spec.error('SVC_CLUSTER_IP', `clusterIP None with type ${type}`, 'clusterIP', hint)
  return undefined
}

/** A Service of a dual-stack cluster has an address of each family: the one of this cluster's family. */
function ownAddress(spec: Fields, listed: readonly string[]): string | undefined {
  if (listed.length < 2) return undefined
  tellFamily(spec, 'clusterIPs', 'has addresses of both families')
  return listed.find((text) => isOfFamily(spec.reading, text))
}

function addressOf(spec: Fields, text: string): string | undefined {
  const address = parseIpAddress(text)
  const { ipFamily } = spec.reading.cluster
  if (address?.family === ipFamily) return address.text
  const hint = `it must be an IPv${ipFamily} address, or None`
  if (address === undefined) spec.error('SVC_CLUSTER_IP', `clusterIP is "${text}"`, 'clusterIP', hint)
  else spec.error('IP_FAMILY', `clusterIP is ${text}`, 'clusterIP', familyHint(spec.reading))
  return undefined
}

/** Warns of a Service that asks for the other family, or for both. */
export function checkFamilies(spec: Fields): void {
  const own = `IPv${spec.reading.cluster.ipFamily}`
  for (const { text, node } of spec.texts('ipFamilies')) {
    if (!FAMILIES.some((family) => family === text)) {
      spec.errorAt('FIELD_VALUE', `ipFamilies has "${text}"`, node, 'it must be "IPv4" or "IPv6"')
    } else if (text !== own) tellFamily(spec, 'ipFamilies', `asks for ${text}`)
  }
  const policy = spec.oneOf('ipFamilyPolicy', FAMILY_POLICIES)
  if (policy !== undefined && policy !== 'SingleStack') tellFamily(spec, 'ipFamilyPolicy', `is ${policy}`)
}

function tellFamily(spec: Fields, field: string, what: string): void {
  const hint = `addresses of IPv${spec.reading.cluster.ipFamily} alone are modelled`
  spec.reading.tally('IP_FAMILY', `Service field spec.${field} ${what}`, spec.at(field), hint)
}

/** `externalIPs`: addresses at which nodes take packets for the Service. */
export function readExternalIps(spec: Fields): readonly string[] {
  const { ipFamily } = spec.reading.cluster
  return spec.texts('externalIPs').flatMap(({ text, node }) => {
    const address = parseIpAddress(text)
    if (address !== undefined && address.family !== ipFamily) {
      spec.errorAt('IP_FAMILY', `externalIPs has ${text}`, node, familyHint(spec.reading))
      return []
    }
    if (address !== undefined && !SPECIAL_ADDRESS.test(address.text)) return [address.text]
    const hint = `it must be an IPv${ipFamily} address, and not unspecified, loopback or link-local`
    spec.errorAt('SVC_EXTERNAL_IP', `externalIPs has "${text}"`, node, hint)
    return []
  })
}

/** `status.loadBalancer.ingress`: what the cloud has given. */
export function readIngress(object: Fields): readonly LoadBalancerIngress[] {
  const balancer = object.fields('status', SERVICE_STATUS).fields('loadBalancer', LOAD_BALANCER_STATUS)
  return balancer.fieldsOfItems('ingress', INGRESS).map((entry) => ({
    ip: readIngressIp(entry),
    hostname: entry.text('hostname'),
    ipMode: entry.oneOf('ipMode', IP_MODES) ?? 'VIP',
  }))
}

/** Load balancers of dual-stack clusters have an address of each family. */
function readIngressIp(entry: Fields): string | undefined {
  const ip = entry.text('ip')
  if (ip === undefined || ip === '') return undefined
  const address = parseIpAddress(ip)
  const { ipFamily } = entry.reading.cluster
  if (address?.family === ipFamily) return address.text
  if (address === undefined)
    entry.error('FIELD_VALUE', `${entry.pathOf('ip')} is "${ip}"`, 'ip', 'it must be an address')
  else {
    const what = `A Service has a load balancer of IPv${address.family}`
    entry.reading.tally('IP_FAMILY', what, entry.at('ip'), `addresses of IPv${ipFamily} alone are modelled`)
  }
  return undefined
}
