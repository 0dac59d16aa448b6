/** The ports of a Service, with Kubernetes' defaults and its validation. Source: pkg/apis/core/validation, validateServicePort. */
import type { ServiceObject, ServicePort } from '../kubernetes-objects.js'
import { SERVICE_PORT } from './field-tables.js'
import type { Fields } from './fields.js'
import { isDnsLabel, isPortName } from './names.js'
import { PROTOCOLS } from './pod-spec.js'

const PORT_NAME_HINT =
  'it must be at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit'

/** The type of a Service; undefined where it is written but no type: what depends on it is not held against it. */
export type ServiceType = ServiceObject['type'] | undefined

/** Reads `spec.ports` and notes what contradicts itself or the type. */
export function readServicePorts(
  spec: Fields,
  type: ServiceType,
  isHeadless: boolean,
): readonly ServicePort[] {
  const items = spec.fieldsOfItems('ports', SERVICE_PORT)
  const list = spec.value('ports')
  const isEmpty = spec.isMissing('ports') || (list?.kind === 'list' && list.items.length === 0)
  if (isEmpty && type !== undefined && type !== 'ExternalName' && !isHeadless) {
    spec.error('SVC_PORTS_MISSING', 'spec.ports is empty', 'ports', 'a Service needs at least one port')
  }
  const known = new KnownPorts(items.length > 1)
  return items.flatMap((item) => {
    const port = readServicePort(item, type)
    if (port !== undefined) known.check(item, port)
    return port ?? []
  })
}

function readServicePort(item: Fields, type: ServiceType): ServicePort | undefined {
  const port = item.integer('port', 1, 65_535)
  if (item.value('port') === undefined) item.missing('port')
  const name = item.text('name') ?? ''
  if (name !== '' && !isDnsLabel(name))
    item.error('SVC_PORT_NAME', `"${name}" is no name of a port`, 'name', PORT_NAME_HINT)
  const protocol = item.oneOf('protocol', PROTOCOLS) ?? 'TCP'
  const nodePort = readNodePort(item, type)
  const targetPort = readTargetPort(item) ?? port
  return port === undefined || targetPort === undefined
    ? undefined
    : { name, protocol, port, targetPort, nodePort }
}

/** A number 1 to 65535, or the name of a container port. */
function readTargetPort(item: Fields): number | string | undefined {
  const node = item.value('targetPort')
  if (node === undefined) return undefined
  if (node.kind === 'scalar' && typeof node.value === 'number') return item.integer('targetPort', 1, 65_535)
  const text = item.text('targetPort')
  if (text === undefined || isPortName(text)) return text
  const hint = /^\d+$/.test(text)
    ? 'remove the quotes: in quotes it is a name'
    : 'it must be at most 15 lower-case letters, digits and "-", with a letter'
  item.error('SVC_PORT_NAME', `targetPort "${text}" is no name of a container port`, 'targetPort', hint)
  return undefined
}

/** 0 asks for a port to be drawn, as if nothing were written. */
function readNodePort(item: Fields, type: ServiceType): number | undefined {
  const nodePort = item.integer('nodePort', 0, 65_535)
  if (nodePort === undefined || nodePort === 0) return undefined
  if (type === 'ClusterIP' || type === 'ExternalName') {
    const hint = 'set type: NodePort, or leave nodePort out'
    item.error('NODE_PORT_FORBIDDEN', `a Service of type ${type} has no node port`, 'nodePort', hint)
    return undefined
  }
  const { first, last } = item.reading.cluster.nodePortRange
  if (nodePort >= first && nodePort <= last) return nodePort
  item.error(
    'NODE_PORT_RANGE',
    `nodePort ${nodePort} is out of range`,
    'nodePort',
    `the cluster gives out ${first} to ${last}`,
  )
  return undefined
}

/** What the ports of one Service may not share. */
class KnownPorts {
  private readonly names = new Set<string>()
  private readonly ports = new Set<string>()
  private readonly nodePorts = new Set<string>()

  constructor(private readonly areNamesNeeded: boolean) {}

  check(item: Fields, { name, protocol, port, nodePort }: ServicePort): void {
    if (this.areNamesNeeded && name === '' && !isWrong(item, 'name')) {
      item.error(
        'SVC_PORT_NAME',
        'a port has no name',
        'name',
        'a Service with several ports needs a name for each',
      )
    }
    if (name !== '' && isTaken(this.names, name)) {
      item.error('SVC_PORT_NAME', `two ports are named "${name}"`, 'name', 'give each a name of its own')
    }
    if (isTaken(this.ports, `${protocol} ${port}`)) {
      item.error(
        'SVC_PORT_DUPLICATE',
        `port ${port}/${protocol} is there twice`,
        'port',
        'leave one of them out',
      )
    }
    if (nodePort !== undefined && isTaken(this.nodePorts, `${protocol} ${nodePort}`)) {
      item.error(
        'NODE_PORT_CLASH',
        `nodePort ${nodePort}/${protocol} is there twice`,
        'nodePort',
        'change one of them',
      )
    }
  }
}

/** Is the field written, but with something else than a text? That is error enough. */
function isWrong(item: Fields, field: string): boolean {
  const node = item.value(field)
  return node !== undefined && !(node.kind === 'scalar' && node.value === '')
}

function isTaken(set: Set<string>, key: string): boolean {
  if (set.has(key)) return true
  set.add(key)
  return false
}
