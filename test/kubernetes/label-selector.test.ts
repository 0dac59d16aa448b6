import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LabelRequirement } from '../../src/input/kubernetes-objects.js'
import { labelIndex, selectorOf, selects } from '../../src/kubernetes/label-selector.js'
import { labels } from './objects.js'

const POD = labels({ app: 'web', tier: 'front' })

const rows: {
  name: string
  matchLabels?: Record<string, string>
  expression?: LabelRequirement
  selected: boolean
}[] = [
  { name: 'an empty selector selects everything', selected: true },
  { name: 'every label must be equal', matchLabels: { app: 'web', tier: 'front' }, selected: true },
  { name: 'one other value is too many', matchLabels: { app: 'web', tier: 'back' }, selected: false },
  { name: 'a key that is not there is too many', matchLabels: { zone: '' }, selected: false },
  { name: 'In', expression: { key: 'app', operator: 'In', values: ['api', 'web'] }, selected: true },
  { name: 'In without the key', expression: { key: 'zone', operator: 'In', values: ['a'] }, selected: false },
  { name: 'NotIn', expression: { key: 'app', operator: 'NotIn', values: ['web'] }, selected: false },
  {
    name: 'NotIn without the key',
    expression: { key: 'zone', operator: 'NotIn', values: ['a'] },
    selected: true,
  },
  { name: 'Exists', expression: { key: 'app', operator: 'Exists', values: [] }, selected: true },
  {
    name: 'Exists without the key',
    expression: { key: 'zone', operator: 'Exists', values: [] },
    selected: false,
  },
  { name: 'DoesNotExist', expression: { key: 'app', operator: 'DoesNotExist', values: [] }, selected: false },
  {
    name: 'DoesNotExist without the key',
    expression: { key: 'zone', operator: 'DoesNotExist', values: [] },
    selected: true,
  },
  {
    name: 'labels and expressions must both hold',
    matchLabels: { app: 'web' },
    expression: { key: 'tier', operator: 'NotIn', values: ['front'] },
    selected: false,
  },
]

describe('selects', () => {
  it.each(rows)('$name: $selected', ({ matchLabels = {}, expression, selected }) => {
    const matchExpressions = expression === undefined ? [] : [expression]
    expect(selects({ matchLabels: labels(matchLabels), matchExpressions }, POD)).toBe(selected)
  })
})

describe('labelIndex', () => {
  it('finds what a search through everything finds, in the same order', () => {
    const word = fc.constantFrom('a', 'b', 'c')
    const item = fc.record({
      namespace: fc.constantFrom('one', 'two'),
      labels: fc.dictionary(word, word, { maxKeys: 3 }).map(labels),
    })
    const wanted = fc.dictionary(word, word, { maxKeys: 2 }).map((each) => selectorOf(labels(each)))
    const property = fc.property(fc.array(item, { maxLength: 12 }), wanted, (items, selector) => {
      expect(labelIndex(items).find('one', selector)).toEqual(
        items.filter((each) => each.namespace === 'one' && selects(selector, each.labels)),
      )
    })
    fc.assert(property, { seed: 1, numRuns: 200 })
  })
})
