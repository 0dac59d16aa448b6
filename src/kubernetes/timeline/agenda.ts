/** What is to happen and when: actions in order of time, those of one time in the order in which they were put in. */

interface Entry {
  readonly atNs: number
  readonly act: (nowNs: number) => void
}

/** Actions up to a horizon; what would come later is left out. */
export class Agenda {
  readonly #entries: Entry[] = []

  constructor(readonly horizonNs: number) {}

  at(atNs: number, act: (nowNs: number) => void): void {
    if (atNs > this.horizonNs) return
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#entries[middle].atNs <= atNs) low = middle + 1
      else high = middle
    }
    this.#entries.splice(low, 0, { atNs, act })
  }

  /** Acts until nothing is left; actions may put in others, not before the time at hand. */
  run(): void {
    for (let next = this.#entries.shift(); next !== undefined; next = this.#entries.shift())
      next.act(next.atNs)
  }
}
