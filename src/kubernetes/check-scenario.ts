/**
 * Whether what the scenario says of clients, calls and load balancers can be: names that exist, ways that lead there.
 */
import type { SourcePlace } from '../base/diagnostics.js'
import {
  type LoadBalancerSettings,
  POD_PRESETS,
  VIRTUAL_ADDRESS_PRESETS,
} from '../input/load-balancer-schema.js'
import type { ClientGroup, PodBehaviour, ScenarioSpec } from '../input/scenario-schema.js'
import { checkBehaviours } from './check-behaviours.js'
import type { ClusterNode, ClusterPod, ClusterService, ClusterServicePort } from './cluster.js'
import type { DnsRecords } from './dns-records.js'
import type { Findings } from './findings.js'
import { reportUnknownNode } from './place-pods.js'
import { settingOf } from './pod-groups.js'

/** Namespace in which names of clients are resolved. */
const CLIENT_NAMESPACE = 'default'

/** What the scenario is held against. */
export interface CheckedCluster {
  readonly nodes: readonly ClusterNode[]
  readonly pods: readonly ClusterPod[]
  readonly services: readonly ClusterService[]
  readonly dns: DnsRecords
}

type Reference = ClientGroup['to']

interface Target {
  readonly service: ClusterService
  readonly port: ClusterServicePort
}

/**
 * Checks clients, calls, load balancers and behaviours of pods.
 *
 * @returns indices of the Services that some client or call uses
 */
export function checkScenario(
  spec: ScenarioSpec,
  cluster: CheckedCluster,
  findings: Findings,
): ReadonlySet<number> {
  const used = new Set<number>()
  for (const [index, group] of spec.clients.entries()) {
    const path = ['spec', 'clients', index] as const
    checkNodeNames(group.nodes, cluster, findings, ...path, 'nodes')
    checkNodeNames(group.entryNodes, cluster, findings, ...path, 'entryNodes')
    const target = findTarget(group.to, CLIENT_NAMESPACE, cluster, findings, findings.place(...path, 'to'))
    if (target === undefined) continue
    used.add(target.service.index)
    checkBalancing(group.pool, target, findings, findings.place(...path, 'pool', 'balancing'))
    checkWay(group, target, spec, findings, findings.place(...path, group.via === undefined ? 'to' : 'via'))
  }
  checkCalls(spec, cluster, findings, used)
  checkLoadBalancers(spec, cluster, findings)
  checkBehaviours(spec, cluster.pods, findings)
  return used
}

function checkNodeNames(
  names: readonly string[],
  { nodes }: CheckedCluster,
  findings: Findings,
  ...path: readonly (string | number)[]
): void {
  const known = new Set(nodes.map((node) => node.name))
  for (const [index, name] of names.entries()) {
    if (!known.has(name)) reportUnknownNode(findings, name, known, findings.place(...path, index))
  }
}

function checkCalls(
  spec: ScenarioSpec,
  cluster: CheckedCluster,
  findings: Findings,
  used: Set<number>,
): void {
  const namespacesOf = new Map<string, Set<string>>()
  for (const { workload, name, namespace } of cluster.pods) {
    const key = workload === '' ? name : workload
    namespacesOf.set(key, (namespacesOf.get(key) ?? new Set()).add(namespace))
  }
  for (const [name, behaviour] of Object.entries(spec.pods)) {
    for (const { to, pool, path } of callsOf(behaviour)) {
      const place = findings.place('spec', 'pods', name, ...path, 'to')
      for (const namespace of namespacesOf.get(name) ?? []) {
        const target = findTarget(to, namespace, cluster, findings, place)
        if (target === undefined) continue
        used.add(target.service.index)
        const balancing = findings.place('spec', 'pods', name, ...path, 'pool', 'balancing')
        checkBalancing(pool, target, findings, balancing)
      }
    }
  }
}

