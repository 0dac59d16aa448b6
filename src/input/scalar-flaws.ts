/**
 * What to say of unquoted texts that must not be read as they stand: numbers that can not be held, words that kubectl
 * reads otherwise. Whoever reads such a field says it; in fields that nobody reads (`defaultMode: 0644`) they do no harm.
 */
import type { Diagnostic, SourcePlace } from '../base/diagnostics.js'
import { placeOf, placeOfKey, type TreeNode } from './tree.js'

/** Characters of a number that are shown. */
const SHOWN_CHARACTERS = 40

const TRUE_IN_YAML_1_1 = /^(?:y|yes|on)$/i
const FALSE_IN_YAML_1_1 = /^(?:n|no|off)$/i

/** What is wrong with a scalar: YAML_NUMBER or YAML_AMBIGUOUS; undefined if nothing is. */
export function flawOfValue(node: TreeNode): Diagnostic | undefined {
  if (node.kind !== 'scalar' || node.flaw === undefined) return undefined
  const text = String(node.value)
  return node.flaw === 'number' ? inexactNumber(text, placeOf(node)) : ambiguousWord(text, placeOf(node))
}

/** What is wrong with the key of an entry: YAML_AMBIGUOUS; undefined if nothing is. */
export function flawOfKey(entry: Parameters<typeof placeOfKey>[0]): Diagnostic | undefined {
  return entry.keyFlaw === undefined ? undefined : ambiguousWord(entry.key, placeOfKey(entry))
}

/**
 * What is wrong with the scalars and keys of a tree.
 *
 * @returns in the order of the text, each once however often an alias repeats it; not more than `maxCount`
 */
export function flawsOfTree(root: TreeNode, maxCount: number): readonly Diagnostic[] {
  const flaws: Diagnostic[] = []
  const seen = new Set<object>()
  const note = (thing: object, flaw: Diagnostic | undefined) => {
    if (flaw === undefined || seen.has(thing) || flaws.length >= maxCount) return
    seen.add(thing)
    flaws.push(flaw)
  }
  const visit = (node: TreeNode): void => {
    if (flaws.length >= maxCount) return
    if (node.kind === 'scalar') note(node, flawOfValue(node))
    if (node.kind === 'list') node.items.forEach(visit)
    if (node.kind !== 'map') return
    for (const entry of node.entries) {
      note(entry, flawOfKey(entry))
      visit(entry.value)
    }
  }
  visit(root)
  return flaws
}

function inexactNumber(text: string, place: SourcePlace): Diagnostic {
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
  const message = `The number ${shown} can not be held exactly`
  const hint = 'write fewer digits; put it in quotes if it is a text'
  return { severity: 'error', code: 'YAML_NUMBER', message, hint, place }
}

/** In kubectl's YAML 1.1 these are true, false, or numbers with other digits than it seems. */
function ambiguousWord(text: string, place: SourcePlace): Diagnostic {
  const isBoolean = TRUE_IN_YAML_1_1.test(text) || FALSE_IN_YAML_1_1.test(text)
  const meaning = isBoolean ? String(TRUE_IN_YAML_1_1.test(text)) : 'another number'
  const plain = isBoolean ? `write ${meaning}` : 'write the number in plain decimal digits'
  return {
    severity: 'error',
    code: 'YAML_AMBIGUOUS',
    message: `kubectl (YAML 1.1) reads "${text}" as ${meaning}, YAML 1.2 does not`,
    hint: `put it in quotes if it is a text, else ${plain}`,
    place,
  }
}
