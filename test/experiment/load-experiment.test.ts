import { describe, expect, test } from 'vitest'
import { InputError } from '../../src/base/diagnostics.js'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { recordWorkload } from '../../src/experiment/record-workload.js'
import { type ShopOptions, shopInputs } from './inputs.js'

function load(options: ShopOptions = {}) {
  return loadExperiment(shopInputs(options))
}

/** `CODE message` of every error. */
function errorsOf(action: () => unknown): string[] {
  try {
    action()
    return []
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics.map(({ code, message }) => `${code} ${message}`)
    throw error
  }
}

function podCounts(options: ShopOptions): number[] {
  return load(options).points.map(
    ({ cluster }) => cluster.pods.filter((pod) => pod.workload === 'web').length,
  )
}

describe('loadExperiment', () => {
  test('without axes makes one point without settings', () => {
    const plan = load()
    expect(plan.points.map((point) => point.settings)).toEqual([[]])
    expect([plan.seed, plan.replications, plan.sweep, plan.command]).toEqual([
      1,
      1,
      undefined,
      'svcsim run shop',
    ])
  })

  test('crosses axes in their order, the last one fastest', () => {
    const { points, sweep } = load({ axes: ['web.replicas=1..2', 'pods.web.servers=4,8'] })
    expect(points.map(({ settings }) => settings.map(({ value }) => value).join(' '))).toEqual([
      '1 4',
      '1 8',
      '2 4',
      '2 8',
    ])
    expect(sweep).toEqual({ axes: ['web.replicas', 'pods.web.servers'], table: undefined })
  })

  test('takes the axes and the table of the scenario where the command line has none', () => {
    const { points, sweep } = load({ scenario: 'sweep.yaml' })
    expect(points).toHaveLength(6)
    expect(points[5].settings).toEqual([
      { axis: 'web.replicas', value: '3' },
      { axis: 'affinity', value: 'ClientIP' },
    ])
    expect(sweep?.axes).toEqual(['web.replicas', 'affinity'])
    expect(sweep?.table?.columns).toEqual(['affinity'])
  })

  test('axes of the command line replace those of the scenario, and their table', () => {
    const { points, sweep } = load({ scenario: 'sweep.yaml', axes: ['web.replicas=5,7'] })
    expect(points).toHaveLength(2)
    expect(sweep).toEqual({ axes: ['web.replicas'], table: undefined })
  })

  test('puts settings over the manifests and the scenario, and axes over settings', () => {
    expect(podCounts({})).toEqual([2])
    expect(podCounts({ settings: ['web.replicas=5'] })).toEqual([5])
    expect(podCounts({ settings: ['deployment.web.replicas=4'] })).toEqual([4])
    expect(podCounts({ settings: ['web.replicas=5'], axes: ['web.replicas=1..3'] })).toEqual([1, 2, 3])
  })

  test('a setting of a manifest counts at its points only', () => {
    const { points } = load({ scenario: 'sweep.yaml' })
    const affinities = points.map(
      ({ cluster }) => cluster.services.find(({ name }) => name === 'web')?.object.sessionAffinity,
    )
    expect(affinities).toEqual(['None', 'ClientIP', 'None', 'ClientIP', 'None', 'ClientIP'])
  })

  test('draws addresses from the seed, the same at every point', () => {
    const addresses = (seed: number) =>
      load({ settings: [`seed=${seed}`], axes: ['web.replicas=1..3'] }).points.map(({ cluster }) =>
        cluster.services.map(({ clusterIp }) => clusterIp).join(' '),
      )
    expect(new Set(addresses(1)).size).toBe(1)
    expect(addresses(1)).toEqual(addresses(1))
    expect(addresses(1)).not.toEqual(addresses(2))
  })

  test('tells the errors of scenario and manifests together', () => {
    const errors = errorsOf(() =>
      load({
        edit: (text) => text.replace('horizon: 3s', 'horizon: soon').replace('servers: 4', 'servers: 0'),
        manifestFiles: [
          { path: 'bad.yaml', text: 'kind: Service\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pood\n' },
        ],
      }),
    )
    expect(errors.map((each) => each.split(' ')[0])).toEqual([
      'DURATION',
      'FIELD_VALUE',
      'OBJECT_SHAPE',
      'KIND_UNKNOWN',
    ])
  })

  test('tells what is wrong at some points only with the first of them', () => {
    const axes = ['clients.browsers.to=web:80,wbe:80,redsi:6379', 'web.replicas=1..2']
    expect(errorsOf(() => load({ axes }))).toEqual([
      'CALL_UNKNOWN_SERVICE No Service is named "wbe" (at clients.browsers.to=wbe:80, web.replicas=1, and at 1 more points)',
      'CALL_UNKNOWN_SERVICE No Service is named "redsi" (at clients.browsers.to=redsi:6379, web.replicas=1, and at 1 more points)',
    ])
  })

  test('tells warnings of all points once each', () => {
    const { warnings } = load({ scenario: 'sweep.yaml' })
    expect(warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'SVC_UNUSED Service "redis" is used by no client and no call',
    ])
  })

  test.each([
    [
      'seed=1,2',
      'SETTING_PATH "seed" can not be varied by an axis: all points of a sweep share it (at seed=2)',
    ],
    ['horizon=2s,4s', 'SETTING_PATH "horizon" can not be varied by an axis: all points of a sweep share it'],
    ['web.replicas=2,2', 'NAME_DUPLICATE Axis "web.replicas" has the value "2" twice'],
  ])('refuses the axis %s', (axis, expected) => {
    expect(errorsOf(() => load({ axes: [axis] }))).toEqual([expected])
  })

  test('refuses two axes of one name, and more points than are of use', () => {
    expect(errorsOf(() => load({ axes: ['web.replicas=1..2', 'web.replicas=3..4'] }))).toEqual([
      'NAME_DUPLICATE Two axes of the sweep are named "web.replicas"',
    ])
    expect(errorsOf(() => load({ axes: ['web.replicas=1..101', 'pods.web.servers=1..100'] }))).toEqual([
      'LIMIT_EXCEEDED The sweep has 10100 points, more than 10000',
    ])
  })
})

