/**
 * Walks one packet through the chains of one hook.
 *
 * This is the innermost loop of the simulator: every first packet of every connection passes it on every node of its
 * way. It works on integers and typed arrays and allocates nothing. `interpret.ts` says the same slowly and plainly, and
 * a property test holds the two together.
 * Sources: Linux net/ipv4/netfilter/ip_tables.c (ipt_do_table), net/netfilter/xt_*.c for each match and target.
 */
import { InvariantError } from '../../base/diagnostics.js'
import type { AddressBook, AddressId, AddressSetId } from '../address-book.js'
import { type Packet, STATE_DNAT } from '../packet.js'
import { ACCEPTED, DROPPED, REJECTED, type Traversal, type Verdict } from '../traversal.js'
import type { RecentListId, RecentLists } from './recent-lists.js'
import { nextCandidate, serviceOf } from './rule-index.js'
import {
  KEEP_PORT,
  NO_CHAIN,
  type RuleProgram,
  TEST_RECENT_CHECK,
  TEST_RECENT_CHECK_AND_REAP,
  TEST_RECENT_REMOVE,
  TEST_RECENT_SET,
  TEST_RECENT_UPDATE,
} from './rule-program.js'

/** What the rules of a node look things up in. */
export interface TraversalContext {
  readonly book: AddressBook
  readonly recentLists: RecentLists
  /** 31 random bits, 0 to 2^31 - 1, for a `statistic` test that passes below the threshold; one draw per test run. */
  readonly draw31: (threshold: number) => number
}

/** Not settled yet, where a verdict belongs. */
const UNDECIDED = -1

/**
 * Walks the chains of one hook and table.
 *
 * @param entry - `NAT_PREROUTING` and the like
 * @param packet - its mark, destination and state may change
 * @param nowNs - simulated time, integer ns; never less than at the last call
 * @param traversal - counts are added to what is there; the verdict is overwritten, flags are set and never cleared
 * @remarks O(rules evaluated), less those that `GO_SEEK` passes over, which are counted as well; allocates nothing.
 *   Constants of `rule-program.ts` stand here as numbers because V8 makes a jump table of literals only: with imported ones
 *   it compares one after another, and a walk takes twice as long.
 */
