/**
 * Warnings about Services that lead nowhere, to a port that nobody knows, or that nobody uses. All are legal in
 * Kubernetes: connections are refused, or the Service only adds rules.
 */
import type { ServicePort } from '../input/kubernetes-objects.js'
import type { CompiledPod } from './compile-nodes.js'
import type { CompiledService } from './compile-services.js'
import { isTopologyModeAuto } from './endpoint-slices.js'
import { explainEmptySelection } from './explain-selector.js'
import type { Findings } from './findings.js'
import type { PodGroup } from './pod-groups.js'
import { resolveTargetPort } from './target-ports.js'

/** More unused Services than this are told in one sentence. */
const MAX_UNUSED_TOLD = 5

/** Warns of Services, in their order. */
export function warnOfServices(
  services: readonly CompiledService[],
  groups: readonly PodGroup[],
  usedIndices: ReadonlySet<number>,
  findings: Findings,
): void {
  for (const compiled of services) {
    const { selectedPods } = compiled.slices
    if (selectedPods === undefined) warnOfMissingSlice(compiled, findings)
    else if (selectedPods.length === 0) warnOfEmptySelection(compiled, groups, findings)
    else warnOfPorts(compiled, selectedPods, findings)
    warnOfTopologyMode(compiled, findings)
    warnOfSourceRanges(compiled, findings)
  }
  warnOfUnused(services, usedIndices, findings)
}

function warnOfEmptySelection(
  { service }: CompiledService,
  groups: readonly PodGroup[],
  findings: Findings,
): void {
  const selector = service.object.selector ?? new Map<string, string>()
  const explanation = findings.isSearching()
    ? explainEmptySelection(selector, service.namespace, groups)
    : undefined
  const path = explanation?.key === undefined ? ['spec', 'selector'] : ['spec', 'selector', explanation.key]
  findings.warn({
    code: 'SVC_NO_POD',
    message: `Service "${service.name}" selects no pod`,
    place: service.object.origin.place(path),
    hint: explanation?.text,
  })
}

function warnOfMissingSlice({ service, slices }: CompiledService, findings: Findings): void {
  if (service.object.type === 'ExternalName' || slices.slices.length > 0) return
  findings.warn({
    code: 'SVC_NO_ENDPOINT',
    message: `Service "${service.name}" has neither a selector nor an EndpointSlice`,
    place: service.object.origin.place(['spec']),
    hint: 'add spec.selector, or an EndpointSlice with the label kubernetes.io/service-name',
  })
}

function warnOfPorts(
  compiled: CompiledService,
  selectedPods: readonly CompiledPod[],
  findings: Findings,
): void {
  // Pods of one group have the same containers.
  const pods = [...new Map(selectedPods.map((each) => [each.group, each])).values()]
  for (const [index, port] of compiled.service.object.ports.entries()) {
    if (typeof port.targetPort === 'string') warnOfNamedPort(compiled, port, index, pods, findings)
    else warnOfNumberedPort(compiled, port, index, pods, findings)
  }
}

function warnOfNamedPort(
  { service }: CompiledService,
  port: ServicePort,
  index: number,
  pods: readonly CompiledPod[],
  findings: Findings,
): void {
  if (pods.some((each) => resolveTargetPort(port, each.containers) !== undefined)) return
  const names = () =>
    declaredPorts(pods).flatMap((each) =>
      each.protocol === port.protocol && each.name !== '' ? each.name : [],
    )
  findings.warn({
    code: 'PORT_UNKNOWN',
    message: `No pod of Service "${service.name}" has a ${port.protocol} port named "${port.targetPort}"`,
    place: service.object.origin.place(['spec', 'ports', index, 'targetPort']),
    hint: findings.nameHint(String(port.targetPort), names, 'named ports'),
  })
}

/** Declaring ports is optional, so pods that declare none are no reason to warn. */
function warnOfNumberedPort(
  { service }: CompiledService,
  port: ServicePort,
  index: number,
  pods: readonly CompiledPod[],
  findings: Findings,
): void {
  const declared = declaredPorts(pods)
  const isDeclared = declared.some(
    (each) => each.containerPort === port.targetPort && each.protocol === port.protocol,
  )
  if (declared.length === 0 || isDeclared) return
  const ports = [...new Set(declared.map((each) => `${each.containerPort}/${each.protocol}`))]
  findings.warn({
    code: 'PORT_NOT_DECLARED',
    message: `Service "${service.name}" leads to port ${port.targetPort}/${port.protocol}, which no container declares`,
    place: service.object.origin.place(['spec', 'ports', index, 'targetPort']),
    hint: `containers declare: ${ports.join(', ')}`,
  })
}

function declaredPorts(pods: readonly CompiledPod[]) {
  return pods.flatMap((each) => each.containers.flatMap((container) => container.ports))
}

function warnOfTopologyMode({ service }: CompiledService, findings: Findings): void {
  if (!isTopologyModeAuto(service.object)) return
  findings.warn({
    code: 'FIELD_IGNORED',
    message: `Service "${service.name}" asks for topology-mode Auto, which is not modelled: its endpoints get no hints`,
    place: service.object.origin.place(['metadata', 'annotations']),
    hint: 'set spec.trafficDistribution: PreferSameZone instead',
  })
}

/** kube-proxy checks the ranges of packets to the load balancer's address alone; what it sends to node ports passes. */
function warnOfSourceRanges({ service }: CompiledService, findings: Findings): void {
  if (service.object.loadBalancerSourceRanges.length === 0) return
  findings.warn({
    code: 'FIELD_IGNORED',
    message: `Service "${service.name}" has loadBalancerSourceRanges, which nodes check and a load balancer here does not`,
    place: service.object.origin.place(['spec', 'loadBalancerSourceRanges']),
    hint: 'the firewall of a cloud is not modelled: through node ports or straight to pods, every source gets in',
  })
}

/** A headless Service is there for the names of pods, an ExternalName adds no rules. */
function warnOfUnused(
  services: readonly CompiledService[],
  usedIndices: ReadonlySet<number>,
  findings: Findings,
): void {
  const unused = services.filter(
    ({ service }) =>
      !usedIndices.has(service.index) && service.clusterIp !== 'None' && service.clusterIp !== '',
  )
  if (unused.length > MAX_UNUSED_TOLD) {
    const names = unused.slice(0, MAX_UNUSED_TOLD).map(({ service }) => service.name)
    findings.warn({
      code: 'SVC_UNUSED',
      message: `${unused.length} Services are used by no client and no call, such as ${names.join(', ')}`,
      hint: 'they only add rules; name them in spec.clients or spec.pods to send them traffic',
    })
    return
  }
  for (const { service } of unused) {
    findings.warn({
      code: 'SVC_UNUSED',
      message: `Service "${service.name}" is used by no client and no call`,
      place: service.object.origin.place(['metadata', 'name']),
      hint: 'it only adds rules; name it in spec.clients or spec.pods to send it traffic',
    })
  }
}