describe('what can not be run is found before the run', () => {
  test.each([
    ['costs.set.ruleNss=5', 'COST_UNKNOWN'],
    ['clients.browsers.to=wbe:80', 'CALL_UNKNOWN_SERVICE'],
    ['clients.browsers.via=loadBalancer', 'VIA_IMPOSSIBLE'],
    ['nothing.at.all=5', 'FIELD_UNKNOWN'],
    ['clients.nobody.count=5', 'SETTING_PATH'],
    ['service.nothing.type=NodePort', 'SETTING_PATH'],
  ])('%s is %s', (setting, code) => {
    expect(errorsOf(() => load({ settings: [setting] }))[0]).toMatch(new RegExp(`^${code} `))
  })

  test('calls in a circle', () => {
    const edit = (text: string) => text.replace('serviceTime: 1ms', 'calls: [{ to: "web:80" }]')
    expect(errorsOf(() => load({ edit }))[0]).toMatch(/^CALL_CYCLE /)
  })

  test('more clients than addresses', () => {
    const errors = errorsOf(() => load({ settings: ['clients.batch.count=200000'] }))
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatch(/^ADDRESS_RANGE_FULL /)
  })

  test('a table of metrics, columns and a call that do not exist', () => {
    const edit = (text: string) =>
      text
        .replace('columns: [affinity]', 'columns: [afinity]\n      call: browsers→wbe')
        .replace('stickiness.returnRatio', 'returnRatoi')
    expect(errorsOf(() => load({ scenario: 'sweep.yaml', edit }))).toEqual([
      'METRIC_UNKNOWN there is no metric "returnRatoi"',
      'NAME_UNKNOWN The sweep has no axis "afinity"',
      'CALL_UNKNOWN There is no call "browsers→wbe" at any point of the sweep',
    ])
  })

  test.each(['browsers→web', 'browsers -> web:80'])('a table of the call %s is fine', (call) => {
    const edit = (text: string) =>
      text.replace('columns: [affinity]', `columns: [affinity]\n      call: "${call}"`)
    expect(errorsOf(() => load({ scenario: 'sweep.yaml', edit }))).toEqual([])
  })
})

describe('a recorded workload', () => {
  const plan = load()
  const trace = recordWorkload(plan.points[0], plan.seed)

  test('fits the scenario that it was recorded from, under every number of replicas', () => {
    expect(loadExperiment({ ...shopInputs({ axes: ['web.replicas=1..5'] }), trace }).trace).toBe(trace)
  })

  test.each([
    ['clients.browsers.count=21', 'it was recorded with 20 clients of group "browsers", not 21'],
    ['clients.browsers.name=people', 'it has no client group "people"'],
    ['pods.web.calls=[]', 'no longer need'],
  ])('is refused where %s', (setting, fault) => {
    const inputs = shopInputs(
      setting.endsWith('[]') ? { edit: (text) => text.replace(/ +calls:.*\n/, '') } : { settings: [setting] },
    )
    const errors = errorsOf(() => loadExperiment({ ...inputs, trace }))
    expect(errors[0]).toMatch(/^TRACE_MISMATCH The recorded workload does not fit the scenario: /)
    expect(errors[0]).toContain(fault)
  })

  test('is refused where the scenario has a group less or a call more', () => {
    const { groups } = trace
    const surplus = { ...trace, groups: [...groups, { ...groups[0], name: 'robots' }] }
    expect(errorsOf(() => loadExperiment({ ...shopInputs(), trace: surplus }))).toEqual([
      'TRACE_MISMATCH The recorded workload does not fit the scenario: it has a client group "robots", and the scenario has not',
    ])
    const shorter = {
      ...trace,
      groups: groups.map((group) => ({ ...group, slots: group.slots.slice(0, 1) })),
    }
    expect(errorsOf(() => loadExperiment({ ...shopInputs(), trace: shorter }))[0]).toContain(
      'where they had another one or none',
    )
  })

  test('has to be handed over where the scenario names one', () => {
    const edit = (text: string) => text.replace('spec:', 'spec:\n  workload: { trace: shop.msgpack }')
    expect(errorsOf(() => load({ edit }))).toEqual([
      'TRACE_INVALID The recorded workload "shop.msgpack" was not handed over',
    ])
    expect(errorsOf(() => loadExperiment({ ...shopInputs({ edit }), trace }))).toEqual([])
  })
})
