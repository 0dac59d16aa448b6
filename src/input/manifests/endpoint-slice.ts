/** An EndpointSlice written by hand, for a Service without a selector. */
import type { Origin } from '../../base/diagnostics.js'
import { parseIpAddress } from '../../base/ip-address.js'
import type { EndpointSliceEndpoint, EndpointSliceObject, EndpointSlicePort } from '../kubernetes-objects.js'
import { ENDPOINT, ENDPOINT_CONDITIONS, ENDPOINT_HINTS, ENDPOINT_PORT, HINT } from './field-tables.js'
import type { Fields } from './fields.js'
import { readMeta } from './meta.js'
import { PROTOCOLS } from './pod-spec.js'

const ADDRESS_TYPES = ['IPv4', 'IPv6', 'FQDN'] as const
type AddressType = (typeof ADDRESS_TYPES)[number]
const SERVICE_LABEL = 'kubernetes.io/service-name'

/** @param object - opened with the table ENDPOINT_SLICE */
export function readEndpointSlice(object: Fields, origin: Origin): EndpointSliceObject {
  const meta = readMeta(object)
  const addressType = object.oneOf('addressType', ADDRESS_TYPES)
  if (object.value('addressType') === undefined)
    object.missing('addressType', `it must be one of ${ADDRESS_TYPES.join(', ')}`)
  const own = `IPv${object.reading.cluster.ipFamily}`
  if (addressType !== undefined && addressType !== own) {
    const what = `An EndpointSlice of ${addressType} takes no part`
    object.reading.tally('IP_FAMILY', what, object.at('addressType'), `the cluster has ${own} addresses`)
  }
  return {
    kind: 'EndpointSlice',
    meta,
    addressType: addressType ?? 'IPv4',
    serviceName: meta.labels.get(SERVICE_LABEL),
    endpoints: object.fieldsOfItems('endpoints', ENDPOINT).map((each) => readEndpoint(each, addressType)),
    ports: object.fieldsOfItems('ports', ENDPOINT_PORT).map(readPort),
    origin,
  }
}

/** Missing conditions: ready, serving, not terminating. */
function readEndpoint(endpoint: Fields, addressType: AddressType | undefined): EndpointSliceEndpoint {
  const conditions = endpoint.fields('conditions', ENDPOINT_CONDITIONS)
  const hints = endpoint.fields('hints', ENDPOINT_HINTS)
  return {
    addresses: readAddresses(endpoint, addressType),
    ready: conditions.boolean('ready') ?? true,
    serving: conditions.boolean('serving') ?? true,
    terminating: conditions.boolean('terminating') ?? false,
    nodeName: endpoint.text('nodeName'),
    zone: endpoint.text('zone'),
    hintedZones: hintNames(hints, 'forZones'),
    hintedNodes: hintNames(hints, 'forNodes'),
  }
}

function readAddresses(endpoint: Fields, addressType: AddressType | undefined): readonly string[] {
  if (endpoint.texts('addresses').length === 0)
    endpoint.error(
      'FIELD_MISSING',
      `${endpoint.pathOf('addresses')} is empty`,
      'addresses',
      'an endpoint has one address',
    )
  return endpoint.texts('addresses').flatMap(({ text, node }) => {
    if (addressType === 'FQDN' || addressType === undefined) return [text]
    const address = parseIpAddress(text)
    if (`IPv${address?.family}` === addressType) return [address?.text ?? text]
    endpoint.errorAt(
      'FIELD_VALUE',
      `"${text}" is no ${addressType} address`,
      node,
      'addressType says what it must be',
    )
    return []
  })
}

function hintNames(hints: Fields, field: string): readonly string[] {
  return hints.fieldsOfItems(field, HINT).flatMap((hint) => hint.text('name') ?? [])
}

function readPort(port: Fields): EndpointSlicePort {
  return {
    name: port.text('name') ?? '',
    protocol: port.oneOf('protocol', PROTOCOLS) ?? 'TCP',
    port: port.integer('port', 1, 65_535),
  }
}
