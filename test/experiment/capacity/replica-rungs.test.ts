import { describe, expect, it } from 'vitest'
import { replicaRungs } from '../../../src/experiment/capacity/replica-rungs.js'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('numbers of replicas for alternatives', () => {
  it('are few, closer together where they are small, with both ends', () => {
    expect(replicaRungs(upTo(20), 0, undefined)).toEqual([1, 2, 4, 7, 13, 20])
    expect(replicaRungs(upTo(4), 1, 3)).toEqual([2, 3, 4])
    expect(replicaRungs(upTo(500), 0, undefined).length).toBeLessThanOrEqual(9)
  })

  it('have the one that is wanted', () => {
    expect(replicaRungs(upTo(20), 0, 5)).toContain(5)
  })

  it('can be one, where all before it are overloaded', () => {
    expect(replicaRungs([3, 6], 2, undefined)).toEqual([6])
  })
})
