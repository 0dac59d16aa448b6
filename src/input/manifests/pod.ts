/** A Pod written by hand. */
import type { Origin } from '../../base/diagnostics.js'
import { parseIpAddress } from '../../base/ip-address.js'
import type { PodObject } from '../kubernetes-objects.js'
import { familyHint, isOfFamily } from './families.js'
import { CONDITION, POD_STATUS } from './field-tables.js'
import type { Fields } from './fields.js'
import { readMeta } from './meta.js'
import { readPodSpec } from './pod-spec.js'

/**
 * @param object - opened with the table OBJECT_WITH_STATUS
 * @returns undefined for a pod that has run to its end (a warning says so)
 */
export function readPod(object: Fields, origin: Origin): PodObject | undefined {
  const meta = readMeta(object)
  const podSpec = readPodSpec(object)
  const status = object.fields('status', POD_STATUS)
  const phase = status.text('phase')
  if (phase === 'Succeeded' || phase === 'Failed') {
    object.reading.tally('POD_FINISHED', 'A Pod has run to its end', status.at('phase'), 'it takes no part')
    return undefined
  }
  return { kind: 'Pod', meta, podSpec, podIp: readPodIp(status), isReady: isReady(status), origin }
}

function readPodIp(status: Fields): string | undefined {
  const text = status.text('podIP')
  if (text === undefined || text === '') return undefined
  const address = parseIpAddress(text)
  if (address === undefined)
    status.error('FIELD_VALUE', `status.podIP is "${text}"`, 'podIP', 'it must be an address')
  else if (!isOfFamily(status.reading, text))
    status.error('IP_FAMILY', `status.podIP is ${text}`, 'podIP', familyHint(status.reading))
  return address?.text
}

/** Ready if the condition is True, or not written; a status Unknown is not ready, as in Kubernetes. */
export function isReady(status: Fields): boolean {
  const condition = status
    .fieldsOfItems('conditions', CONDITION)
    .find((each) => each.text('type') === 'Ready')
  return condition === undefined || condition.text('status') === 'True'
}
