/** Which calls have no steady state, and by what that is known: the offered load, or a backlog that grows. */
import type { ReplicationMeasures } from '../../metrics/replication-collector.js'
import { type CallGraph, type CallSite, eligiblePods } from '../../model/call-sites.js'
import { OUTCOMES } from '../../model/records.js'
import type { Instability } from '../../results/results-schema.js'
import type { DesignPoint } from '../plan.js'
import { growingBacklog } from './growing-backlog.js'
import { type OfferedLoad, offeredLoads } from './offered-load.js'

/**
 * Looks at one design point.
 *
 * @param isReplay - the requests come from a trace: the rates of the scenario say nothing, only measures do
 * @returns by call site; undefined: nothing speaks against a steady state
 */
export function findInstability(
  point: DesignPoint,
  graph: CallGraph,
  measures: readonly ReplicationMeasures[],
  isReplay: boolean,
): readonly (Instability | undefined)[] {
  const loads = isReplay ? [] : offeredLoads(point, graph).filter(({ utilisation }) => utilisation >= 1)
  return graph.sites.map((site) => {
    const offered = heaviest(loads.filter(({ sites }) => sites.has(site.index)))
    const backlog = backlogOf(point, site, measures)
    if (offered === undefined && backlog === undefined) return undefined
    return {
      ...(offered === undefined ? {} : { offered }),
      ...(backlog === undefined ? {} : { backlog }),
    }
  })
}

function heaviest(loads: readonly OfferedLoad[]): Instability['offered'] {
  if (loads.length === 0) return undefined
  const most = loads.reduce((left, right) => (right.utilisation > left.utilisation ? right : left))
  const { workload, utilisation } = most
  return { workload, utilisation: Number.isFinite(utilisation) ? utilisation : null }
}

function backlogOf(
  { cluster }: DesignPoint,
  site: CallSite,
  measures: readonly ReplicationMeasures[],
): Instability['backlog'] {
  const pods = eligiblePods(cluster, site).map(({ index }) => index)
  const mean = (figure: (replication: ReplicationMeasures) => number) =>
    measures.reduce((sum, each) => sum + figure(each), 0) / measures.length
  const utilisations = pods.map((pod) =>
    mean(({ totals }) => totals.pods[pod].busyAreaNs / totals.pods[pod].serverCount / totals.windowNs),
  )
  return growingBacklog({
    quarters: measures.map(({ backlogs }) => backlogs[site.index]),
    issued: mean(({ calls }) => OUTCOMES.reduce((sum, name) => sum + calls[site.index].outcomes[name], 0)),
    utilisation: utilisations.reduce((most, each) => Math.max(most, each), 0),
  })
}
