/** What kube-proxy programs on one node, as texts that the programs of the node load. Versioned like the results object. */
import { z } from 'zod'

export const RULES_SCHEMA_VERSION = 'svcsim.dev/rules/v1'

export const rulesSchema = z
  .strictObject({
    schemaVersion: z.literal(RULES_SCHEMA_VERSION),
    tool: z.strictObject({ name: z.literal('svcsim'), version: z.string(), modelVersion: z.int() }),
    command: z.string().describe('Repeats the listing.'),
    scenario: z.string().nullable().describe('Name of the scenario; null for manifests alone.'),
    seed: z.int(),
    mode: z.enum(['iptables', 'nftables', 'ipvs']),
    node: z.string(),
    notes: z.array(z.string()).describe('What was left out, and what svcsim has drawn.'),
    parts: z
      .array(
        z.strictObject({
          program: z
            .enum(['iptables-restore', 'ip6tables-restore', 'nft', 'ipvsadm', 'ip', 'ipset'])
            .describe('What loads the text.'),
          text: z.string(),
        }),
      )
      .min(1),
  })
  .describe('The rules of one node.')

export type NodeRulesListing = z.output<typeof rulesSchema>
