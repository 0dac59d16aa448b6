/** What many tasks have in common is sent to a thread once: both ends of that. */
import { RecentValues } from './recent-values.js'
import type { ThreadPart } from './thread-messages.js'

/** Parts of a kind that each end keeps: tasks come point by point, so that few are in use at a time. */
const KEPT_PARTS = 4

/** The end of the main thread, for parts of one kind. */
export class SentParts<Value extends object, Content> {
  readonly #keys = new WeakMap<Value, number>()
  #keyCount = 0
  /** How often the content was sent. */
  readonly #sentCounts = new WeakMap<Value, number>()
  /** By key, should another thread need them. */
  readonly #contents = new RecentValues<number, Content>(KEPT_PARTS)

  constructor(
    readonly threadCount: number,
    readonly encode: (value: Value) => Content,
  ) {}

  /**
   * A value as part of a request. It holds the content as often as there are threads, then no more: whichever thread missed it says so.
   *
   * @param isMissed - the thread has said so
   */
  partOf(value: Value, isMissed: boolean): ThreadPart<Content> {
    const key = this.#keyOf(value)
    const sentCount = this.#sentCounts.get(value) ?? 0
    if (!isMissed && sentCount >= this.threadCount) return { key, content: undefined }
    this.#sentCounts.set(value, sentCount + 1)
    return { key, content: this.#contentOf(key, value) }
  }

  #keyOf(value: Value): number {
    const known = this.#keys.get(value)
    if (known !== undefined) return known
    const key = this.#keyCount++
    this.#keys.set(value, key)
    return key
  }

  #contentOf(key: number, value: Value): Content {
    const known = this.#contents.get(key)
    if (known !== undefined) return known
    const content = this.encode(value)
    this.#contents.set(key, content)
    return content
  }
}

/** The end of a worker thread, for parts of one kind. */
export class KeptParts<Content, Value> {
  readonly #values = new RecentValues<number, Value>(KEPT_PARTS)

  constructor(readonly decode: (content: Content) => Value) {}

  /** The value of a part; undefined: its content has to be sent along. */
  valueOf({ key, content }: ThreadPart<Content>): Value | undefined {
    const known = this.#values.get(key)
    if (known !== undefined || content === undefined) return known
    const value = this.decode(content)
    this.#values.set(key, value)
    return value
  }
}
