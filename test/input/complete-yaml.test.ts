/** What only the complete reader takes: anchors, aliases, merge keys, tags, directives; and what it refuses. */
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../src/input/limits.js'
import { parseDocuments } from '../../src/input/parse-documents.js'
import { plainValue } from '../../src/input/tree.js'
import { told } from './reading.js'

function valuesOf(text: string): unknown[] {
  const { documents, errors } = parseDocuments([{ path: 'x.yaml', text }])
  expect(told(errors)).toEqual([])
  return JSON.parse(JSON.stringify(documents.map(plainValue)))
}

function errorsOf(text: string, limits = LIMITS): string[] {
  return told(parseDocuments([{ path: 'x.yaml', text }], limits).errors)
}

describe('reading', () => {
  test.each<[string, string, unknown[]]>([
    ['anchors and aliases', 'a: &x [1, 2]\nb: *x\n', [{ a: [1, 2], b: [1, 2] }]],
    ['the last anchor of a name', 'a: &x 1\nb: &x 2\nc: *x\n', [{ a: 1, b: 2, c: 2 }]],
    ['a merge key', 'a: &x {p: 1, q: 2}\nb:\n  q: 3\n  <<: *x\n', [{ a: { p: 1, q: 2 }, b: { q: 3, p: 1 } }]],
    [
      'a merge key with a list: the first wins',
      'a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc:\n  <<: [*x, *y]\n',
      [{ a: { p: 1 }, b: { p: 2, q: 2 }, c: { p: 1, q: 2 } }],
    ],
    [
      "YAML's own tags",
      'a: !!str 5\nb: !!int 5\nc: ! yes\nd: !!map {}\ne: !!float 5\n',
      [{ a: '5', b: 5, c: 'yes', d: {}, e: 5 }],
    ],
    ['explicit keys', '? a\n: 1\n', [{ a: 1 }]],
    ['an indented block scalar', 'a: |2\n   x\n', [{ a: ' x\n' }]],
    ['escapes of YAML', 'a: "\\x41\\u0042\\e"\n', [{ a: 'AB\u001b' }]],
    ['directives and document ends', '%YAML 1.2\n---\na: 1\n...\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['comments inside of brackets', 'a: [1, # one\n  2]\n', [{ a: [1, 2] }]],
    ['numbers as keys', 'a: &x {1: x, true: y}\n', [{ a: { '1': 'x', true: 'y' } }]],
    [
      '`__proto__` like any key, also by a merge',
      'a: &x {__proto__: {b: 1}}\nc: {<<: *x}\n',
      [{ a: JSON.parse('{"__proto__":{"b":1}}'), c: JSON.parse('{"__proto__":{"b":1}}') }],
    ],
  ])('%s', (_, text, values) => {
    expect(valuesOf(text)).toEqual(values)
  })
})

describe('refusing', () => {
  test.each<[string, string, string]>([
    [
      'an alias without an anchor',
      'a: *x\n',
      'YAML_ALIAS 1:4 No value before this one has the anchor &x [an alias stands behind its anchor, and not inside it]',
    ],
    [
      'an alias inside its anchor',
      'a: &x [*x]\n',
      'YAML_ALIAS 1:8 No value before this one has the anchor &x [an alias stands behind its anchor, and not inside it]',
    ],
    [
      'an anchor of another document',
      'a: &x 1\n---\nb: *x\n',
      'YAML_ALIAS 3:4 No value before this one has the anchor &x [an alias stands behind its anchor, and not inside it]',
    ],
    [
      'a tag of CloudFormation',
      'a: !Ref b\n',
      'YAML_TAG 1:9 The tag !Ref is not read, or not for this value [remove the tag]',
    ],
    [
      'binary data',
      'a: !!binary aGk=\n',
      'YAML_TAG 1:13 The tag tag:yaml.org,2002:binary is not read, or not for this value [remove the tag]',
    ],
    [
      'a tag that does not fit',
      'a: !!int x\n',
      'YAML_TAG 1:10 The tag tag:yaml.org,2002:int is not read, or not for this value [remove the tag]',
    ],
    ['a map as a key', '{a: b}: c\n', 'YAML_KEY 1:1 A key must be a plain text [write it in quotes]'],
    [
      'an alias as a key',
      'a: &x b\n*x : c\n',
      'YAML_KEY 2:1 A key must be a plain text [write it in quotes]',
    ],
    ['a missing key', ': b\n', 'YAML_KEY 1:1 A key is missing [write it in quotes]'],
    ['null as a key', 'null: b\n', 'YAML_KEY 1:1 A key is missing [write it in quotes]'],
    [
      'a merge of a text',
      'a: {<<: b}\n',
      'YAML_KEY 1:9 The merge key "<<" takes a map or a list of maps [write <<: *name]',
    ],
    [
      'a double key',
      'a: 1\nb: &x 2\na: 3\n',
      'YAML_DUPLICATE_KEY 3:1 The key "a" is there twice [the first is in line 1; remove one of them]',
    ],
    [
      'a double key beside a quoted one',
      '{"a": 1, a: 2}',
      'YAML_DUPLICATE_KEY 1:10 The key "a" is there twice [the first is in line 1; remove one of them]',
    ],
  ])('%s', (_, text, error) => {
    expect(errorsOf(text)).toEqual([error])
  })

  test('more aliases than the limit', () => {
    const text = 'a: &x 1\nb: [*x, *x, *x]\n'
    expect(errorsOf(text, { ...LIMITS, aliasUses: 2 })).toEqual([
      'YAML_ALIAS 2:13 The document uses more than 2 aliases [write the values out]',
    ])
  })

  test('what aliases stand for, where it is nested too deep or too much', () => {
    expect(errorsOf('a: &x [[1]]\nb: [[*x]]\n', { ...LIMITS, nesting: 4 })).toEqual([
      'YAML_TOO_DEEP 2:6 Maps and lists are nested more than 4 deep [no Kubernetes object is nested this deep; look for a bracket that is not closed]',
    ])
    expect(errorsOf('a: &x [1, 2]\nb: [*x, *x]\n', { ...LIMITS, nodes: 9 })).toEqual([
      'YAML_TOO_MANY_NODES 2:9 The file holds more than 9 values, counting what aliases stand for [split the file, or write fewer aliases]',
    ])
  })

  test('a large document that is not plain, at the place where it stops to be', () => {
    const text = `a: 1\nb: &x 2\n${'# long\n'.repeat(20)}`
    expect(errorsOf(text, { ...LIMITS, fullYamlCharacters: 100 })).toEqual([
      'YAML_NOT_PLAIN 2:4 This is not plain YAML, of which no more than 100 characters are read [mend it if it is a mistake; else write it without anchors, aliases, tags and tabs]',
    ])
  })

  test('many documents that are not plain, once, and reads no more of them', () => {
    const text = 'a: &x 1\n---\n'.repeat(10)
    const { documents, errors } = parseDocuments([{ path: 'x.yaml', text }], {
      ...LIMITS,
      fullYamlTotalCharacters: 250,
    })
    expect(documents.length).toBe(3)
    expect(told(errors).map((each) => each.slice(0, 70))).toEqual([
      'YAML_NOT_PLAIN 7:4 This is not plain YAML, of which no more than 250 c',
    ])
  })
})
