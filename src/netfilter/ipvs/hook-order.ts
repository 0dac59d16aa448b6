/**
 * Which rules a packet meets on a node in mode ipvs, before IPVS has it and after.
 *
 * A packet that comes in: nat PREROUTING; then, as its destination is the node's own (cluster IPs are bound to kube-ipvs0),
 * filter INPUT and IPVS, or filter FORWARD and nat POSTROUTING. A packet of a process: nat OUTPUT and IPVS, which stands
 * before filter OUTPUT. What IPVS has translated goes out: filter OUTPUT and nat POSTROUTING, never FORWARD, unless the
 * real server is the node itself. nat rules see new connections only.
 * Sources: Linux net/netfilter/ipvs/ip_vs_core.c (ip_vs_ops4: priorities), ip_vs_xmit.c (ip_vs_nat_send_or_cont),
 * include/uapi/linux/netfilter_ipv4.h.
 */
import type { ReadablePacket } from '../iptables/interpret.js'
import type { HookName, TableName } from '../iptables/rule.js'
import { type RuleWalk, type RuleWalkContext, type SetRuleMet, walkSetRules } from './rule-walk.js'
import type { VirtualServer } from './virtual-server.js'

/** `receive`: the packet came in by an interface; `send`: a process of the node sends it. */
export type Way = 'receive' | 'send'

/** What became of a packet at several hooks, one after another. */
export interface HookWalk extends RuleWalk {
  /** It has come to IPVS. */
  readonly isAtIpvs: boolean
}

/**
 * Everything up to IPVS; all there is if IPVS does not get the packet.
 *
 * @param isServed - the packet is the first of a connection to a virtual server
 */
export function walkBeforeIpvs(
  context: RuleWalkContext,
  way: Way,
  packet: ReadablePacket,
  isServed: boolean,
): HookWalk {
  const walk = new Course(context, packet, undefined)
  const isForNode = context.isLocal(packet.destination)
  if (way === 'receive') {
    walk.pass('nat', 'PREROUTING')
    if (isForNode) return walk.passAll(['filter INPUT'], isServed)
    return walk.passAll(['filter FORWARD', 'nat POSTROUTING'], false)
  }
  walk.pass('nat', 'OUTPUT')
  if (isServed) return walk.passAll([], true)
  return walk.passAll(['filter OUTPUT', 'nat POSTROUTING', ...(isForNode ? LOOPED_BACK : [])], false)
}

/**
 * Everything after IPVS.
 *
 * @param packet - translated
 * @param virtualServer - the one that it was translated for
 */
export function walkAfterIpvs(
  context: RuleWalkContext,
  way: Way,
  packet: ReadablePacket,
  virtualServer: VirtualServer,
): HookWalk {
  const walk = new Course(context, packet, virtualServer)
  const isForNode = context.isLocal(packet.destination)
  if (way === 'receive' && isForNode) return walk.passAll([], false)
  return walk.passAll(['filter OUTPUT', 'nat POSTROUTING', ...(isForNode ? LOOPED_BACK : [])], false)
}

type Place = `${TableName} ${HookName}`

const LOOPED_BACK: readonly Place[] = ['filter INPUT']

/** A packet on its course through several hooks. */
class Course {
  readonly #context: RuleWalkContext
  readonly #translatedFor: VirtualServer | undefined
  readonly #rulesMet: SetRuleMet[] = []
  #packet: ReadablePacket
  #verdict: RuleWalk['verdict'] = 'accepted'
  #isMasqueraded = false

  constructor(context: RuleWalkContext, packet: ReadablePacket, translatedFor: VirtualServer | undefined) {
    this.#context = context
    this.#packet = packet
    this.#translatedFor = translatedFor
  }

  /** Walks one hook, if the packet is still on its course. */
  pass(table: TableName, hook: HookName): void {
    const isNew = this.#packet.states.includes('NEW')
    if (this.#verdict !== 'accepted' || (table === 'nat' && !isNew)) return
    const walk = walkSetRules(this.#context, table, hook, this.#packet, this.#translatedFor)
    this.#packet = { ...this.#packet, mark: walk.mark }
    this.#verdict = walk.verdict
    this.#isMasqueraded ||= walk.isMasqueraded
    this.#rulesMet.push(...walk.rulesMet)
  }

  /** Walks the rest of the hooks. */
  passAll(places: readonly Place[], isBeforeIpvs: boolean): HookWalk {
    for (const place of places) {
      const [table, hook] = place.split(' ') as [TableName, HookName]
      this.pass(table, hook)
    }
    return {
      verdict: this.#verdict,
      mark: this.#packet.mark,
      isMasqueraded: this.#isMasqueraded,
      rulesMet: this.#rulesMet,
      isAtIpvs: isBeforeIpvs && this.#verdict === 'accepted',
    }
  }
}
