/** Worlds that are run until nothing is to come any more. */
import { NS_PER_S } from '../../src/base/nanoseconds.js'
import type { DesignPoint } from '../../src/experiment/plan.js'
import { recordWorkload } from '../../src/experiment/record-workload.js'
import type { Scenario } from '../../src/input/scenario-schema.js'
import { buildWorld, type World } from '../../src/model/world.js'

/** Longer than any time-out of callers, tables of nodes, IPVS and health checks. */
const DRAINING_NS = 400 * NS_PER_S

/** A world in which the demand of the scenario ends, and all that follows from it, long before the horizon. */
export function drainingWorld({ cluster, scenario, ...point }: DesignPoint): World {
  const { seed } = scenario.spec
  const trace = recordWorkload({ cluster, scenario, ...point }, seed)
  const horizon = (scenario.spec.horizon + DRAINING_NS) as Scenario['spec']['horizon']
  const longer = { ...scenario, spec: { ...scenario.spec, horizon } }
  return buildWorld({ cluster, scenario: longer, seed, replication: 0, trace })
}
