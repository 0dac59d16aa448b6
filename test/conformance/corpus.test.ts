import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { dataFiles, runFile } from './data-files.js'

const DATA = fileURLToPath(new URL('../data', import.meta.url))

function resultsOf(folder: string) {
  return dataFiles([`${DATA}/${folder}`]).map((path) => ({ ...runFile(path), file: relative(DATA, path) }))
}

const upstream = resultsOf('conformance')
const own = resultsOf('conformance-own')

describe.each([...upstream, ...own])('$file', ({ results }) => {
  it.each(results)('$name', ({ reasons, details }) => {
    expect([...reasons, ...details]).toEqual([])
  })
})

describe("the data of kube-proxy's own tests", () => {
  const countOf = (part: RegExp) =>
    upstream.filter(({ path }) => part.test(path)).reduce((sum, each) => sum + each.results.length, 0)

  it.each([
    { what: 'flows', part: /[/\\]flows[/\\]/, count: 258 },
    { what: 'golden dumps', part: /[/\\]golden[/\\]/, count: 5 },
    { what: 'choices of endpoints', part: /topology\.json$/, count: 20 },
    { what: 'others', part: /[/\\]extra[/\\]/, count: 55 },
  ])('are $count $what', ({ part, count }) => {
    expect(countOf(part)).toBe(count)
  })
})
