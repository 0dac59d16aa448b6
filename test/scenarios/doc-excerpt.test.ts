/** A page that shows something else than the program prints is found out. */
import { describe, expect, it } from 'vitest'
import { isExcerptOf, renewedExcerpt } from './doc-excerpt.js'

const OUTPUT = 'title\n\np99  12 ms\n  pod-0  3\n  pod-1  4\nend 7\n'

describe('an excerpt', () => {
  it.each([
    ['the whole', ['title', '', 'p99  12 ms', '  pod-0  3', '  pod-1  4', 'end 7']],
    ['its beginning', ['title', '', '…']],
    ['its end', ['…', '  pod-1  4', 'end 7']],
    ['lines in their order', ['…', 'p99  12 ms', '…', '  pod-1  4', '…']],
  ])('holds for %s', (_, excerpt) => expect(isExcerptOf(excerpt, OUTPUT)).toBe(true))

  it.each([
    ['another figure', ['…', 'p99  13 ms', '…']],
    ['a beginning without the mark of what follows', ['title', '']],
    ['an end without the mark of what comes before', ['end 7']],
    ['lines in another order', ['…', '  pod-1  4', '…', 'p99  12 ms', '…']],
    ['lines that are not neighbours', ['…', 'p99  12 ms', '  pod-1  4', '…']],
  ])('does not hold for %s', (_, excerpt) => expect(isExcerptOf(excerpt, OUTPUT)).toBe(false))

  it('is renewed with as many lines as it had', () => {
    const old = ['title', '…', 'p99  11 ms', '  pod-0  9', '…', 'end 6']
    expect(renewedExcerpt(old, OUTPUT)).toEqual(['title', '…', 'p99  12 ms', '  pod-0  3', '…', 'end 7'])
    expect(() => renewedExcerpt(['…', 'gone  1', '…'], OUTPUT)).toThrow('begins like "gone  1"')
  })
})
