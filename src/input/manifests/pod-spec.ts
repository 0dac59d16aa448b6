/** The specification of a pod: what of it decides about places, ports and names. */
import type {
  Container,
  ContainerPort,
  PodSpec,
  Protocol,
  TopologySpreadConstraint,
} from '../kubernetes-objects.js'
import {
  CONTAINER,
  CONTAINER_PORT,
  ENVIRONMENT_VARIABLE,
  POD_SPEC,
  SPREAD_CONSTRAINT,
} from './field-tables.js'
import type { Fields } from './fields.js'
import { checkLabels, readSelector } from './meta.js'
import { isPortName } from './names.js'
import { readPreStop } from './pre-stop.js'
import { readCpuLimit } from './resources.js'

export const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const satisfies readonly Protocol[]

const SPREAD_MODES = ['DoNotSchedule', 'ScheduleAnyway'] as const

/** Reads `spec` of a Pod or of a pod template. */
export function readPodSpec(parent: Fields): PodSpec {
  const spec = parent.fields('spec', POD_SPEC)
  if (parent.value('spec') === undefined) parent.missing('spec')
  else if (spec.value('containers') === undefined) spec.missing('containers')
  const nodeSelector = spec.textMap('nodeSelector')
  checkLabels(spec, 'nodeSelector', nodeSelector)
  const gracePeriodSeconds = spec.integer('terminationGracePeriodSeconds', 0, 1_000_000_000)
  return {
    nodeName: spec.text('nodeName'),
    nodeSelector,
    hostNetwork: spec.boolean('hostNetwork') ?? false,
    hostname: spec.text('hostname'),
    subdomain: spec.text('subdomain'),
    containers: readContainers(spec),
    topologySpreadConstraints: spec
      .fieldsOfItems('topologySpreadConstraints', SPREAD_CONSTRAINT)
      .flatMap(readConstraint),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
  }
}

function readContainers(spec: Fields): readonly Container[] {
  const portNames = new Set<string>()
  return spec.fieldsOfItems('containers', CONTAINER).map((container) => {
    const name = container.text('name')
    if (name === undefined) container.missing('name')
    const ports = container
      .fieldsOfItems('ports', CONTAINER_PORT)
      .flatMap((port) => readContainerPort(port, portNames))
    const cpuLimitMilli = readCpuLimit(container)
    const preStopSeconds = readPreStop(container)
    return {
      name: name ?? '',
      ports,
      env: readEnvironment(container),
      ...(cpuLimitMilli === undefined ? {} : { cpuLimitMilli }),
      ...(preStopSeconds === undefined ? {} : { preStopSeconds }),
    }
  })
}

function readContainerPort(port: Fields, portNames: Set<string>): ContainerPort[] {
  const name = port.text('name') ?? ''
  const containerPort = port.integer('containerPort', 1, 65_535)
  const protocol = port.oneOf('protocol', PROTOCOLS) ?? 'TCP'
  if (port.value('containerPort') === undefined) port.missing('containerPort')
  if (name !== '' && !isPortName(name)) {
    port.error(
      'SVC_PORT_NAME',
      `"${name}" is no port name`,
      'name',
      'it must be at most 15 lower-case letters, digits and "-", with a letter',
    )
  }
  if (name !== '' && portNames.has(name))
    port.error('NAME_DUPLICATE', `two ports are named "${name}"`, 'name')
  portNames.add(name)
  return containerPort === undefined ? [] : [{ name, containerPort, protocol }]
}

function readEnvironment(container: Fields): ReadonlyMap<string, string> {
  const environment = new Map<string, string>()
  for (const variable of container.fieldsOfItems('env', ENVIRONMENT_VARIABLE)) {
    const name = variable.text('name')
    const value = variable.text('value')
    if (name === undefined) variable.missing('name')
    else if (value !== undefined) environment.set(name, value)
  }
  return environment
}

function readConstraint(constraint: Fields): TopologySpreadConstraint[] {
  const maxSkew = constraint.integer('maxSkew', 1, 1_000_000)
  const topologyKey = constraint.text('topologyKey')
  const whenUnsatisfiable = constraint.oneOf('whenUnsatisfiable', SPREAD_MODES)
  for (const name of ['maxSkew', 'topologyKey', 'whenUnsatisfiable']) {
    if (constraint.value(name) === undefined) constraint.missing(name)
  }
  if (maxSkew === undefined || topologyKey === undefined || whenUnsatisfiable === undefined) return []
  return [
    { maxSkew, topologyKey, whenUnsatisfiable, labelSelector: readSelector(constraint, 'labelSelector') },
  ]
}