export function traverse(
  program: RuleProgram,
  entry: number,
  packet: Packet,
  nowNs: number,
  context: TraversalContext,
  traversal: Traversal,
): void {
  const { code, returnStack } = program
  const stride = 4 // STRIDE
  let at = program.entries[entry]
  let verdict = at === NO_CHAIN ? ACCEPTED : UNDECIDED
  // Rules change none of these unless they end the walk.
  const { protocol, source, sourcePort, destination, destinationPort, state } = packet
  let stackSize = 0
  let failedCount = 0
  let matchedCount = 0
  while (verdict < 0) {
    const instruction = code[at]
    let hasPassed: boolean
    switch (instruction & ~1) {
      case 0: // TEST_DESTINATION_IS
        hasPassed = destination === code[at + 2]
        break
      case 2: // TEST_DESTINATION_IN
        hasPassed = context.book.has(code[at + 2] as AddressSetId, destination)
        break
      case 4: // TEST_SOURCE_IS
        hasPassed = source === code[at + 2]
        break
      case 6: // TEST_SOURCE_IN
        hasPassed = context.book.has(code[at + 2] as AddressSetId, source)
        break
      case 8: // TEST_PROTOCOL
        hasPassed = protocol === code[at + 2]
        break
      case 10: // TEST_DESTINATION_PORT
        hasPassed = destinationPort >= code[at + 2] && destinationPort <= code[at + 3]
        break
      case 12: // TEST_SOURCE_PORT
        hasPassed = sourcePort >= code[at + 2] && sourcePort <= code[at + 3]
        break
      case 14: // TEST_MARK
        hasPassed = (packet.mark & code[at + 3]) === code[at + 2]
        break
      case 16: // TEST_STATE
        hasPassed = (state & code[at + 2]) !== 0
        break
      case 18: // TEST_STATISTIC
        traversal.statisticRulesEvaluated += 1
        hasPassed = context.draw31(code[at + 2] + 1) <= code[at + 2]
        break
      case 20: // TEST_RECENT_SET
      case 22: // TEST_RECENT_REMOVE
      case 24: // TEST_RECENT_CHECK
      case 26: // TEST_RECENT_CHECK_AND_REAP
      case 28: // TEST_RECENT_UPDATE
      case 30: // TEST_RECENT_UPDATE_AND_REAP
        traversal.recentLookups += 1
        traversal.recentListsWalked += context.recentLists.walkedListCount(code[at + 2] as RecentListId)
        hasPassed = isRecent(code, at, source, nowNs, context.recentLists)
        break
      case 32: // TEST_IN_INTERFACE
        hasPassed = ((code[at + 2] >>> packet.inInterface) & 1) === 1
        break
      case 34: // TEST_OUT_INTERFACE
        hasPassed = ((code[at + 2] >>> packet.outInterface) & 1) === 1
        break
      case 36: // GO_ON
        matchedCount += 1
        at += stride
        continue
      case 38: // GO_JUMP
        matchedCount += 1
        returnStack[stackSize] = at + stride
        stackSize += 1
        at = code[at + 1]
        continue
      case 40: // GO_GOTO
        matchedCount += 1
        at = code[at + 1]
        continue
      case 42: // GO_RETURN
        matchedCount += 1
        if (stackSize === 0) {
          verdict = program.policies[entry]
        } else {
          stackSize -= 1
          at = returnStack[stackSize]
        }
        continue
      case 44: // GO_END
        if (stackSize === 0) {
          verdict = program.policies[entry]
        } else {
          stackSize -= 1
          at = returnStack[stackSize]
        }
        continue
      case 46: // GO_ACCEPT
        matchedCount += 1
        verdict = ACCEPTED
        continue
      case 48: // GO_DROP
        matchedCount += 1
        verdict = DROPPED
        continue
      case 50: // GO_REJECT
        matchedCount += 1
        verdict = REJECTED
        continue
      case 52: // GO_DNAT
        matchedCount += 1
        translateDestination(packet, code[at + 1] as AddressId, code[at + 2])
        traversal.isDestinationTranslated = true
        verdict = ACCEPTED
        continue
      case 54: // GO_MASQUERADE
        matchedCount += 1
        traversal.isMasqueraded = true
        verdict = ACCEPTED
        continue
      case 56: // GO_MARK
        matchedCount += 1
        packet.mark = ((packet.mark & ~code[at + 2]) ^ code[at + 1]) >>> 0
        at += stride
        continue
      case 58: // GO_SEEK
        {
          const index = program.indexes[code[at + 1]]
          const position = code[at + 2]
          const limit = code[at + 3]
          const next = nextCandidate(
            index,
            position,
            limit,
            destination,
            source,
            serviceOf(protocol, destinationPort),
          )
          failedCount += next - position
          at += index.places[next] - index.places[position]
          // A rule of the run has its own look-up before it, which was just made.
          if (next < limit) at += stride
        }
        continue
      default:
        throw new InvariantError('no such instruction', { instruction, at })
    }
    if (hasPassed === ((instruction & 1) === 0)) {
      at += stride
    } else {
      failedCount += 1
      at = code[at + 1]
    }
  }
  traversal.rulesEvaluated += failedCount + matchedCount
  traversal.rulesMatched += matchedCount
  traversal.verdict = verdict as Verdict
}

/** The connection counts as translated only if something changed. Source: Linux nf_nat_core.c, nf_nat_setup_info. */
function translateDestination(packet: Packet, address: AddressId, portOrKeep: number): void {
  const port = portOrKeep === KEEP_PORT ? packet.destinationPort : portOrKeep
  if (packet.destination === address && packet.destinationPort === port) return
  packet.destination = address
  packet.destinationPort = port
  packet.state |= STATE_DNAT
}

/** A `recent` test: the answer may change the list. */
function isRecent(
  code: Int32Array,
  at: number,
  source: AddressId,
  nowNs: number,
  lists: RecentLists,
): boolean {
  const list = code[at + 2] as RecentListId
  const maxAgeSeconds = code[at + 3]
  switch (code[at]) {
    case TEST_RECENT_SET:
      lists.set(list, source, nowNs)
      return true
    case TEST_RECENT_REMOVE:
      return lists.remove(list, source)
    case TEST_RECENT_CHECK:
      return lists.check(list, source, nowNs, maxAgeSeconds, false)
    case TEST_RECENT_CHECK_AND_REAP:
      return lists.check(list, source, nowNs, maxAgeSeconds, true)
    case TEST_RECENT_UPDATE:
      return lists.update(list, source, nowNs, maxAgeSeconds, false)
    default:
      return lists.update(list, source, nowNs, maxAgeSeconds, true)
  }
}
