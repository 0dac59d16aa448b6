/**
 * Walks one packet through the chains of one hook.
 *
 * This is the innermost loop of the simulator: every first packet of every connection passes it on every node of its
 * way. It works on integers and typed arrays and allocates nothing. `interpret.ts` says the same slowly and plainly.
 * Sources: Linux net/ipv4/netfilter/ip_tables.c (ipt_do_table), net/netfilter/xt_*.c for each match and target.
 */
import type { AddressBook, AddressId, AddressSetId } from './address-book.js'
import { type Packet, STATE_DNAT } from './packet.js'
import type { RecentListId, RecentLists } from './recent-lists.js'
import {
  GO_ACCEPT,
  GO_DNAT,
  GO_DROP,
  GO_END,
  GO_GOTO,
  GO_JUMP,
  GO_MARK,
  GO_MASQUERADE,
  GO_REJECT,
  GO_RETURN,
  KEEP_PORT,
  NO_CHAIN,
  type RuleProgram,
  TEST_DESTINATION_IN,
  TEST_DESTINATION_IS,
  TEST_DESTINATION_PORT,
  TEST_MARK,
  TEST_PROTOCOL,
  TEST_RECENT_CHECK,
  TEST_RECENT_REMOVE,
  TEST_RECENT_SET,
  TEST_RECENT_UPDATE,
  TEST_SOURCE_IN,
  TEST_SOURCE_IS,
  TEST_SOURCE_PORT,
  TEST_STATE,
  TEST_STATISTIC,
  TEST_STRIDE,
} from './rule-program.js'
import { ACCEPTED, DROPPED, REJECTED, type Traversal } from './traversal.js'

/** What the rules of a node look things up in. */
export interface TraversalContext {
  readonly book: AddressBook
  readonly recentLists: RecentLists
  /** 31 random bits, 0 to 2^31 - 1; one draw per `statistic` test run. */
  readonly draw31: () => number
}

/**
 * Walks the chains of one place.
 *
 * @param place - `NAT_PREROUTING` and the like
 * @param packet - its mark, destination and state may change
 * @param nowNs - simulated time, integer ns; never less than at the last call
 * @param traversal - counts are added to what is there; the verdict is overwritten, flags are set and never cleared
 * @remarks O(rules evaluated); allocates nothing.
 */
export function traverse(
  program: RuleProgram,
  place: number,
  packet: Packet,
  nowNs: number,
  context: TraversalContext,
  traversal: Traversal,
): void {
  const { targets, operandA, operandB, firstTests, tests, returnStack } = program
  let rule = program.entries[place]
  if (rule === NO_CHAIN) {
    traversal.verdict = ACCEPTED
    return
  }
  let stackSize = 0
  let evaluated = 0
  let matched = 0
  let end = GO_END
  while (end === GO_END) {
    let target = targets[rule]
    if (target !== GO_END) {
      evaluated += 1
      if (!passes(tests, firstTests[rule], firstTests[rule + 1], packet, nowNs, context, traversal)) {
        rule += 1
        continue
      }
      matched += 1
    } else {
      target = GO_RETURN
    }
    switch (target) {
      case GO_JUMP:
        returnStack[stackSize] = rule + 1
        stackSize += 1
        rule = operandA[rule]
        break
      case GO_GOTO:
        rule = operandA[rule]
        break
      case GO_RETURN:
        if (stackSize === 0) {
          end = program.policies[place]
        } else {
          stackSize -= 1
          rule = returnStack[stackSize]
        }
        break
      case GO_MARK:
        packet.mark = ((packet.mark & ~operandB[rule]) ^ operandA[rule]) >>> 0
        rule += 1
        break
      case GO_DNAT:
        translateDestination(packet, operandA[rule] as AddressId, operandB[rule])
        traversal.isDestinationTranslated = true
        end = GO_ACCEPT
        break
      case GO_MASQUERADE:
        traversal.isMasqueraded = true
        end = GO_ACCEPT
        break
      case GO_ACCEPT:
      case GO_DROP:
      case GO_REJECT:
        end = target
        break
      default:
        rule += 1
    }
  }
  traversal.rulesEvaluated += evaluated
  traversal.rulesMatched += matched
  traversal.verdict = end === GO_ACCEPT ? ACCEPTED : end === GO_DROP ? DROPPED : REJECTED
}

/** The connection counts as translated only if something changed. Source: Linux nf_nat_core.c, nf_nat_setup_info. */
function translateDestination(packet: Packet, address: AddressId, portOrKeep: number): void {
  const port = portOrKeep === KEEP_PORT ? packet.destinationPort : portOrKeep
  if (packet.destination === address && packet.destinationPort === port) return
  packet.destination = address
  packet.destinationPort = port
  packet.state |= STATE_DNAT
}

/** Runs the tests of one rule, in order, up to the first that fails. */
function passes(
  tests: Int32Array,
  first: number,
  end: number,
  packet: Packet,
  nowNs: number,
  context: TraversalContext,
  traversal: Traversal,
): boolean {
  for (let at = first; at < end; at += TEST_STRIDE) {
    const a = tests[at + 1]
    const b = tests[at + 2]
    const isInverted = tests[at + 3] === 1
    let isTrue: boolean
    switch (tests[at]) {
      case TEST_DESTINATION_IS:
        isTrue = (packet.destination === a) !== isInverted
        break
      case TEST_DESTINATION_IN:
        isTrue = context.book.has(a as AddressSetId, packet.destination) !== isInverted
        break
      case TEST_SOURCE_IS:
        isTrue = (packet.source === a) !== isInverted
        break
      case TEST_SOURCE_IN:
        isTrue = context.book.has(a as AddressSetId, packet.source) !== isInverted
        break
      case TEST_PROTOCOL:
        isTrue = (packet.protocol === a) !== isInverted
        break
      case TEST_DESTINATION_PORT:
        isTrue = (packet.destinationPort >= a && packet.destinationPort <= b) !== isInverted
        break
      case TEST_SOURCE_PORT:
        isTrue = (packet.sourcePort >= a && packet.sourcePort <= b) !== isInverted
        break
      case TEST_MARK:
        isTrue = ((packet.mark & b) === a) !== isInverted
        break
      case TEST_STATE:
        isTrue = ((packet.state & a) !== 0) !== isInverted
        break
      case TEST_STATISTIC:
        traversal.statisticRulesEvaluated += 1
        isTrue = context.draw31() <= a
        break
      default:
        isTrue = isRecent(
          tests[at],
          a as RecentListId,
          b,
          isInverted,
          packet.source,
          nowNs,
          context,
          traversal,
        )
    }
    if (!isTrue) return false
  }
  return true
}

/** A `recent` test: the answer may change the list. */
function isRecent(
  test: number,
  list: RecentListId,
  maxAgeSeconds: number,
  isReaping: boolean,
  source: AddressId,
  nowNs: number,
  { recentLists }: TraversalContext,
  traversal: Traversal,
): boolean {
  traversal.recentListsWalked += recentLists.walkedListCount(list)
  switch (test) {
    case TEST_RECENT_SET:
      recentLists.set(list, source, nowNs)
      return true
    case TEST_RECENT_CHECK:
      return recentLists.check(list, source, nowNs, maxAgeSeconds, isReaping)
    case TEST_RECENT_UPDATE:
      return recentLists.update(list, source, nowNs, maxAgeSeconds, isReaping)
    case TEST_RECENT_REMOVE:
      return recentLists.remove(list, source)
    default:
      return false
  }
}
