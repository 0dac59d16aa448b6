/**
 * A comparison of rules as text: the answer first, then each Service port that differs with its rules, then what was not
 * compared and why.
 */
import { terminalText } from '../base/terminal-text.js'
import { formatCount } from '../base/units.js'
import type { ChainDifference, PortDiff, RulesDiff } from '../results/rules-diff-schema.js'
import { rulesDiffToJson } from '../results/rules-json.js'
import { counted } from './figures.js'
import { labelled, wrapped } from './text-layout.js'

const WIDTH = 110
/** Rules of one chain that are listed. */
const MAX_RULES = 40
/** Service ports of which it is told what was taken from the node. */
const MAX_ADOPTED = 20
/** Names that a line lists. */
const MAX_NAMES = 10

const VERBS = {
  equal: 'equal',
  different: 'differs',
  missing: 'is missing on the node',
  extra: 'is on the node only',
  foreign: 'not compared',
} as const

/** Renders a comparison. */
export function renderRulesDiff(diff: RulesDiff, format: 'text' | 'json'): string {
  if (format === 'json') return rulesDiffToJson(diff)
  const blocks = [
    [
      ...wrapped(answer(diff), WIDTH),
      ...diff.remarks.flatMap((remark) => labelled('', wrapped(remark, WIDTH - 2), 2)),
    ],
    settingLines(diff),
    ...diff.ports.filter(isDifferent).map(portLines),
    fixedLines(diff),
    noteLines(diff),
  ].filter((lines) => lines.length > 0)
  const lines = blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]))
  return `${lines.map((line) => terminalText(line)).join('\n')}\n`
}

/** Has kube-proxy of the node synced what the manifests say? */
function answer({ node, isEqual, ports, settings, areSettingsCompared, fixed }: RulesDiff): string {
  const compared = ports.filter(({ status }) => status !== 'foreign' && status !== 'extra')
  if (isEqual) {
    return `Yes: kube-proxy on ${node} has synced what the manifests say. ${counted(compared.length, 'Service port')} compared, no difference.`
  }
  const count = (status: PortDiff['status']) => ports.filter((port) => port.status === status).length
  const found = [
    ...shareText(count('different'), compared.length, ['differs', 'differ']),
    ...shareText(count('missing'), compared.length, ['is missing on the node', 'are missing on the node']),
    ...extraText(count('extra')),
    ...(fixed.length > 0 ? ['rules that every node has differ'] : []),
    ...(areSettingsCompared && settings.length > 0 ? ['settings of kube-proxy differ'] : []),
  ]
  return `No: kube-proxy on ${node} has not synced what the manifests say: ${found.join('; ')}.`
}

function shareText(count: number, all: number, [singular, plural]: readonly [string, string]): string[] {
  if (count === 0) return []
  return [`${formatCount(count)} of ${counted(all, 'Service port')} ${count === 1 ? singular : plural}`]
}

function extraText(count: number): string[] {
  return count === 0
    ? []
    : [`${counted(count, 'Service port')} ${count === 1 ? 'is' : 'are'} on the node only`]
}

function isDifferent({ status }: PortDiff): boolean {
  return status !== 'equal' && status !== 'foreign'
}

function settingLines({ settings, areSettingsCompared }: RulesDiff): readonly string[] {
  if (settings.length === 0) return []
  const lines = settings.map(
    ({ name, expected, found }) => `  ${name}: the node has ${found}, not ${expected}`,
  )
  return areSettingsCompared
    ? ['Settings of kube-proxy that differ; rules are compared as if they did not', ...lines]
    : []
}

function portLines({ name, status, summary, chains }: PortDiff): readonly string[] {
  const title = `${name} ${VERBS[status]}`
  const legend = chains.length === 0 ? [] : ['  - as the manifests say   + as the node has it']
  return [
    title,
    ...summary.flatMap((sentence) => labelled('', wrapped(sentence, WIDTH - 2), 2)),
    ...legend,
    ...chains.flatMap(chainLines),
  ]
}

function chainLines({ table, chain, kind, rules }: ChainDifference): readonly string[] {
  const what = kind === 'different' ? '' : kind === 'missing' ? ': the node has no such chain' : ': too much'
  const lines = rules.flatMap((rule) => {
    const note = rule.kind === 'moved' ? '  (elsewhere in the chain)' : ''
    if (rule.kind === 'moved') return [`    ~ ${rule.expected}${note}`]
    return [
      ...(rule.expected === null ? [] : [`    - ${rule.expected}`]),
      ...(rule.found === null ? [] : [`    + ${rule.found}`]),
    ]
  })
  const hidden = lines.length - MAX_RULES
  return [
    `  ${table} ${chain}${what}`,
    ...lines.slice(0, MAX_RULES),
    ...(hidden > 0 ? [`    … and ${formatCount(hidden)} more lines`] : []),
  ]
}

function fixedLines({ fixed }: RulesDiff): readonly string[] {
  if (fixed.length === 0) return []
  return ['Rules that every node has differ', ...fixed.flatMap(chainLines)]
}

function noteLines(diff: RulesDiff): readonly string[] {
  const { ports, leftOver, foreign, settings, areSettingsCompared, command, dump } = diff
  const foreignPorts = ports.filter(({ status }) => status === 'foreign').map(({ name }) => name)
  const adopted = ports.filter((port) => port.adopted.length > 0)
  const notes = [
    ...(adopted.length === 0
      ? []
      : [
          'not in the manifests, so taken from the node and not compared:',
          ...listed(adopted.map(adoptedText)),
        ]),
    ...(foreignPorts.length === 0
      ? []
      : [`the manifests hold nothing of their namespace: ${namesText(foreignPorts)}`]),
    ...(areSettingsCompared
      ? []
      : [
          'manifests say nothing of settings of kube-proxy: taken from the node',
          ...settings.map(settingText),
        ]),
    ...(leftOver.length === 0
      ? []
      : [
          `no rule leads to ${counted(leftOver.length, 'chain')} of Services, left over: ${namesText(leftOver)}`,
        ]),
    ...(foreign.chainCount + foreign.ruleCount === 0
      ? []
      : [
          `not of kube-proxy, left alone: ${counted(foreign.chainCount, 'chain')}, ${counted(foreign.ruleCount, 'rule')}`,
        ]),
    'the order between Services is arbitrary, and no difference',
  ]
  return [
    'Not compared',
    ...notes.flatMap((note) => labelled('', wrapped(note, WIDTH - 2), note.startsWith(' ') ? 4 : 2)),
    '',
    `Rules of ${dump}`,
    `Repeat with  ${command}`,
  ]
}

function adoptedText({ name, adopted }: PortDiff): string {
  return ` ${name}: ${adopted.join(', ')}`
}

function settingText({ name, found }: RulesDiff['settings'][number]): string {
  return ` ${name} ${found}`
}

/** As many lines as help. */
function listed(lines: readonly string[]): readonly string[] {
  if (lines.length <= MAX_ADOPTED) return lines
  return [...lines.slice(0, MAX_ADOPTED), ` … and ${formatCount(lines.length - MAX_ADOPTED)} more`]
}

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(', ')
  return names.length > MAX_NAMES ? `${shown} … (${formatCount(names.length)})` : shown
}
