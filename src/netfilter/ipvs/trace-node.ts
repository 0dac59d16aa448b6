/**
 * The ways of a packet through a node in mode ipvs, in the words of a trace: rules, then IPVS with its choice, then rules.
 *
 * Nothing is drawn in this mode: the scheduler chooses by what it remembers. Over all states of its memory the real servers
 * that a new client can get are shown as branches of equal chance, found by leading one connection after another; a
 * scheduler that hashes has one. Persistence is left out of that, since a new client has none.
 */
import { fraction } from '../../base/fraction.js'
import type { Cidr } from '../../base/ip-address.js'
import type { ReadablePacket } from '../iptables/interpret.js'
import type { NodeEnd, NodeStep, NodeWays, RuleStep } from '../node-ways.js'
import { skipRuns } from '../skip-runs.js'
import type { IpvsTables } from './ipvs-tables.js'
import { printSetRule } from './print-set-tables.js'
import { type IpvsChoice, type IpvsInterpretation, ReferenceIpvsNode } from './reference-node.js'
import type { SetRuleMet } from './rule-walk.js'
import { addressAndPort, type RealServer, type VirtualServer } from './virtual-server.js'

/** A node and a packet that comes to it. */
export interface PacketAtIpvs {
  readonly tables: IpvsTables
  readonly localAddresses: readonly Cidr[]
  readonly way: 'receive' | 'send'
  readonly packet: ReadablePacket
}

export interface IpvsTraceOptions {
  /** The n-th connection, from 1, of those that come to a node with nothing to remember; undefined: any. */
  readonly connection?: number | undefined
  /** The address of a real server that remembers the client, where it is one. */
  readonly remembered?: string | undefined
  readonly maxRunLength: number
}

/** Follows a packet through a node. */
export function traceIpvs(at: PacketAtIpvs, options: IpvsTraceOptions): NodeWays {
  const { connection, remembered, maxRunLength } = options
  const runs = connection === undefined ? possibleRuns(at) : [connectionRun(at, connection)]
  const kept = runs.filter((run) => run.choice?.chosen?.address === remembered)
  const [first, ...others] = kept.length === 0 ? runs : kept
  if (others.length === 0) return { steps: skipRuns(allSteps(first), maxRunLength), end: endOf(first) }
  const before = skipRuns(ruleSteps(first.rulesMet.slice(0, first.rulesBeforeIpvs)), maxRunLength)
  const branches = [first, ...others].map((run) => ({
    chance: fraction(1, others.length + 1),
    isDrawn: false,
    ways: { steps: skipRuns(stepsFromIpvs(run), maxRunLength), end: endOf(run) },
  }))
  const step = choiceStep(first.choice)
  return {
    steps: [...before, ...(step === undefined ? [] : [hookOf(step), { ...step, branches }])],
    end: undefined,
  }
}

/** One for each real server that a new client can get. */
function possibleRuns(at: PacketAtIpvs): readonly [IpvsInterpretation, ...IpvsInterpretation[]] {
  const node = new ReferenceIpvsNode(withoutPersistence(at.tables), at.localAddresses)
  const first = node.pass(at.way, at.packet, 0)
  const runs: [IpvsInterpretation, ...IpvsInterpretation[]] = [first]
  const seen = new Set([serverName(first)])
  for (let count = 1; count < (first.choice?.eligible.length ?? 0); count++) {
    const run = node.pass(at.way, at.packet, 0)
    if (!seen.has(serverName(run))) runs.push(run)
    seen.add(serverName(run))
  }
  return runs
}

function connectionRun(
  { tables, localAddresses, way, packet }: PacketAtIpvs,
  connection: number,
): IpvsInterpretation {
  const node = new ReferenceIpvsNode(tables, localAddresses)
  for (let number = 1; number < connection; number++) node.pass(way, packet, 0)
  return node.pass(way, packet, 0)
}

function withoutPersistence(tables: IpvsTables): IpvsTables {
  const virtualServers = tables.virtualServers.map((each) => ({ ...each, persistenceSeconds: undefined }))
  return { ...tables, virtualServers }
}

function serverName({ choice }: IpvsInterpretation): string {
  return choice?.chosen === undefined ? '' : addressAndPort(choice.chosen)
}

