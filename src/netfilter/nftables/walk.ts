/**
 * Walks one packet through a base chain of a table of nftables, and all that it leads to.
 *
 * As `traverse.ts` for iptables, this is an innermost loop: it works on integers and typed arrays, looks verdict maps and
 * sets up by hashing, and allocates nothing. `interpret.ts` says the same slowly and plainly, and a property test holds
 * the two together.
 * Sources: Linux net/netfilter/nf_tables_core.c (nft_do_chain), nft_lookup.c, nft_dynset.c, nft_numgen.c, nft_nat.c.
 */
import { InvariantError } from '../../base/diagnostics.js'
import type { AddressBook, AddressId, AddressSetId } from '../address-book.js'
import { ABSENT } from '../iptables/pair-index.js'
import { type Packet, STATE_DNAT } from '../packet.js'
import { ACCEPTED, DROPPED, REJECTED, type Traversal, type Verdict } from '../traversal.js'
import { scaledDraw } from './numgen.js'
import { portKey, type RulesetProgram } from './ruleset-program.js'
import type { TimedSetId, TimedSets } from './timed-sets.js'

/** What the rules of a node look things up in. */
export interface WalkContext {
  readonly book: AddressBook
  readonly timedSets: TimedSets
  /** 32 random bits, 0 to 2^32 - 1; one draw per `numgen` run. */
  readonly draw32: (modulus: number) => number
}

/** Not settled yet, where a verdict belongs. */
const UNDECIDED = -1

/**
 * Walks one base chain. What falls off its end, or returns from it, is accepted.
 *
 * @param place - of the chain's first instruction
 * @param packet - its mark, destination and state may change
 * @param nowNs - simulated time, integer ns; never less than at the last call
 * @param traversal - counts are added to what is there; the verdict is overwritten, flags are set and never cleared
 * @remarks O(rules evaluated); allocates nothing. Constants of `ruleset-program.ts` stand here as numbers because V8 makes
 *   a jump table of literals only.
 */
export function walkChain(
  program: RulesetProgram,
  place: number,
  packet: Packet,
  nowNs: number,
  context: WalkContext,
  traversal: Traversal,
): void {
  const { code, returnStack, members, verdicts } = program
  const { timedSets } = context
  const stride = 4 // STRIDE
  let at = place
  let verdict = UNDECIDED
  // Rules change none of these unless they end the walk.
  const { protocol, source, destination, destinationPort, state } = packet
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
      case 8: // TEST_DESTINATION_IN_SET
        hasPassed = members.get(code[at + 2], destination) !== ABSENT
        break
      case 10: // TEST_SOURCE_IN_SET
        hasPassed = members.get(code[at + 2], source) !== ABSENT
        break
      case 12: // TEST_DESTINATION_IN_TIMED_SET
        traversal.affinitySetsChecked += 1
        hasPassed = timedSets.contains(code[at + 2] as TimedSetId, destination, nowNs)
        break
      case 14: // TEST_SOURCE_IN_TIMED_SET
        traversal.affinitySetsChecked += 1
        hasPassed = timedSets.contains(code[at + 2] as TimedSetId, source, nowNs)
        break
      case 16: // TEST_PROTOCOL
        hasPassed = protocol === code[at + 2]
        break
      case 18: // TEST_STATE
        hasPassed = (state & code[at + 2]) !== 0
        break
      case 20: // TEST_MARK_CLEAR
        hasPassed = (packet.mark & code[at + 2]) === 0
        break
      case 22: // TEST_IN_INTERFACE
        hasPassed = ((code[at + 2] >>> packet.inInterface) & 1) === 1
        break
      case 24: // TEST_UPDATE_TIMED_SET
        hasPassed = timedSets.update(code[at + 2] as TimedSetId, source, nowNs)
        break
      case 26: // TEST_ADDRESS_AND_PORT
      case 28: {
        // TEST_PORT
        const address = instruction === 26 ? destination : 0
        const found = verdicts.get(address, portKey(code[at + 2], protocol, destinationPort))
        hasPassed = found !== ABSENT
        if (!hasPassed) break
        at = found
        continue
      }
      case 30: // DO_MARK
        packet.mark = ((packet.mark & code[at + 1]) ^ code[at + 2]) >>> 0
        at += stride
        continue
      case 32: // CHOOSE
        at += stride * (1 + scaledDraw(context.draw32(code[at + 1]), code[at + 1]))
        continue
      case 34: // GO_ON
        matchedCount += 1
        at += stride
        continue
      case 36: // GO_JUMP
        matchedCount += 1
        returnStack[stackSize] = at + stride
        stackSize += 1
        at = code[at + 1]
        continue
      case 38: // GO_GOTO
        matchedCount += 1
        at = code[at + 1]
        continue
      case 40: // GO_RETURN
      case 42: // GO_END
        if (instruction === 40) matchedCount += 1
        if (stackSize === 0) {
          verdict = ACCEPTED
        } else {
          stackSize -= 1
          at = returnStack[stackSize]
        }
        continue
      case 44: // GO_ACCEPT
        matchedCount += 1
        verdict = ACCEPTED
        continue
      case 46: // GO_DROP
        matchedCount += 1
        verdict = DROPPED
        continue
      case 48: // GO_REJECT
        matchedCount += 1
        verdict = REJECTED
        continue
      case 50: // GO_DNAT
        matchedCount += 1
        translateDestination(packet, code[at + 1] as AddressId, code[at + 2])
        traversal.isDestinationTranslated = true
        verdict = ACCEPTED
        continue
      case 52: // GO_MASQUERADE
        matchedCount += 1
        traversal.isMasqueraded = true
        verdict = ACCEPTED
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
function translateDestination(packet: Packet, address: AddressId, port: number): void {
  if (packet.destination === address && packet.destinationPort === port) return
  packet.destination = address
  packet.destinationPort = port
  packet.state |= STATE_DNAT
}
