/**
 * Erlang's formulas: how often all servers are busy, with Poisson arrivals.
 * Source: A. K. Erlang, 1917; the recursion is the usual one, e.g. L. Kleinrock, Queueing Systems I, 1975, section 3.5.
 */

/**
 * Blocking probability of M/M/c/c (and M/G/c/c): the share of arrivals turned away where nothing waits.
 *
 * @param servers - c, an integer from 0
 * @param offeredLoad - a = λ/μ in erlang, not negative
 * @throws RangeError if an argument is anything else
 * @remarks O(servers).
 */
export function erlangB(servers: number, offeredLoad: number): number {
  if (!(Number.isSafeInteger(servers) && servers >= 0 && offeredLoad >= 0 && Number.isFinite(offeredLoad))) {
    throw new RangeError(`no Erlang formula for ${servers} servers and ${offeredLoad} erlang`)
  }
  let blocking = 1
  for (let count = 1; count <= servers; count += 1) {
    blocking = (offeredLoad * blocking) / (count + offeredLoad * blocking)
  }
  return blocking
}

/**
 * Probability that an arrival at M/M/c has to wait.
 *
 * @param servers - c, an integer from 0
 * @param offeredLoad - a = λ/μ in erlang, not negative
 * @returns 1 where the queue is not stable (a >= c)
 * @throws RangeError as `erlangB`
 */
export function erlangC(servers: number, offeredLoad: number): number {
  const blocking = erlangB(servers, offeredLoad)
  return offeredLoad >= servers ? 1 : (servers * blocking) / (servers - offeredLoad * (1 - blocking))
}
