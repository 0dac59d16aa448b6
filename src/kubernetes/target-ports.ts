/**
 * Which port of a pod a Service port leads to.
 * Source: kubernetes pkg/api/v1/pod, `FindPort`.
 */
import type { Container, ServicePort } from '../input/kubernetes-objects.js'

/**
 * The pod's port behind a Service port: the number itself, or the container port of that name and protocol.
 *
 * @returns 1 to 65,535, or undefined if no container has a port of that name
 */
export function resolveTargetPort(port: ServicePort, containers: readonly Container[]): number | undefined {
  const { targetPort, protocol } = port
  if (typeof targetPort === 'number') return targetPort
  for (const container of containers) {
    const named = container.ports.find((each) => each.name === targetPort && each.protocol === protocol)
    if (named !== undefined) return named.containerPort
  }
  return undefined
}
