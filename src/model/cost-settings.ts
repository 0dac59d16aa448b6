/** The costs in force: the scenario's preset, with single constants set over it. */

import { closestName } from '../base/closest-name.js'
import { InputError } from '../base/diagnostics.js'
import type { Scenario } from '../input/scenario-schema.js'
import { COST_CONSTANTS, COST_PRESETS, type CostName, type CostPresetName, type Costs } from './costs.js'

/** The preset of a proxy mode, where the scenario names none. */
const PRESET_OF_MODE = { iptables: 'iptables-nft', nftables: 'nftables', ipvs: 'ipvs' } as const

/** The preset in force. */
export function costPresetOf({ spec }: Scenario): CostPresetName {
  return spec.costs.preset ?? PRESET_OF_MODE[spec.proxy.mode]
}

/** @throws InputError COST_UNKNOWN if the scenario sets a constant that does not exist */
export function costsOf(scenario: Scenario): Costs {
  const { set } = scenario.spec.costs
  const costs: Record<CostName, number> = { ...COST_PRESETS[costPresetOf(scenario)] }
  for (const [name, value] of Object.entries(set)) {
    if (!isCostName(name)) throw unknownCostError(name)
    costs[name] = value
  }
  return costs
}

function isCostName(name: string): name is CostName {
  return Object.hasOwn(COST_CONSTANTS, name)
}

function unknownCostError(name: string): InputError {
  const names = Object.keys(COST_CONSTANTS)
  const nearest = closestName(name, names)
  return new InputError([
    {
      severity: 'error',
      code: 'COST_UNKNOWN',
      message: `There is no cost "${name}"`,
      hint: nearest === undefined ? `one of ${names.join(', ')}` : `did you mean "${nearest}"?`,
    },
  ])
}
