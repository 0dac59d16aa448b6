/** What tasks have in common goes to each thread once. */
import { expect, test } from 'vitest'
import { KeptParts, SentParts } from '../../../src/experiment/executors/thread-parts.js'

function ends(threadCount: number) {
  const encoded: string[] = []
  const sent = new SentParts(threadCount, ({ name }: { name: string }) => {
    encoded.push(name)
    return `<${name}>`
  })
  const kept = new KeptParts((content: string) => content.slice(1, -1))
  return { encoded, sent, kept }
}

test('a content is sent as often as there are threads, and encoded once', () => {
  const { encoded, sent } = ends(2)
  const value = { name: 'web' }
  const contents = [1, 2, 3].map(() => sent.partOf(value, false).content)
  expect(contents).toEqual(['<web>', '<web>', undefined])
  expect(sent.partOf(value, true).content).toBe('<web>')
  expect(encoded).toEqual(['web'])
})

test('a thread keeps the values that it used last, and asks for the others', () => {
  const { sent, kept } = ends(1)
  const values = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name }))
  for (const value of values) expect(kept.valueOf(sent.partOf(value, false))).toBe(value.name)
  expect(kept.valueOf(sent.partOf(values[4], false))).toBe('e')
  expect(kept.valueOf(sent.partOf(values[0], false))).toBe(undefined)
  expect(kept.valueOf(sent.partOf(values[0], true))).toBe('a')
})
