import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type HealthCheck,
  type TargetCondition,
  TargetHealth,
} from '../../../src/model/load-balancers/target-health.js'

const NEVER = Number.POSITIVE_INFINITY
/** Checks at 3, 13, 23 …; three failures or two successes in a row. */
const CHECK: HealthCheck = {
  intervalNs: 10,
  timeoutNs: 4,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
  propagationNs: 0,
}

function health(changes: Partial<HealthCheck> = {}, condition: TargetCondition = 'up') {
  return new TargetHealth({ ...CHECK, ...changes }, [condition], () => 3)
}

describe('TargetHealth', () => {
  it('believes targets as they are at the beginning', () => {
    const both = new TargetHealth(CHECK, ['up', 'failing', 'silent'], () => 0)
    expect([0, 1, 2].map((target) => both.isInUse(target, 1_000))).toEqual([true, false, false])
  })

  it('gives up a target at the third check that fails after it did', () => {
    const target = health()
    expect(target.change(0, 'failing', 15)).toBe(44)
    expect([target.isInUse(0, 43), target.isInUse(0, 44)]).toEqual([true, false])
  })

  it('waits for the time-out of the third check where nobody answers', () => {
    expect(health().change(0, 'silent', 15)).toBe(47)
  })

  it('lets a check that begins as a target changes see the change', () => {
    expect(health().change(0, 'failing', 13)).toBe(34)
    expect(health().change(0, 'failing', 14)).toBe(44)
  })

  it('lets no connection follow the old belief for the time of propagation after the decision', () => {
    const target = health({ propagationNs: 100 })
    expect(target.change(0, 'silent', 15)).toBe(147)
    expect([target.isInUse(0, 146), target.isInUse(0, 147)]).toEqual([true, false])
  })

  it('takes a target in again at the second check that succeeds', () => {
    const target = health({ propagationNs: 100 }, 'failing')
    expect(target.change(0, 'up', 20)).toBe(34)
    expect([target.isInUse(0, 33), target.isInUse(0, 34)]).toEqual([false, true])
  })

  it('begins to count anew after one check that spoke for the target', () => {
    const target = health()
    target.change(0, 'failing', 4)
    expect(target.change(0, 'up', 24)).toBe(NEVER)
    expect(target.change(0, 'failing', 34)).toBe(64)
  })

  it('sees nothing of what happens between two checks', () => {
    const target = health()
    target.change(0, 'failing', 4)
    target.change(0, 'up', 14)
    expect(target.change(0, 'failing', 16)).toBe(34)
  })

  it('changes nothing where a decision is taken back before it is in force', () => {
    const target = health({ propagationNs: 100 })
    target.change(0, 'failing', 4)
    expect(target.change(0, 'up', 40)).toBe(NEVER)
    expect([50, 100, 133, 200].map((nowNs) => target.isInUse(0, nowNs))).toEqual([true, true, true, true])
  })

  it('knows changes at once without checks', () => {
    const target = health({ intervalNs: 0, unhealthyThreshold: 7 })
    expect(target.change(0, 'silent', 20)).toBe(NEVER)
    expect(target.isInUse(0, 20)).toBe(false)
    target.change(0, 'up', 30)
    expect(target.isInUse(0, 30)).toBe(true)
  })

  it('still takes its time to spread the news without checks', () => {
    const target = health({ intervalNs: 0, propagationNs: 5 })
    expect(target.change(0, 'silent', 20)).toBe(25)
    expect([target.isInUse(0, 24), target.isInUse(0, 25)]).toEqual([true, false])
  })

  it('takes a target out at once, and says how long its connections go on', () => {
    const target = health()
    expect(target.deregister(0, 20, 300)).toBe(320)
    expect(target.isInUse(0, 20)).toBe(false)
    expect(target.isInUse(0, 400)).toBe(false)
  })

  it('wants to find a target healthy that is taken in', () => {
    const target = health()
    target.deregister(0, 20, 300)
    expect(target.register(0, 'up', 50)).toBe(64)
    expect([target.isInUse(0, 63), target.isInUse(0, 64)]).toEqual([false, true])
  })

  it('does not ask for the phase of a target that stays as it is', () => {
    const asked: number[] = []
    const targets = new TargetHealth(CHECK, ['up', 'up'], (target) => {
      asked.push(target)
      return 0
    })
    for (const nowNs of [5, 50, 500]) targets.isInUse(1, nowNs)
    targets.change(0, 'failing', 600)
    expect(new Set(asked)).toEqual(new Set([0]))
  })
})

