/**
 * The files that a scenario names, found before the scenario is checked, so that its errors and those of its manifests can
 * be told together. What is not as it should be is passed over here: reading the scenario complains about it.
 */
import { parseDocuments } from '../input/parse-documents.js'
import type { SourceFile } from '../input/source-file.js'
import { childOf, plainValue, type TreeNode } from '../input/tree.js'

/** Paths as written, relative to the folder of the scenario. */
export interface NamedFiles {
  readonly manifests: readonly string[]
  readonly trace: string | undefined
}

/** Looks for `spec.manifests` and `spec.workload.trace`. Never throws because of the text. */
export function namedFiles(scenarioFile: SourceFile): NamedFiles {
  const [root] = parseDocuments([scenarioFile]).documents
  if (root === undefined) return { manifests: [], trace: undefined }
  const manifests = textsOf(valueAt(root, ['spec', 'manifests']))
  const [trace] = textsOf([valueAt(root, ['spec', 'workload', 'trace'])])
  return { manifests, trace }
}

/** Is it a scenario, whatever is wrong with it? Else it is taken for manifests. */
export function isScenario(file: SourceFile): boolean {
  if (!/svcsim\.dev|Scenario/.test(file.text)) return false
  const { documents } = parseDocuments([file])
  return documents.some((root) => {
    const isOurs = String(valueAt(root, ['apiVersion'])).startsWith('svcsim.dev/')
    return isOurs || valueAt(root, ['kind']) === 'Scenario'
  })
}

function valueAt(root: TreeNode, path: readonly string[]): unknown {
  let node: TreeNode | undefined = root
  for (const key of path) node = node === undefined ? undefined : childOf(node, key)
  return node === undefined ? undefined : plainValue(node)
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string' && each !== '') : []
}
