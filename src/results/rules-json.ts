/** Listings and comparisons of rules as JSON text, and their form for other programs. */
import { z } from 'zod'
import { canonicalJson } from '../base/canonical-json.js'
import { type RulesDiff, rulesDiffSchema } from './rules-diff-schema.js'
import { type NodeRulesListing, rulesSchema } from './rules-schema.js'

/** Writes the rules of a node, indented by two spaces, `\n` at every line end and at the end. */
export function rulesToJson(listing: NodeRulesListing): string {
  return `${canonicalJson(rulesSchema.parse(listing), 2)}\n`
}

/** Writes a comparison; see `rulesToJson`. */
export function rulesDiffToJson(diff: RulesDiff): string {
  return `${canonicalJson(rulesDiffSchema.parse(diff), 2)}\n`
}

/** The JSON Schema of `svcsim rules --format json`, draft 7. */
export function rulesJsonSchema(): Readonly<Record<string, unknown>> {
  return { ...z.toJSONSchema(rulesSchema, { target: 'draft-7' }), title: 'Rules of a node, of svcsim' }
}

/** The JSON Schema of `svcsim rules --diff … --format json`, draft 7. */
export function rulesDiffJsonSchema(): Readonly<Record<string, unknown>> {
  return { ...z.toJSONSchema(rulesDiffSchema, { target: 'draft-7' }), title: 'Compared rules, of svcsim' }
}
