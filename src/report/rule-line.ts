/**
 * One rule as a line of a trace: as `iptables-save` prints it, without the name of its chain, which stands above, and with its
 * comment at the end.
 */

/** A rule cut into what is shown. */
export interface RuleLine {
  /** Matches and target. */
  readonly body: string
  /** Empty: none. */
  readonly comment: string
}

const COMMENT = / ?-m comment --comment ("(?:[^"\\]|\\.)*"|[^ "]+)/
/** Says again what `-p` says. */
const PROTOCOL_MODULE = /(^| )-m (?:tcp|udp|sctp) /

const NFT_COMMENT = / comment "([^"]*)"$/

/** Cuts the text of a rule: of iptables where it names its chain, else of nftables. */
export function ruleLine(text: string, chain: string): RuleLine {
  const lead = `-A ${chain}`
  if (!text.startsWith(lead)) {
    return { body: text.replace(NFT_COMMENT, ''), comment: NFT_COMMENT.exec(text)?.[1] ?? '' }
  }
  const rest = text.slice(lead.length)
  const comment = COMMENT.exec(rest)?.[1] ?? ''
  const body = rest.replace(COMMENT, '').replace(PROTOCOL_MODULE, '$1').trim()
  return { body, comment: comment.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1') }
}