interface Change {
  readonly atNs: number
  readonly condition: TargetCondition
}

/** Goes from one nanosecond to the next: checks, answers and decisions one by one. */
function plainHealth(
  check: HealthCheck,
  phaseNs: number,
  changes: readonly Change[],
  untilNs: number,
): boolean[] {
  let condition: TargetCondition = 'up'
  let decided = true
  let isInUse = true
  let streak = 0
  let followsNs = NEVER
  const seen: boolean[] = []
  for (let nowNs = 0; nowNs <= untilNs; nowNs++) {
    if (followsNs <= nowNs) {
      isInUse = decided
      followsNs = NEVER
    }
    seen.push(isInUse)
    for (const change of changes) if (change.atNs === nowNs) condition = change.condition
    if (nowNs < phaseNs || (nowNs - phaseNs) % check.intervalNs !== 0) continue
    const isUp: boolean = condition === 'up'
    if (isUp === decided) {
      streak = 0
      continue
    }
    streak++
    if (streak < (isUp ? check.healthyThreshold : check.unhealthyThreshold)) continue
    const answerNs = condition === 'silent' ? Math.max(1, check.timeoutNs) : 1
    const atNs: number = nowNs + answerNs + (isUp ? 0 : check.propagationNs)
    const isTakenBack = followsNs !== NEVER && followsNs > atNs
    if (followsNs !== NEVER && !isTakenBack) isInUse = decided
    decided = isUp
    streak = 0
    followsNs = isTakenBack ? NEVER : atNs
  }
  return seen
}

describe('TargetHealth beside a plain prober', () => {
  const check = fc.record({
    intervalNs: fc.integer({ min: 1, max: 12 }),
    timeoutNs: fc.integer({ min: 0, max: 12 }),
    healthyThreshold: fc.integer({ min: 1, max: 4 }),
    unhealthyThreshold: fc.integer({ min: 1, max: 4 }),
    propagationNs: fc.integer({ min: 0, max: 30 }),
  })
  const change = fc.record({
    atNs: fc.integer({ min: 0, max: 150 }),
    condition: fc.constantFrom<TargetCondition>('up', 'failing', 'silent'),
  })
  const scene = fc.tuple(check, fc.integer({ min: 0, max: 11 }), fc.array(change, { maxLength: 8 }))

  it('believes the same at every moment, whenever it is asked', () => {
    fc.assert(
      fc.property(scene, fc.integer({ min: 1, max: 7 }), ([settings, phase, unsorted], step) => {
        const phaseNs = phase % settings.intervalNs
        const changes = [...unsorted].sort((a, b) => a.atNs - b.atNs)
        const expected = plainHealth(settings, phaseNs, changes, 250)
        const target = new TargetHealth(settings, ['up'], () => phaseNs)
        let next = 0
        for (let nowNs = 0; nowNs <= 250; nowNs++) {
          if (nowNs % step === 0 && target.isInUse(0, nowNs) !== expected[nowNs]) return false
          for (; changes[next]?.atNs === nowNs; next++) target.change(0, changes[next].condition, nowNs)
        }
        return true
      }),
      { seed: 11, numRuns: 2_000 },
    )
  })

  it('tells when its belief changes next, unless the target does before', () => {
    fc.assert(
      fc.property(scene, ([settings, phase, unsorted]) => {
        const phaseNs = phase % settings.intervalNs
        const changes = [...unsorted].sort((a, b) => a.atNs - b.atNs)
        const target = new TargetHealth(settings, ['up'], () => phaseNs)
        for (const { atNs, condition } of changes) target.change(0, condition, atNs)
        const lastNs = changes.at(-1)?.atNs ?? 0
        const expected = plainHealth(settings, phaseNs, changes, 400)
        const toldNs = target.nextChangeNs(0, lastNs)
        const turnNs = expected.findIndex((isInUse, nowNs) => nowNs > lastNs && isInUse !== expected[lastNs])
        return turnNs === (toldNs === NEVER ? -1 : toldNs)
      }),
      { seed: 12, numRuns: 2_000 },
    )
  })
})
