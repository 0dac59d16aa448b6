/** What is taken for granted of pods: of every workload that the scenario describes, and of all others together. */
import { formatDuration } from '../base/units.js'
import { DEFAULT_POD_BEHAVIOUR } from '../input/default-pod-behaviour.js'
import type { PodBehaviour, Scenario } from '../input/scenario-schema.js'
import type { Cluster, ClusterPod } from '../kubernetes/cluster.js'
import { dnsPodsOf } from '../kubernetes/coredns.js'
import { behaviourKey, cpuLimitMilli } from '../model/behaviours.js'
import { LIMIT_CONSTANTS, limitsOf } from '../model/limits.js'
import { SET_BY_SCENARIO } from '../results/results-schema.js'
import { type Assumption, assumption, timeAssumption } from './assumption.js'
import { describeDistribution } from './describe-distribution.js'

/** Size and service time always, what is unusual where it is. */
export function podAssumptions(scenario: Scenario, cluster: Cluster): Assumption[] {
  const { pods, dns } = scenario.spec
  const dnsPods = dns.mode === 'coredns' ? dnsPodsOf(cluster.services) : new Set()
  const firstPods = new Map<string, ClusterPod>()
  for (const pod of cluster.pods) {
    const key = behaviourKey(pod)
    if (!firstPods.has(key) && !dnsPods.has(pod.index)) firstPods.set(key, pod)
  }
  const hasOthers = [...firstPods.keys()].some((key) => !Object.hasOwn(pods, key))
  return [
    ...Object.entries(pods).flatMap(([workload, behaviour]) => [
      ...usualAssumptions(workload, behaviour),
      ...unusualAssumptions(workload, behaviour, firstPods.get(workload)),
    ]),
    ...(hasOthers ? usualAssumptions('(others)', DEFAULT_POD_BEHAVIOUR) : []),
    ...periodAssumptions(scenario),
  ]
}

function usualAssumptions(workload: string, behaviour: PodBehaviour): Assumption[] {
  const preset = `pods/${workload}`
  const { servers, queueCapacity, serviceTime } = behaviour
  const usual = DEFAULT_POD_BEHAVIOUR
  return [
    assumption(preset, 'servers', String(servers), String(usual.servers)),
    assumption(preset, 'queueCapacity', String(queueCapacity), String(usual.queueCapacity)),
    timeAssumption(preset, 'serviceTime', serviceTime, usual.serviceTime),
  ]
}

function unusualAssumptions(
  workload: string,
  behaviour: PodBehaviour,
  pod: ClusterPod | undefined,
): Assumption[] {
  const { discipline, callOrder, slowStart } = behaviour
  const set: [name: string, value: string][] = []
  if (discipline !== DEFAULT_POD_BEHAVIOUR.discipline) set.push(['discipline', discipline])
  if (callOrder !== DEFAULT_POD_BEHAVIOUR.callOrder) set.push(['callOrder', callOrder])
  if (behaviour.cpuLimit !== undefined) set.push(['cpuLimit', cpuLimitText(behaviour, pod)])
  if (slowStart !== undefined) {
    const { factor, duration } = slowStart
    set.push(['slowStart', `${factor} of the speed, rising to 1 within ${formatDuration(duration)}`])
  }
  for (const [name, { serviceTime, calls }] of Object.entries(behaviour.classes)) {
    if (serviceTime !== undefined)
      set.push([`classes.${name}.serviceTime`, describeDistribution(serviceTime)])
    if (calls !== undefined) set.push([`classes.${name}.calls`, callsText(calls)])
  }
  return set.map(([name, value]) => ({ preset: `pods/${workload}`, name, value, source: SET_BY_SCENARIO }))
}

function cpuLimitText(behaviour: PodBehaviour, pod: ClusterPod | undefined): string {
  const milli = pod === undefined ? undefined : cpuLimitMilli(behaviour, pod)
  return milli === undefined ? 'none' : `${milli}m`
}

function callsText(calls: PodBehaviour['calls']): string {
  return calls.length === 0 ? 'none' : calls.map(({ to }) => `${to.host}:${to.port}`).join(', ')
}

/** The period of CPU limits, where there are any. */
function periodAssumptions(scenario: Scenario): Assumption[] {
  const { pods, limits } = scenario.spec
  if (Object.values(pods).every(({ cpuLimit }) => cpuLimit === undefined)) return []
  const source = limits.cpuPeriod === undefined ? LIMIT_CONSTANTS.cpuPeriod.source : SET_BY_SCENARIO
  return [
    { preset: 'limits', name: 'cpuPeriod', value: formatDuration(limitsOf(scenario).cpuPeriod), source },
  ]
}
