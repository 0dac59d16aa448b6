/** What is taken for granted of how soon a cluster follows what happens to it: only where events do. */
import { formatDuration } from '../base/units.js'
import { controlPlaneDefaults, shutdownDefaults, startupDefaults } from '../input/events-schema.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import { SET_BY_SCENARIO } from '../results/results-schema.js'
import { type Assumption, assumption, timeAssumption } from './assumption.js'

const DEFAULT_GONE_ADDRESS = 'noArpReply'

/** Times of the control plane, then how pods start and end. */
export function changeAssumptions({ controlPlane, cluster, pods, events }: ScenarioSpec): Assumption[] {
  const { ruleDelay, ...times } = controlPlane ?? controlPlaneDefaults
  const { ruleDelay: usualDelay, ...usual } = controlPlaneDefaults
  return [
    {
      preset: 'events',
      name: 'count',
      value: String(events?.length ?? 0),
      source: SET_BY_SCENARIO,
    },
    timeAssumption('controlPlane', 'ruleDelay', ruleDelay, usualDelay),
    ...Object.entries(times).map(([name, timeNs]) =>
      assumption(
        'controlPlane',
        name,
        formatDuration(timeNs),
        formatDuration(usual[name as keyof typeof usual]),
      ),
    ),
    assumption('cluster', 'goneAddress', cluster.goneAddress ?? DEFAULT_GONE_ADDRESS, DEFAULT_GONE_ADDRESS),
    ...Object.entries(pods).flatMap(([name, { startup, shutdown }]) => [
      assumption(`pods/${name}`, 'startup', plain(startup ?? startupDefaults), plain(startupDefaults)),
      assumption(`pods/${name}`, 'shutdown', plain(shutdown ?? shutdownDefaults), plain(shutdownDefaults)),
    ]),
  ]
}

function plain(settings: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? formatDuration(value) : value}`)
    .join(', ')
}
