/**
 * Refuses clusters that would not fit into the machine, before anything of that size is built: pods after the scenario's
 * settings, endpoints of Services, and Service ports times nodes, which is what every node's rules begin with.
 */

import { formatCount } from '../base/units.js'
import type { Manifests, ServiceObject } from '../input/kubernetes-objects.js'
import { LIMITS, type Limits } from '../input/limits.js'
import { hasSelector } from './collect-slices.js'
import type { Findings } from './findings.js'
import { labelIndex, selectorOf } from './label-selector.js'
import { groupTitle, type PodGroup } from './pod-groups.js'

/**
 * Checks the sizes of a cluster.
 *
 * @param groups - all pods that are asked for, not placed yet
 * @throws InputError LIMIT_EXCEEDED, together with what was found before
 * @remarks O(Services · groups that they select), and less where there are too many.
 */
export function checkSizes(
  manifests: Manifests,
  groups: readonly PodGroup[],
  nodeCount: number,
  findings: Findings,
  limits: Limits = LIMITS,
): void {
  const before = findings.errorCount
  checkPods(groups, nodeCount, findings, limits)
  if (findings.errorCount > before) findings.throwErrors()
  checkEndpoints(manifests, groups, nodeCount, findings, limits)
  checkServicePorts(manifests.services, nodeCount, findings, limits)
  if (findings.errorCount > before) findings.throwErrors()
}

/** A DaemonSet has one pod on every node, at most. */
function podCountOf(group: PodGroup, nodeCount: number): number {
  return group.replicas ?? nodeCount
}

function checkPods(groups: readonly PodGroup[], nodeCount: number, findings: Findings, limits: Limits): void {
  const count = groups.reduce((sum, group) => sum + podCountOf(group, nodeCount), 0)
  if (count <= limits.pods) return
  const largest = groups.reduce((best, group) =>
    podCountOf(group, nodeCount) > podCountOf(best, nodeCount) ? group : best,
  )
  findings.error({
    code: 'LIMIT_EXCEEDED',
    message: `The workloads have ${formatCount(count)} pods, more than the ${formatCount(limits.pods)} that are taken`,
    place: largest.origin.place(['spec', 'replicas']),
    hint: `take fewer replicas; ${groupTitle(largest)} has ${formatCount(podCountOf(largest, nodeCount))}`,
  })
}

function checkEndpoints(
  manifests: Manifests,
  groups: readonly PodGroup[],
  nodeCount: number,
  findings: Findings,
  limits: Limits,
): void {
  const index = labelIndex(groups)
  let total = 0
  for (const service of manifests.services) {
    const selected = hasSelector(service)
      ? index.find(service.meta.namespace, selectorOf(service.selector ?? new Map()))
      : []
    const count = selected.reduce((sum, group) => sum + podCountOf(group, nodeCount), 0)
    if (count > limits.endpointsPerService) {
      findings.error({
        code: 'LIMIT_EXCEEDED',
        message: `Service "${service.meta.name}" selects ${formatCount(count)} pods, more than the ${formatCount(limits.endpointsPerService)} that are taken`,
        place: service.origin.place(['spec', 'selector']),
        hint: 'take fewer replicas, or a narrower selector',
      })
    }
    total += count * service.ports.length
    if (total <= limits.endpoints) continue
    findings.error({
      code: 'LIMIT_EXCEEDED',
      message: `The ports of all Services have more than ${formatCount(limits.endpoints)} endpoints together`,
      place: service.origin.place(['spec', 'selector']),
      hint: 'leave out Services that the question is not about, or take fewer replicas',
    })
    return
  }
}

function checkServicePorts(
  services: readonly ServiceObject[],
  nodeCount: number,
  findings: Findings,
  limits: Limits,
): void {
  const portCount = services.reduce((sum, { ports }) => sum + ports.length, 0)
  if (portCount * nodeCount <= limits.servicePortsOnNodes) return
  findings.error({
    code: 'LIMIT_EXCEEDED',
    message: `${formatCount(portCount)} Service ports on ${formatCount(nodeCount)} nodes are more rules than are built`,
    place: undefined,
    hint: `Service ports times nodes may be ${formatCount(limits.servicePortsOnNodes)}: take fewer nodes`,
  })
}
