/** An EndpointSlice written by hand, for a Service without a selector. */
import type { Origin } from '../../base/diagnostics.js'
import { parseIpAddress } from '../../base/ip-address.js'
import type { EndpointSliceEndpoint, EndpointSliceObject, EndpointSlicePort } from '../kubernetes-objects.js'
import { ENDPOINT, ENDPOINT_CONDITIONS, ENDPOINT_HINTS, ENDPOINT_PORT, HINT } from './field-tables.js'
import type { Fields } from './fields.js'
import { readMeta } from './meta.js'
import { PROTOCOLS } from './pod-spec.js'

const ADDRESS_TYPES = ['IPv4', 'IPv6', 'FQDN'] as const
const SERVICE_LABEL = 'kubernetes.io/service-name'

/** @param object - opened with the table ENDPOINT_SLICE */
export function readEndpointSlice(object: Fields, origin: Origin): EndpointSliceObject {
  const meta = readMeta(object)
  const addressType = object.oneOf('addressType', ADDRESS_TYPES)
  if (object.value('addressType') === undefined)
    object.missing('addressType', `one of ${ADDRESS_TYPES.join(', ')}`)
  if (addressType === 'IPv6') {
    object.reading.tally(
      'IPV6_NOT_MODELLED',
      'An EndpointSlice of IPv6 is not modelled',
      object.at('addressType'),
      'it takes no part',
    )
  }
  return {
    kind: 'EndpointSlice',
    meta,
    addressType: addressType ?? 'IPv4',
    serviceName: meta.labels.get(SERVICE_LABEL),
    endpoints: object
      .fieldsOfItems('endpoints', ENDPOINT)
      .map((each) => readEndpoint(each, addressType === 'IPv4')),
    ports: object.fieldsOfItems('ports', ENDPOINT_PORT).map(readPort),
    origin,
  }
}

/** Missing conditions: ready, serving, not terminating. */
function readEndpoint(endpoint: Fields, isIpv4: boolean): EndpointSliceEndpoint {
  const conditions = endpoint.fields('conditions', ENDPOINT_CONDITIONS)
  const hints = endpoint.fields('hints', ENDPOINT_HINTS)
  return {
    addresses: isIpv4 ? readAddresses(endpoint) : endpoint.texts('addresses').map(({ text }) => text),
    ready: conditions.boolean('ready') ?? true,
    serving: conditions.boolean('serving') ?? true,
    terminating: conditions.boolean('terminating') ?? false,
    nodeName: endpoint.text('nodeName'),
    zone: endpoint.text('zone'),
    hintedZones: hintNames(hints, 'forZones'),
    hintedNodes: hintNames(hints, 'forNodes'),
  }
}

function readAddresses(endpoint: Fields): readonly string[] {
  if (endpoint.value('addresses') === undefined) endpoint.missing('addresses')
  return endpoint.texts('addresses').flatMap(({ text, node }) => {
    const address = parseIpAddress(text)
    if (address?.family === 4) return [address.text]
    endpoint.errorAt('FIELD_VALUE', `"${text}" is no IPv4 address`, node)
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
