/** Deployments and their like, and the pods that they make. */
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../../src/input/limits.js'
import { manifestsOf, toldOf } from '../reading.js'

const TEMPLATE = '{metadata: {labels: {app: web}}, spec: {containers: [{name: main}]}}'
const SELECTOR = 'selector: {matchLabels: {app: web}}'

function workloadText(spec: string, kind = 'Deployment'): string {
  return `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: web}\nspec:\n  ${spec}\n`
}

/** A Deployment whose pods have these fields beside one container. */
function podText(spec: string): string {
  return workloadText(
    `{${SELECTOR}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main}], ${spec}}}}`,
  )
}

/** A Deployment whose only container has these fields. */
function containerText(container: string): string {
  return workloadText(
    `{${SELECTOR}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main, ${container}}]}}}`,
  )
}

const wrongs = (text: string): string[] =>
  toldOf(text).map((each) => each.replace(/ \d+:\d+ (?:\w+ "web": )?/, ' '))

describe('a workload', () => {
  test("has Kubernetes' defaults", () => {
    const [deployment] = manifestsOf(workloadText(`{${SELECTOR}, template: ${TEMPLATE}}`)).workloads
    const { origin, ...rest } = deployment
    expect(origin.place(['spec', 'template']).line).toBe(5)
    expect(rest).toEqual({
      kind: 'Deployment',
      meta: { name: 'web', namespace: 'default', labels: new Map(), annotations: new Map() },
      replicas: 1,
      selector: { matchLabels: new Map([['app', 'web']]), matchExpressions: [] },
      podLabels: new Map([['app', 'web']]),
      podSpec: {
        nodeName: undefined,
        nodeSelector: new Map(),
        hostNetwork: false,
        hostname: undefined,
        subdomain: undefined,
        containers: [{ name: 'main', ports: [], env: new Map() }],
        topologySpreadConstraints: [],
      },
      serviceName: undefined,
    })
  })

  test('of other kinds is read alike', () => {
    const text = ['ReplicaSet', 'StatefulSet', 'DaemonSet']
      .map((kind) => {
        const more = kind === 'StatefulSet' ? ', serviceName: peers' : ''
        const replicas = kind === 'DaemonSet' ? '' : ', replicas: 0'
        return workloadText(`{${SELECTOR}, template: ${TEMPLATE}${more}${replicas}}`, kind)
      })
      .join('---\n')
    expect(manifestsOf(text).workloads).toMatchObject([
      { kind: 'DaemonSet', replicas: 1, serviceName: undefined },
      { kind: 'ReplicaSet', replicas: 0, serviceName: undefined },
      { kind: 'StatefulSet', replicas: 0, serviceName: 'peers' },
    ])
  })

  test('has pods as they are written', () => {
    const text = workloadText(`
    replicas: 3
    selector:
      matchExpressions:
        - {key: app, operator: In, values: [web, api]}
        - {key: app, operator: NotIn, values: [db]}
        - {key: app, operator: Exists}
        - {key: old, operator: DoesNotExist}
    template:
      metadata: {labels: {app: web}}
      spec:
        nodeName: node-1
        nodeSelector: {disk: ssd}
        hostNetwork: true
        hostname: a
        subdomain: peers
        containers:
          - name: main
            ports: [{containerPort: 8080, name: http}, {containerPort: 53, protocol: UDP}]
            env: [{name: REDIS_HOST, value: redis}, {name: SECRET, valueFrom: {secretKeyRef: {name: a, key: b}}}, {name: EMPTY}]
        topologySpreadConstraints:
          - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}`)
    const [{ replicas, selector, podSpec }] = manifestsOf(text).workloads
    expect(replicas).toBe(3)
    expect(selector.matchExpressions).toEqual([
      { key: 'app', operator: 'In', values: ['web', 'api'] },
      { key: 'app', operator: 'NotIn', values: ['db'] },
      { key: 'app', operator: 'Exists', values: [] },
      { key: 'old', operator: 'DoesNotExist', values: [] },
    ])
    expect(podSpec).toEqual({
      nodeName: 'node-1',
      nodeSelector: new Map([['disk', 'ssd']]),
      hostNetwork: true,
      hostname: 'a',
      subdomain: 'peers',
      containers: [
        {
          name: 'main',
          ports: [
            { name: 'http', containerPort: 8080, protocol: 'TCP' },
            { name: '', containerPort: 53, protocol: 'UDP' },
          ],
          env: new Map([['REDIS_HOST', 'redis']]),
        },
      ],
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: new Map([['app', 'web']]), matchExpressions: [] },
        },
      ],
    })
  })
})

