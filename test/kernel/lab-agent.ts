/** Talks to `lab-agent.py`, which holds the sockets of a laboratory. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** A server: it answers every connection with its name and the address that it sees. */
export interface ServerSocket {
  readonly netns: string
  /** Without blanks. */
  readonly name: string
  readonly address: string
  readonly port: number
}

/** A connection to be opened. */
export interface Attempt {
  readonly netns: string
  /** Null: the kernel chooses it. */
  readonly source: string | null
  readonly address: string
  readonly port: number
  readonly patienceMs: number
}

/** What became of a connection. */
export interface AttemptResult {
  /** Anything else is the name of an error of the kernel. */
  readonly outcome: 'answered' | 'refused' | 'reset' | 'unreachable' | 'timedOut' | string
  /** First packets sent, repetitions included: at least 1. */
  readonly synCount: number
  /** The kernel's monotonic clock right before the first of them, ns. */
  readonly atNs: number
  /** Who answered. */
  readonly name?: string
  /** The client's address as the server saw it. */
  readonly seen?: string
}

interface Answer {
  readonly error?: string
  readonly results?: readonly AttemptResult[]
  readonly counted?: Readonly<Record<string, number>>
}

const SCRIPT = fileURLToPath(new URL('lab-agent.py', import.meta.url))

/** The process that holds the sockets. Requests are answered one after another. */
export class LabAgent {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: Interface
  readonly #waiting: ((line: string | undefined) => void)[] = []

  constructor() {
    this.#process = spawn('python3', ['-u', SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface(this.#process.stdout)
    this.#lines.on('line', (line) => this.#waiting.shift()?.(line))
    this.#lines.on('close', () => {
      for (const answer of this.#waiting.splice(0)) answer(undefined)
    })
  }

  async listen(sockets: readonly ServerSocket[]): Promise<void> {
    await this.#ask({ do: 'listen', sockets })
  }

  /** Closes all servers, and with them what holds on to their namespaces. */
  async forget(): Promise<void> {
    await this.#ask({ do: 'forget' })
  }

  /** Opens connections, at most `parallel` at a time; results are in the order of the attempts. */
  async connect(attempts: readonly Attempt[], parallel: number): Promise<readonly AttemptResult[]> {
    const { results = [] } = await this.#ask({ do: 'connect', attempts, parallel })
    return results
  }

  async setSysctls(netns: string, values: Readonly<Record<string, string>>): Promise<void> {
    await this.#ask({ do: 'sysctls', netns, values })
  }

  /** Makes counters for `-m nfacct`, as kube-proxy does before it writes rules that name them. */
  async makeCounters(netns: string, names: readonly string[]): Promise<void> {
    await this.#ask({ do: 'counters', netns, names })
  }

  /** Packets by counter. */
  async readCounters(netns: string): Promise<Readonly<Record<string, number>>> {
    const { counted = {} } = await this.#ask({ do: 'counted', netns })
    return counted
  }

  stop(): void {
    this.#process.stdin.end()
  }

  async #ask(request: object): Promise<Answer> {
    const line = await new Promise<string | undefined>((resolve) => {
      this.#waiting.push(resolve)
      this.#process.stdin.write(`${JSON.stringify(request)}\n`)
    })
    if (line === undefined)
      throw new Error('the process that holds the sockets has ended; its last words are above')
    const answer = JSON.parse(line) as Answer
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer
  }
}
