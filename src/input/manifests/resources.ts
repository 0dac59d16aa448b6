/** Resources of a container: its CPU limit. Requests, memory and other resources decide about nothing that is modelled. */
import { milliCpus, parseQuantity } from '../../base/units.js'
import { shortened } from '../words.js'
import { RESOURCE_LIST, RESOURCES } from './field-tables.js'
import type { Fields } from './fields.js'

const HINT = 'it must be a number of CPUs such as 2 or 500m'

/**
 * Reads `resources.limits.cpu` of a container.
 *
 * @returns thousandths of a CPU, rounded up as Kubernetes does; undefined if there is none, or 0, which means none
 */
export function readCpuLimit(container: Fields): number | undefined {
  const limits = container.fields('resources', RESOURCES).fields('limits', RESOURCE_LIST)
  const node = limits.value('cpu')
  if (node === undefined || limits.reading.noteFlaw(node)) return undefined
  const written = node.kind === 'scalar' ? node.value : undefined
  if (typeof written !== 'string' && typeof written !== 'number') {
    limits.error('FIELD_TYPE', `${limits.pathOf('cpu')} is no quantity`, 'cpu', HINT)
    return undefined
  }
  const cpus = typeof written === 'number' ? written : parseQuantity(written)
  if (cpus === undefined || !(cpus >= 0)) {
    limits.error('QUANTITY', `${limits.pathOf('cpu')} is "${shortened(String(written))}"`, 'cpu', HINT)
    return undefined
  }
  return cpus === 0 ? undefined : milliCpus(cpus)
}
