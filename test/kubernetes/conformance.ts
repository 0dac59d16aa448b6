/**
 * Reads single files of `test/data/conformance`; `test/conformance` runs them all.
 */
import { readFileSync } from 'node:fs'

export { familyOf as family, nodeInfo, proxyOptions, type RawNode, range } from '../conformance/raw-node.js'
export {
  type RawObject,
  type RawSlice,
  servicePortsOf,
  slice,
} from '../conformance/raw-objects.js'

const FOLDER = new URL('../data/conformance/', import.meta.url)

export function conformanceUrl(path: string): URL {
  return new URL(path, FOLDER)
}

export function readText(path: string): string {
  return readFileSync(conformanceUrl(path), 'utf8')
}

export function readJson<T>(path: string): T {
  return JSON.parse(readText(path)) as T
}
