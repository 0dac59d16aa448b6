/** What manifests say of how pods end and are replaced. */
import { describe, expect, it, test } from 'vitest'
import { findings, manifestsOf } from '../reading.js'

const TEMPLATE = (spec: object) => ({ metadata: { labels: { app: 'web' } }, spec })
const deployment = (podSpec: object, more: object = {}) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: { app: 'web' } }, template: TEMPLATE(podSpec), ...more },
  })
const read = (text: string) => manifestsOf(text).workloads[0]
const withHook = (preStop: object) => deployment({ containers: [{ name: 'main', lifecycle: { preStop } }] })

describe('a preStop hook', () => {
  test.each([
    [{ sleep: { seconds: 7 } }, 7],
    [{ exec: { command: ['sleep', '5'] } }, 5],
    [{ exec: { command: ['/bin/sleep', '2m'] } }, 120],
    [{ exec: { command: ['sh', '-c', 'nginx -s quit; sleep 10'] } }, 10],
    [{ exec: { command: ['sh', '-c', 'sleep 10 && nginx -s quit'] } }, undefined],
    [{ exec: { command: ['./stop'] } }, undefined],
    [{}, undefined],
  ])('%j sleeps for %s seconds', (hook, seconds) => {
    expect(read(withHook(hook)).podSpec.containers[0].preStopSeconds).toBe(seconds)
  })

  it('that does something else is warned of', () => {
    const found = findings(withHook({ httpGet: { port: 80 } })).map(({ code }) => code)
    expect(found).toEqual(['FIELD_IGNORED'])
  })
})

it('the time that a pod has to end is read', () => {
  const containers = [{ name: 'main' }]
  expect(read(deployment({ containers, terminationGracePeriodSeconds: 60 })).podSpec.gracePeriodSeconds).toBe(
    60,
  )
  expect(read(deployment({ containers })).podSpec.gracePeriodSeconds).toBe(undefined)
})

describe('the strategy of a Deployment', () => {
  const strategyOf = (strategy: object) =>
    read(deployment({ containers: [{ name: 'main' }] }, { strategy })).strategy
  const codes = (strategy: object) =>
    findings(deployment({ containers: [{ name: 'main' }] }, { strategy })).map(({ code }) => code)

  it('is read as numbers or percentages', () => {
    const rollingUpdate = { maxSurge: '50%', maxUnavailable: 1 }
    expect(strategyOf({ type: 'RollingUpdate', rollingUpdate })).toEqual({
      isRecreate: false,
      ...rollingUpdate,
    })
    expect(strategyOf({ type: 'Recreate' })).toEqual({ isRecreate: true })
  })

  it('is refused where it is neither', () => {
    expect(codes({ rollingUpdate: { maxSurge: 'many' } })).toEqual(['FIELD_VALUE'])
    expect(codes({ rollingUpdate: { maxSurge: -1 } })).toEqual(['FIELD_VALUE'])
    expect(codes({ type: 'BlueGreen' })).toEqual(['FIELD_VALUE'])
  })
})
