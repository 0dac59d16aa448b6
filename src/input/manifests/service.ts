/** A Service, with Kubernetes' defaults and its validation. Source: pkg/apis/core/validation, ValidateService, about v1.32. */
import type { Origin } from '../../base/diagnostics.js'
import { parseCidr } from '../../base/ip-address.js'
import type { ServiceObject } from '../kubernetes-objects.js'
import { childOf, deepestOf } from '../tree.js'
import { shortened } from '../words.js'
import { CLIENT_IP_CONFIG, SERVICE_SPEC, SESSION_AFFINITY_CONFIG } from './field-tables.js'
import type { Fields } from './fields.js'
import { checkLabels, readMeta } from './meta.js'
import { isDnsSubdomain, isServiceName } from './names.js'
import { checkFamilies, readClusterIp, readExternalIps, readIngress } from './service-addresses.js'
import { readServicePorts, type ServiceType } from './service-ports.js'

const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const
const AFFINITIES = ['None', 'ClientIP'] as const
const POLICIES = ['Cluster', 'Local'] as const
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'] as const
const MAX_AFFINITY_SECONDS = 86_400
const DEFAULT_AFFINITY_SECONDS = 10_800

/** @param object - opened with the table OBJECT_WITH_STATUS */
export function readService(object: Fields, origin: Origin): ServiceObject {
  const meta = readMeta(object)
  if (meta.name !== '' && !isServiceName(meta.name)) {
    const hint = 'it must be at most 63 lower-case letters, digits and "-", beginning with a letter'
    const at = deepestOf(object.node, ['metadata', 'name'])
    object.errorAt('FIELD_VALUE', `"${meta.name}" is no name of a Service`, at, hint)
  }
  const spec = object.fields('spec', SERVICE_SPEC)
  if (object.value('spec') === undefined) object.missing('spec')
  const type = spec.choice('type', TYPES, 'ClusterIP')
  const clusterIp = readClusterIp(spec, type)
  checkFamilies(spec)
  return {
    kind: 'Service',
    meta,
    type: type ?? 'ClusterIP',
    clusterIp,
    selector: readServiceSelector(spec),
    ports: readServicePorts(spec, type, clusterIp === 'None'),
    ...readAffinity(spec),
    internalTrafficPolicy: spec.oneOf('internalTrafficPolicy', POLICIES) ?? 'Cluster',
    externalTrafficPolicy: readExternalPolicy(spec, type),
    externalIps: readExternalIps(spec),
    loadBalancerSourceRanges: readSourceRanges(spec, type),
    loadBalancerIngress: readIngress(object),
    allocateLoadBalancerNodePorts: readAllocation(spec, type),
    healthCheckNodePort: readHealthCheckPort(spec, type),
    publishNotReadyAddresses: spec.boolean('publishNotReadyAddresses') ?? false,
    trafficDistribution: spec.oneOf('trafficDistribution', DISTRIBUTIONS),
    externalName: readExternalName(spec, type),
    origin,
  }
}

/** An empty selector is as none: the endpoints are written by hand. */
function readServiceSelector(spec: Fields): ReadonlyMap<string, string> | undefined {
  const nested = childOf(spec.at('selector'), 'matchLabels')
  if (nested?.kind === 'map') {
    const hint = 'a Service takes labels alone, such as selector: {app: web}'
    spec.errorAt('FIELD_TYPE', 'spec.selector has matchLabels', nested, hint)
    return undefined
  }
  const selector = spec.textMap('selector')
  checkLabels(spec, 'selector', selector)
  return selector.size === 0 ? undefined : selector
}

function readAffinity(
  spec: Fields,
): Pick<ServiceObject, 'sessionAffinity' | 'sessionAffinityTimeoutSeconds'> {
  const written = spec.choice('sessionAffinity', AFFINITIES, 'None')
  const sessionAffinity = written ?? 'ClientIP'
  const config = spec.fields('sessionAffinityConfig', SESSION_AFFINITY_CONFIG)
  if (sessionAffinity === 'None') {
    if (spec.value('sessionAffinityConfig') !== undefined && !spec.isMisspelt('sessionAffinity')) {
      const hint = 'set sessionAffinity: ClientIP, or leave the configuration out'
      spec.error(
        'SVC_AFFINITY_CONFIG',
        'sessionAffinityConfig without sessionAffinity: ClientIP',
        'sessionAffinityConfig',
        hint,
      )
    }
    return { sessionAffinity, sessionAffinityTimeoutSeconds: DEFAULT_AFFINITY_SECONDS }
  }
  return {
    sessionAffinity,
    sessionAffinityTimeoutSeconds: readTimeout(config.fields('clientIP', CLIENT_IP_CONFIG)),
  }
}

