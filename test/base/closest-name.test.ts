import { describe, expect, it } from 'vitest'
import { closestName } from '../../src/base/closest-name.js'

const rows: { wanted: string; candidates: string[]; closest: string | undefined }[] = [
  { wanted: 'wbe', candidates: ['redis', 'web'], closest: 'web' },
  { wanted: 'conter', candidates: ['counter', 'redis'], closest: 'counter' },
  { wanted: 'Redis', candidates: ['redis'], closest: 'redis' },
  { wanted: 'web', candidates: ['api', 'redis'], closest: undefined },
  { wanted: 'shop-2', candidates: ['shop-1', 'shop-3'], closest: 'shop-1' },
  { wanted: 'a', candidates: ['b'], closest: 'b' },
  { wanted: 'frontend', candidates: ['frontend-canary', 'frontends'], closest: 'frontends' },
  { wanted: 'web', candidates: [], closest: undefined },
]

describe('closestName', () => {
  it.each(rows)('of $wanted among $candidates is $closest', ({ wanted, candidates, closest }) => {
    expect(closestName(wanted, candidates)).toBe(closest)
  })

  it('looks at the first 64 characters only', () => {
    expect(closestName('x'.repeat(100_000), [`${'x'.repeat(64)}y`])).toBe(`${'x'.repeat(64)}y`)
  })
})
