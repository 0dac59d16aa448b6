/**
 * Dumps of other programs than `iptables-save`, known by their first words, so that a message can say what was given and what
 * to give in its place.
 * Sources: nft(8), ipvsadm(8), ipset(8), iptables(8) for the forms.
 */

/** A form that can not be read. */
interface ForeignForm {
  /** What printed it. */
  readonly program: string
  /** How a line begins that no other form has. */
  readonly mark: RegExp
  readonly hint: string
}

const SAVE = 'give what `iptables-save` prints on the node'
const OTHER_MODE = `only rules of mode iptables can be read; ${SAVE}`

const FOREIGN_FORMS: readonly ForeignForm[] = [
  // `nft list ruleset`, the same as commands, and with -j.
  {
    program: 'nftables (nft)',
    mark: /^(?:(?:add |create )?table (?:ip6?|inet|arp|bridge|netdev) \S|\{\s*"nftables"\s*:)/,
    hint: `${OTHER_MODE}, which has the rules of iptables-nft as well`,
  },
  // `ipvsadm -Ln` and `ipvsadm -Sn`.
  {
    program: 'IPVS (ipvsadm)',
    mark: /^(?:IP Virtual Server version |-A (?:-[tuf]|--(?:tcp|udp|sctp|fwmark)-service) \S)/,
    hint: OTHER_MODE,
  },
  { program: 'ipset', mark: /^create \S+ (?:hash|bitmap|list):/, hint: OTHER_MODE },
  { program: '`iptables -S`', mark: /^-[PN] \S+/, hint: SAVE },
  { program: '`iptables -L`', mark: /^Chain \S+ \((?:policy|\d+ references)/, hint: SAVE },
]

/**
 * Whose output a text is, if it is known and none of `iptables-save`.
 *
 * @param text - a dump
 * @returns the program that printed it and what to do; undefined: unknown, or of `iptables-save`
 */
export function foreignForm(text: string): Pick<ForeignForm, 'program' | 'hint'> | undefined {
  const first = firstLine(text)
  return FOREIGN_FORMS.find(({ mark }) => mark.test(first))
}

/** The first line that is neither empty nor a comment, without leading blanks. */
function firstLine(text: string): string {
  for (const line of text.split('\n', MOST_LINES)) {
    const content = line.trimStart()
    if (content !== '' && !content.startsWith('#')) return content
  }
  return ''
}

/** Lines looked at: comments at the head of a dump are few. */
const MOST_LINES = 100
