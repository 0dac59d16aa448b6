/**
 * Excerpts of an output, as pages show them. A line that is `…` stands for any lines left out; without one at the beginning
 * or the end, the excerpt begins or ends with the output.
 */

const LEFT_OUT = '…'

interface Chunk {
  readonly lines: readonly string[]
  readonly isAtStart: boolean
  readonly isAtEnd: boolean
}

/** Does the excerpt say what the output says? */
export function isExcerptOf(excerpt: readonly string[], output: string): boolean {
  const lines = linesOf(output)
  let from = 0
  for (const chunk of chunksOf(excerpt)) {
    const at = placeOf(chunk, lines, from)
    if (at === undefined) return false
    from = at + chunk.lines.length
  }
  return true
}

/**
 * The excerpt with the lines of this output: as many as it had, from where a line begins as its first one did.
 *
 * @throws Error if no line begins so
 */
export function renewedExcerpt(excerpt: readonly string[], output: string): readonly string[] {
  const lines = linesOf(output)
  let from = 0
  const parts = chunksOf(excerpt).map((chunk) => {
    const at = chunk.isAtStart ? 0 : similarLine(chunk.lines[0], lines, from)
    from = chunk.isAtEnd ? lines.length : at + chunk.lines.length
    return lines.slice(at, from)
  })
  const between = parts.flatMap((part, index) => (index === 0 ? part : [LEFT_OUT, ...part]))
  const mark = (line: string | undefined) => (line === LEFT_OUT ? [LEFT_OUT] : [])
  return [...mark(excerpt[0]), ...between, ...mark(excerpt.at(-1))]
}

function linesOf(output: string): readonly string[] {
  return output.trimEnd().split('\n')
}

function chunksOf(excerpt: readonly string[]): readonly Chunk[] {
  const groups: string[][] = [[]]
  for (const line of excerpt) {
    if (line === LEFT_OUT) groups.push([])
    else groups.at(-1)?.push(line)
  }
  return groups
    .map((lines, index) => ({ lines, isAtStart: index === 0, isAtEnd: index === groups.length - 1 }))
    .filter(({ lines }) => lines.length > 0)
}

function placeOf(chunk: Chunk, lines: readonly string[], from: number): number | undefined {
  const last = lines.length - chunk.lines.length
  for (let at = from; at <= last; at++) {
    const isPlaced = (!chunk.isAtStart || at === 0) && (!chunk.isAtEnd || at === last)
    if (isPlaced && chunk.lines.every((line, index) => line === lines[at + index])) return at
  }
  return undefined
}

function similarLine(line: string, lines: readonly string[], from: number): number {
  const at = lines.findIndex((each, index) => index >= from && labelOf(each) === labelOf(line))
  if (at === -1) throw new Error(`no line of the output begins like ${JSON.stringify(line)}`)
  return at
}

/** Indentation and first cell of a line of a table; a sentence up to its first figure. */
function labelOf(line: string): string {
  return /^\s*\S*(?: [^\s\d]\S*)*/.exec(line)?.[0] ?? line
}
