/** Node and Namespace. */
import type { Origin } from '../../base/diagnostics.js'
import { parseCidr, parseIpAddress } from '../../base/ip-address.js'
import type { NamespaceObject, NodeObject } from '../kubernetes-objects.js'
import { familyHint, isOfFamily } from './families.js'
import { NAMESPACE_SPEC, NODE_ADDRESS, NODE_SPEC, NODE_STATUS } from './field-tables.js'
import type { Fields } from './fields.js'
import { readMeta } from './meta.js'
import { isReady } from './pod.js'

/** @param object - opened with the table OBJECT_WITH_STATUS */
export function readNode(object: Fields, origin: Origin): NodeObject {
  const spec = object.fields('spec', NODE_SPEC)
  const status = object.fields('status', NODE_STATUS)
  return {
    kind: 'Node',
    meta: readMeta(object),
    podCidr: readPodCidr(spec),
    internalIp: readInternalIp(status),
    isReady: isReady(status),
    isUnschedulable: spec.boolean('unschedulable') ?? false,
    origin,
  }
}

function readPodCidr(spec: Fields): string | undefined {
  const text = spec.text('podCIDR')
  if (text === undefined || text === '') return undefined
  const cidr = parseCidr(text)
  if (cidr === undefined)
    spec.error(
      'ADDRESS_RANGE',
      `spec.podCIDR is "${text}"`,
      'podCIDR',
      'it must be a range such as 10.244.0.0/24',
    )
  else if (cidr.family !== spec.reading.cluster.ipFamily)
    spec.error('IP_FAMILY', `spec.podCIDR is ${text}`, 'podCIDR', familyHint(spec.reading))
  return cidr?.text
}

/** The first address of type InternalIP and of the cluster's family. */
function readInternalIp(status: Fields): string | undefined {
  for (const entry of status.fieldsOfItems('addresses', NODE_ADDRESS)) {
    if (entry.text('type') !== 'InternalIP') continue
    const text = entry.text('address') ?? ''
    const address = parseIpAddress(text)
    if (address === undefined)
      entry.error(
        'FIELD_VALUE',
        `"${text}" is no address`,
        'address',
        'it must be an address such as 192.168.0.2',
      )
    else if (isOfFamily(status.reading, text)) return address.text
  }
  return undefined
}

/** @param object - opened with the table OBJECT */
export function readNamespace(object: Fields, origin: Origin): NamespaceObject {
  object.fields('spec', NAMESPACE_SPEC)
  return { kind: 'Namespace', meta: readMeta(object), origin }
}
