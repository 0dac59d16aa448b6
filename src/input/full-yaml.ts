/**
 * The complete reader: the package `yaml` under guard, for documents that the quick reader does not take.
 *
 * Aliases are resolved here, in linear time, each counted as all that it stands for (the package takes quadratic time).
 * Scalars get their meaning in plain-scalar.ts, in both readers alike. Merge keys (`<<`) are honoured, as in kubectl.
 * Refused: tags other than YAML's own for plain values; keys that are no text; aliases that contain themselves.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml'
import type { Diagnostic } from '../base/diagnostics.js'
import type { DiagnosticCode } from '../base/error-codes.js'
import { guardedDocuments } from './guarded-yaml.js'
import type { Limits } from './limits.js'
import { resolvePlain } from './plain-scalar.js'
import { mapEntry, type PlainKey } from './plain-state.js'
import { refuse, refuseDepth, refuseDuplicateKey, refuseKeyCount, refuseNodeCount } from './reading-limits.js'
import type { SourceFile } from './source-file.js'
import type { MapEntry, TreeNode } from './tree.js'
import { shortened } from './words.js'

const CORE_TAG = 'tag:yaml.org,2002:'

export interface FullStream {
  /** The root of each document in which something is written. */
  readonly roots: readonly TreeNode[]
  readonly errors: readonly Diagnostic[]
  /** Values in all documents, and the `nodeCount` that was given. */
  readonly nodeCount: number
}

/**
 * Reads all documents of a stretch of text.
 *
 * @param start - offset of its first character; `end` behind its last
 * @param nodeCount - values of the same file that were read before
 * @throws InputError if a limit is exceeded
 * @remarks About 2 µs a character, three times that for hostile text; memory about 150 bytes a character.
 */
export function readFullYaml(
  file: SourceFile,
  start: number,
  end: number,
  limits: Limits,
  nodeCount: number,
): FullStream {
  const roots: TreeNode[] = []
  const errors: Diagnostic[] = []
  let count = nodeCount
  for (const guarded of guardedDocuments(file, start, end, limits)) {
    if (guarded.kind === 'wrong') {
      errors.push(...guarded.errors)
      break
    }
    const builder = new TreeBuilder(file, start, limits, count)
    const root = builder.build(guarded.document)
    if (root !== undefined) roots.push(root)
    count = builder.nodeCount
  }
  return { roots, errors, nodeCount: count }
}

/** What an alias stands for. */
interface Anchor {
  readonly node: TreeNode
  /** Values in it, and maps and lists inside each other. */
  readonly size: number
  readonly height: number
}

/** Turns the package's nodes into ours. One for each document, since anchors end with it. */
class TreeBuilder {
  private readonly anchors = new Map<string, Anchor>()
  private aliasCount = 0
  /** Depth of the node being built, and the largest depth below it so far. */
  private depth = 0
  private deepest = 0

  constructor(
    private readonly file: SourceFile,
    /** Offset of the text that the package was given. */
    private readonly base: number,
    private readonly limits: Limits,
    public nodeCount: number,
  ) {}

  /** Undefined for a document in which nothing is written. */
  build(document: Document.Parsed): TreeNode | undefined {
    const contents: Node | null = document.contents
    if (contents === null || isNothing(contents)) return undefined
    return this.node(contents, 0, 0)
  }

  /** @param nullStart - what to point at where nothing is written: the key */
  private node(node: Node, nullStart: number, nullEnd: number): TreeNode {
    if (isAlias(node)) return this.alias(node.source, this.start(node))
    const sizeBefore = this.nodeCount
    const deepestBefore = this.deepest
    this.count(1, this.start(node))
    this.depth += 1
    this.deepest = this.depth
    const built = this.builtNode(node, nullStart, nullEnd)
    const height = this.deepest - this.depth + 1
    this.depth -= 1
    this.deepest = Math.max(deepestBefore, this.deepest)
    const { anchor } = node as { readonly anchor?: string }
    if (anchor !== undefined)
      this.anchors.set(anchor, { node: built, size: this.nodeCount - sizeBefore, height })
    return built
  }

