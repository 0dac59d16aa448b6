/** The values that were used last, by key; older ones are forgotten. */
export class RecentValues<Key, Value> {
  /** In the order of use, the latest at the end. */
  readonly #values = new Map<Key, Value>()

  /** @param limit - how many are kept, 1 or more */
  constructor(readonly limit: number) {}

  get(key: Key): Value | undefined {
    const value = this.#values.get(key)
    if (value !== undefined) {
      this.#values.delete(key)
      this.#values.set(key, value)
    }
    return value
  }

  set(key: Key, value: Value): void {
    this.#values.delete(key)
    this.#values.set(key, value)
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.limit) return
      this.#values.delete(oldest)
    }
  }
}
