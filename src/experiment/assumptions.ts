/** Everything a run takes for granted, with where it comes from: written into every results file. */

import { type ProxySettings, type Scenario, scenarioSchema } from '../input/scenario-schema.js'
import type { Cluster } from '../kubernetes/cluster.js'
import { costPresetOf, costsOf } from '../model/cost-settings.js'
import { COST_CONSTANTS, type CostName, costSource } from '../model/costs.js'
import { LINK_KINDS } from '../model/links.js'
import { SET_BY_SCENARIO } from '../results/results-schema.js'
import { type Assumption, assumption, timeAssumption } from './assumption.js'
import { balancingAssumptions } from './balancing-assumptions.js'
import { changeAssumptions } from './change-assumptions.js'
import { dnsAssumptions } from './dns-assumptions.js'
import { loadBalancerAssumptions } from './load-balancer-assumptions.js'
import { podAssumptions } from './pod-assumptions.js'

/** What links and kube-proxy take where the scenario does not say. */
const { links: linkDefaults, proxy: proxyDefaults } = scenarioSchema.shape.spec.shape
const DEFAULT_LINKS = linkDefaults.parse(undefined)
const DEFAULT_PROXY = proxyDefaults.parse(undefined)

/**
 * In a fixed order: costs, links, names, clients that balance, limits, kube-proxy, load balancers, pods. What differs from the default was set by the scenario.
 *
 * @param clusters - of all design points, of which one may have session affinity where others have not
 */
export function assumptionsOf(
  scenario: Scenario,
  cluster: Cluster,
  clusters: readonly Cluster[] = [cluster],
): Assumption[] {
  return [
    ...costAssumptions(scenario, clusters),
    ...linkAssumptions(scenario),
    ...dnsAssumptions(scenario),
    ...balancingAssumptions(scenario),
    ...fixedAssumptions(scenario),
    ...proxyAssumptions(scenario),
    ...loadBalancerAssumptions(scenario, cluster),
    ...podAssumptions(scenario, cluster),
  ]
}

/** Look-ups of affinity are told of where a Service has it. */
function costAssumptions(scenario: Scenario, clusters: readonly Cluster[]): Assumption[] {
  const { set } = scenario.spec.costs
  const preset = costPresetOf(scenario)
  const costs = costsOf(scenario)
  const hasAffinity = clusters.some(({ services }) =>
    services.some(({ object }) => object.sessionAffinity === 'ClientIP'),
  )
  const names = (Object.keys(COST_CONSTANTS) as CostName[]).filter(
    (name) => name !== 'recentLookup' || hasAffinity || Object.hasOwn(set, name),
  )
  return names.map((name) => ({
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
    {
      preset: 'xt_recent',
      name: 'addresses per list',
      value: '100',
      source: 'Linux xt_recent.c, ip_list_tot; measured: test/data/ground-truth/affinity_overflow.json',
    },
    ...(spec.events === undefined || spec.events.length === 0 ? [STILL_RULES] : changeAssumptions(spec)),
  ]
}

/** Where nothing happens to pods and nodes. */
const STILL_RULES: Assumption = {
  preset: 'kube-proxy',
  name: 'rules',
  value: 'in force from the start',
  source: 'model scope: no events (spec.events), so that no kube-proxy has anything to synchronise',
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