  private builtNode(node: Node, nullStart: number, nullEnd: number): TreeNode {
    if (isMap(node)) {
      this.checkTag(node.tag, 'map', node)
      const entries = this.entries(node)
      return {
        kind: 'map',
        entries,
        file: this.file,
        start: this.start(node),
        end: this.endOf(node, entries),
      }
    }
    if (isSeq(node)) {
      this.checkTag(node.tag, 'seq', node)
      const items = node.items.map((item) => this.item(item, this.start(node)))
      const last = items[items.length - 1]?.end ?? this.end(node)
      return {
        kind: 'list',
        items,
        file: this.file,
        start: this.start(node),
        end: node.flow ? this.end(node) : last,
      }
    }
    if (isScalar(node)) return this.scalar(node, nullStart, nullEnd)
    return this.refuseNode(node, 'YAML_SYNTAX', 'This is no value')
  }

  private endOf(map: { readonly flow?: boolean }, entries: readonly MapEntry[]): number {
    const last = entries[entries.length - 1]
    const node = map as Node
    return map.flow === true || last === undefined ? this.end(node) : last.value.end
  }

  /** An item of a list. `[a: b]` makes a pair, which stands for a map of one key. */
  private item(item: unknown, start: number): TreeNode {
    if (isMap(item) || isSeq(item) || isScalar(item) || isAlias(item)) {
      const dash = this.dashBefore(item)
      return this.node(item, dash ?? start, (dash ?? start) + 1)
    }
    return refuse(
      this.file,
      start,
      'YAML_SYNTAX',
      'This list holds something that is no value',
      'write one value a line',
    )
  }

  /** Offset of the dash of a list item; undefined where something else stands before the item. */
  private dashBefore(item: Node): number | undefined {
    const { text } = this.file
    let at = this.start(item) - 1
    while (text.charAt(at) === ' ' || text.charAt(at) === '\t') at -= 1
    return text.charAt(at) === '-' ? at : undefined
  }

  private entries(map: { readonly items: readonly unknown[] } & Node): MapEntry[] {
    if (map.items.length > this.limits.mapKeys) refuseKeyCount(this.file, this.start(map), this.limits)
    const entries = new Map<string, MapEntry>()
    const merged: TreeNode[] = []
    for (const pair of map.items as readonly { readonly key: Node; readonly value: Node | null }[]) {
      const keyStart = this.start(pair.key)
      const key = this.key(pair.key)
      const keyEnd = this.end(pair.key)
      const value =
        pair.value === null ? this.nothing(keyStart, keyEnd) : this.node(pair.value, keyStart, keyEnd)
      if (key === undefined) {
        merged.push(value)
        continue
      }
      const first = entries.get(key.key)
      if (first !== undefined) refuseDuplicateKey(this.file, keyStart, first.keyStart, key.key)
      entries.set(key.key, mapEntry(key, this.file, keyStart, value))
    }
    for (const node of merged) this.merge(entries, node)
    return [...entries.values()]
  }

  /** The text of a key; undefined for the merge key. */
  private key(node: Node): PlainKey | undefined {
    if (!isScalar(node)) return this.refuseNode(node, 'YAML_KEY', 'A key must be a plain text')
    if (node.type !== 'PLAIN') return { key: String(node.value) }
    const text = node.source ?? ''
    if (text === '<<') return undefined
    const { value, flaw } = resolvePlain(text)
    if (value === null) return this.refuseNode(node, 'YAML_KEY', 'A key is missing')
    return flaw === 'word' ? { key: text, keyFlaw: flaw } : { key: text }
  }

