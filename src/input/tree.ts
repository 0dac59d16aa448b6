/**
 * What a YAML or JSON document says, as a tree of plain values that remember where they stand.
 * Maps are lists of entries, so that no key (`__proto__`, `constructor`) is special. A tree is never changed;
 * settings make new nodes, whose file is `<setting>`.
 */
import { type Origin, originFrom, type SourcePlace } from '../base/diagnostics.js'
import { placeAt, type SourceFile } from './source-file.js'

export type Scalar = string | number | boolean | null

/**
 * Why an unquoted text must not be read as it stands; see plain-scalar.ts. `number`: it is not held exactly; `word`:
 * kubectl would understand something else. Told where the field is read (scalar-flaws.ts), since nobody may care.
 */
export type Flaw = 'number' | 'word'

interface NodeBase {
  readonly file: SourceFile
  /** Offset of the first character, and behind the last one; equal where nothing is written. */
  readonly start: number
  readonly end: number
}

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar'
  /** With a flaw: the text itself. */
  readonly value: Scalar
  readonly flaw?: Flaw
}

export interface ListNode extends NodeBase {
  readonly kind: 'list'
  readonly items: readonly TreeNode[]
}

export interface MapEntry {
  readonly key: string
  /** Where the key stands; same file as the value's unless a setting replaced the value. */
  readonly keyFile: SourceFile
  readonly keyStart: number
  readonly keyFlaw?: Flaw
  readonly value: TreeNode
}

export interface MapNode extends NodeBase {
  readonly kind: 'map'
  /** In the order of the text; no key twice. */
  readonly entries: readonly MapEntry[]
}

export type TreeNode = ScalarNode | ListNode | MapNode

/** The entry of a key, or undefined. O(entries). */
export function entryOf(map: MapNode, key: string): MapEntry | undefined {
  for (const entry of map.entries) if (entry.key === key) return entry
  return undefined
}

/** What lies under one key or index, or undefined. */
export function childOf(node: TreeNode, step: string | number): TreeNode | undefined {
  if (node.kind === 'map' && typeof step === 'string') return entryOf(node, step)?.value
  if (node.kind === 'list' && typeof step === 'number') return node.items[step]
  return undefined
}

/** Where a node stands; of a map or list, its first line. */
export function placeOf(node: TreeNode): SourcePlace {
  return placeAt(node.file, node.start, node.end)
}

/** Where the key of an entry stands. */
export function placeOfKey({ key, keyFile, keyStart }: MapEntry): SourcePlace {
  const isQuoted = /["']/.test(keyFile.text.charAt(keyStart))
  return placeAt(keyFile, keyStart, keyStart + key.length + (isQuoted ? 2 : 0))
}

/** The places of everything below a node. */
export function originOf(root: TreeNode): Origin {
  return originFrom(root.file.path, (path) => placeOf(deepestOf(root, path)))
}

/** The node at a path, or the nearest one above it that exists. */
export function deepestOf(root: TreeNode, path: readonly (string | number)[]): TreeNode {
  let node = root
  for (const step of path) {
    const child = childOf(node, step)
    if (child === undefined) return node
    node = child
  }
  return node
}

/**
 * The tree as ordinary values: scalars, arrays, and objects without a prototype.
 * The depth of a tree is limited when it is read, so recursion is safe.
 */
export function plainValue(node: TreeNode): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plainValue)
  const object: Record<string, unknown> = Object.create(null)
  for (const { key, value } of node.entries) object[key] = plainValue(value)
  return object
}

/** The word for what a node is, for messages. */
export function kindOf(node: TreeNode): string {
  if (node.kind === 'map') return 'a map'
  if (node.kind === 'list') return 'a list'
  if (node.value === null) return 'empty'
  if (typeof node.value === 'string') return 'a text'
  return typeof node.value === 'number' ? 'a number' : 'true or false'
}
