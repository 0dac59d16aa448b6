/** What is wrong with scenarios: all in one pass, each at its place, with what it must be. */
import { describe, expect, test } from 'vitest'
import { scenarioErrors, scenarioText } from './reading.js'

const wrongs = (spec: string) => scenarioErrors(scenarioText(spec))

describe('a file that is no scenario', () => {
  const hint = 'write apiVersion: svcsim.dev/v1alpha1 and kind: Scenario, or make one with `svcsim init`'

  test.each<[string, string]>([
    ['', `SCENARIO_SHAPE 1:1 "scenario.yaml" is empty [${hint}]`],
    ['# nothing\n', `SCENARIO_SHAPE 1:1 "scenario.yaml" is empty [${hint}]`],
    [
      'a: 1\n---\nb: 2\n',
      `SCENARIO_SHAPE 3:1 "scenario.yaml" holds 2 documents, and a scenario is one [${hint}]`,
    ],
    ['[1]\n', `SCENARIO_SHAPE 1:1 "scenario.yaml" is no scenario: it has no kind [${hint}]`],
    ['kind: Service\n', `SCENARIO_SHAPE 1:7 "scenario.yaml" is no scenario: its kind is "Service" [${hint}]`],
    [
      'kind: Scenaro\n',
      'SCENARIO_SHAPE 1:7 "scenario.yaml" is no scenario: its kind is "Scenaro" [did you mean "Scenario"?]',
    ],
  ])('%j', (text, error) => {
    expect(scenarioErrors(text)).toEqual([error])
  })

  test('is told its mistakes in YAML', () => {
    expect(scenarioErrors('kind: [\n')).toEqual([
      'YAML_SYNTAX 2:1 Flow sequence in block collection must be sufficiently indented and end with a ] [a ] may be missing above]',
    ])
  })

  test('of another version says which', () => {
    expect(scenarioErrors(scenarioText().replace('v1alpha1', 'v2'))).toEqual([
      'FIELD_VALUE 1:13 apiVersion is "svcsim.dev/v2" [it must be "svcsim.dev/v1alpha1"]',
    ])
  })
})

describe('a field', () => {
  test.each<[string, string]>([
    ['  horizn: 5s\n', 'FIELD_UNKNOWN 8:3 There is no field "horizn" in spec [did you mean "horizon"?]'],
    [
      '  colour: red\n',
      'FIELD_UNKNOWN 8:3 There is no field "colour" in spec [see `svcsim schema` for all fields]',
    ],
    [
      '  pods: {web: {server: 2}}\n',
      'FIELD_UNKNOWN 8:16 There is no field "server" in spec.pods.web [did you mean "servers"?]',
    ],
    ['  __proto__: {seed: 2}\n', 'FIELD_UNKNOWN 8:3 There is no field "__proto__"'],
    ['  replicas: {__proto__: 5}\n', 'FIELD_UNKNOWN 8:14 There is no field "__proto__"'],
    [
      '  constructor: 5\n',
      'FIELD_UNKNOWN 8:3 There is no field "constructor" in spec [see `svcsim schema` for all fields]',
    ],
    ['  seed: -1\n', 'FIELD_VALUE 8:9 spec.seed is -1 [it must be at least 0]'],
    ['  seed: 1.5\n', 'FIELD_TYPE 8:9 spec.seed is 1.5 [it must be a whole number]'],
    ['  seed: "1"\n', 'FIELD_TYPE 8:9 spec.seed is a text [it must be a number]'],
    ['  seed:\n', 'FIELD_TYPE 8:3 spec.seed is empty [it must be a number]'],
    [
      '  seed: 12345678901234567890\n',
      'YAML_NUMBER 8:9 The number 12345678901234567890 can not be held exactly [write fewer digits; put it in quotes if it is a text]',
    ],
    [
      '  seed: 014\n',
      'YAML_AMBIGUOUS 8:9 kubectl (YAML 1.1) reads "014" as another number, YAML 1.2 does not [put it in quotes if it is a text, else write the number in plain decimal digits]',
    ],
    ['  replications: 0\n', 'FIELD_VALUE 8:17 spec.replications is 0 [it must be at least 1]'],
    [
      '  replications: 1000000\n',
      'FIELD_VALUE 8:17 spec.replications is 1000000 [it must be at most 100,000]',
    ],
    [
      '  replicas: {web: 1000000000}\n',
      'LIMIT_EXCEEDED 8:19 spec.replicas.web is 1000000000 [svcsim takes at most 150,000]',
    ],
    [
      '  links: {sameNode: fast}\n',
      'DURATION 8:21 spec.links.sameNode is "fast" [it must be a duration such as 250ms, 1.5s, 1m30s or 2h, below 104 days and in whole nanoseconds]',
    ],
    [
      '  loadBalancers: {web: {targets: node}}\n',
      'FIELD_VALUE 8:34 spec.loadBalancers.web.targets is "node" [it must be "nodes" or "pods"; did you mean "nodes"?]',
    ],
    [
      '  pods: {web: {speed: {first: 0.5}}}\n',
      'FIELD_VALUE 8:24 spec.pods.web.speed has the key "first" [it must be the ordinal of a pod, as text]',
    ],
    [
      '  pods: {web: {speed: {"0": 0}}}\n',
      'FIELD_VALUE 8:29 spec.pods.web.speed.0 is 0 [it must be above 0]',
    ],
    [
      '  cluster: {nodes: [{name: Node_1}]}\n',
      'FIELD_VALUE 8:28 spec.cluster.nodes[0].name is "Node_1" [it must be a name of at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit]',
    ],
    [
      '  cluster: {nodes: [{name: a, labels: {b: 1}}]}\n',
      'FIELD_TYPE 8:43 spec.cluster.nodes[0].labels.b is a number [it must be a text]',
    ],
    ['  sweep: {axes: []}\n', 'FIELD_VALUE 8:17 spec.sweep.axes has 0 items [there must be at least 1]'],
    ['  workload: {}\n', 'FIELD_MISSING 8:13 spec.workload.trace is missing [it must be a text]'],
    ['  dns: [1]\n', 'FIELD_TYPE 8:8 spec.dns is a list [it must be a map of fields]'],
  ])('%j', (spec, error) => {
    expect(wrongs(spec)).toEqual([error])
  })

  test('that every scenario needs is missing', () => {
    expect(
      scenarioErrors('apiVersion: svcsim.dev/v1alpha1\nkind: Scenario\nspec: {manifests: []}\n'),
    ).toEqual([
      'FIELD_MISSING 1:1 metadata is missing [it must be a map of fields]',
      'FIELD_VALUE 3:19 spec.manifests has 0 items [there must be at least 1]',
      'FIELD_MISSING 3:7 spec.clients is missing [it must be a list]',
    ])
  })
})

