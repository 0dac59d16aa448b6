/** Chains that only first packets of connections come to, so that their counters count connections. */

/** A chain, and where it leads. */
export interface ChainLinks {
  readonly name: string
  /** Whether the kernel itself calls it, and for which packets. */
  readonly calledFor: 'all' | 'first' | undefined
  readonly links: readonly ChainLink[]
}

/** A jump to another chain. */
export interface ChainLink {
  readonly chain: string
  /** Does the rule ask for first packets, as by `--ctstate NEW`? */
  readonly isForFirst: boolean
}

/** Names of the chains that later packets never come to. */
export function firstPacketChains(chains: readonly ChainLinks[]): ReadonlySet<string> {
  const byName = new Map(chains.map((chain) => [chain.name, chain]))
  const open = chains.filter((chain) => chain.calledFor === 'all').map((chain) => chain.name)
  const reached = new Set(open)
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const { chain, isForFirst } of byName.get(name)?.links ?? []) {
      if (isForFirst || reached.has(chain)) continue
      reached.add(chain)
      open.push(chain)
    }
  }
  return new Set(chains.map((chain) => chain.name).filter((name) => !reached.has(name)))
}
