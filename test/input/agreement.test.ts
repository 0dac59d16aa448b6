/** The quick reader, the complete reader, the package `yaml` and `JSON.parse` mean the same by the same text. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isMap, isScalar, isSeq, parseAllDocuments } from 'yaml'
import { InputError } from '../../src/base/diagnostics.js'
import { readFullYaml } from '../../src/input/full-yaml.js'
import { LIMITS } from '../../src/input/limits.js'
import { parseDocuments } from '../../src/input/parse-documents.js'
import { readPlainDocument } from '../../src/input/plain-block.js'
import { placeOf, placeOfKey, plainValue, type TreeNode } from '../../src/input/tree.js'
import { mutated, yamlDocument } from './yaml-texts.js'

/** Characters that are refused before any reader sees them. */
const UNPRINTABLE = /(?![\t\n\r\u0085])\p{Cc}|[\ufffe\uffff]|\r(?!\n)|(?!^)\ufeff/u
const MARKER = /^(?:---|\.\.\.|%|\ufeff)/m

/** Texts without document markers, most of them YAML. */
const oneDocument = fc
  .oneof(yamlDocument, yamlDocument.chain(mutated))
  .filter((text) => !UNPRINTABLE.test(text) && !MARKER.test(text))

const SEPARATORS = [
  '\n---\n',
  '\n--- \n',
  '\n--- # x\n',
  '\n...\n',
  '\n...\n---\n',
  '\n--- a\n',
  '\n---\r\n',
  '---\n',
  '\n---\t\n',
  '\n---\n---\n',
  '\n--- |\n',
  '\n---\u2028\n',
]

/** Texts of several documents. */
const stream = fc
  .tuple(
    fc.constantFrom('', '\ufeff', '%YAML 1.2\n---\n', '---\n'),
    fc.array(fc.tuple(yamlDocument, fc.constantFrom(...SEPARATORS)), { maxLength: 3 }),
    yamlDocument,
  )
  .map(([head, documents, last]) => head + documents.flat().join('') + last)
const anyStream = fc.oneof(stream, stream.chain(mutated)).filter((text) => !UNPRINTABLE.test(text))

/** A node with all that a user can see of it: values, flaws, places of values and keys. */
function shapeOf(node: TreeNode): unknown {
  const place = placeText(placeOf(node))
  if (node.kind === 'scalar') return { value: node.value, flaw: node.flaw, place }
  if (node.kind === 'list') return { items: node.items.map(shapeOf), place }
  return { entries: node.entries.map((entry) => [entryShape(entry), shapeOf(entry.value)]), place }
}

function entryShape(entry: Parameters<typeof placeOfKey>[0]): unknown {
  return { key: entry.key, flaw: entry.keyFlaw, place: placeText(placeOfKey(entry)) }
}

function placeText({ line, column, length }: ReturnType<typeof placeOf>): string {
  return `${line}:${column}+${length}`
}

type Reading = { readonly roots: readonly unknown[]; readonly nodeCount: number } | 'wrong' | 'not read'

function readQuickly(text: string): Reading {
  const file = { path: 'x.yaml', text }
  const state = { file, text, start: 0, end: text.length, limits: LIMITS, at: 0, depth: 0, nodeCount: 0 }
  return attempt(() => {
    const root = readPlainDocument(state)
    if (root === undefined) return 'not read'
    return root === 'empty'
      ? { roots: [], nodeCount: 0 }
      : { roots: [shapeOf(root)], nodeCount: state.nodeCount }
  })
}

function readCompletely(text: string): Reading {
  const start = text.startsWith('\ufeff') ? 1 : 0
  return attempt(() => {
    const { roots, errors, nodeCount } = readFullYaml({ path: 'x.yaml', text }, start, text.length, LIMITS, 0)
    return errors.length > 0 ? 'wrong' : { roots: roots.map(shapeOf), nodeCount }
  })
}

