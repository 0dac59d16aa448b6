import { describe, expect, test } from 'vitest'
import { checkExperiment, checkManifests } from '../../src/experiment/check-inputs.js'
import { isScenario, namedFiles } from '../../src/experiment/named-files.js'
import { shopFile, shopInputs } from './inputs.js'

const codesOf = (warnings: readonly { readonly code: string }[]) => warnings.map(({ code }) => code)

describe('checkExperiment', () => {
  test('counts what was understood', () => {
    expect(checkExperiment(shopInputs({ scenario: 'sweep.yaml' }))).toMatchObject({
      nodeCount: 3,
      podCount: 2,
      serviceCount: 2,
      experiment: { clientGroupCount: 1, pointCount: 6, replications: 2 },
    })
  })

  test('warns of a selector that matches nothing, a Service that no client uses, a target without a port', () => {
    const service = (name: string, selector: string, port: number) =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {selector: {app: ${selector}}, ports: [{port: ${port}}]}\n`
    const manifestFiles = [
      shopFile('shop.yaml'),
      { path: 'more.yaml', text: [service('lost', 'wbe', 80), service('spare', 'web', 9999)].join('---\n') },
    ]
    const { warnings } = checkExperiment(shopInputs({ manifestFiles }))
    expect(codesOf(warnings)).toEqual(['SVC_NO_POD', 'PORT_NOT_DECLARED', 'SVC_UNUSED', 'SVC_UNUSED'])
  })
})

describe('checkManifests', () => {
  test('takes three nodes where the manifests bring none, and does not ask for clients', () => {
    expect(checkManifests([shopFile('shop.yaml')])).toEqual({
      nodeCount: 3,
      podCount: 3,
      serviceCount: 2,
      experiment: undefined,
      warnings: [],
    })
  })

  test('takes the range of cluster IPs from a real cluster, and says so', () => {
    const text =
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {clusterIP: 10.43.7.9, ports: [{port: 80}]}\n'
    const { serviceCount, warnings } = checkManifests([shopFile('shop.yaml'), { path: 'a.yaml', text }])
    expect(serviceCount).toBe(3)
    const [warning] = warnings.filter(({ code }) => code === 'SERVICE_RANGE_ASSUMED')
    expect([warning.place?.file, warning.place?.line]).toEqual(['a.yaml', 4])
  })

  test('tells what is ignored', () => {
    const job = { path: 'job.yaml', text: 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\n' }
    expect(codesOf(checkManifests([shopFile('shop.yaml'), job]).warnings)).toEqual(['KIND_IGNORED'])
  })
})

describe('namedFiles', () => {
  test.each([
    [
      'apiVersion: x\nspec: {manifests: [a.yaml, b/], workload: {trace: t.msgpack}}',
      ['a.yaml', 'b/'],
      't.msgpack',
    ],
    ['{"spec": {"manifests": ["a.json"]}}', ['a.json'], undefined],
    ['spec: {manifests: [1, "", [x], a.yaml]}', ['a.yaml'], undefined],
    ['spec: {manifests: a.yaml}', [], undefined],
    ['spec: 5', [], undefined],
    ['[', [], undefined],
    ['', [], undefined],
  ])('of %j are %j and %s', (text, manifests, trace) => {
    expect(namedFiles({ path: 'scenario.yaml', text })).toEqual({ manifests, trace })
  })
})

test.each([
  ['apiVersion: svcsim.dev/v1alpha1\nkind: Scenario', true],
  ['{"apiVersion":"svcsim.dev/v2","kind":"Scenaro"}', true],
  ['kind: Scenario', true],
  ['apiVersion: v1\nkind: Service\nmetadata: {name: Scenario}', false],
  ['', false],
])('%j is a scenario: %s', (text, expected) => {
  expect(isScenario({ path: 'x.yaml', text })).toBe(expected)
})
