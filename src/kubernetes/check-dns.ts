/** Whether what the scenario says of names can be: a Service kube-dns that answers, settings that somebody heeds. */
import type { PodBehaviour, ScenarioSpec } from '../input/scenario-schema.js'
import type { ClusterPod, ClusterService } from './cluster.js'
import { dnsPodsOf, dnsPortOf } from './coredns.js'
import { CLUSTER_DOMAIN, type DnsRecords } from './dns-records.js'
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
  dns: DnsRecords,
  findings: Findings,
): number | undefined {
  if (spec.dns.mode === 'constant') {
    warnOfNames(spec, findings)
    return undefined
  }
  warnOfBehaviours(spec, pods, services, findings)
  checkNames(spec, pods, dns, findings)
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
  for (const { resolves, path } of lookedUpNames(spec)) {
    findings.warn({
      code: 'SETTING_WITHOUT_EFFECT',
      message: `"resolves: ${resolves}" has no effect: every look-up takes spec.dns.lookupTime`,
      place: findings.place(...path),
      hint: 'set spec.dns.mode: coredns',
    })
  }
}

/** Names that can be nobody's: single words and names of the cluster that it does not have. */
function checkNames(
  spec: ScenarioSpec,
  pods: readonly ClusterPod[],
  dns: DnsRecords,
  findings: Findings,
): void {
  const namespaces = new Set(['default', ...pods.map(({ namespace }) => namespace)])
  for (const { resolves, path } of lookedUpNames(spec)) {
    const name = resolves.replace(/\.$/, '')
    const isOutside = name.includes('.') && !name.endsWith(`.${CLUSTER_DOMAIN}`)
    if (isOutside || [...namespaces].some((each) => dns.resolve(resolves, each) !== undefined)) continue
    findings.error({
      code: 'CALL_UNKNOWN_SERVICE',
      message: `Nobody has the name "${resolves}"`,
      place: findings.place(...path),
      hint: 'write a name outside of the cluster, such as api.example.com, or that of a Service',
    })
  }
}

/** Every `resolves` of the scenario, with its place. */
function lookedUpNames({ clients, pods }: ScenarioSpec) {
  const ofCalls = (calls: PodBehaviour['calls'], ...path: readonly (string | number)[]) =>
    calls.map(({ resolves }, index) => ({ resolves, path: [...path, index] }))
  const ofPods = Object.entries(pods).flatMap(([name, { calls, classes }]) => [
    ...ofCalls(calls, 'pods', name, 'calls'),
    ...Object.entries(classes).flatMap(([each, own]) =>
      ofCalls(own.calls ?? [], 'pods', name, 'classes', each, 'calls'),
    ),
  ])
  const ofGroups = clients.map(({ resolves }, index) => ({ resolves, path: ['clients', index] }))
  return [...ofGroups, ...ofPods].flatMap(({ resolves, path }) =>
    resolves === undefined ? [] : [{ resolves, path: ['spec', ...path, 'resolves'] }],
  )
}
