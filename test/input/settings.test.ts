/** Settings from the command line and of sweeps: their texts, their paths, and where they lead. */
import { describe, expect, test } from 'vitest'
import { axesOf, isAxisText, isManifestSetting, parseAxis, parseSetting } from '../../src/input/settings.js'
import {
  diagnosticsOf,
  manifestsOf,
  scenarioErrors,
  scenarioOf,
  scenarioText,
  told,
  toldOf,
} from './reading.js'

const set = (text: string) => parseSetting(text)

function refusal(action: () => unknown): string[] {
  return told(
    diagnosticsOf(() => {
      action()
      return []
    }),
  )
}

describe('a setting', () => {
  test.each<[string, string, unknown]>([
    ['counter.replicas=3', 'counter.replicas', 3],
    ['seed = 7', 'seed', 7],
    ['a=-1.5', 'a', -1.5],
    ['a=true', 'a', true],
    ['a=false', 'a', false],
    ['a=5ms', 'a', '5ms'],
    ['a=b=c', 'a', 'b=c'],
    ['a=', 'a', ''],
    ['a=014', 'a', '014'],
    ['a=1e400', 'a', '1e400'],
    ['a=0x10', 'a', '0x10'],
    ['a=1234567890123456789', 'a', '1234567890123456789'],
    ['a=yes', 'a', 'yes'],
  ])('%s', (text, path, value) => {
    expect(parseSetting(text)).toEqual({ path, value })
  })

  test.each(['counter.replicas', '=3', ''])('%j is none', (text) => {
    expect(refusal(() => parseSetting(text))).toEqual([
      `SETTING_SYNTAX - "${text}" is no setting [write PATH=VALUE, e.g. counter.replicas=3]`,
    ])
  })
})

