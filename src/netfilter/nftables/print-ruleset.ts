/**
 * A table as the text that `nft -f` loads: one command a line, in an order in which every name is known before it is
 * used. The wording is that of kube-proxy.
 * Sources: nft(8); kubernetes-sigs/knftables, objects.go.
 */
import { InvariantError } from '../../base/diagnostics.js'
import type {
  AddressOperand,
  AddressSide,
  MapKey,
  MapVerdict,
  NftAction,
  NftChain,
  NftMapElement,
  NftMatch,
  NftRule,
  NftSet,
  NftTable,
  NftVerdict,
  NftVerdictMap,
} from './ruleset.js'

/** Words that depend on the family. */
interface FamilyWords {
  /** Of the table, and before `saddr` and `daddr`. */
  readonly name: 'ip' | 'ip6'
  readonly addressType: 'ipv4_addr' | 'ipv6_addr'
}

const FAMILY_WORDS: Readonly<Record<NftTable['family'], FamilyWords>> = {
  4: { name: 'ip', addressType: 'ipv4_addr' },
  6: { name: 'ip6', addressType: 'ipv6_addr' },
}

/**
 * Writes a table.
 *
 * @returns lines ended by `\n`: the table, then its chains, sets, maps, rules and elements
 * @throws InvariantError if a comment can not be written
 */
export function printTable(table: NftTable): string {
  return `${tableLines(table).join('\n')}\n`
}

/** The lines of `printTable`, without line ends. */
export function tableLines(table: NftTable): string[] {
  const { name: family } = FAMILY_WORDS[table.family]
  const place = `${family} ${table.name}`
  return [
    `add table ${place}${block(commentPart(table.comment))}`,
    ...table.chains.map((chain) => `add chain ${place} ${chain.name}${block(chainParts(chain))}`),
    ...table.sets.map((set) => `add set ${place} ${set.name}${block(setParts(set, table))}`),
    ...table.maps.map((map) => `add map ${place} ${map.name}${block(mapParts(map, table))}`),
    ...table.chains.flatMap((chain) =>
      chain.rules.map((rule) => `add rule ${place} ${chain.name} ${printRule(rule, table)}`),
    ),
    ...table.sets.flatMap((set) =>
      set.elements.map(({ text }) => `add element ${place} ${set.name} { ${text} }`),
    ),
    ...table.maps.flatMap((map) =>
      map.elements.map((element) => `add element ${place} ${map.name} { ${printMapElement(element)} }`),
    ),
  ]
}

/** A rule without the chain that it is in. */
export function printRule(rule: NftRule, { family }: Pick<NftTable, 'family'>): string {
  const { name } = FAMILY_WORDS[family]
  return [
    ...rule.statements.map((statement) => printStatement(statement, name)),
    ...(rule.verdict === undefined ? [] : [printVerdict(rule.verdict, name)]),
    ...commentPart(rule.comment),
  ].join(' ')
}

/** `172.30.0.41 . tcp . 80 : goto chain` */
export function printMapElement({ address, protocol, port, verdict, comment }: NftMapElement): string {
  const key = [...(address === undefined ? [] : [address]), protocol, port].join(' . ')
  return `${[key, ...commentPart(comment)].join(' ')} : ${printMapVerdict(verdict)}`
}

function block(parts: readonly string[]): string {
  return parts.length === 0 ? '' : ` { ${parts.join(' ; ')} ; }`
}

function commentPart(comment: string | undefined): string[] {
  if (comment === undefined) return []
  if (/["\r\n]/.test(comment)) throw new InvariantError('a comment can not be written', { comment })
  return [`comment "${comment}"`]
}

function chainParts({ place, comment }: NftChain): string[] {
  const hook = place === undefined ? [] : [`type ${place.type} hook ${place.hook} priority ${place.priority}`]
  return [...hook, ...commentPart(comment)]
}

function setParts({ flags, timeoutSeconds, comment }: NftSet, { family }: NftTable): string[] {
  return [
    `type ${FAMILY_WORDS[family].addressType}`,
    ...(flags.length === 0 ? [] : [`flags ${flags.join(',')}`]),
    ...(timeoutSeconds === undefined ? [] : [`timeout ${timeoutSeconds}s`]),
    ...commentPart(comment),
  ]
}

function mapParts({ key, comment }: NftVerdictMap, { family }: NftTable): string[] {
  const address = key === 'addressAndPort' ? `${FAMILY_WORDS[family].addressType} . ` : ''
  return [`type ${address}inet_proto . inet_service : verdict`, ...commentPart(comment)]
}

function printStatement(statement: NftMatch | NftAction, family: string): string {
  switch (statement.kind) {
    case 'address':
      return `${field(family, statement.side)} ${not(statement.isInverted)}${statement.operand.text}`
    case 'addressInList':
      return `${field(family, statement.side)} ${not(statement.isInverted)}${printList(statement.operands, statement.isTight)}`
    case 'addressInSet':
      return `${field(family, statement.side)} @${statement.set}`
    case 'localAddress':
      return `fib ${SIDES[statement.side]} type local`
    case 'inInterface':
      return `iifname ${not(statement.isInverted)}${statement.name}${statement.isPrefix ? '*' : ''}`
    case 'protocol':
      return `meta l4proto ${statement.protocol}`
    case 'connectionState':
      return `ct state ${statement.states.join(',').toLowerCase()}`
    case 'markBitsClear':
      return `mark and ${hex(statement.bits)} == 0`
    case 'setMark':
      return `mark set mark ${statement.operation} ${hex(statement.bits)}`
    case 'updateSet':
      return `update @${statement.set} { ${field(family, 'source')} }`
  }
}

function printVerdict(verdict: NftVerdict, family: string): string {
  switch (verdict.kind) {
    case 'jump':
    case 'goto':
      return `${verdict.kind} ${verdict.chain}`
    case 'dnat':
      return `dnat to ${printAddressAndPort(verdict.address, verdict.port)}`
    case 'masquerade':
      return verdict.isFullyRandom ? 'masquerade fully-random' : 'masquerade'
    case 'verdictMap':
      return `${printKey(verdict.key, family)} vmap @${verdict.map}`
    case 'randomVerdict': {
      const choices = verdict.verdicts.map((each, index) => `${index} : ${printMapVerdict(each)}`)
      return `numgen random mod ${choices.length} vmap { ${choices.join(' , ')} }`
    }
    default:
      return verdict.kind
  }
}

function printAddressAndPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function printMapVerdict(verdict: MapVerdict): string {
  return verdict.kind === 'goto' ? `goto ${verdict.chain}` : verdict.kind
}

function printKey(key: MapKey, family: string): string {
  const port = 'meta l4proto . th dport'
  return key === 'port' ? port : `${field(family, 'destination')} . ${port}`
}

function printList(operands: readonly AddressOperand[], isTight: boolean): string {
  return `{ ${operands.map(({ text }) => text).join(isTight ? ',' : ' , ')} }`
}

const SIDES: Readonly<Record<AddressSide, string>> = { source: 'saddr', destination: 'daddr' }

function field(family: string, side: AddressSide): string {
  return `${family} ${SIDES[side]}`
}

function not(isInverted: boolean): string {
  return isInverted ? '!= ' : ''
}

function hex(value: number): string {
  return `0x${value.toString(16)}`
}
