/** Surroundings for tests: no process, no terminal, no clock. */
import type { Surroundings, TextSink } from '../../src/cli/surroundings.js'

/** A sink that keeps what it was given. */
export interface KeptText extends TextSink {
  text: string
}

export interface FakeSurroundings extends Surroundings {
  readonly stdout: KeptText
  readonly stderr: KeptText
}

/** @param overrides - what differs from: nothing on stdin, no terminal, the root of the repository, no environment */
export function fakeSurroundings(
  overrides: Partial<Surroundings> & { readonly stdin?: string } = {},
): FakeSurroundings {
  const { stdin = '', ...rest } = overrides
  return {
    readStdin: async () => Buffer.from(stdin),
    cwd: process.cwd(),
    env: {},
    signal: new AbortController().signal,
    nowMs: () => 0,
    processorCount: 1,
    ...rest,
    stdout: keptText(rest.stdout),
    stderr: keptText(rest.stderr),
  }
}

function keptText(sink: TextSink | undefined): KeptText {
  return {
    text: '',
    isTerminal: sink?.isTerminal ?? false,
    async write(text) {
      await sink?.write(text)
      this.text += text
    },
  }
}

/** A sink on a terminal. */
export const TERMINAL: TextSink = { isTerminal: true, write: async () => {} }
