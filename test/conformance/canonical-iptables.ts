/**
 * Input of `iptables-restore` in the canonical order of upstream's tests, so that two texts can be compared whose Services
 * come in another order.
 */

/** Chains that all Services share: the order between Service ports means nothing there. */
const SHARED_CHAINS = ['KUBE-NODEPORTS', 'KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES', 'KUBE-PROXY-FIREWALL']
const FIRST_CHAINS = ['KUBE-NODEPORTS', 'KUBE-SERVICES']
const TABLES = ['*filter', '*nat']
const CATCH_ALL = 'kubernetes service nodeports'

/** The lines of a dump in canonical order, without counters; lines of no table are left out. */
export function canonicalIptables(text: string): string[] {
  return splitTables(text)
    .sort((left, right) => TABLES.indexOf(left.name) - TABLES.indexOf(right.name))
    .flatMap(({ name, lines }) => [name, ...canonicalLines(lines), 'COMMIT'])
}

interface TableLines {
  readonly name: string
  readonly lines: readonly string[]
}

function splitTables(text: string): TableLines[] {
  const tables: { name: string; lines: string[] }[] = []
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line.startsWith('*')) tables.push({ name: line, lines: [] })
    else if (line !== '' && line !== 'COMMIT' && !line.startsWith('#')) tables.at(-1)?.lines.push(line)
  }
  return tables
}

function canonicalLines(lines: readonly string[]): string[] {
  const chains = lines.filter((line) => line.startsWith(':')).map((line) => line.slice(1).split(' ', 1)[0])
  const sorted = [...chains].sort(byChain)
  const rules = lines.filter((line) => !line.startsWith(':') && !line.startsWith('-X '))
  const chainsOfRules = [...new Set(rules.map(chainOf))].sort(byChain)
  return [
    ...sorted.map((chain) => `:${chain}`),
    ...chainsOfRules.flatMap((chain) => rulesOf(chain, rules)),
    ...lines.filter((line) => line.startsWith('-X ')).sort(),
  ]
}

function byChain(left: string, right: string): number {
  const rank = (chain: string) =>
    FIRST_CHAINS.includes(chain) ? FIRST_CHAINS.indexOf(chain) : FIRST_CHAINS.length
  return rank(left) - rank(right) || compare(left, right)
}

function chainOf(rule: string): string {
  return rule.split(' ', 2)[1] ?? ''
}

function rulesOf(chain: string, rules: readonly string[]): string[] {
  const ofChain = rules.filter((rule) => chainOf(rule) === chain)
  if (!SHARED_CHAINS.includes(chain)) return ofChain
  return [...ofChain].sort((left, right) => compare(sortKey(left), sortKey(right)))
}

/** Rules of one Service port keep their order; the jumps to node ports come last, by text. */
function sortKey(rule: string): string {
  const comment = /--comment (?:"([^"]*)"|(\S+))/.exec(rule)
  const text = comment?.[1] ?? comment?.[2] ?? ''
  return text.startsWith(CATCH_ALL) ? `~${rule}` : text.split(' ', 1)[0]
}

function compare(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1
}
