import { describe, expect, it } from 'vitest'
import { DEFAULT_POD_BEHAVIOUR } from '../../src/input/default-pod-behaviour.js'
import { behavioursOf, needsOf } from '../../src/model/behaviours.js'
import { compile, pod, podSpec, scenario, service, workload } from '../kubernetes/objects.js'

const objects = {
  workloads: [workload('web', { replicas: 3 })],
  pods: [pod('lone')],
  services: [service('web')],
}

function behaviours(pods: object) {
  return behavioursOf(compile(objects, { pods }), scenario({ pods }))
}

describe('behavioursOf', () => {
  it('takes what the scenario says of the workload, or of the Pod by its name', () => {
    const { ofPod } = behaviours({ web: { servers: 4 }, lone: { queueCapacity: 7 } })
    expect(ofPod.map(({ servers, queueCapacity }) => [servers, queueCapacity])).toEqual([
      [4, 1_024],
      [4, 1_024],
      [4, 1_024],
      [1, 7],
    ])
  })

  it('takes the defaults where the scenario says nothing', () => {
    const { ofPod, speedOfPod } = behaviours({})
    expect(ofPod).toEqual(new Array(4).fill(DEFAULT_POD_BEHAVIOUR))
    expect(speedOfPod).toEqual([1, 1, 1, 1])
  })

  it('slows single pods down by their ordinal', () => {
    expect(behaviours({ web: { speed: { 1: 0.25, 2: 2 } } }).speedOfPod).toEqual([1, 0.25, 2, 1])
  })
})

describe('cpuLimitMilliOfPod', () => {
  const limits = (pods: object, cpuLimitMilli?: number) => {
    const limited = workload('web', {
      podSpec: podSpec({
        containers: [
          {
            name: 'main',
            ports: [],
            env: new Map(),
            ...(cpuLimitMilli === undefined ? {} : { cpuLimitMilli }),
          },
        ],
      }),
    })
    const cluster = compile({ workloads: [limited], services: [service('web')] }, { pods })
    return behavioursOf(cluster, scenario({ pods })).cpuLimitMilliOfPod
  }

  it('is that of the scenario, or of the manifest where the scenario says so, or none', () => {
    expect(limits({ web: { cpuLimit: '1500m' } }, 200)).toEqual([1_500])
    expect(limits({ web: { cpuLimit: 'fromManifest' } }, 200)).toEqual([200])
    expect(limits({ web: { cpuLimit: 'fromManifest' } })).toEqual([undefined])
    expect(limits({}, 200)).toEqual([undefined])
  })
})

describe('needsOf', () => {
  const [behaviour] = behaviours({
    web: { serviceTime: '2ms', classes: { search: { serviceTime: '7ms' }, login: { calls: [] } } },
  }).ofPod
  const serviceTimeOf = (requestClass: string | undefined) => {
    const { serviceTime } = needsOf(behaviour, requestClass)
    return serviceTime.kind === 'constant' ? serviceTime.value : undefined
  }

  it('are those of the class, and what all need where it says nothing or is not known', () => {
    expect(['search', 'login', undefined, 'constructor'].map(serviceTimeOf)).toEqual([
      7_000_000, 2_000_000, 2_000_000, 2_000_000,
    ])
  })
})

it('a workload may have any name, such as constructor', () => {
  const cluster = compile({ workloads: [workload('constructor')], services: [service('web')] })
  expect(behavioursOf(cluster, scenario()).ofPod).toEqual([DEFAULT_POD_BEHAVIOUR])
})
