/** By which ways the connections of a call go: what the collector is told before the run, and its counts with their names. */
import type { Scenario } from '../input/scenario-schema.js'
import type { Cluster } from '../kubernetes/cluster.js'
import { settingOf } from '../kubernetes/pod-groups.js'
import type { WayCount, WaySettings } from '../metrics/ways.js'
import type { CallSite } from '../model/call-sites.js'
import { balancerSettingsOf } from '../model/load-balancers/balancer-settings.js'
import { machineZones } from '../model/load-balancers/machines.js'
import type { CallWays } from '../results/results-schema.js'

/** The name of what is outside of the cluster. */
const OUTSIDE_NAME = 'outside'

/** What the collector of a call site is told. */
export function waySettings(site: CallSite, cluster: Cluster, scenario: Scenario): WaySettings {
  const zones = zonesOf(cluster)
  return {
    zoneOfNode: Int32Array.from(cluster.nodes, ({ zone }) => zones.indexOf(zone)),
    zoneCount: zones.length,
    machineCount: machineNames(site, cluster, scenario).length,
  }
}

/** The counts as results hold them; undefined where nothing was counted. */
export function callWays(
  counts: readonly WayCount[],
  site: CallSite,
  cluster: Cluster,
  scenario: Scenario,
): CallWays | undefined {
  if (counts.length === 0) return undefined
  const froms = [...new Set(counts.map(({ from }) => from))]
  const zones = zonesOf(cluster)
  return {
    from: froms.map((from) => (from < 0 ? OUTSIDE_NAME : zones[from])),
    machines: machineNames(site, cluster, scenario),
    counts: counts.map(({ from, machine, entryNode, position, count }) => [
      froms.indexOf(from),
      machine,
      entryNode,
      position,
      count,
    ]),
  }
}

function zonesOf({ nodes }: Cluster): readonly string[] {
  return [...new Set(nodes.map(({ zone }) => zone))]
}

/** The zone of each machine of the load balancer that callers outside meet, empty if it stands in all; none: there is none. */
function machineNames({ group, via, service }: CallSite, cluster: Cluster, { spec }: Scenario): string[] {
  if (via !== 'loadBalancer' || group?.location !== 'outside') return []
  const given = settingOf(spec.loadBalancers, service.name)
  const { settings } = balancerSettingsOf(given, service.object.externalTrafficPolicy === 'Local')
  return machineZones(cluster, settings).map((zone) => zone ?? '')
}