/** Every call that pods of a workload may make, those of single classes too, with its place below the workload. */
function callsOf({ calls, classes }: PodBehaviour) {
  const ofClasses = Object.entries(classes).flatMap(([name, each]) =>
    (each.calls ?? []).map(({ to, pool }, index) => ({ to, pool, path: ['classes', name, 'calls', index] })),
  )
  return [...calls.map(({ to, pool }, index) => ({ to, pool, path: ['calls', index] })), ...ofClasses]
}

/** Only the name of a headless Service stands for several addresses, among which a client can choose. */
function checkBalancing(
  { balancing }: ClientGroup['pool'],
  { service }: Target,
  findings: Findings,
  place: SourcePlace | undefined,
): void {
  if (balancing === undefined || service.clusterIp === 'None') return
  findings.error({
    code: 'BALANCING_IMPOSSIBLE',
    message: `Service "${service.name}" is not headless: its name stands for one address, so that there is nothing for ${balancing} to choose from`,
    place,
    hint: `set clusterIP: None in Service "${service.name}", or leave balancing out`,
  })
}

/** The Service port that a reference means; undefined, and an error, if there is none. */
function findTarget(
  to: Reference,
  namespace: string,
  cluster: CheckedCluster,
  findings: Findings,
  place: SourcePlace | undefined,
): Target | undefined {
  const answer = cluster.dns.resolve(to.host, namespace)
  if (answer === undefined || answer.kind === 'external') {
    const [message, hint] =
      answer === undefined
        ? unresolved(to.host, namespace, cluster, findings)
        : [
            `Service "${to.host}" stands for ${answer.hostname}, which is outside of this cluster`,
            'call a Service of the manifests',
          ]
    findings.error({ code: 'CALL_UNKNOWN_SERVICE', message, place, hint })
    return undefined
  }
  const service = cluster.services[answer.serviceIndex]
  const port = service.ports.find((each) => each.port === to.port || each.name === to.port)
  if (port !== undefined) return { service, port }
  const ports = service.ports.map((each) =>
    each.name === '' ? `${each.port}` : `${each.port} (${each.name})`,
  )
  findings.error({
    code: 'CALL_UNKNOWN_SERVICE',
    message: `Service "${service.name}" has no port "${to.port}"`,
    place,
    hint: ports.length === 0 ? 'it has no ports' : `its ports are: ${ports.join(', ')}`,
  })
  return undefined
}

/** Why a name has no address, and what to do. */
function unresolved(
  host: string,
  namespace: string,
  { services }: CheckedCluster,
  findings: Findings,
): readonly [message: string, hint: string | undefined] {
  const near = services.filter((each) => each.namespace === namespace)
  if (near.some((each) => each.name === host)) {
    return [
      `The name "${host}" has no address: no pod of the headless Service is ready`,
      'give it a ready pod, or set publishNotReadyAddresses',
    ]
  }
  const where = namespace === CLIENT_NAMESPACE ? '' : ` in namespace "${namespace}"`
  const elsewhere = services.find((each) => each.name === host)
  const hint =
    elsewhere === undefined
      ? findings.nameHint(host, () => callableNames(services, namespace), 'Services')
      : `it is in namespace "${elsewhere.namespace}": write ${host}.${elsewhere.namespace}`
  return [`No Service is named "${host}"${where}`, hint]
}

/** Names as a pod of the namespace may write them, its own Services first. */
function callableNames(services: readonly ClusterService[], namespace: string): string[] {
  const near = services.filter((each) => each.namespace === namespace).map((each) => each.name)
  const far = services.filter((each) => each.namespace !== namespace)
  return [...near, ...far.map((each) => `${each.name}.${each.namespace}`)]
}

/** Can the clients get in the way that they are to? */
function checkWay(
  group: ClientGroup,
  target: Target,
  spec: ScenarioSpec,
  findings: Findings,
  place: SourcePlace | undefined,
): void {
  const obstacle = obstacleOf(group, target, spec)
  if (obstacle === undefined) return
  const [reason, hint] = obstacle
  findings.error({
    code: 'VIA_IMPOSSIBLE',
    message: `Clients "${group.name}" can not reach Service "${target.service.name}" this way: ${reason}`,
    place,
    hint,
  })
}