describe('all errors', () => {
  test('are told in one pass, in the order of the schema, what can not be read first', () => {
    expect(
      wrongs(
        '  seed: 1e400\n  horizon: 5\n  replications: many\n  pods: {web: {servers: 0, serviceTime: no}}\n',
      ).map((each) => each.split(' ', 2).join(' ')),
    ).toEqual([
      'YAML_NUMBER 8:9',
      'YAML_AMBIGUOUS 11:41',
      'FIELD_TYPE 10:17',
      'FIELD_TYPE 9:12',
      'FIELD_VALUE 11:25',
    ])
  })

  test('are kept up to 100, quickly, and more are said to be left', () => {
    const started = performance.now()
    const keys = Array.from({ length: 9_000 }, (_, index) => `  horizo${index}: 1\n`).join('')
    const errors = wrongs(keys)
    expect(errors.length).toBe(101)
    expect(errors[100]).toBe(
      'MORE_LEFT_OUT - These are the first 100 errors; there may be more [mend them, and run again]',
    )
    expect(performance.now() - started).toBeLessThan(3_000)
  })
})

describe('what does not go together', () => {
  const clients = (rate: string, more = '') => scenarioText(more).replace('10/s}', `${rate}}`)

  test.each<[string, string, string[]]>([
    [
      'a warm-up as long as the horizon',
      scenarioText('  warmUp: 10s\n  horizon: 10s\n'),
      [
        'WARM_UP_TOO_LONG 9:12 The warm-up of 10 s does not end before the horizon of 10 s [nothing would be measured: make the horizon longer, or the warm-up shorter]',
      ],
    ],
    [
      'a horizon beyond 30 days',
      clients('1/h', '  horizon: 721h\n'),
      [
        'LIMIT_EXCEEDED 8:12 The horizon of 721 h is beyond 30 days (720 h) [take a shorter horizon, and more replications]',
      ],
    ],
    [
      'more requests than a replication takes',
      clients('1e9/s'),
      [
        'LIMIT_EXCEEDED 7:52 The rates ask for more than 1,000,000,000 requests in 61 s [lower the rates or the horizon]',
      ],
    ],
    [
      'a gap that is not the inverse of the rate',
      clients('10/s, gap: 50ms'),
      [
        'GAP_MEAN 7:63 The mean gap of client group "users" is not the inverse of its rate [1/rate is 100000000ns]',
      ],
    ],
    [
      'two client groups of one name',
      scenarioText().replace('    - {', "    - {name: users, to: 'web:80', arrivals: {rate: 1/s}}\n    - {"),
      [
        'NAME_DUPLICATE 8:14 Client group "users" is there twice [the first is in line 7; rename one of them]',
      ],
    ],
    [
      'two nodes of one name',
      scenarioText('  cluster: {nodes: [{name: a}, {name: a}]}\n'),
      ['NAME_DUPLICATE 8:39 Node "a" is there twice [the first is in line 8; rename one of them]'],
    ],
    [
      'an axis that varies nothing',
      scenarioText('  sweep: {axes: [{name: x}]}\n'),
      ['SETTING_SYNTAX 8:18 Axis "x" of the sweep has nothing to vary [give path and values, or variants]'],
    ],
    [
      'an axis whose range is empty',
      scenarioText('  sweep: {axes: [{path: web.replicas, values: 5..1}]}\n'),
      ['SETTING_SYNTAX 8:47 "5..1" is no range of 1 to 10000 values [write FIRST..LAST or FIRST..LAST/STEP]'],
    ],
    [
      'an axis with a path as well as variants',
      scenarioText('  sweep: {axes: [{path: a.b, variants: [{name: x, set: {}}]}]}\n'),
      [
        'FIELD_FORBIDDEN 8:40 Axis "a.b" has variants as well as a path or values [give path and values, or variants]',
      ],
    ],
  ])('%s', (_, text, errors) => {
    expect(scenarioErrors(text)).toEqual(errors)
  })

  test.each([
    ['the inverse of the rate as gap', clients('10/s, gap: 100ms')],
    ['a distribution with that mean', clients('10/s, gap: {distribution: lognormal, mean: 100ms, cv: 2}')],
    ['30 days', clients('1/h', '  horizon: 720h\n')],
  ])('%s does', (_, text) => {
    expect(scenarioErrors(text)).toEqual([])
  })
})