  /** `<<: *base`, or a list of such: keys that are not there yet. */
  private merge(entries: Map<string, MapEntry>, node: TreeNode): void {
    const maps = node.kind === 'list' ? node.items : [node]
    for (const map of maps) {
      if (map.kind !== 'map') {
        refuse(
          this.file,
          node.start,
          'YAML_KEY',
          'The merge key "<<" takes a map or a list of maps',
          'write <<: *name',
        )
      }
      for (const entry of map.entries) if (!entries.has(entry.key)) entries.set(entry.key, entry)
    }
    if (entries.size > this.limits.mapKeys) refuseKeyCount(this.file, node.start, this.limits)
  }

  private scalar(node: Scalar, nullStart: number, nullEnd: number): TreeNode {
    const start = this.start(node)
    const end = this.end(node)
    if (node.type !== 'PLAIN' || isTextTag(node.tag)) {
      this.checkTag(node.tag, 'str', node)
      return { kind: 'scalar', value: String(node.value ?? ''), file: this.file, start, end }
    }
    const text = node.source ?? ''
    if (text === '' && node.tag === undefined) return { ...this.nothing(nullStart, nullEnd) }
    const folded = String(node.value ?? '')
    const { value, flaw } = resolvePlain(folded)
    if (node.tag !== undefined) this.checkTag(node.tag, tagOf(value), node)
    const { file } = this
    return flaw === undefined
      ? { kind: 'scalar', value, file, start, end }
      : { kind: 'scalar', value, flaw, file, start, end }
  }

  private nothing(start: number, end: number): TreeNode {
    return { kind: 'scalar', value: null, file: this.file, start, end }
  }

  private alias(name: string, start: number): TreeNode {
    const anchor = this.anchors.get(name)
    this.aliasCount += 1
    if (anchor === undefined) {
      const message = `No value before this one has the anchor &${shortened(name)}`
      return refuse(
        this.file,
        start,
        'YAML_ALIAS',
        message,
        'an alias stands behind its anchor, and not inside it',
      )
    }
    if (this.aliasCount > this.limits.aliasUses) {
      const message = `The document uses more than ${this.limits.aliasUses} aliases`
      refuse(this.file, start, 'YAML_ALIAS', message, 'write the values out')
    }
    this.count(anchor.size, start)
    this.deepest = Math.max(this.deepest, this.depth + anchor.height)
    // A scalar is one deeper than the map or list that it is in.
    if (this.deepest > this.limits.nesting + 1) refuseDepth(this.file, start, this.limits)
    return anchor.node
  }

  /** A tag must be YAML's own for what the value is anyway. */
  private checkTag(tag: string | undefined, expected: string, node: Node): void {
    if (tag === undefined || tag === '!' || tag === CORE_TAG + expected) return
    if (tag === `${CORE_TAG}float` && expected === 'int') return
    this.refuseNode(node, 'YAML_TAG', `The tag ${shortened(tag)} is not read, or not for this value`)
  }

  private count(nodes: number, at: number): void {
    this.nodeCount += nodes
    if (this.nodeCount > this.limits.nodes) refuseNodeCount(this.file, at, this.limits)
  }

  private refuseNode(node: Node, code: DiagnosticCode, message: string): never {
    const hints: Partial<Record<DiagnosticCode, string>> = {
      YAML_KEY: 'write it in quotes',
      YAML_TAG: 'remove the tag',
    }
    return refuse(this.file, this.start(node), code, message, hints[code] ?? 'write a plain value')
  }

  private start(node: Node): number {
    return this.base + (node.range?.[0] ?? 0)
  }

  private end(node: Node): number {
    return this.base + (node.range?.[1] ?? 0)
  }
}

function isNothing(node: Node): boolean {
  return isScalar(node) && node.type === 'PLAIN' && (node.source ?? '') === '' && node.tag === undefined
}

function isTextTag(tag: string | undefined): boolean {
  return tag === `${CORE_TAG}str` || tag === '!'
}

function tagOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  return 'str'
}
