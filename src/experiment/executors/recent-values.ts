/** The values that were used last, by name; older ones are forgotten. */
export class RecentValues<Value> {
  /** In the order of use, the latest at the end. */
  readonly #values = new Map<string, Value>()

  /** @param limit - how many are kept, 1 or more */
  constructor(readonly limit: number) {}

  get(name: string): Value | undefined {
    const value = this.#values.get(name)
    if (value !== undefined) {
      this.#values.delete(name)
      this.#values.set(name, value)
    }
    return value
  }

  set(name: string, value: Value): void {
    this.#values.delete(name)
    this.#values.set(name, value)
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.limit) return
      this.#values.delete(oldest)
    }
  }
}