describe('an axis', () => {
  test.each<[string, unknown[]]>([
    ['a=1..4', [1, 2, 3, 4]],
    ['a=10..40/15', [10, 25, 40]],
    ['a=10..39/15', [10, 25]],
    ['a=-1..1', [-1, 0, 1]],
    ['a=Cluster,Local', ['Cluster', 'Local']],
    ['a=1, 5ms ,true', [1, '5ms', true]],
    ['a=7', [7]],
  ])('%s', (text, values) => {
    const axis = parseAxis(text)
    expect(axis.name).toBe('a')
    expect(axis.values.map(({ settings }) => settings[0].value)).toEqual(values)
    expect(axis.values.map(({ label }) => label)).toEqual(values.map(String))
  })

  test('is told from a setting by its range or commas', () => {
    expect(['a=1..4', 'a=b,c', 'a=4', 'a=1..', 'a=x..y'].map(isAxisText)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })

  test.each(['a=4..1', 'a=1..99999', 'a=1..9/0'])('%s has no values, or too many', (text) => {
    expect(refusal(() => parseAxis(text))).toEqual([
      `SETTING_SYNTAX - "${text}" is no range of 1 to 10000 values [write FIRST..LAST or FIRST..LAST/STEP]`,
    ])
  })

  test('of a scenario has a path with values, or variants of several settings', () => {
    const axes = axesOf({
      axes: [
        { path: 'web.replicas', values: '1..2' },
        { name: 'mode', variants: [{ name: 'direct', set: { 'service.web.type': 'NodePort', seed: 2 } }] },
        { name: 'rate', path: 'clients.users.arrivals.rate', values: ['1/s', '2/s'] },
      ],
    })
    expect(axes.map(({ name, values }) => [name, values.map(({ label }) => label)])).toEqual([
      ['web.replicas', ['1', '2']],
      ['mode', ['direct']],
      ['rate', ['1/s', '2/s']],
    ])
    expect(axes[1].values[0].settings).toEqual([
      { path: 'service.web.type', value: 'NodePort' },
      { path: 'seed', value: 2 },
    ])
  })
})

describe('a setting of the scenario', () => {
  const specWith = (...settings: string[]) => scenarioOf(scenarioText(), settings.map(set)).spec

  test('names a field below spec', () => {
    expect(specWith('seed=7', 'horizon=90s', 'links.outside=1ms')).toMatchObject({
      seed: 7,
      horizon: 90_000_000_000,
      links: { outside: { kind: 'constant', value: 1_000_000 } },
    })
    expect(specWith('spec.seed=8').seed).toBe(8)
  })

  test('names items of lists by their name, or by position', () => {
    expect(specWith('clients.users.count=5').clients[0].count).toBe(5)
    expect(specWith('clients.0.arrivals.rate=5/s').clients[0].arrivals.rate).toBe(5)
  })

  test('NAME.replicas sets the replicas of a workload, whatever its name', () => {
    expect(specWith('web.replicas=3', 'dns.replicas=2', 'replicas.api=4').replicas).toEqual({
      web: 3,
      dns: 2,
      api: 4,
    })
  })

  test('makes the maps on its way', () => {
    expect(specWith('pods.web.servers=4').pods.web.servers).toBe(4)
  })

  test('the last of two wins', () => {
    expect(specWith('seed=7', 'seed=8').seed).toBe(8)
  })

  test.each<[string, string]>([
    [
      'clients.user.count=5',
      'SETTING_PATH - The setting "clients.user.count" leads nowhere: spec.clients has no item "user" [did you mean "users"?]',
    ],
    [
      'clients.9.count=5',
      'SETTING_PATH - The setting "clients.9.count" leads nowhere: spec.clients has no item "9" [it must be "users"]',
    ],
    [
      'metadata.x=5',
      'FIELD_UNKNOWN 1:1 There is no field "metadata" in spec [see `svcsim schema` for all fields]',
    ],
    ['horizn=5s', 'FIELD_UNKNOWN 1:1 There is no field "horizn" in spec [did you mean "horizon"?]'],
    ['__proto__.seed=5', 'FIELD_UNKNOWN 1:1 There is no field "__proto__"'],
    [
      'horizon=long',
      'DURATION 1:9 spec.horizon is "long" [it must be a duration such as 250ms, 1.5s, 1m30s or 2h, below 104 days and in whole nanoseconds]',
    ],
    ['web.replicas=many', 'FIELD_TYPE 1:14 spec.replicas.web is a text [it must be a number]'],
    ['seed.x=5', 'FIELD_TYPE 1:1 spec.seed is a map [it must be a number]'],
    [
      'metadata=5',
      'FIELD_UNKNOWN 1:1 There is no field "metadata" in spec [see `svcsim schema` for all fields]',
    ],
  ])('%s is refused', (text, error) => {
    expect(scenarioErrors(scenarioText(), [set(text)])).toEqual([error])
  })

  test('below a single value is refused', () => {
    expect(scenarioErrors(scenarioText('  seed: 4\n'), [set('seed.x=5')])).toEqual([
      'SETTING_PATH - The setting "seed.x" leads nowhere: spec.seed is a single value and has no field "x"',
    ])
  })
})

const MANIFESTS = `apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  sessionAffinity: ClientIP
  sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
  ports: [{name: http, port: 80}]
---
kind: List
items:
  - {apiVersion: v1, kind: Service, metadata: {name: shop, namespace: back}, spec: {ports: [{port: 80}]}}
---
apiVersion: v1
kind: Node
metadata: {name: node-1.example.com}
`

describe('a setting of the manifests', () => {
  const read = (...settings: string[]) => manifestsOf(MANIFESTS, { settings: settings.map(set) })
  const wrongs = (...settings: string[]) => toldOf(MANIFESTS, { settings: settings.map(set) })

  test('begins with the kind in lower case and the name of an object', () => {
    expect(
      ['service.shop.type', 'deployment.a.replicas', 'node.n.unschedulable'].map((path) =>
        isManifestSetting({ path, value: 1 }),
      ),
    ).toEqual([true, true, true])
    expect(
      ['service.shop', 'service', 'pods.web.servers', 'seed', 'constructor.a.b'].map((path) =>
        isManifestSetting({ path, value: 1 }),
      ),
    ).toEqual([false, false, false, false, false])
  })

  test('sets a field below spec of that object alone', () => {
    const [back, shop] = read(
      'service.shop.type=NodePort',
      'service.back/shop.sessionAffinity=ClientIP',
    ).services
    expect([back.type, back.sessionAffinity]).toEqual(['ClusterIP', 'ClientIP'])
    expect([shop.type, shop.sessionAffinity]).toEqual(['NodePort', 'ClientIP'])
  })

  test('finds ports by name, and names with dots', () => {
    expect(read('service.shop.ports.http.port=8080').services[1].ports[0].port).toBe(8080)
    expect(read('node.node-1.example.com.unschedulable=true').nodes[0].isUnschedulable).toBe(true)
  })

  test('that switches affinity off takes its configuration away, which Kubernetes forbids', () => {
    const [, shop] = read('service.shop.sessionAffinity=None').services
    expect(shop.sessionAffinity).toBe('None')
  })

  test.each<[string, string]>([
    [
      'service.shp.type=NodePort',
      'SETTING_PATH - The setting "service.shp.type" leads nowhere: there is no Service "shp" among the manifests [did you mean "shop"?]',
    ],
    [
      'deployment.web.replicas=3',
      'SETTING_PATH - The setting "deployment.web.replicas" leads nowhere: there is no Deployment "web" among the manifests',
    ],
    [
      'service.shop.ports.https.port=1',
      'SETTING_PATH - The setting "service.shop.ports.https.port" leads nowhere: Service "shop".spec.ports has no item "https" [did you mean "http"?]',
    ],
    ['service.shop.color=red', 'FIELD_UNKNOWN 1:1 Service "shop": there is no field spec.color'],
    [
      'service.shop.type=Nodeport',
      'FIELD_VALUE 1:19 Service "shop": spec.type is "Nodeport" [it must be "ClusterIP", "NodePort", "LoadBalancer" or "ExternalName"; did you mean "NodePort"?]',
    ],
    ['service.shop.__proto__=1', 'FIELD_UNKNOWN 1:1 Service "shop": there is no field spec.__proto__'],
  ])('%s is refused', (text, error) => {
    expect(wrongs(text)).toEqual([error])
  })

  test('is shown as it was written', () => {
    const [error] = diagnosticsOf(() => {
      read('service.shop.type=Nodeport')
      return []
    })
    expect(error.place).toEqual({
      file: '<setting>',
      line: 1,
      column: 19,
      length: 8,
      excerpt: 'service.shop.type=Nodeport',
    })
  })
})