function attempt(read: () => Reading): Reading {
  try {
    return read()
  } catch (error) {
    if (error instanceof InputError) return 'wrong'
    throw error
  }
}

describe('the quick reader', () => {
  test('takes what the complete reader takes, with the same values, places and count', () => {
    let taken = 0
    fc.assert(
      fc.property(oneDocument, (text) => {
        const quick = readQuickly(text)
        if (quick === 'not read') return
        taken += 1
        expect(quick).toEqual(readCompletely(text))
      }),
      { seed: 20261, numRuns: 1200 },
    )
    // Else the property would say nothing.
    expect(taken).toBeGreaterThan(150)
  })
})

describe('cutting a file at its document markers', () => {
  test('gives the documents that the complete reader finds in the whole file', () => {
    let read = 0
    fc.assert(
      fc.property(anyStream, (text) => {
        const { documents, errors } = parseDocuments([{ path: 'x.yaml', text }])
        const whole = readCompletely(text)
        expect(errors.length > 0).toBe(whole === 'wrong')
        if (typeof whole === 'string') return
        read += 1
        expect(documents.map(shapeOf)).toEqual(whole.roots)
      }),
      { seed: 20263, numRuns: 600 },
    )
    expect(read).toBeGreaterThan(100)
  })
})

/** What the package makes of a node, with unquoted keys as they are written. */
function packageValue(node: unknown): unknown {
  if (isMap(node)) {
    return node.items.map(({ key, value }) => [
      isScalar(key) ? (key.type === 'PLAIN' ? key.source : key.value) : key,
      packageValue(value),
    ])
  }
  if (isSeq(node)) return node.items.map(packageValue)
  return isScalar(node) ? (Object.is(node.value, -0) ? 0 : node.value) : null
}

function ourValue(node: TreeNode): unknown {
  if (node.kind === 'map') return node.entries.map(({ key, value }) => [key, ourValue(value)])
  return node.kind === 'list' ? node.items.map(ourValue) : node.value
}

const hasFlaw = (node: TreeNode): boolean =>
  node.kind === 'scalar'
    ? node.flaw !== undefined
    : node.kind === 'list'
      ? node.items.some(hasFlaw)
      : node.entries.some((entry) => entry.keyFlaw !== undefined || hasFlaw(entry.value))

describe('the package yaml, with the core schema of YAML 1.2', () => {
  test('reads the same values, where nothing is ambiguous or inexact', () => {
    let compared = 0
    fc.assert(
      fc.property(anyStream, (text) => {
        const { documents, errors } = parseDocuments([{ path: 'x.yaml', text }])
        if (errors.length > 0 || documents.some(hasFlaw) || /[&*]|<</.test(text)) return
        // The package counts a byte order mark as indentation.
        const theirs = parseAllDocuments(text.replace(/^\ufeff/, ''), { uniqueKeys: false })
        const contents = theirs.map((each) => each.contents).filter((each) => !isNothing(each))
        expect(documents.map(ourValue)).toEqual(contents.map(packageValue))
        compared += 1
      }),
      { seed: 20264, numRuns: 600 },
    )
    expect(compared).toBeGreaterThan(100)
  })
})

function isNothing(node: unknown): boolean {
  return (
    node === null || (isScalar(node) && node.type === 'PLAIN' && node.source === '' && node.tag === undefined)
  )
}

/** JSON texts in the layouts that people and programs write. */
const jsonText = fc
  .tuple(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 2, '\t'), fc.constantFrom('\n', '\r\n'))
  .map(([value, indent, lineEnd]) => JSON.stringify(value, undefined, indent).replaceAll('\n', lineEnd))

describe('JSON', () => {
  test('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const [root] = parseDocuments([{ path: 'x.json', text }]).documents
        const value = root === undefined ? null : plainValue(root)
        expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)))
      }),
      { seed: 20265, numRuns: 400 },
    )
  })
})
