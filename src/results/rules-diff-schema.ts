/** The rules of a real node against what manifests say: `svcsim rules --diff`. Versioned like the results object. */
import { z } from 'zod'

export const RULES_DIFF_SCHEMA_VERSION = 'svcsim.dev/rules-diff/v1'

const count = z.int().min(0)

const ruleDifference = z.strictObject({
  kind: z
    .enum(['missing', 'extra', 'moved', 'probability'])
    .describe('moved: it stands elsewhere in its chain; probability: it matches with another chance.'),
  expected: z.string().nullable().describe('As it should be; null where nothing should be.'),
  found: z.string().nullable().describe('As it is on the node, in the words of svcsim.'),
})

const chainDifference = z
  .strictObject({
    table: z.enum(['nat', 'filter']),
    chain: z.string(),
    kind: z.enum(['missing', 'extra', 'different']).describe('missing, extra: the whole chain.'),
    rules: z.array(ruleDifference),
  })
  .meta({ id: 'ChainDifference' })

export const rulesDiffSchema = z
  .strictObject({
    schemaVersion: z.literal(RULES_DIFF_SCHEMA_VERSION),
    tool: z.strictObject({ name: z.literal('svcsim'), version: z.string(), modelVersion: z.int() }),
    command: z.string().describe('Repeats the comparison.'),
    scenario: z.string().nullable().describe('Name of the scenario; null for manifests alone.'),
    node: z.string(),
    dump: z.string().describe('The iptables-save of the node.'),
    isEqual: z.boolean().describe('kube-proxy of the node has synced what the manifests say.'),
    ports: z
      .array(
        z.strictObject({
          name: z.string().describe('NAMESPACE/SERVICE:PORT'),
          status: z
            .enum(['equal', 'different', 'missing', 'extra', 'foreign'])
            .describe(
              'missing, extra: on the node; foreign: of a namespace that the manifests hold nothing of, no difference.',
            ),
          summary: z.array(z.string()),
          chains: z.array(chainDifference),
          adopted: z
            .array(z.string())
            .describe('Facts that the manifests leave open, taken from the node and so not compared.'),
        }),
      )
      .describe('In the order of the manifests, then those that only the node has.'),
    settings: z
      .array(z.strictObject({ name: z.string(), expected: z.string(), found: z.string() }))
      .describe('Settings of kube-proxy that are not as the scenario says.'),
    areSettingsCompared: z
      .boolean()
      .describe('False for manifests alone, which say nothing of settings: those of the node are taken.'),
    fixed: z
      .array(chainDifference)
      .describe('Chains that are the same whatever the Services, and jumps to them.'),
    leftOver: z.array(z.string()).describe('Chains of Services that no rule leads to; no difference.'),
    foreign: z
      .strictObject({ chainCount: count, ruleCount: count })
      .describe('What others than kube-proxy have put there; not compared.'),
    remarks: z
      .array(z.string())
      .describe('What the dump as a whole looks like, if not like that of kube-proxy in mode iptables.'),
  })
  .describe('The rules of a node, compared.')

export type RulesDiff = z.output<typeof rulesDiffSchema>
export type PortDiff = RulesDiff['ports'][number]
export type ChainDifference = z.output<typeof chainDifference>
