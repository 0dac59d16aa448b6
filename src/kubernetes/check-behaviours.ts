/**
 * Whether what the scenario says of pods can be meant: speeds of pods that exist, classes that somebody asks for, CPU limits
 * that the manifests have.
 */
import { FROM_MANIFEST } from '../input/pod-words.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import type { ClusterPod } from './cluster.js'
import type { Findings } from './findings.js'
import { settingOf } from './pod-groups.js'

/** How many workloads a warning about several lists by name. */
const LISTED_NAME_COUNT = 10

/** Checks `spec.pods`, and the classes that client groups name. */
export function checkBehaviours(spec: ScenarioSpec, pods: readonly ClusterPod[], findings: Findings): void {
  const byKey = podsByKey(pods)
  checkSpeeds(spec, byKey, findings)
  checkClasses(spec, findings)
  checkCpuLimits(spec, byKey, findings)
}

/** Pods by what they go by in `spec.pods`: their workload, or their own name. */
function podsByKey(pods: readonly ClusterPod[]): ReadonlyMap<string, readonly ClusterPod[]> {
  const byKey = new Map<string, ClusterPod[]>()
  for (const pod of pods) {
    const key = pod.workload === '' ? pod.name : pod.workload
    const group = byKey.get(key)
    if (group === undefined) byKey.set(key, [pod])
    else group.push(pod)
  }
  return byKey
}

/** Pods that are to be slower or faster but do not exist. */
function checkSpeeds(
  spec: ScenarioSpec,
  byKey: ReadonlyMap<string, readonly ClusterPod[]>,
  findings: Findings,
): void {
  for (const [name, { speed }] of Object.entries(spec.pods)) {
    const podCount = (byKey.get(name) ?? []).reduce((most, { ordinal }) => Math.max(most, ordinal + 1), 0)
    for (const ordinal of Object.keys(speed)) {
      if (Number(ordinal) < podCount) continue
      findings.warn({
        code: 'SETTING_WITHOUT_EFFECT',
        message: `"spec.pods.${name}.speed.${ordinal}" has no effect: "${name}" has ${podCount} pods, from 0`,
        place: findings.place('spec', 'pods', name, 'speed', ordinal),
        hint: 'take an ordinal below the number of replicas',
      })
    }
  }
}

/** Classes that client groups ask for and no pod has; and the other way round. */
function checkClasses(spec: ScenarioSpec, findings: Findings): void {
  const known = new Set(Object.values(spec.pods).flatMap(({ classes }) => Object.keys(classes)))
  const wanted = new Set<string>()
  for (const [index, group] of spec.clients.entries()) {
    if (group.class === undefined) continue
    wanted.add(group.class)
    if (known.has(group.class)) continue
    findings.error({
      code: 'NAME_UNKNOWN',
      message: `No workload of spec.pods has a class "${group.class}" for client group "${group.name}"`,
      place: findings.place('spec', 'clients', index, 'class'),
      hint: findings.nameHint(group.class, () => known, 'classes'),
    })
  }
  for (const [name, { classes }] of Object.entries(spec.pods)) {
    for (const each of Object.keys(classes)) {
      if (wanted.has(each)) continue
      findings.warn({
        code: 'SETTING_WITHOUT_EFFECT',
        message: `"spec.pods.${name}.classes.${each}" has no effect: no client group has that class`,
        place: findings.place('spec', 'pods', name, 'classes', each),
        hint: `set class: ${each} in a group of spec.clients, or take it out`,
      })
    }
  }
}

/** Limits that the scenario wants of the manifests and they do not have; limits there that nothing asks for. */
function checkCpuLimits(
  spec: ScenarioSpec,
  byKey: ReadonlyMap<string, readonly ClusterPod[]>,
  findings: Findings,
): void {
  const unused: string[] = []
  for (const [name, pods] of byKey) {
    const hasLimit = pods.some((pod) => pod.cpuLimitMilli !== undefined)
    const wanted = settingOf(spec.pods, name)?.cpuLimit
    if (wanted === undefined && hasLimit) unused.push(name)
    if (wanted !== FROM_MANIFEST || hasLimit) continue
    findings.warn({
      code: 'SETTING_WITHOUT_EFFECT',
      message: `"spec.pods.${name}.cpuLimit" has no effect: no container of "${name}" has resources.limits.cpu`,
      place: findings.place('spec', 'pods', name, 'cpuLimit'),
      hint: 'add the limit to the manifest, or write it here, such as 500m',
    })
  }
  if (unused.length === 0) return
  const names = unused.slice(0, LISTED_NAME_COUNT).join(', ')
  findings.warn({
    code: 'FIELD_IGNORED',
    message: `CPU limits of the manifests are not applied: ${names}${unused.length > LISTED_NAME_COUNT ? ' …' : ''}`,
    hint: `set spec.pods.${unused[0]}.cpuLimit: fromManifest to model throttling`,
  })
}
