import { describe, expect, it } from 'vitest'
import { clientsOf, compile, findingsOf, podSpec, service, workload } from './objects.js'

/** `web` with one container for each limit, thousandths of a CPU; and `db`. */
function shop(...milli: readonly (number | undefined)[]) {
  const containers = milli.map((cpuLimitMilli, index) => ({
    name: `c${index}`,
    ports: [],
    env: new Map(),
    ...(cpuLimitMilli === undefined ? {} : { cpuLimitMilli }),
  }))
  const workloads = [workload('db'), workload('web', { podSpec: podSpec({ containers }), replicas: 2 })]
  return { workloads, services: [service('db'), service('web')] }
}

/** Two groups, of which the first calls `web`, of a class. */
const groups = (...classes: readonly (string | undefined)[]) =>
  classes.map((each, index) =>
    clientsOf('web:80', { name: `g${index}`, ...(each === undefined ? {} : { class: each }) }),
  )

const findings = (spec: object, ...milli: readonly (number | undefined)[]) =>
  findingsOf(shop(...milli), spec).filter((each) => !each.includes('SVC_UNUSED'))

describe('classes', () => {
  const pods = { web: { classes: { search: {}, login: {} } } }

  it('are those of some pod', () => {
    expect(findings({ pods, clients: groups('search', 'login', undefined) })).toEqual([])
  })

  it('are an error where no pod has them, with the one that was meant', () => {
    expect(findings({ pods, clients: groups('search', 'login', 'serach') })).toEqual([
      'error NAME_UNKNOWN spec.clients.2.class: No workload of spec.pods has a class "serach" for client group "g2" ' +
        '[did you mean "search"?]',
    ])
  })

  it('are an error where there are others, or none', () => {
    expect(findings({ pods, clients: groups('search', 'login', 'x') })[0]).toContain(
      '[classes are: search, login]',
    )
    expect(findings({ clients: groups('search') })[0]).toContain('[there are no classes]')
  })

  it('that nobody asks for have no effect', () => {
    expect(findings({ pods, clients: groups('search') })).toEqual([
      'warning SETTING_WITHOUT_EFFECT spec.pods.web.classes.login: ' +
        '"spec.pods.web.classes.login" has no effect: no client group has that class ' +
        '[set class: login in a group of spec.clients, or take it out]',
    ])
  })

  it('make calls that are checked as others are', () => {
    const calling = { web: { classes: { search: { calls: [{ to: 'bd:80' }] } } } }
    expect(findings({ pods: calling, clients: groups('search') })).toEqual([
      'error CALL_UNKNOWN_SERVICE spec.pods.web.classes.search.calls.0.to: No Service is named "bd" ' +
        '[did you mean "db"?]',
    ])
  })

  it('make calls by which Services are used', () => {
    const calling = { web: { classes: { search: { calls: [{ to: 'db:80' }] } } } }
    expect(findingsOf(shop(), { pods: calling, clients: groups('search') })).toEqual([])
  })
})

describe('CPU limits', () => {
  it('of the manifests are added up over containers', () => {
    const limits = (...milli: readonly (number | undefined)[]) =>
      compile(shop(...milli)).pods.map((pod) => pod.cpuLimitMilli)
    expect(limits(300, undefined, 250)).toEqual([undefined, 550, 550])
    expect(limits(undefined)).toEqual([undefined, undefined, undefined])
  })

  it('that the scenario wants of the manifests and they do not have have no effect', () => {
    expect(findings({ pods: { web: { cpuLimit: 'fromManifest' } } }, undefined)).toEqual([
      'warning SETTING_WITHOUT_EFFECT spec.pods.web.cpuLimit: ' +
        '"spec.pods.web.cpuLimit" has no effect: no container of "web" has resources.limits.cpu ' +
        '[add the limit to the manifest, or write it here, such as 500m]',
    ])
  })

  it('of the manifests that nothing asks for are told once', () => {
    expect(findings({}, 500)).toEqual([
      'warning FIELD_IGNORED -: CPU limits of the manifests are not applied: web ' +
        '[set spec.pods.web.cpuLimit: fromManifest to model throttling]',
    ])
  })

  it('are nothing to speak of where they are applied, or replaced', () => {
    expect(findings({ pods: { web: { cpuLimit: 'fromManifest' } } }, 500)).toEqual([])
    expect(findings({ pods: { web: { cpuLimit: '1' } } }, 500)).toEqual([])
  })
})
