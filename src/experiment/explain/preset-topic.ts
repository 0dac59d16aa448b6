/** Presets of costs, limits and load balancers: every constant with its value, unit and source. */

import { formatDuration } from '../../base/units.js'
import {
  COST_CONSTANTS,
  COST_PRESETS,
  type CostName,
  type CostPresetName,
  costSource,
} from '../../model/costs.js'
import { LIMIT_CONSTANTS } from '../../model/limits.js'
import type { BalancerPreset, BalancerSettings, PresetConstant } from '../../model/load-balancers/preset.js'
import { BALANCER_CONSTANTS, BALANCER_PRESETS } from '../../model/load-balancers/presets.js'
import type { ExplainedPart, Explanation } from '../../results/explanation.js'
import type { Topic } from './topic.js'

const PRESETS: ReadonlyMap<string, Explanation> = new Map(
  [
    ...(Object.keys(COST_PRESETS) as CostPresetName[]).map(costPreset),
    limitPreset(),
    ...Object.entries(BALANCER_PRESETS).map(([name, preset]) => balancerPreset(name, preset)),
  ].map((each) => [each.name, each]),
)

/** A preset goes by its last name as well, and a constant by `PRESET/CONSTANT`. */
export const PRESET_TOPIC: Topic = {
  kind: 'preset',
  description: 'constants of the model with value, unit and source; one of them: PRESET/CONSTANT',
  examples: ['costs/iptables-nft', 'metallb-l2', 'limits/cpuPeriod'],
  names: () =>
    [...PRESETS.values()].flatMap(({ name, parts }) => [
      name,
      ...parts.map((part) => `${name}/${part.name}`),
    ]),
  find: (written) => {
    const whole = presetsCalled(written)
    if (whole.length > 0) return whole
    const slash = written.lastIndexOf('/')
    if (slash === -1) return []
    const constant = written.slice(slash + 1)
    return presetsCalled(written.slice(0, slash)).flatMap((preset) => constantOf(preset, constant))
  },
}

function presetsCalled(name: string): readonly Explanation[] {
  return [...PRESETS.values()].filter((each) => each.name === name || each.name.endsWith(`/${name}`))
}

function constantOf(preset: Explanation, constant: string): readonly Explanation[] {
  return preset.parts
    .filter(({ name }) => name === constant)
    .map(({ name, facts, description }) => ({
      kind: 'preset',
      name: `${preset.name}/${name}`,
      description,
      facts,
      parts: [],
    }))
}

function costPreset(preset: CostPresetName): Explanation {
  const names = Object.keys(COST_CONSTANTS) as CostName[]
  return {
    kind: 'preset',
    name: `costs/${preset}`,
    description:
      'Processor time of packets on nodes. A scenario takes the preset of the mode of kube-proxy, and sets others under spec.costs.',
    facts: {},
    parts: names.map((name) => ({
      name,
      facts: {
        value: String(COST_PRESETS[preset][name]),
        unit: COST_CONSTANTS[name].unit,
        source: costSource(preset, name),
      },
      description: COST_CONSTANTS[name].meaning,
    })),
  }
}

function limitPreset(): Explanation {
  return {
    kind: 'preset',
    name: 'limits',
    description: 'Sizes and time-outs of the kernel. A scenario sets single ones under spec.limits.',
    facts: {},
    parts: Object.entries(LIMIT_CONSTANTS).map(([name, { unit, value, meaning, source }]) => ({
      name,
      facts: { ...valueFacts(value, unit), source },
      description: meaning,
    })),
  }
}

function balancerPreset(name: string, { constants, underLocal }: BalancerPreset): Explanation {
  const settings = Object.keys(BALANCER_CONSTANTS) as (keyof BalancerSettings)[]
  return {
    kind: 'preset',
    name: `load-balancers/${name}`,
    description: `A load balancer: preset ${name} of a Service under spec.loadBalancers.`,
    facts: {},
    parts: settings.map((setting) => balancerConstant(setting, constants[setting], underLocal[setting])),
  }
}

function balancerConstant(
  setting: keyof BalancerSettings,
  { value, source }: PresetConstant<unknown>,
  local: PresetConstant<unknown> | undefined,
): ExplainedPart {
  const { unit, meaning } = BALANCER_CONSTANTS[setting]
  const under = local === undefined ? {} : localFacts(local, unit)
  return {
    name: setting.replace(/Ns$/, ''),
    facts: { ...valueFacts(value, unit), source, ...under },
    description: meaning,
  }
}

/** Where the Service has externalTrafficPolicy Local. */
function localFacts({ value, source }: PresetConstant<unknown>, unit: string): Record<string, string> {
  return { 'under Local': valueFacts(value, unit).value, 'its source': source }
}

/** Times are written as durations, as a scenario takes them. */
function valueFacts(value: unknown, unit: string): { readonly value: string; readonly unit: string } {
  if (typeof value === 'boolean') return { value: value ? 'yes' : 'no', unit }
  if (typeof value === 'number' && unit === 'ns') return { value: formatDuration(value), unit: 'duration' }
  return { value: String(value), unit }
}