describe('a workload is refused', () => {
  const SELECTOR_MISSING =
    'FIELD_MISSING spec.selector is missing [write matchLabels with the labels of the template]'

  test.each<[string, string, string[]]>([
    [
      'without spec',
      workloadText(''),
      [
        'FIELD_MISSING spec is missing',
        'FIELD_MISSING spec.template is missing',
        SELECTOR_MISSING,
        'FIELD_MISSING spec.template.spec is missing',
      ],
    ],
    ['without selector', workloadText(`{template: ${TEMPLATE}}`), [SELECTOR_MISSING]],
    [
      'with an empty selector',
      workloadText(`{selector: {}, template: ${TEMPLATE}}`),
      [
        'SELECTOR_MISMATCH spec.selector has neither matchLabels nor matchExpressions [write matchLabels with the labels of the template]',
      ],
    ],
    [
      'with a selector for other pods',
      workloadText(`{selector: {matchLabels: {app: wbe}}, template: ${TEMPLATE}}`),
      [
        'SELECTOR_MISMATCH the selector wants app=wbe, which its own template has not [the template has app=web]',
      ],
    ],
    [
      'with a selector for a label that the template lacks',
      workloadText(`{selector: {matchLabels: {tier: a}}, template: ${TEMPLATE}}`),
      [
        'SELECTOR_MISMATCH the selector wants tier=a, which its own template has not [the template has no label "tier"]',
      ],
    ],
    [
      'with an expression that the template does not meet',
      workloadText(
        `{selector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}, template: ${TEMPLATE}}`,
      ),
      ['SELECTOR_MISMATCH the template does not meet app NotIn web [the template has app=web]'],
    ],
    [
      'with an expression for a label that the template lacks',
      workloadText(`{selector: {matchExpressions: [{key: tier, operator: Exists}]}, template: ${TEMPLATE}}`),
      ['SELECTOR_MISMATCH the template does not meet tier Exists [the template has no label "tier"]'],
    ],
    [
      'with an operator that does not exist',
      workloadText(
        `{selector: {matchExpressions: [{key: app, operator: in, values: [web]}]}, template: ${TEMPLATE}}`,
      ),
      [
        'FIELD_VALUE spec.selector.matchExpressions[0].operator is "in" [it must be "In", "NotIn", "Exists" or "DoesNotExist"; did you mean "In"?]',
      ],
    ],
    [
      'with an expression without values',
      workloadText(
        `{selector: {matchLabels: {app: web}, matchExpressions: [{key: app, operator: In}]}, template: ${TEMPLATE}}`,
      ),
      [
        'FIELD_MISSING spec.selector.matchExpressions[0].values is empty [In needs at least one]',
        'SELECTOR_MISMATCH the template does not meet app In [the template has app=web]',
      ],
    ],
    [
      'with values where none belong',
      workloadText(
        `{selector: {matchExpressions: [{key: app, operator: Exists, values: [web]}]}, template: ${TEMPLATE}}`,
      ),
      ['FIELD_FORBIDDEN Exists takes no values [leave values out]'],
    ],
    [
      'with an expression without key and operator',
      workloadText(
        `{selector: {matchLabels: {app: web}, matchExpressions: [{values: [web]}]}, template: ${TEMPLATE}}`,
      ),
      [
        'FIELD_MISSING spec.selector.matchExpressions[0].key is missing',
        'FIELD_MISSING spec.selector.matchExpressions[0].operator is missing [it must be one of In, NotIn, Exists, DoesNotExist]',
      ],
    ],
    [
      'with fewer than no replicas',
      workloadText(`{replicas: -1, ${SELECTOR}, template: ${TEMPLATE}}`),
      ['FIELD_VALUE spec.replicas is -1 [it must be a whole number, 0 to 150000]'],
    ],
    [
      'with replicas in quotes',
      workloadText(`{replicas: "3", ${SELECTOR}, template: ${TEMPLATE}}`),
      ['FIELD_TYPE spec.replicas is a text [it must be a number: remove the quotes]'],
    ],
    [
      'with more replicas than svcsim takes',
      workloadText(`{replicas: 1000000000, ${SELECTOR}, template: ${TEMPLATE}}`),
      ['LIMIT_EXCEEDED spec.replicas is 1,000,000,000 [svcsim takes at most 150,000]'],
    ],
    [
      'without containers',
      workloadText(`{${SELECTOR}, template: {metadata: {labels: {app: web}}, spec: {}}}`),
      ['FIELD_MISSING spec.template.spec.containers is missing'],
    ],
    [
      'with a label that is a number',
      workloadText(
        `{${SELECTOR}, template: {metadata: {labels: {app: web, v: 1}}, spec: {containers: [{name: a}]}}}`,
      ),
      ['FIELD_TYPE spec.template.metadata.labels.v is a number [it must be a text: put it in quotes]'],
    ],
    [
      'with a container without a name',
      workloadText(
        `{${SELECTOR}, template: {metadata: {labels: {app: web}}, spec: {containers: [{image: a}]}}}`,
      ),
      ['FIELD_MISSING spec.template.spec.containers[0].name is missing'],
    ],
    [
      'with a container port without a number',
      containerText('ports: [{name: http}]'),
      ['FIELD_MISSING spec.template.spec.containers[0].ports[0].containerPort is missing'],
    ],
    [
      'with a container port in upper case',
      containerText('ports: [{containerPort: 80, name: HTTP}]'),
      [
        'SVC_PORT_NAME "HTTP" is no port name [it must be at most 15 lower-case letters, digits and "-", with a letter]',
      ],
    ],
    [
      'with two container ports of one name',
      containerText('ports: [{containerPort: 80, name: a}, {containerPort: 81, name: a}]'),
      ['NAME_DUPLICATE two ports are named "a"'],
    ],
    [
      'with an environment variable that is a number',
      containerText('env: [{name: A, value: 5}]'),
      [
        'FIELD_TYPE spec.template.spec.containers[0].env[0].value is a number [it must be a text: put it in quotes]',
      ],
    ],
    [
      'with a name of a variable that is no text, which is not missing then',
      containerText('env: [{name: N, value: "5"}, {name: 5}]'),
      [
        'YAML_AMBIGUOUS kubectl (YAML 1.1) reads "N" as false, YAML 1.2 does not [put it in quotes if it is a text, else write false]',
        'FIELD_TYPE spec.template.spec.containers[0].env[1].name is a number [it must be a text: put it in quotes]',
      ],
    ],
    [
      'with an environment variable without a name',
      containerText('env: [{value: "5"}]'),
      ['FIELD_MISSING spec.template.spec.containers[0].env[0].name is missing'],
    ],
    [
      'with a node selector that is no label',
      podText('nodeSelector: {"a b": c}'),
      [
        'FIELD_VALUE spec.template.spec.nodeSelector has "a b", which is no label key [it must be NAME or PREFIX/NAME: at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit; the prefix a DNS name]',
      ],
    ],
    [
      'with a spread constraint that lacks its fields',
      podText('topologySpreadConstraints: [{}]'),
      [
        'FIELD_MISSING spec.template.spec.topologySpreadConstraints[0].maxSkew is missing',
        'FIELD_MISSING spec.template.spec.topologySpreadConstraints[0].topologyKey is missing',
        'FIELD_MISSING spec.template.spec.topologySpreadConstraints[0].whenUnsatisfiable is missing',
      ],
    ],
    [
      'with a host network in quotes',
      podText('hostNetwork: "true"'),
      ['FIELD_TYPE spec.template.spec.hostNetwork is a text [it must be true or false]'],
    ],
  ])('%s', (_, text, errors) => {
    expect(wrongs(text)).toEqual(errors)
  })

  test('at the label of the selector that does not match', () => {
    expect(toldOf(workloadText(`{selector: {matchLabels: {app: wbe}}, template: ${TEMPLATE}}`))[0]).toMatch(
      /^SELECTOR_MISMATCH 5:34 /,
    )
  })
})

describe('too many pods', () => {
  test('of all workloads together are refused, with the limit', () => {
    const three = (name: string) =>
      workloadText(`{replicas: 3, ${SELECTOR}, template: ${TEMPLATE}}`).replace('name: web', `name: ${name}`)
    const text = `${three('a')}---\n${three('b')}`
    expect(toldOf(text, { limits: { ...LIMITS, pods: 6 } })).toEqual([])
    expect(toldOf(text, { limits: { ...LIMITS, pods: 5 } })).toEqual([
      'LIMIT_EXCEEDED - The manifests ask for 6 Pods, more than the 5 that are taken [take fewer replicas]',
    ])
  })
})
