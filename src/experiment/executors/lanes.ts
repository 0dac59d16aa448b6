/** Many things under way at once, but not too many; results as they come. */

/** One lane's thing has ended. */
interface Settled<Result> {
  readonly lane: number
  readonly outcome: { readonly value: Result } | { readonly error: unknown }
}

/**
 * Runs an action over items in lanes: a lane begins its next item when the one before has ended.
 *
 * @param laneCount - how many are under way at most
 * @param action - is told the number of its lane, below `laneCount`; no two under way share one
 * @returns results as they come. The next item begins before a result is handed out, so a slow reader costs no time
 * @throws the first error of an action, or the reason of the signal; what is under way then is left alone
 */
export async function* inLanes<Item, Result>(
  items: readonly Item[],
  laneCount: number,
  action: (item: Item, lane: number) => Promise<Result>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Result> {
  const settled: Settled<Result>[] = []
  let wake = () => {}
  let nextItem = 0
  let underWay = 0
  const begin = (lane: number) => {
    if (nextItem >= items.length) return
    underWay++
    const end = (outcome: Settled<Result>['outcome']) => {
      settled.push({ lane, outcome })
      wake()
    }
    action(items[nextItem++], lane).then(
      (value) => end({ value }),
      (error: unknown) => end({ error }),
    )
  }
  const stop = () => wake()
  signal?.addEventListener('abort', stop)
  try {
    for (let lane = 0; lane < laneCount; lane++) begin(lane)
    while (underWay > 0) {
      signal?.throwIfAborted()
      const next = settled.shift()
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      underWay--
      if ('error' in next.outcome) throw next.outcome.error
      begin(next.lane)
      yield next.outcome.value
    }
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}
