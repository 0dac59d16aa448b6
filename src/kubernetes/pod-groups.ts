/**
 * The pods that the objects ask for, before they have nodes: groups of equal pods, one for each workload and one
 * for each Pod written by hand.
 */
import type { Origin, SourcePlace } from '../base/diagnostics.js'
import type {
  Manifests,
  PodObject,
  PodSpec,
  UpdateStrategy,
  WorkloadObject,
} from '../input/kubernetes-objects.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import type { Findings } from './findings.js'
import type { Labels } from './label-selector.js'

/** Equal pods of one owner. */
export interface PodGroup {
  readonly kind: WorkloadObject['kind'] | 'Pod'
  readonly namespace: string
  /** Name of the workload, or of the Pod. */
  readonly name: string
  readonly labels: Labels
  readonly podSpec: PodSpec
  /** Of a Deployment, where it says. */
  readonly strategy: UpdateStrategy | undefined
  /** How many pods; undefined for a DaemonSet, which has one on every node that it fits. */
  readonly replicas: number | undefined
  /** Nodes of the pods by hand, used again from the start; empty: none given. */
  readonly placement: readonly string[]
  /** From the Pod's status; undefined: to be assigned. */
  readonly podIp: string | undefined
  readonly isReady: boolean
  /** The headless Service under which DNS names the pods; empty: none. */
  readonly subdomain: string
  readonly origin: Origin
  /** Path of the pod specification in the object. */
  readonly specPath: readonly string[]
}

/** The groups: workloads in the order of the manifests, then Pods. Settings of the scenario win over the objects. */
export function podGroups(manifests: Manifests, spec: ScenarioSpec, findings: Findings): PodGroup[] {
  checkWorkloadNames(manifests, spec, findings)
  const groups = [
    ...manifests.workloads.map((each) => workloadGroup(each, spec)),
    ...manifests.pods.map((each) => podGroup(each, spec)),
  ]
  checkNamesDiffer(groups, findings)
  return groups
}

/** What the user calls a group, e.g. `Deployment "web"`. */
export function groupTitle(group: PodGroup): string {
  return `${group.kind} "${group.name}"`
}

/** Where a field of a group's pod specification stands. */
export function specPlace(group: PodGroup, ...path: readonly (string | number)[]): SourcePlace {
  return group.origin.place([...group.specPath, ...path])
}

/** The setting of a name; names such as `constructor` are no exception. */
export function settingOf<T>(settings: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(settings, name) ? settings[name] : undefined
}

function workloadGroup(workload: WorkloadObject, spec: ScenarioSpec): PodGroup {
  const { name, namespace } = workload.meta
  const isDaemonSet = workload.kind === 'DaemonSet'
  return {
    kind: workload.kind,
    namespace,
    name,
    labels: workload.podLabels,
    podSpec: workload.podSpec,
    strategy: workload.strategy,
    replicas: isDaemonSet ? undefined : (settingOf(spec.replicas, name) ?? workload.replicas),
    placement: isDaemonSet ? [] : (settingOf(spec.cluster.placement, name) ?? []),
    podIp: undefined,
    isReady: true,
    subdomain: workload.serviceName ?? workload.podSpec.subdomain ?? '',
    origin: workload.origin,
    specPath: ['spec', 'template', 'spec'],
  }
}

function podGroup(pod: PodObject, spec: ScenarioSpec): PodGroup {
  const { name, namespace, labels } = pod.meta
  return {
    kind: 'Pod',
    namespace,
    name,
    labels,
    podSpec: pod.podSpec,
    strategy: undefined,
    replicas: 1,
    placement: settingOf(spec.cluster.placement, name) ?? [],
    podIp: pod.podIp,
    isReady: pod.isReady,
    subdomain: pod.podSpec.subdomain ?? '',
    origin: pod.origin,
    specPath: ['spec'],
  }
}

function checkWorkloadNames(manifests: Manifests, spec: ScenarioSpec, findings: Findings): void {
  const workloads = new Map(manifests.workloads.map((each) => [each.meta.name, each]))
  const anyNames = new Set([...workloads.keys(), ...manifests.pods.map((each) => each.meta.name)])
  const check = (settings: object, names: Iterable<string>, ...path: string[]) => {
    const known = new Set(names)
    for (const name of Object.keys(settings)) {
      if (known.has(name)) continue
      findings.error({
        code: 'WORKLOAD_UNKNOWN',
        message: `No workload is named "${name}"`,
        place: findings.place(...path, name),
        hint: findings.nameHint(name, () => known, 'workloads'),
      })
    }
  }
  check(spec.replicas, workloads.keys(), 'spec', 'replicas')
  check(spec.cluster.placement, anyNames, 'spec', 'cluster', 'placement')
  check(spec.pods, anyNames, 'spec', 'pods')
  warnOfDaemonSet(Object.keys(spec.replicas), workloads, findings, 'spec', 'replicas')
  warnOfDaemonSet(Object.keys(spec.cluster.placement), workloads, findings, 'spec', 'cluster', 'placement')
}

function warnOfDaemonSet(
  names: readonly string[],
  workloads: ReadonlyMap<string, WorkloadObject>,
  findings: Findings,
  ...path: readonly string[]
): void {
  for (const name of names) {
    if (workloads.get(name)?.kind !== 'DaemonSet') continue
    findings.warn({
      code: 'SETTING_WITHOUT_EFFECT',
      message: `"${[...path, name].join('.')}" has no effect: DaemonSet "${name}" has one pod on every node`,
      place: findings.place(...path, name),
      hint: 'take the setting out, or choose nodes by a nodeSelector',
    })
  }
}

/** Pods are named after their workload, so two workloads of one name in a namespace would have pods of one name. */
function checkNamesDiffer(groups: readonly PodGroup[], findings: Findings): void {
  const first = new Map<string, PodGroup>()
  for (const group of groups) {
    const key = `${group.namespace}/${group.name}`
    const other = first.get(key)
    if (other === undefined) {
      first.set(key, group)
      continue
    }
    const { file, line } = other.origin.place(['metadata', 'name'])
    findings.error({
      code: 'POD_NAME_TWICE',
      message: `${groupTitle(group)} has the name of another ${other.kind}, so their pods can not be told apart`,
      place: group.origin.place(['metadata', 'name']),
      hint: `rename one of them; the other is ${groupTitle(other)} at ${file}:${line}`,
    })
  }
}
