import { describe, expect, test } from 'vitest'
import { parseDocuments } from '../../src/input/parse-documents.js'
import { placeAt } from '../../src/input/source-file.js'
import { deepestOf, entryOf, originOf, placeOf, placeOfKey } from '../../src/input/tree.js'

type Path = readonly (string | number)[]

function rootOf(text: string) {
  const { documents, errors } = parseDocuments([{ path: 'shop.yaml', text }])
  expect(errors).toEqual([])
  return documents[documents.length - 1]
}

function where(text: string, path: Path): string {
  const { line, column, length } = placeOf(deepestOf(rootOf(text), path))
  return `${line}:${column}+${length}`
}

const BLOCK = `# first line
apiVersion: v1
spec:
  ports:
    - name: http
      port: 80
    - {name: "x y", port: 81}
  empty:
  text: |
    many
    lines
  quoted: 'it''s'
`

describe('the place of a value', () => {
  test.each<[string, Path, string]>([
    ['the document', [], '2:1+14'],
    ['a scalar', ['apiVersion'], '2:13+2'],
    ['a map: its first line', ['spec'], '4:3+6'],
    ['a list: its first line', ['spec', 'ports'], '5:5+12'],
    ['an item', ['spec', 'ports', 0], '5:7+10'],
    ['a scalar of an item', ['spec', 'ports', 0, 'port'], '6:13+2'],
    ['a flow map', ['spec', 'ports', 1], '7:7+23'],
    ['a quoted scalar, with its quotes', ['spec', 'ports', 1, 'name'], '7:14+5'],
    ['nothing: the key', ['spec', 'empty'], '8:3+5'],
    ['a block scalar: its sign', ['spec', 'text'], '9:9+1'],
    ['a scalar in single quotes', ['spec', 'quoted'], '12:11+7'],
    ['a path that leads nowhere: the nearest above', ['spec', 'ports', 7, 'port'], '5:5+12'],
  ])('%s', (_, path, place) => {
    expect(where(BLOCK, path)).toBe(place)
  })

  test('is the same with carriage returns, and with a byte order mark', () => {
    const text = `\ufeff${BLOCK.replaceAll('\n', '\r\n')}`
    expect(where(text, ['spec', 'ports', 1, 'port'])).toBe('7:27+2')
    expect(where('\ufeffa: b', ['a'])).toBe('1:4+1')
    expect(placeOf(rootOf(text)).excerpt).toBe('apiVersion: v1')
  })

  test('counts lines through all documents of a file', () => {
    expect(where('a: 1\n---\nb: 1\n...\n---\nc: 2\n', ['c'])).toBe('6:4+1')
  })

  test('of what an alias stands for is that of the anchor', () => {
    expect(where('a: &x {port: 80}\nb: *x\n', ['b', 'port'])).toBe('1:14+2')
    expect(where('a: &x {port: 80}\nb:\n  <<: *x\n', ['b', 'port'])).toBe('1:14+2')
  })

  test('counts UTF-16 code units, as editors do', () => {
    expect(where('{a: 日本, "😀": x}', ['😀'])).toBe('1:15+1')
  })

  test('of JSON', () => {
    const json = '{\n\t"spec": {\n\t\t"ports": [{"port": 80}]\n\t}\n}'
    expect(where(json, ['spec', 'ports', 0, 'port'])).toBe('3:22+2')
  })
})

describe('the place of a key', () => {
  test('is the key, with its quotes', () => {
    const root = rootOf('a: 1\n"b c": 2\n')
    const entries = ['a', 'b c'].map((key) => (root.kind === 'map' ? entryOf(root, key) : undefined))
    const places = entries.map((entry) => entry && placeOfKey(entry))
    expect(places.map((place) => `${place?.line}:${place?.column}+${place?.length}`)).toEqual([
      '1:1+1',
      '2:1+5',
    ])
  })
})

describe('placeAt', () => {
  const file = { path: 'shop.yaml', text: 'one\ntwo\r\nthree' }

  test.each([
    [0, 3, { line: 1, column: 1, length: 3, excerpt: 'one' }],
    [3, 4, { line: 1, column: 4, length: 1, excerpt: 'one' }],
    [4, 14, { line: 2, column: 1, length: 3, excerpt: 'two' }],
    [9, 11, { line: 3, column: 1, length: 2, excerpt: 'three' }],
    [14, 14, { line: 3, column: 6, length: 1, excerpt: 'three' }],
  ])('of %i to %i', (start, end, place) => {
    expect(placeAt(file, start, end)).toEqual({ file: 'shop.yaml', ...place })
  })

  test('of an empty file is its first character', () => {
    expect(placeAt({ path: '<stdin>', text: '' }, 0, 1)).toEqual({
      file: '<stdin>',
      line: 1,
      column: 1,
      length: 1,
      excerpt: '',
    })
  })
})

describe('originOf', () => {
  test('answers for the objects of a stream, by the name that the user gave', () => {
    const text = 'kind: A\n---\nkind: B\nmetadata: {name: b}\n'
    const [, second] = parseDocuments([{ path: '<stdin>', text }]).documents.map(originOf)
    expect(second.file).toBe('<stdin>')
    expect(second.place(['metadata', 'name'])).toEqual({
      file: '<stdin>',
      line: 4,
      column: 18,
      length: 1,
      excerpt: 'metadata: {name: b}',
    })
  })
})
