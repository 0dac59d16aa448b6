/** What every object has, and selectors of labels. */
import { formatCount } from '../../base/units.js'
import type { LabelRequirement, LabelSelector, ObjectMeta } from '../kubernetes-objects.js'
import type { FieldTable } from './field-tables.js'
import { LABEL_REQUIREMENT, LABEL_SELECTOR, METADATA } from './field-tables.js'
import type { Fields } from './fields.js'
import { isDnsLabel, isDnsSubdomain, isLabelKey, isLabelValue } from './names.js'

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const

/** `metadata`; the namespace is `default` where absent. Cluster-wide kinds have none, and keep `default` too. */
export function readMeta(object: Fields): ObjectMeta {
  const metadata = object.fields('metadata', METADATA)
  const name = metadata.text('name')
  if (metadata.value('name') === undefined) metadata.missing('name')
  else if (name !== undefined && !isDnsSubdomain(name))
    metadata.error('FIELD_VALUE', `"${name}" is no name`, 'name', NAME_HINT)
  const namespace = metadata.text('namespace') ?? 'default'
  if (!isDnsLabel(namespace))
    metadata.error('FIELD_VALUE', `"${namespace}" is no namespace`, 'namespace', NAMESPACE_HINT)
  return { name: name ?? '', namespace, labels: readLabels(metadata), annotations: readAnnotations(metadata) }
}

const NAMESPACE_HINT =
  'it must be at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit'
const NAME_HINT =
  'it must be lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit'

const LABEL_HINT = 'at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit'
const LABEL_KEY_HINT = `it must be NAME or PREFIX/NAME: ${LABEL_HINT}; the prefix a DNS name`

/** `labels`, checked as Kubernetes does. */
export function readLabels(metadata: Fields): ReadonlyMap<string, string> {
  const labels = metadata.textMap('labels')
  checkLabels(metadata, 'labels', labels)
  return labels
}

function readAnnotations(metadata: Fields): ReadonlyMap<string, string> {
  const annotations = metadata.textMap('annotations')
  let characters = 0
  for (const [key, value] of annotations) characters += key.length + value.length
  const { annotationCharacters } = metadata.reading.limits
  if (characters > annotationCharacters) {
    const message = `metadata.annotations has ${formatCount(characters)} characters`
    const hint = `Kubernetes takes at most ${formatCount(annotationCharacters)}`
    metadata.error('LIMIT_EXCEEDED', message, 'annotations', hint)
  }
  return annotations
}

/** Notes keys and values that can not be labels. */
export function checkLabels(fields: Fields, name: string, labels: ReadonlyMap<string, string>): void {
  for (const [key, value] of labels) {
    if (!isLabelKey(key)) {
      const message = `${fields.pathOf(name)} has "${key}", which is no label key`
      fields.errorInMap('FIELD_VALUE', message, { name, key, part: 'key' }, LABEL_KEY_HINT)
    }
    if (!isLabelValue(value)) {
      const message = `${fields.pathOf(name)}.${key} is "${value}"`
      fields.errorInMap('FIELD_VALUE', message, { name, key, part: 'value' }, `it must be ${LABEL_HINT}`)
    }
  }
}

/** matchLabels and matchExpressions. */
export function readSelector(parent: Fields, name: string): LabelSelector {
  const selector = parent.fields(name, LABEL_SELECTOR)
  const matchLabels = selector.textMap('matchLabels')
  checkLabels(selector, 'matchLabels', matchLabels)
  const matchExpressions = selector
    .fieldsOfItems('matchExpressions', LABEL_REQUIREMENT as FieldTable)
    .flatMap(readRequirement)
  return { matchLabels, matchExpressions }
}

function readRequirement(requirement: Fields): LabelRequirement[] {
  const key = requirement.text('key')
  const operator = requirement.oneOf('operator', OPERATORS)
  const values = requirement.texts('values').map(({ text }) => text)
  if (key === undefined) requirement.missing('key')
  if (requirement.value('operator') === undefined)
    requirement.missing('operator', `it must be one of ${OPERATORS.join(', ')}`)
  if (key === undefined || operator === undefined) return []
  const needsValues = operator === 'In' || operator === 'NotIn'
  if (needsValues && values.length === 0) {
    requirement.error(
      'FIELD_MISSING',
      `${requirement.pathOf('values')} is empty`,
      'values',
      `${operator} needs at least one`,
    )
  }
  if (!needsValues && values.length > 0) {
    requirement.error('FIELD_FORBIDDEN', `${operator} takes no values`, 'values', 'leave values out')
  }
  return [{ key, operator, values }]
}