function readTimeout(clientIp: Fields): number {
  const seconds = clientIp.integer('timeoutSeconds', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  if (seconds === undefined) return DEFAULT_AFFINITY_SECONDS
  if (seconds >= 1 && seconds <= MAX_AFFINITY_SECONDS) return seconds
  const hint = `it must be 1 to ${MAX_AFFINITY_SECONDS} seconds (one day)`
  clientIp.error('SVC_AFFINITY_TIMEOUT', `timeoutSeconds is ${seconds}`, 'timeoutSeconds', hint)
  return DEFAULT_AFFINITY_SECONDS
}

/** What is for load balancers alone is wrong elsewhere; where the type is misspelt, that is error enough. */
function isOtherThanLoadBalancer(type: ServiceType): boolean {
  return type !== undefined && type !== 'LoadBalancer'
}

/** By API terms: node ports, a load balancer, or external IPs. */
function isExternallyAccessible(spec: Fields, type: ServiceType): boolean {
  return (
    type === undefined ||
    type === 'NodePort' ||
    type === 'LoadBalancer' ||
    (type === 'ClusterIP' && spec.list('externalIPs').length > 0)
  )
}

function readExternalPolicy(spec: Fields, type: ServiceType): 'Cluster' | 'Local' {
  const policy = spec.oneOf('externalTrafficPolicy', POLICIES)
  if (policy !== undefined && !isExternallyAccessible(spec, type)) {
    const hint = 'it is for NodePort, LoadBalancer and external IPs'
    spec.error('SVC_TRAFFIC_POLICY', `externalTrafficPolicy with type ${type}`, 'externalTrafficPolicy', hint)
  }
  return policy ?? 'Cluster'
}

function readSourceRanges(spec: Fields, type: ServiceType): readonly string[] {
  const ranges = spec.texts('loadBalancerSourceRanges')
  if (ranges.length > 0 && isOtherThanLoadBalancer(type)) {
    const hint = 'it is for type LoadBalancer alone'
    spec.error(
      'SVC_SOURCE_RANGE',
      `loadBalancerSourceRanges with type ${type}`,
      'loadBalancerSourceRanges',
      hint,
    )
  }
  return ranges.flatMap(({ text, node }) => {
    const cidr = parseCidr(text.trim())
    if (cidr !== undefined && text.includes('/')) return [cidr.text]
    spec.errorAt(
      'SVC_SOURCE_RANGE',
      `loadBalancerSourceRanges has "${text}"`,
      node,
      'it must be a range such as 203.0.113.0/24',
    )
    return []
  })
}

function readAllocation(spec: Fields, type: ServiceType): boolean {
  const isAllocating = spec.boolean('allocateLoadBalancerNodePorts')
  if (isAllocating !== undefined && isOtherThanLoadBalancer(type)) {
    const name = 'allocateLoadBalancerNodePorts'
    spec.error('FIELD_FORBIDDEN', `${name} with type ${type}`, name, 'it is for type LoadBalancer alone')
  }
  return isAllocating ?? true
}

function readHealthCheckPort(spec: Fields, type: ServiceType): number | undefined {
  const port = spec.integer('healthCheckNodePort', 0, 65_535)
  if (port === undefined || port === 0) return undefined
  const { first, last } = spec.reading.cluster.nodePortRange
  if (isOtherThanLoadBalancer(type) || spec.text('externalTrafficPolicy') !== 'Local') {
    const hint = 'it is for type LoadBalancer with externalTrafficPolicy: Local'
    spec.error('SVC_HEALTH_CHECK_PORT', 'healthCheckNodePort is not used', 'healthCheckNodePort', hint)
  } else if (port < first || port > last) {
    spec.error(
      'NODE_PORT_RANGE',
      `healthCheckNodePort ${port} is out of range`,
      'healthCheckNodePort',
      `the cluster gives out ${first} to ${last}`,
    )
  }
  return port
}

function readExternalName(spec: Fields, type: ServiceType): string | undefined {
  const name = spec.text('externalName')
  if (type !== 'ExternalName') return undefined
  const hint = 'it must be the DNS name that the Service stands for'
  if (spec.value('externalName') === undefined)
    spec.error('SVC_EXTERNAL_NAME', 'spec.externalName is missing', 'externalName', hint)
  else if (name !== undefined && !isDnsSubdomain(name.replace(/\.$/, '')))
    spec.error('SVC_EXTERNAL_NAME', `externalName is "${shortened(name)}"`, 'externalName', hint)
  return name
}
