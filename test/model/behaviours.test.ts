import { describe, expect, it } from 'vitest'
import { DEFAULT_POD_BEHAVIOUR } from '../../src/input/scenario-schema.js'
import { behavioursOf } from '../../src/model/behaviours.js'
import { compile, pod, scenario, service, workload } from '../kubernetes/objects.js'

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