type Obstacle = readonly [reason: string, hint: string]

function obstacleOf(group: ClientGroup, { service, port }: Target, spec: ScenarioSpec): Obstacle | undefined {
  const { location } = group
  const { type } = service.object
  const isHeadless = service.clusterIp === 'None'
  const via =
    group.via ?? (location === 'inside' ? 'clusterIP' : type === 'LoadBalancer' ? 'loadBalancer' : 'nodePort')
  if (isHeadless) {
    if (location === 'outside')
      return ['a headless Service has no address outside of the cluster', 'set location: inside']
    return via === 'clusterIP' ? undefined : [`a headless Service has no ${via}`, 'leave via out']
  }
  switch (via) {
    case 'clusterIP':
      return undefined
    case 'nodePort':
      if (port.nodePort !== undefined) return undefined
      return [
        `its port ${port.port} has no node port (type ${type})`,
        'set type NodePort or LoadBalancer, or location: inside',
      ]
    case 'loadBalancer':
      return balancerObstacle(group, service, port, spec)
  }
}

function balancerObstacle(
  { location }: ClientGroup,
  { name, object, loadBalancerAddresses }: ClusterService,
  { port, nodePort }: ClusterServicePort,
  spec: ScenarioSpec,
): Obstacle | undefined {
  if (object.type !== 'LoadBalancer')
    return [`it has type ${object.type}`, 'set type LoadBalancer, or another via']
  if (location === 'inside') {
    if (loadBalancerAddresses.length > 0) return undefined
    return ['nodes do not answer for its load balancer (a hostname, or ipMode Proxy)', 'set via: clusterIP']
  }
  const settings = settingOf(spec.loadBalancers, name)
  if (nodePort !== undefined || !needsNodePort(settings, loadBalancerAddresses.length > 0)) return undefined
  return [
    `its port ${port} has no node port for the load balancer to send to`,
    `set loadBalancers.${name}.targets: pods, or allocateLoadBalancerNodePorts: true`,
  ]
}

/** Does a load balancer send to node ports, as far as its preset and the scenario say? */
function needsNodePort(
  { preset = 'generic', targets, delivery }: Partial<LoadBalancerSettings> = {},
  hasVirtualAddress: boolean,
): boolean {
  if ((targets ?? (POD_PRESETS.includes(preset) ? 'pods' : 'nodes')) === 'pods') return false
  const isByAddress =
    delivery === undefined ? VIRTUAL_ADDRESS_PRESETS.includes(preset) : delivery === 'virtualAddress'
  return !(isByAddress && hasVirtualAddress)
}

function checkLoadBalancers(
  spec: ScenarioSpec,
  { services, nodes }: CheckedCluster,
  findings: Findings,
): void {
  for (const [name, { announcer }] of Object.entries(spec.loadBalancers)) {
    const place = findings.place('spec', 'loadBalancers', name)
    if (announcer !== undefined && nodes.every((node) => node.name !== announcer)) {
      const known = nodes.map((node) => node.name)
      reportUnknownNode(
        findings,
        announcer,
        known,
        findings.place('spec', 'loadBalancers', name, 'announcer'),
      )
    }
    const named = services.filter((each) => each.name === name)
    if (named.length === 0) {
      const hint = findings.nameHint(name, () => services.map((each) => each.name), 'Services')
      findings.error({ code: 'SVC_UNKNOWN', message: `No Service is named "${name}"`, place, hint })
    } else if (named.every((each) => each.object.type !== 'LoadBalancer')) {
      findings.warn({
        code: 'SETTING_WITHOUT_EFFECT',
        message: `"spec.loadBalancers.${name}" has no effect: the Service has type ${named[0].object.type}`,
        place,
        hint: 'set type LoadBalancer, or take the setting out',
      })
    }
  }
}
