/** How fast pods work, as scenarios say it: disciplines, CPU limits, slow starts, classes. */
import { describe, expect, test } from 'vitest'
import { DEFAULT_POD_BEHAVIOUR } from '../../src/input/default-pod-behaviour.js'
import { scenarioErrors, scenarioOf, scenarioText } from './reading.js'

/** A scenario with one more field of the spec. */
const withField = (text: string) => scenarioText(`  ${text}`)

const behaviourOf = (web: string) => scenarioOf(withField(`pods: {web: {${web}}}`)).spec.pods.web

/** What is wrong with a workload, without the place. */
const wrongs = (spec: string) => scenarioErrors(withField(spec)).map((each) => each.replace(/ \d+:\d+ /, ' '))

test('a pod is plain where nothing is said', () => {
  expect(DEFAULT_POD_BEHAVIOUR).toMatchObject({ discipline: 'fcfs', callOrder: 'sequence', classes: {} })
  expect([DEFAULT_POD_BEHAVIOUR.cpuLimit, DEFAULT_POD_BEHAVIOUR.slowStart]).toEqual([undefined, undefined])
})

describe('a CPU limit', () => {
  test.each([
    ['500m', 0.5],
    ['2', 2],
    ['"2"', 2],
    ['0.25', 0.25],
    ['fromManifest', 'fromManifest'],
  ])('%s', (text, expected) => {
    expect(behaviourOf(`cpuLimit: ${text}`).cpuLimit).toBe(expected)
  })

  test.each(['"0"', 'half', 'frommanifest', '500q', '"-1"'])('is not %s', (text) => {
    expect(wrongs(`pods: {web: {cpuLimit: ${text}}}`)).toEqual([
      `QUANTITY spec.pods.web.cpuLimit is "${text.replaceAll('"', '')}" ` +
        '[it must be a number of CPUs above 0 such as 2 or 500m, or fromManifest]',
    ])
  })

  test.each(['0', '-1'])('is not the number %s', (text) => {
    expect(wrongs(`pods: {web: {cpuLimit: ${text}}}`)).toEqual([
      `FIELD_VALUE spec.pods.web.cpuLimit is ${text} [it must be above 0]`,
    ])
  })

  test('holds in a period that kubelet takes', () => {
    const periodOf = (text: string) =>
      scenarioOf(withField(`limits: {cpuPeriod: ${text}}`)).spec.limits.cpuPeriod
    expect([periodOf('1ms'), periodOf('1s')]).toEqual([1_000_000, 1_000_000_000])
    expect(['999us', '1001ms'].flatMap((text) => wrongs(`limits: {cpuPeriod: ${text}}`))).toEqual([
      'FIELD_VALUE spec.limits.cpuPeriod is "999us" [it must be a duration from 1ms to 1s]',
      'FIELD_VALUE spec.limits.cpuPeriod is "1001ms" [it must be a duration from 1ms to 1s]',
    ])
  })
})

describe('a slow start', () => {
  test('has a duration and a factor', () => {
    expect(behaviourOf('slowStart: {duration: 30s, factor: 0.2}').slowStart).toEqual({
      duration: 30_000_000_000,
      factor: 0.2,
    })
  })

  test('is refused where one is missing, or makes no pod slower', () => {
    const slow = (text: string) => wrongs(`pods: {web: {slowStart: {${text}}}}`)
    expect([
      slow('duration: 1s'),
      slow('factor: 1'),
      slow('duration: 1s, factor: 0'),
      slow('duration: 1s, factor: 2'),
    ]).toEqual([
      ['FIELD_MISSING spec.pods.web.slowStart.factor is missing [it must be a number]'],
      [expect.stringContaining('FIELD_MISSING spec.pods.web.slowStart.duration is missing')],
      ['FIELD_VALUE spec.pods.web.slowStart.factor is 0 [it must be above 0]'],
      ['FIELD_VALUE spec.pods.web.slowStart.factor is 2 [it must be at most 1]'],
    ])
  })
})

describe('a choice', () => {
  test('that is misspelt is told with the word that was meant', () => {
    expect(wrongs('pods: {web: {discipline: pss, callOrder: paralel}}')).toEqual([
      'FIELD_VALUE spec.pods.web.discipline is "pss" [it must be "fcfs" or "ps"; did you mean "ps"?]',
      'FIELD_VALUE spec.pods.web.callOrder is "paralel" [it must be "sequence" or "parallel"; did you mean "parallel"?]',
    ])
  })
})

describe('a class', () => {
  test('has a service time and calls, or one of them, or neither', () => {
    const { classes } = behaviourOf(
      'classes: {a: {serviceTime: 7ms, calls: []}, b: {calls: [{to: "db:80"}]}, c: {}}',
    )
    expect(classes.a).toEqual({ serviceTime: { kind: 'constant', value: 7_000_000 }, calls: [] })
    expect(classes.b.calls?.map(({ to }) => to)).toEqual([{ host: 'db', port: 80 }])
    expect(classes.c).toEqual({})
  })

  test('has a name as other things have', () => {
    expect(wrongs('pods: {web: {classes: {Search!: {}}}}')).toEqual([
      expect.stringContaining('FIELD_VALUE spec.pods.web.classes has the key "Search!"'),
    ])
  })

  test('has no other fields', () => {
    expect(wrongs('pods: {web: {classes: {a: {servicetime: 1ms}}}}')).toEqual([
      'FIELD_UNKNOWN There is no field "servicetime" in spec.pods.web.classes.a [did you mean "serviceTime"?]',
    ])
  })
})
