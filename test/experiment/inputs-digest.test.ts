import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { recordWorkload } from '../../src/experiment/record-workload.js'
import { parseDocuments } from '../../src/input/parse-documents.js'
import { plainValue } from '../../src/input/tree.js'
import { type ShopOptions, shopFile, shopInputs } from './inputs.js'

function digestOf(options: ShopOptions = {}): string {
  return loadExperiment(shopInputs(options)).digest
}

/** The manifests as JSON objects. */
const OBJECTS = parseDocuments([shopFile('shop.yaml')]).documents.map(plainValue)

/** The value with the keys of every map in an order that depends on the number. */
function rekeyed(value: unknown, order: number): unknown {
  if (Array.isArray(value)) return value.map((each) => rekeyed(each, order))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, each]) => [key, rekeyed(each, order)] as const)
  const turned = [...entries.slice(order % entries.length), ...entries.slice(0, order % entries.length)]
  return Object.fromEntries(order % 2 === 0 ? turned : turned.reverse())
}

describe('the digest of inputs', () => {
  const usual = digestOf()

  test('is 64 hexadecimal digits, the same every time', () => {
    expect(usual).toMatch(/^[0-9a-f]{64}$/)
    expect(digestOf()).toBe(usual)
  })

  test('does not depend on files, their names and order, nor on the order of documents and keys', () => {
    const order = fc.shuffledSubarray(
      OBJECTS.map((_, index) => index),
      { minLength: OBJECTS.length },
    )
    const property = fc.property(order, fc.nat(50), fc.nat(OBJECTS.length), (indices, keyOrder, cut) => {
      const texts = indices.map((index) => JSON.stringify(rekeyed(OBJECTS[index], keyOrder)))
      const manifestFiles = [texts.slice(0, cut), texts.slice(cut)].map((part, index) => ({
        path: `${keyOrder}-${index}.yaml`,
        text: part.join('\n---\n'),
      }))
      expect(digestOf({ manifestFiles })).toBe(usual)
    })
    fc.assert(property, { seed: 1, numRuns: 30 })
  })

  test.each([
    ['comments', (text: string) => `# a comment\n${text}`],
    [
      'defaults written out',
      (text: string) => text.replace('name: browsers', 'name: browsers\n      connection: perRequest'),
    ],
    ['another notation of a time', (text: string) => text.replace('horizon: 3s', 'horizon: 3000ms')],
    ['the seed', (text: string) => text.replace('spec:', 'spec:\n  seed: 7')],
    ['the number of replications', (text: string) => text.replace('spec:', 'spec:\n  replications: 7')],
    ['names of files', (text: string) => text.replace('[shop.yaml]', '[other.yaml]')],
  ])('does not depend on %s', (_, edit) => {
    expect(digestOf({ edit })).toBe(usual)
  })

  test.each([
    ['clients.browsers.count=21'],
    ['links.outside=11ms'],
    ['web.replicas=3'],
    ['service.web.sessionAffinity=ClientIP'],
    ['deployment.web.replicas=3'],
  ])('changes with %s', (setting) => {
    expect(digestOf({ settings: [setting] })).not.toBe(usual)
  })

  test('is of the values, wherever they come from', () => {
    const edit = (text: string) => text.replace('spec:', 'spec:\n  replicas: { web: 3 }')
    expect(digestOf({ settings: ['web.replicas=3'] })).toBe(digestOf({ edit }))
    expect(digestOf({ axes: ['web.replicas=3'] })).toBe(digestOf({ edit }))
  })

  test('changes with the recorded workload', () => {
    const plan = loadExperiment(shopInputs())
    const traces = [1, 2].map((seed) => recordWorkload(plan.points[0], seed))
    const [first, second] = traces.map((trace) => loadExperiment({ ...shopInputs(), trace }).digest)
    expect(new Set([usual, first, second]).size).toBe(3)
  })
})
