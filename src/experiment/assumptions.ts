/** Everything a run takes for granted, with where it comes from: written into every results file. */

import type { Distribution } from '../base/distribution.js'
import { formatDuration } from '../base/units.js'
import {
  DEFAULT_POD_BEHAVIOUR,
  type PodBehaviour,
  type ProxySettings,
  type Scenario,
  scenarioSchema,
} from '../input/scenario-schema.js'
import type { Cluster } from '../kubernetes/cluster.js'
import { behaviourKey } from '../model/behaviours.js'
import { costPresetOf, costsOf } from '../model/cost-settings.js'
import { COST_CONSTANTS, type CostName, costSource } from '../model/costs.js'
import { LINK_KINDS } from '../model/links.js'
import { SET_BY_SCENARIO } from '../results/results-schema.js'
import { describeDistribution } from './describe-distribution.js'

export interface Assumption {
  readonly preset: string
  readonly name: string
  /** With its unit. */
  readonly value: string
  readonly source: string
}

const DEFAULT = 'default of svcsim'

/** What links, names and kube-proxy take where the scenario does not say. */
const { links: linkDefaults, dns: dnsDefaults, proxy: proxyDefaults } = scenarioSchema.shape.spec.shape
const DEFAULT_LINKS = linkDefaults.parse(undefined)
const DEFAULT_DNS = dnsDefaults.parse(undefined)
const DEFAULT_PROXY = proxyDefaults.parse(undefined)

/** In a fixed order: costs, links, names, limits, kube-proxy, pods. What differs from the default was set by the scenario. */
export function assumptionsOf(scenario: Scenario, cluster: Cluster): Assumption[] {
  return [
    ...costAssumptions(scenario),
    ...linkAssumptions(scenario),
    ...fixedAssumptions(scenario),
    ...proxyAssumptions(scenario),
    ...podAssumptions(scenario, cluster),
  ]
}

function costAssumptions(scenario: Scenario): Assumption[] {
  const { set } = scenario.spec.costs
  const preset = costPresetOf(scenario)
  const costs = costsOf(scenario)
  return (Object.keys(COST_CONSTANTS) as CostName[]).map((name) => ({
    preset: `costs/${preset}`,
    name,
    value: `${costs[name]} ${COST_CONSTANTS[name].unit}`,
    source: Object.hasOwn(set, name) ? SET_BY_SCENARIO : costSource(preset, name),
  }))
}

function linkAssumptions({ spec }: Scenario): Assumption[] {
  return LINK_KINDS.map((kind) => timeAssumption('links', kind, spec.links[kind], DEFAULT_LINKS[kind]))
}

function fixedAssumptions({ spec }: Scenario): Assumption[] {
  return [
    timeAssumption('dns', 'lookupTime', spec.dns.lookupTime, DEFAULT_DNS.lookupTime),
    assumption('dns', 'cacheTime', formatDuration(spec.dns.cacheTime), formatDuration(DEFAULT_DNS.cacheTime)),
    {
      preset: 'xt_recent',
      name: 'addresses per list',
      value: '100',
      source: 'Linux xt_recent.c, ip_list_tot; measured: test/data/ground-truth/affinity_overflow.json',
    },
    {
      preset: 'kube-proxy',
      name: 'rules',
      value: 'in force from the start',
      source: 'model scope: no synchronisation delay yet',
    },
  ]
}

/** The mode always, other settings of kube-proxy where they are not its defaults. */
function proxyAssumptions({ spec }: Scenario): Assumption[] {
  const settings = Object.entries(spec.proxy).map(([name, value]) =>
    assumption('kube-proxy', name, plainText(value), plainText(DEFAULT_PROXY[name as keyof ProxySettings])),
  )
  return settings.filter(({ name, source }) => name === 'mode' || source === SET_BY_SCENARIO)
}

function plainText(value: ProxySettings[keyof ProxySettings]): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Of every workload that the scenario describes, and of all others together, if there are any. */
function podAssumptions({ spec }: Scenario, cluster: Cluster): Assumption[] {
  const described = Object.entries(spec.pods)
  const hasOthers = cluster.pods.some((pod) => !Object.hasOwn(spec.pods, behaviourKey(pod)))
  const others = hasOthers ? [['(others)', DEFAULT_POD_BEHAVIOUR] as const] : []
  return [...described, ...others].flatMap(([workload, behaviour]) =>
    behaviourAssumptions(workload, behaviour),
  )
}

function behaviourAssumptions(workload: string, behaviour: PodBehaviour): Assumption[] {
  const preset = `pods/${workload}`
  const { servers, queueCapacity, serviceTime } = behaviour
  const usual = DEFAULT_POD_BEHAVIOUR
  return [
    assumption(preset, 'servers', String(servers), String(usual.servers)),
    assumption(preset, 'queueCapacity', String(queueCapacity), String(usual.queueCapacity)),
    timeAssumption(preset, 'serviceTime', serviceTime, usual.serviceTime),
  ]
}

function timeAssumption(preset: string, name: string, time: Distribution, usual: Distribution): Assumption {
  return assumption(preset, name, describeDistribution(time), describeDistribution(usual))
}

function assumption(preset: string, name: string, value: string, usual: string): Assumption {
  return { preset, name, value, source: value === usual ? DEFAULT : SET_BY_SCENARIO }
}
