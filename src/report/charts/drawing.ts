/** Where a chart is drawn: in a file of its own, or in a page, where it may answer to a pointer. */
import { FILE_PALETTE, PAGE_PALETTE, type Palette } from './palette.js'

/** What a pointer meets: a heading, and lines of a label and a figure. */
export interface Tip {
  readonly title: string
  readonly rows: readonly TipRow[]
}

export interface TipRow {
  /** Place in the palette; undefined without a patch of colour. */
  readonly colourIndex?: number
  readonly isDashed?: boolean
  readonly label: string
  readonly value: string
}

/** The ground of a drawing. */
export interface Drawing {
  /** CSS pixels. */
  readonly width: number
  readonly palette: Palette
  /** Title and subtitle are part of the picture. */
  readonly hasTitle: boolean
  /** Makes what is shown at the pointer (in a browser: an element); undefined where nobody points. */
  readonly showTip?: (tip: Tip) => unknown
}

/** Below this width labels stand above what they name, and panels below one another. */
export const NARROW = 560

/** A file of its own. */
export const FILE_DRAWING: Drawing = { width: 760, palette: FILE_PALETTE, hasTitle: true }

/** A drawing in a page. */
export function pageDrawing(width: number, showTip?: Drawing['showTip']): Drawing {
  return {
    width,
    palette: PAGE_PALETTE,
    hasTitle: false,
    ...(showTip === undefined ? {} : { showTip }),
  }
}

/** The settings of echarts for tips; `tipOf` makes one of what echarts tells, or none. */
export function tipOption<Params>(
  { showTip, palette }: Drawing,
  trigger: 'axis' | 'item',
  tipOf: (params: Params) => Tip | undefined,
): object {
  if (showTip === undefined) return {}
  const tooltip = {
    trigger,
    confine: true,
    transitionDuration: 0,
    className: 'tip',
    backgroundColor: palette.ground,
    borderColor: palette.gridLine,
    padding: 0,
    axisPointer: { type: 'line', label: { show: false }, lineStyle: { color: palette.faintInk } },
    formatter: (params: Params) => {
      const tip = tipOf(params)
      return tip === undefined ? '' : showTip(tip)
    },
  }
  return { tooltip }
}
