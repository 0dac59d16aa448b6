/** Deployment, ReplicaSet, StatefulSet and DaemonSet. */
import type { Origin } from '../../base/diagnostics.js'
import type { LabelSelector, WorkloadObject } from '../kubernetes-objects.js'
import { childOf, deepestOf, type TreeNode } from '../tree.js'
import { POD_TEMPLATE, TEMPLATE_METADATA, WORKLOAD_SPEC } from './field-tables.js'
import type { Fields } from './fields.js'
import { readLabels, readMeta, readSelector } from './meta.js'
import { readPodSpec } from './pod-spec.js'
import { readStrategy } from './strategy.js'

/** @param object - opened with the table OBJECT */
export function readWorkload(object: Fields, kind: WorkloadObject['kind'], origin: Origin): WorkloadObject {
  const meta = readMeta(object)
  const spec = object.fields('spec', WORKLOAD_SPEC[kind])
  if (object.value('spec') === undefined) object.missing('spec')
  const template = spec.fields('template', POD_TEMPLATE)
  if (spec.value('template') === undefined) spec.missing('template')
  const podLabels = readLabels(template.fields('metadata', TEMPLATE_METADATA))
  const selector = readSelector(spec, 'selector')
  checkSelector(spec, selector, podLabels)
  const strategy = kind === 'Deployment' ? readStrategy(spec) : undefined
  return {
    kind,
    meta,
    replicas: kind === 'DaemonSet' ? 1 : (spec.limited('replicas', spec.reading.limits.pods) ?? 1),
    selector,
    podLabels,
    podSpec: readPodSpec(template),
    ...(strategy === undefined ? {} : { strategy }),
    serviceName: kind === 'StatefulSet' ? spec.text('serviceName') : undefined,
    origin,
  }
}

const SELECTOR_HINT = 'write matchLabels with the labels of the template'

/** Is nothing written in it? Expressions that are written but wrong are errors of their own. */
function isEmptySelector(selector: TreeNode): boolean {
  if (selector.kind !== 'map') return false
  const parts = ['matchLabels', 'matchExpressions'].map((name) => childOf(selector, name))
  return parts.every((part) => {
    if (part?.kind === 'map') return part.entries.length === 0
    return part?.kind !== 'list' || part.items.length === 0
  })
}

/** Kubernetes refuses a selector that is empty or does not match the workload's own pods. */
function checkSelector(spec: Fields, selector: LabelSelector, podLabels: ReadonlyMap<string, string>): void {
  if (spec.value('selector') === undefined) {
    spec.missing('selector', SELECTOR_HINT)
    return
  }
  if (isEmptySelector(spec.at('selector'))) {
    const message = 'spec.selector has neither matchLabels nor matchExpressions'
    spec.error('SELECTOR_MISMATCH', message, 'selector', SELECTOR_HINT)
    return
  }
  for (const [key, value] of selector.matchLabels) {
    if (podLabels.get(key) === value) continue
    const found = podLabels.get(key)
    const hint =
      found === undefined ? `the template has no label "${key}"` : `the template has ${key}=${found}`
    const message = `the selector wants ${key}=${value}, which its own template has not`
    const at = deepestOf(spec.at('selector'), ['matchLabels', key])
    spec.errorAt('SELECTOR_MISMATCH', message, at, hint)
  }
  for (const { key, operator, values } of selector.matchExpressions) {
    const found = podLabels.get(key)
    const isMet =
      operator === 'Exists'
        ? found !== undefined
        : operator === 'DoesNotExist'
          ? found === undefined
          : operator === 'In'
            ? found !== undefined && values.includes(found)
            : found === undefined || !values.includes(found)
    if (isMet) continue
    const wanted = [key, operator, ...(values.length === 0 ? [] : [values.join(', ')])].join(' ')
    const hint =
      found === undefined ? `the template has no label "${key}"` : `the template has ${key}=${found}`
    spec.error('SELECTOR_MISMATCH', `the template does not meet ${wanted}`, 'selector', hint)
  }
}
