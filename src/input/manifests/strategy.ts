/** How a Deployment replaces its pods: `spec.strategy`. */
import type { UpdateStrategy } from '../kubernetes-objects.js'
import { ROLLING_UPDATE, STRATEGY } from './field-tables.js'
import type { Fields } from './fields.js'

const SHARE = /^(?:100|[1-9]?\d)%$/

/** @returns undefined where nothing is written */
export function readStrategy(spec: Fields): UpdateStrategy | undefined {
  if (spec.value('strategy') === undefined) return undefined
  const strategy = spec.fields('strategy', STRATEGY)
  const type = strategy.oneOf('type', ['RollingUpdate', 'Recreate'])
  const rolling = strategy.fields('rollingUpdate', ROLLING_UPDATE)
  const maxSurge = readShare(rolling, 'maxSurge')
  const maxUnavailable = readShare(rolling, 'maxUnavailable')
  return {
    isRecreate: type === 'Recreate',
    ...(maxSurge === undefined ? {} : { maxSurge }),
    ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
  }
}

/** A number of pods, or a percentage. */
function readShare(rolling: Fields, name: string): number | string | undefined {
  const node = rolling.value(name)
  if (node === undefined) return undefined
  if (node.kind === 'scalar' && typeof node.value === 'string') {
    if (SHARE.test(node.value)) return node.value
    rolling.error(
      'FIELD_VALUE',
      `${rolling.pathOf(name)} is no share`,
      name,
      'it must be a number such as 1, or a percentage such as 25%',
    )
    return undefined
  }
  return rolling.integer(name, 0, 100_000)
}
