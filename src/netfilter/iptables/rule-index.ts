/**
 * Finds, in a chain of many rules, the next one that a packet can match, without running the tests of those between.
 *
 * Most rules of a long chain ask for one destination address, source address, protocol or destination port each, or for
 * several of these at once: an exact test. Rules are grouped by which of the four they ask for; a hash table leads from
 * the values asked for to the rules that ask for them, in their order. The next rule for a packet is the nearest one over
 * the few groups. What the look-up passes over would have failed at a test that neither draws nor remembers, so that it
 * can be counted without being run.
 */

/** Fields that rules may ask for exactly: a group is one or more of these bits. */
export const FIELD_DESTINATION = 1
export const FIELD_SOURCE = 2
export const FIELD_PROTOCOL = 4
export const FIELD_DESTINATION_PORT = 8

/** What one rule asks for exactly. */
export interface ExactKey {
  /** Bits `FIELD_…`; 0: the rule asks for nothing exactly. */
  fields: number
  /** Address numbers, or 0. */
  destination: number
  source: number
  /** As `serviceOf`, with 0 in the place of what is not asked for. */
  service: number
}

/** The rules of a chain by what they ask for. Never changes. */
export interface RuleIndex {
  /** By position of a rule in the chain: its place relative to the chain's. One more: the end of the chain. */
  readonly places: Int32Array
  /** Of each group `GROUP_SIZE` integers: its bits `FIELD_…`, then which bits of destination, source and service count. */
  readonly groups: Int32Array
  /** Slots of `SLOT_SIZE` integers, a power of two of them, at most half of them used. */
  readonly slots: Int32Array
  /** Positions of rules, ascending among those of one key. */
  readonly positions: Int32Array
}

/** Columns of a slot: the key, then its first rule, then where its rules lie in `positions`. */
const SLOT_SIZE = 8
const SLOT_FIELDS = 0 // 0: the slot is free
const SLOT_DESTINATION = 1
const SLOT_SOURCE = 2
const SLOT_SERVICE = 3
const SLOT_FIRST = 4
const SLOT_BEGIN = 5
const SLOT_END = 6

const GROUP_SIZE = 4
const PROTOCOL_SHIFT = 16
const PORT_BITS = 0xffff

/** Protocol and destination port as one integer. */
export function serviceOf(protocol: number, destinationPort: number): number {
  return (protocol << PROTOCOL_SHIFT) | destinationPort
}

/**
 * The next rule that a packet can match.
 *
 * @param position - of the rule to begin with
 * @param limit - position behind the last rule to look at
 * @param service - as `serviceOf`
 * @returns a position from `position` on; `limit` if there is no such rule
 * @remarks O(groups), and O(log rules) where many rules ask for the same; allocates nothing.
 */
export function nextCandidate(
  index: RuleIndex,
  position: number,
  limit: number,
  destination: number,
  source: number,
  service: number,
): number {
  const { groups, slots } = index
  const slotMask = slots.length / SLOT_SIZE - 1
  let next = limit
  for (let group = 0; group < groups.length; group += GROUP_SIZE) {
    const fields = groups[group]
    const keyDestination = destination & groups[group + 1]
    const keySource = source & groups[group + 2]
    const keyService = service & groups[group + 3]
    let slot = homeOf(fields, keyDestination, keySource, keyService) & slotMask
    for (;;) {
      const at = slot * SLOT_SIZE
      const found = slots[at + SLOT_FIELDS]
      if (found === 0) break
      if (
        found === fields &&
        slots[at + SLOT_DESTINATION] === keyDestination &&
        slots[at + SLOT_SOURCE] === keySource &&
        slots[at + SLOT_SERVICE] === keyService
      ) {
        const first = slots[at + SLOT_FIRST]
        const candidate = first >= position ? first : laterRule(index, at, position, next)
        if (candidate < next) next = candidate
        break
      }
      slot = (slot + 1) & slotMask
    }
  }
  return next
}

