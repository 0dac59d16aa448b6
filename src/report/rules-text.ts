/** The rules of a node as text that the programs of the node load as it is; what is said besides stands in comments. */

import { rulesToJson } from '../results/rules-json.js'
import type { NodeRulesListing } from '../results/rules-schema.js'

/** How each text is loaded. */
const LOADED_BY = {
  'iptables-restore': 'iptables-restore',
  'ip6tables-restore': 'ip6tables-restore',
  nft: 'nft -f -',
  ipvsadm: 'ipvsadm --restore',
  ip: 'ip -batch -',
  ipset: 'ipset restore',
} as const

/** Renders a listing. */
export function renderRules(listing: NodeRulesListing, format: 'text' | 'json'): string {
  return format === 'json' ? rulesToJson(listing) : rulesText(listing)
}

function rulesText({ mode, node, parts, notes, tool }: NodeRulesListing): string {
  const head = [
    `what kube-proxy in mode ${mode} programs on ${node}, by ${tool.name} ${tool.version}`,
    ...notes,
  ]
  const texts = parts.map(({ program, text }) => `# load with: ${LOADED_BY[program]}\n${text}`)
  return `${head.map((line) => `# ${commentText(line)}\n`).join('')}${texts.join('')}`
}

/** Names can not hold line breaks, and comments end there; nothing else means anything in a comment. */
function commentText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?')
}
