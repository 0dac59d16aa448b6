/**
 * Writes rules as kube-proxy hands them to iptables-restore (not as iptables-save prints them), for comparison with
 * dumps of kube-proxy itself.
 */
import type { Chain, Match, Rule, Table, Target } from '../../src/netfilter/rule.js'

/** `-A CHAIN …` for every rule of a chain. */
export function chainText(chain: Chain): string[] {
  return chain.rules.map((rule) => `-A ${chain.name}${ruleText(rule)}`)
}

/** Everything of a table but the built-in chains and the canary, in the canonical order of upstream's tests. */
export function tableText(table: Table): string[] {
  const rank = (name: string) => (name === 'KUBE-NODEPORTS' ? 0 : name === 'KUBE-SERVICES' ? 1 : 2)
  const chains = table.chains
    .filter((chain) => chain.policy === undefined && chain.name !== 'KUBE-PROXY-CANARY')
    .sort((left, right) => rank(left.name) - rank(right.name) || (left.name < right.name ? -1 : 1))
  const external = chains.findIndex((chain) => chain.name === 'KUBE-EXTERNAL-SERVICES')
  if (external > 0) chains.splice(2, 0, ...chains.splice(external, 1))
  return [
    `*${table.name}`,
    ...chains.map((chain) => `:${chain.name} - [0:0]`),
    ...chains.flatMap(chainText),
    'COMMIT',
  ]
}

/** A rule without its chain, with a blank before each part. */
export function ruleText(rule: Rule): string {
  return [...rule.matches.map(matchText), targetText(rule.target)].filter((part) => part !== '').join('')
}

function matchText(match: Match): string {
  const not = 'isInverted' in match && match.isInverted ? ' !' : ''
  switch (match.kind) {
    case 'comment':
      return ` -m comment --comment ${match.text.includes(' ') ? `"${match.text}"` : match.text}`
    case 'protocol':
      return ` -m ${match.protocol} -p ${match.protocol}`
    case 'source':
      return `${not} -s ${match.cidr.text.replace(/\/(32|128)$/, keepLoopback)}`
    case 'destination':
      return `${not} -d ${match.cidr.text.replace(/\/(32|128)$/, keepLoopback)}`
    case 'destinationPort':
      return ` --dport ${match.first}`
    case 'sourcePort':
      return ` --sport ${match.first}`
    case 'statistic':
      return ` -m statistic --mode random --probability ${match.probabilityText}`
    case 'recent': {
      const age = match.seconds === undefined ? '' : ` --seconds ${match.seconds}`
      return ` -m recent --name ${match.list} --${match.mode}${age}${match.isReaping ? ' --reap' : ''}`
    }
    case 'addrtype':
      return ` -m addrtype --${match.side === 'source' ? 'src' : 'dst'}-type ${match.type}`
    case 'mark':
      return ` -m mark${not} --mark ${hex(match.value)}/${hex(match.mask)}`
    case 'conntrack':
      return ` -m conntrack${not} --ctstate ${match.states.join(',')}`
    case 'nfacct':
      return ` -m nfacct --nfacct-name ${match.counter}`
  }
}

function targetText(target: Target): string {
  switch (target.kind) {
    case 'none':
      return ''
    case 'jump':
      return ` -j ${target.chain}`
    case 'goto':
      return ` -g ${target.chain}`
    case 'REJECT':
      return ' -j REJECT'
    case 'DNAT': {
      const address = target.address.includes(':') ? `[${target.address}]` : target.address
      return ` -j DNAT --to-destination ${address}:${target.port}`
    }
    case 'MASQUERADE':
      return ` -j MASQUERADE${target.isFullyRandom ? ' --random-fully' : ''}`
    case 'MARK':
      return ` -j MARK --${target.option} ${hex(target.value)}`
    default:
      return ` -j ${target.kind}`
  }
}

/** kube-proxy writes single addresses without a prefix length, but for ::1/128. */
function keepLoopback(suffix: string, _length: string, _at: number, whole: string): string {
  return whole === '::1/128' ? suffix : ''
}

function hex(value: number): string {
  return `0x${value.toString(16)}`
}
