/**
 * Names of lines written beside their right ends, on an axis of 0 to 100: lines that end together share a label, and
 * labels that would cover one another are moved apart.
 */
import { wrapped } from '../text-layout.js'

/** The end of one line. */
export interface LineEnd {
  /** What solid or dashed stands for, e.g. `ClientIP`. */
  readonly kind: string
  readonly label: string
  /** 0 to 100. */
  readonly y: number
}

/** A label; lines of text are parted by `\n`. */
export interface EndLabel {
  /** Height of its middle, 0 to 100. */
  readonly at: number
  readonly text: string
}

/** Ends closer than this (percentage points) can not be told apart. */
const TOGETHER_WITHIN = 6

/** Characters of a line of a label. */
const LABEL_CHARACTERS = 31

/** Height of a line of text, and of the gap between labels, in points of the axis. */
const LINE_POINTS = 5.8
const GAP_POINTS = 2.5

/** The labels, from top to bottom. */
export function endLabels(ends: readonly LineEnd[]): readonly EndLabel[] {
  const labelCount = new Set(ends.map(({ label }) => label)).size
  const blocks = clusters(ends).map((cluster) => {
    const lines = clusterLines(cluster, labelCount)
    const mean = cluster.reduce((sum, { y }) => sum + y, 0) / cluster.length
    return { lines, mean, height: lines.length * LINE_POINTS }
  })
  const tops: number[] = []
  let limit = 100 + LINE_POINTS
  for (const { mean, height } of blocks) {
    const top = Math.min(limit, mean + height / 2)
    tops.push(top)
    limit = top - height - GAP_POINTS
  }
  // Whatever hangs below the axis is pushed up again, the lowest first.
  let floor = -LINE_POINTS
  for (let index = blocks.length - 1; index >= 0; index -= 1) {
    tops[index] = Math.max(tops[index], floor + blocks[index].height)
    floor = tops[index] + GAP_POINTS
  }
  return blocks.map(({ lines, height }, index) => ({
    at: tops[index] - height / 2,
    text: lines.join('\n'),
  }))
}

function clusters(ends: readonly LineEnd[]): readonly (readonly LineEnd[])[] {
  const groups: LineEnd[][] = []
  for (const end of [...ends].sort((left, right) => right.y - left.y)) {
    const last = groups.at(-1)
    if (last !== undefined && last[0].y - end.y < TOGETHER_WITHIN) last.push(end)
    else groups.push([end])
  }
  return groups
}

/** `ClientIP: ClusterIP, one NodePort`; `None: all 5` where every line of that kind ends here. */
function clusterLines(cluster: readonly LineEnd[], labelCount: number): readonly string[] {
  const kinds = [...new Set(cluster.map(({ kind }) => kind))].sort((left, right) => (left < right ? -1 : 1))
  return kinds.flatMap((kind) => {
    const labels = cluster.filter((end) => end.kind === kind).map(({ label }) => label)
    const names = labels.length === labelCount && labelCount > 1 ? `all ${labelCount}` : labels.join(', ')
    return wrapped(`${kind}: ${names}`, LABEL_CHARACTERS)
  })
}
