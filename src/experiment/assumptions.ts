/** Everything a run takes for granted, with where it comes from: written into every results file. */

import type { Distribution } from '../base/distribution.js'
import { formatDuration } from '../base/units.js'
import { DEFAULT_POD_BEHAVIOUR, type Scenario } from '../input/scenario-schema.js'
import { costsOf } from '../model/cost-settings.js'
import { COST_CONSTANTS, type CostName } from '../model/costs.js'
import { LINK_KINDS } from '../model/links.js'
import { describeDistribution } from './describe-distribution.js'

export interface Assumption {
  readonly preset: string
  readonly name: string
  /** With its unit. */
  readonly value: string
  readonly source: string
}

const SET_BY_SCENARIO = 'the scenario, or its defaults'

/** In a fixed order: costs, links, names, limits, pods. */
export function assumptionsOf(scenario: Scenario): Assumption[] {
  return [
    ...costAssumptions(scenario),
    ...linkAssumptions(scenario),
    ...fixedAssumptions(scenario),
    ...podAssumptions(scenario),
  ]
}

function costAssumptions(scenario: Scenario): Assumption[] {
  const { preset, set } = scenario.spec.costs
  const costs = costsOf(scenario)
  return (Object.keys(COST_CONSTANTS) as CostName[]).map((name) => ({
    preset: `costs/${preset}`,
    name,
    value: `${costs[name]} ${COST_CONSTANTS[name].unit}`,
    source: Object.hasOwn(set, name)
      ? SET_BY_SCENARIO
      : preset === 'none'
        ? 'preset none'
        : COST_CONSTANTS[name].source,
  }))
}

function linkAssumptions({ spec }: Scenario): Assumption[] {
  return LINK_KINDS.map((kind) => assumption('links', kind, spec.links[kind]))
}

function fixedAssumptions({ spec }: Scenario): Assumption[] {
  return [
    assumption('dns', 'lookupTime', spec.dns.lookupTime),
    { preset: 'dns', name: 'cacheTime', value: formatDuration(spec.dns.cacheTime), source: SET_BY_SCENARIO },
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

function podAssumptions({ spec }: Scenario): Assumption[] {
  const entries = Object.entries(spec.pods)
  const behaviours = entries.length === 0 ? [['(default)', DEFAULT_POD_BEHAVIOUR] as const] : entries
  return behaviours.flatMap(([workload, { servers, queueCapacity, serviceTime }]) => [
    { preset: `pods/${workload}`, name: 'servers', value: String(servers), source: SET_BY_SCENARIO },
    {
      preset: `pods/${workload}`,
      name: 'queueCapacity',
      value: String(queueCapacity),
      source: SET_BY_SCENARIO,
    },
    assumption(`pods/${workload}`, 'serviceTime', serviceTime),
  ])
}

function assumption(preset: string, name: string, distribution: Distribution): Assumption {
  return { preset, name, value: describeDistribution(distribution), source: SET_BY_SCENARIO }
}
