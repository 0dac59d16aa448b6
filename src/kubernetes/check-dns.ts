/** Whether what the scenario says of names can be: a Service kube-dns that answers, settings that somebody heeds. */
import type { ScenarioSpec } from '../input/scenario-schema.js'
import type { ClusterPod, ClusterService } from './cluster.js'
import { dnsPodsOf, dnsPortOf } from './coredns.js'
import type { Findings } from './findings.js'

/**
 * Checks `spec.dns`, and names to resolve.
 *
 * @returns index of the Service that answers queries; undefined where nobody sends any
 */
export function checkDns(
  spec: ScenarioSpec,
  pods: readonly ClusterPod[],
  services: readonly ClusterService[],
  findings: Findings,
): number | undefined {
  if (spec.dns.mode === 'constant') {
    warnOfNames(spec, findings)
    return undefined
  }
  warnOfBehaviours(spec, pods, services, findings)
  const found = dnsPortOf(services)
  if (found !== undefined) return found.service.index
  findings.error({
    code: 'DNS_SERVICE',
    message: 'Service "kube-dns" of namespace kube-system has no cluster IP, or no port 53 for UDP',
    place: findings.place('spec', 'dns', 'mode'),
    hint: 'mend it, or leave it out of the manifests to have it added',
  })
  return undefined
}

/** Pods of CoreDNS do as `spec.dns.server` says. */
function warnOfBehaviours(
  spec: ScenarioSpec,
  pods: readonly ClusterPod[],
  services: readonly ClusterService[],
  findings: Findings,
): void {
  for (const index of dnsPodsOf(services)) {
    const { workload, name } = pods[index]
    const key = workload === '' ? name : workload
    if (!Object.hasOwn(spec.pods, key)) continue
    findings.warn({
      code: 'SETTING_WITHOUT_EFFECT',
      message: `"spec.pods.${key}" has no effect: its pods answer DNS queries`,
      place: findings.place('spec', 'pods', key),
      hint: 'set spec.dns.server',
    })
  }
}

function warnOfNames(spec: ScenarioSpec, findings: Findings): void {
  const ofGroups = spec.clients.map(({ resolves }, index) => ({ resolves, path: ['clients', index] }))
  const ofPods = Object.entries(spec.pods).flatMap(([name, { calls }]) =>
    calls.map(({ resolves }, index) => ({ resolves, path: ['pods', name, 'calls', index] })),
  )
  for (const { resolves, path } of [...ofGroups, ...ofPods]) {
    if (resolves === undefined) continue
    findings.warn({
      code: 'SETTING_WITHOUT_EFFECT',
      message: `"resolves: ${resolves}" has no effect: every look-up takes spec.dns.lookupTime`,
      place: findings.place('spec', ...path, 'resolves'),
      hint: 'set spec.dns.mode: coredns',
    })
  }
}