function allSteps(run: IpvsInterpretation): NodeStep[] {
  const step = choiceStep(run.choice)
  const before = ruleSteps(run.rulesMet.slice(0, run.rulesBeforeIpvs))
  return step === undefined ? before : [...before, hookOf(step), ...stepsFromIpvs(run)]
}

/** The choice, and the rules after it. */
function stepsFromIpvs(run: IpvsInterpretation): NodeStep[] {
  const step = choiceStep(run.choice)
  const after = ruleSteps(run.rulesMet.slice(run.rulesBeforeIpvs))
  return step === undefined ? after : [step, ...after]
}

function hookOf({ table, chain }: RuleStep): NodeStep {
  return { kind: 'hook', table, chain }
}

/** The virtual server as a rule that leads to a real server. */
function choiceStep(choice: IpvsChoice | undefined): RuleStep | undefined {
  if (choice === undefined) return undefined
  const { virtualServer, eligible, chosen, by, reason } = choice
  const base = {
    kind: 'rule',
    table: 'ipvs',
    chain: `${virtualServer.protocol} ${addressAndPort(virtualServer)}`,
    depth: 0,
    number: 1,
    branches: [],
  } as const
  if (chosen === undefined) {
    return { ...base, text: `${serverText(virtualServer)}: no real server`, result: 'reject', detail: '' }
  }
  return {
    ...base,
    text: `${serverText(virtualServer)}, ${counted(eligible.length)}: ${by === 'persistence' ? 'persistence, ' : ''}${reason}`,
    result: 'dnat',
    detail: realServerText(chosen),
  }
}

function serverText({ scheduler, persistenceSeconds }: VirtualServer): string {
  return `-s ${scheduler}${persistenceSeconds === undefined ? '' : ` -p ${persistenceSeconds}`}`
}

function counted(servers: number): string {
  return `${servers} real server${servers === 1 ? '' : 's'}`
}

function realServerText(server: RealServer): string {
  return addressAndPort(server)
}

function ruleSteps(rulesMet: readonly SetRuleMet[]): NodeStep[] {
  const steps: NodeStep[] = []
  let place = ''
  for (const met of rulesMet) {
    const next = `${met.table} ${met.hook}`
    if (next !== place) steps.push({ kind: 'hook', table: met.table, chain: met.hook })
    place = next
    steps.push(ruleStep(met))
  }
  return steps
}

function ruleStep({ table, chain, depth, ruleIndex, rule, isMatched }: SetRuleMet): RuleStep {
  const base = { kind: 'rule', table, chain, depth, number: ruleIndex + 1, branches: [] } as const
  const text = printSetRule(chain, rule)
  if (!isMatched) return { ...base, text, result: 'noMatch', detail: '' }
  const { target } = rule
  switch (target.kind) {
    case 'jump':
    case 'goto':
      return { ...base, text, result: target.kind, detail: target.chain }
    case 'RETURN':
      return { ...base, text, result: 'return', detail: '' }
    case 'ACCEPT':
      return { ...base, text, result: 'accept', detail: '' }
    case 'DROP':
      return { ...base, text, result: 'drop', detail: '' }
    case 'REJECT':
      return { ...base, text, result: 'reject', detail: target.rejectWith }
    case 'MASQUERADE':
      return { ...base, text, result: 'masquerade', detail: target.isFullyRandom ? 'random port' : '' }
    case 'MARK':
      return { ...base, text, result: 'mark', detail: '' }
  }
}

function endOf(run: IpvsInterpretation): NodeEnd {
  const { verdict, packet, isMasqueraded, rulesMet, choice } = run
  return {
    verdict,
    packet,
    isDestinationTranslated: choice?.chosen !== undefined,
    isMasqueraded,
    isPortRandom: rulesMet.some(
      ({ isMatched, rule: { target } }) => isMatched && target.kind === 'MASQUERADE' && target.isFullyRandom,
    ),
    drawn: [],
    work: {
      rulesEvaluated: rulesMet.length,
      rulesMatched: rulesMet.filter((met) => met.isMatched).length,
      statisticRulesEvaluated: 0,
      recentListsWalked: 0,
      affinitySetsChecked: 0,
    },
  }
}
