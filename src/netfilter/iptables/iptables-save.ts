/**
 * Tables as the text that kube-proxy hands to `iptables-restore`, and that `iptables-save` prints.
 *
 * The options of a rule are written in the order of its matches, each as kube-proxy writes it. What `iptables-save` prints
 * of the same rules differs (`/32`, masks, another order, `--set-xmark` for all marks): `parseTables` reads both. What is
 * not modelled is written as it was read.
 * Sources: kube-proxy pkg/proxy/iptables/proxier.go; iptables 1.8.9, iptables-restore(8), iptables/xshared.c.
 */
import { InvariantError } from '../../base/diagnostics.js'
import type { Cidr } from '../../base/ip-address.js'
import {
  type Chain,
  DEFAULT_REJECT,
  type Match,
  type RecentMatch,
  type Rule,
  type Table,
  type Target,
} from './rule.js'

export { parseTables } from './parse-tables.js'

/** What needs quotes in a word: blanks end a word, a quote begins one. Nothing at all would be no word. */
const NEEDS_QUOTES = /[\s"]|^$/

/**
 * Writes tables in iptables-save form.
 *
 * @returns lines ended by `\n`; the chains and rules of each table in their order
 * @throws InvariantError if a comment or a name holds a line break: the form can not write it
 */
export function printTables(tables: readonly Table[]): string {
  return tables.map(printTable).join('')
}

/**
 * One rule as a line `-A CHAIN …`, without the line break.
 *
 * @param form - `short`: a range of one address is written as the address; `written`: as whoever made the rule writes it
 */
export function printRule(chain: string, rule: Rule, form: 'short' | 'written' = 'short'): string {
  const matches = rule.matches.map((match) => printMatch(match, form))
  return ['-A', chain, ...matches, ...printTarget(rule.target)].join(' ')
}

function printTable(table: Table): string {
  const declarations = table.chains.map((chain) => `:${chain.name} ${chain.policy ?? '-'} [0:0]`)
  const rules = table.chains.flatMap(printRules)
  return `${[`*${table.name}`, ...declarations, ...rules, 'COMMIT'].join('\n')}\n`
}

function printRules(chain: Chain): string[] {
  return chain.rules.map((rule) => printRule(chain.name, rule))
}

/** One test as the words of a line; `form` as for `printRule`. */
export function printMatch(match: Match, form: 'short' | 'written'): string {
  switch (match.kind) {
    case 'protocol':
      return match.isInverted ? `! -p ${match.protocol}` : `-m ${match.protocol} -p ${match.protocol}`
    case 'otherProtocol':
      return `${not(match)}-p ${match.name}`
    case 'source':
      return `${not(match)}-s ${printCidr(match.cidr, form === 'written' && match.isRange === true)}`
    case 'destination':
      return `${not(match)}-d ${printCidr(match.cidr, form === 'written' && match.isRange === true)}`
    case 'inInterface':
      return `${not(match)}-i ${printWord(match.name)}`
    case 'outInterface':
      return `${not(match)}-o ${printWord(match.name)}`
    case 'sourcePort':
      return `${not(match)}--sport ${printPorts(match)}`
    case 'destinationPort':
      return `${not(match)}--dport ${printPorts(match)}`
    case 'statistic':
      return `-m statistic --mode random --probability ${match.probabilityText}`
    case 'recent':
      return printRecent(match)
    case 'addrtype':
      return `-m addrtype ${not(match)}${match.side === 'source' ? '--src-type' : '--dst-type'} ${match.type}`
    case 'mark':
      return `-m mark ${not(match)}--mark ${printMark(match.value, match.mask)}`
    case 'conntrack':
      return `-m conntrack ${not(match)}--ctstate ${match.states.join(',')}`
    case 'comment':
      return `-m comment --comment ${printWord(match.text)}`
    case 'nfacct':
      return `-m nfacct --nfacct-name ${match.counter}`
    case 'unmodelled':
      return match.text
  }
}

function not(match: { readonly isInverted: boolean }): string {
  return match.isInverted ? '! ' : ''
}

function printCidr(cidr: Cidr, isRange: boolean): string {
  const isOneAddress = cidr.prefixLength === (cidr.family === 4 ? 32 : 128)
  return isOneAddress && !isRange ? cidr.text.slice(0, cidr.text.indexOf('/')) : cidr.text
}

function printPorts({ first, last }: { readonly first: number; readonly last: number }): string {
  return first === last ? String(first) : `${first}:${last}`
}

function printRecent(match: RecentMatch): string {
  const seconds = match.seconds === undefined ? '' : ` --seconds ${match.seconds}`
  return `-m recent --name ${match.list} --${match.mode}${seconds}${match.isReaping ? ' --reap' : ''}`
}

function printMark(value: number, mask: number): string {
  return mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`
}

function hex(value: number): string {
  return `0x${value.toString(16)}`
}

function printWord(text: string): string {
  if (/[\r\n]/.test(text)) throw new InvariantError('a word holds a line break', { text })
  return NEEDS_QUOTES.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text
}

/** A target as the words of a line; none if the rule has none. */
export function printTarget(target: Target): string[] {
  switch (target.kind) {
    case 'none':
      return []
    case 'jump':
      return [`-j ${target.chain}`]
    case 'goto':
      return [`-g ${target.chain}`]
    case 'REJECT':
      return target.rejectWith === DEFAULT_REJECT
        ? ['-j REJECT']
        : [`-j REJECT --reject-with ${target.rejectWith}`]
    case 'DNAT':
      return [`-j DNAT --to-destination ${printDestination(target.address, target.port)}`]
    case 'MASQUERADE':
      return [target.isFullyRandom ? '-j MASQUERADE --random-fully' : '-j MASQUERADE']
    case 'MARK':
      return [`-j MARK ${printMarkChange(target)}`]
    case 'unmodelled':
      return [target.text]
    default:
      return [`-j ${target.kind}`]
  }
}

function printDestination(address: string, port: number | undefined): string {
  if (port === undefined) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** `--or-mark` and `--xor-mark` take the bits alone; `--set-xmark` always writes its mask. */
function printMarkChange(target: Extract<Target, { kind: 'MARK' }>): string {
  const bits = hex(target.value)
  return target.option === 'set-xmark'
    ? `--set-xmark ${bits}/${hex(target.mask)}`
    : `--${target.option} ${bits}`
}
