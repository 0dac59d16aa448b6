/** What names are resolved by, in whatever way: see `names.ts`. */

/** Who knows which name since when. */
export interface NameResolver {
  /**
   * Does the request's caller know the Service's address? If not, the event `nameResolved` comes when it does, or a failure is
   * on its way to the caller: callers that remember answers wait for one that is on its way already. Callers outside go by
   * addresses.
   */
  isKnown(request: number): boolean
  /** Handles an event of name resolution. False: it is none. */
  handle(kind: number, payload: number): boolean
}