/** The first rule of a slot at or behind a position; `otherwise` if there is none. Binary search. */
function laterRule(
  { slots, positions }: RuleIndex,
  slot: number,
  position: number,
  otherwise: number,
): number {
  let low = slots[slot + SLOT_BEGIN]
  const end = slots[slot + SLOT_END]
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if (positions[middle] < position) low = middle + 1
    else high = middle
  }
  return low < end ? positions[low] : otherwise
}

/**
 * Makes the index of a chain.
 *
 * @param keys - by position; rules that ask for nothing exactly are left out
 * @param places - see `RuleIndex`
 */
export function makeRuleIndex(keys: readonly ExactKey[], places: Int32Array): RuleIndex {
  const indexed = keys.reduce((count, { fields }) => count + (fields === 0 ? 0 : 1), 0)
  const slots = new Int32Array(SLOT_SIZE * slotCountFor(indexed))
  const slotOfRule = new Int32Array(keys.length)
  const fieldSets = new Set<number>()
  for (const [position, key] of keys.entries()) {
    if (key.fields === 0) continue
    fieldSets.add(key.fields)
    const slot = takeSlot(slots, key, position)
    slotOfRule[position] = slot
    // Counts the rules of the key; turned into a place below.
    slots[slot + SLOT_END] += 1
  }
  return {
    places,
    groups: Int32Array.from([...fieldSets].flatMap(groupOf)),
    slots,
    positions: sortPositions(keys, slots, slotOfRule, indexed),
  }
}

/** The least power of two that is at least twice as many, and at least 2. */
function slotCountFor(ruleCount: number): number {
  return 1 << (32 - Math.clz32(2 * Math.max(1, ruleCount) - 1))
}

/** The slot of a key, which the rule takes if it is the first with that key. */
function takeSlot(slots: Int32Array, key: ExactKey, position: number): number {
  const slotMask = slots.length / SLOT_SIZE - 1
  const { fields, destination, source, service } = key
  let slot = homeOf(fields, destination, source, service) & slotMask
  for (;;) {
    const at = slot * SLOT_SIZE
    if (slots[at + SLOT_FIELDS] === 0) {
      slots.set([fields, destination, source, service, position], at)
      return at
    }
    const isSame =
      slots[at + SLOT_FIELDS] === fields &&
      slots[at + SLOT_DESTINATION] === destination &&
      slots[at + SLOT_SOURCE] === source &&
      slots[at + SLOT_SERVICE] === service
    if (isSame) return at
    slot = (slot + 1) & slotMask
  }
}

/** Positions of rules, those of one key together and ascending; settles where each slot's begin and end. */
function sortPositions(
  keys: readonly ExactKey[],
  slots: Int32Array,
  slotOfRule: Int32Array,
  indexed: number,
): Int32Array {
  let begin = 0
  for (let at = 0; at < slots.length; at += SLOT_SIZE) {
    const count = slots[at + SLOT_END]
    slots[at + SLOT_BEGIN] = begin
    slots[at + SLOT_END] = begin
    begin += count
  }
  const positions = new Int32Array(indexed)
  for (const [position, { fields }] of keys.entries()) {
    if (fields === 0) continue
    const end = slotOfRule[position] + SLOT_END
    positions[slots[end]] = position
    slots[end] += 1
  }
  return positions
}

function groupOf(fields: number): number[] {
  const wholeOrNothing = (field: number) => ((fields & field) === 0 ? 0 : -1)
  const protocolBits = (fields & FIELD_PROTOCOL) === 0 ? 0 : ~PORT_BITS
  const portBits = (fields & FIELD_DESTINATION_PORT) === 0 ? 0 : PORT_BITS
  return [fields, wholeOrNothing(FIELD_DESTINATION), wholeOrNothing(FIELD_SOURCE), protocolBits | portBits]
}

function homeOf(fields: number, destination: number, source: number, service: number): number {
  const mixed =
    Math.imul(destination, 0x9e3779b1) ^
    Math.imul(source, 0x85ebca6b) ^
    Math.imul(service, 0xc2b2ae35) ^
    Math.imul(fields, 0x27d4eb2f)
  const folded = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  return folded ^ (folded >>> 13)
}
