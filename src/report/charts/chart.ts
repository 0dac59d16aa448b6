/**
 * A chart as data: what it shows, what it found, and its numbers as a table for those who can not see it. Made from
 * results without any drawing code; `render-svg.ts` draws it. Texts are as the user wrote them and escaped by the sink.
 */

/** One chart. */
export interface Chart {
  /** File name without its ending; letters, digits and hyphens. */
  readonly name: string
  /** The finding, without a full stop. */
  readonly title: string
  /** How to read it, one line. */
  readonly subtitle: string
  /** What the picture shows, for those who hear the page. */
  readonly alt: string
  readonly table: ChartTable
  readonly picture:
    | LinePicture
    | PanelPicture
    | StackPicture
    | HeatPicture
    | FlowPicture
    | VerdictPicture
    | BarPicture
}

/** What is needed to draw a chart. */
export type DrawnChart = Omit<Chart, 'table'>

/** The numbers of a chart, with their units. */
export interface ChartTable {
  readonly headers: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Figures against an axis: one line for each series. */
export interface LinePicture {
  readonly kind: 'lines'
  readonly x: {
    readonly name: string
    /** Labelled places on the axis, in increasing order. */
    readonly ticks: readonly { readonly at: number; readonly label: string }[]
    /** False: places are names without distance, and nothing connects them. */
    readonly isContinuous: boolean
    /** Of places at the pointer that have no label of their own; undefined: they are percentiles, if lines are curves. */
    readonly unit?: string
  }
  readonly y: {
    readonly name: string
    readonly max?: number
    /** Labelled heights where they are not to scale, from the lowest to the highest; figures are then told by their texts. */
    readonly ticks?: readonly { readonly at: number; readonly label: string }[]
    /** Of figures at the pointer, where points have no text. */
    readonly unit?: string
  }
  readonly series: readonly LineSeries[]
  /** Heights not to be passed, drawn across. */
  readonly limits?: readonly { readonly at: number; readonly label: string }[]
  /** Intervals are drawn as bands along the lines, not as error bars. */
  readonly hasBands?: boolean
  /** Names beside the right ends of lines, at heights on the vertical axis; may have several lines of text. */
  readonly endLabels: readonly { readonly at: number; readonly text: string }[]
}

/** One line; values are in the unit of the vertical axis. */
export interface LineSeries {
  readonly label: string
  /** Colour and marker: lines that belong together share it. */
  readonly styleIndex: number
  /** Drawn dashed and without a place in the legend: the companion of the line of the same style. */
  readonly isCompanion: boolean
  readonly points: readonly LinePoint[]
}

/** One point of a line. */
export interface LinePoint {
  readonly x: number
  readonly y: number
  /** Half of the interval; 0 where there is none. */
  readonly half: number
  /** Written beside the point, e.g. `46.3 ms`. */
  readonly text: string
  /** Ends of the interval, where the axis is not to scale. */
  readonly interval?: readonly [number, number]
  /** Marked: it depends on how long the run is. */
  readonly isUnstable?: boolean
}

/** Bars with the line at which all would be equal, one panel beside the other. */
export interface PanelPicture {
  readonly kind: 'panels'
  readonly y: { readonly name: string }
  readonly panels: readonly {
    readonly title: string
    readonly xName: string
    readonly bars: readonly {
      readonly label: string
      readonly value: number
      /** In full, where the label is cut. */
      readonly name?: string
    }[]
    readonly even: number
  }[]
}

/** Horizontal bars of 100 %, cut into parts. */
export interface StackPicture {
  readonly kind: 'stack'
  readonly rows: readonly { readonly label: string; readonly note: string }[]
  /** Shares of each row, 0 to 1. */
  readonly segments: readonly {
    readonly label: string
    /** Place in the palette: the same part has the same colour in every chart. */
    readonly colourIndex: number
    readonly shares: readonly number[]
  }[]
}

/** A figure for each pair of settings, as a colour and as a number. */
export interface HeatPicture {
  readonly kind: 'heat'
  readonly x: { readonly name: string; readonly labels: readonly string[] }
  readonly y: { readonly name: string; readonly labels: readonly string[] }
  /** Undefined for pairs without a figure; `step` 0 to 6 is the place between the least and the greatest. */
  readonly cells: readonly {
    readonly x: number
    readonly y: number
    readonly step: number
    readonly text: string
    /** A second figure, at the pointer only. */
    readonly note?: string
  }[]
  /** Cells are many and low, without their figures. */
  readonly isDense?: boolean
  readonly noteName?: string
  /** What the least and the greatest are: the two ends of the scale of colours. */
  readonly least: string
  readonly most: string
  readonly what: string
}

/** Streams between places, from left to right; their widths are counts. */
export interface FlowPicture {
  readonly kind: 'flow'
  /** Names are unique; they are shown as `label`. */
  readonly places: readonly { readonly name: string; readonly label: string; readonly colourIndex: number }[]
  /** `from` and `to` are indexes of places. */
  readonly streams: readonly { readonly from: number; readonly to: number; readonly count: number }[]
  /** Headings of the columns of places. */
  readonly columns: readonly string[]
  readonly what: string
}

/** Whether objectives are kept, for each pair of settings; rows from the bottom to the top. */
export interface VerdictPicture {
  readonly kind: 'verdicts'
  readonly x: { readonly name: string; readonly labels: readonly string[] }
  readonly y: { readonly name: string; readonly labels: readonly string[] }
  readonly cells: readonly {
    readonly x: number
    readonly y: number
    readonly verdict: 'passed' | 'failed' | 'undecided'
    /** Drawn lighter: it follows from others. */
    readonly isImplied: boolean
    /** Written into the cell where there is room, e.g. `46.3 ms`; may be empty. */
    readonly text: string
    /** What is told at the pointer. */
    readonly note: string
  }[]
  /** For each column the lowest row at which they are kept; null: at none. */
  readonly frontier: readonly (number | null)[]
  readonly frontierName: string
}

/** Horizontal bars of how full things are, with a line where they are full. */
export interface BarPicture {
  readonly kind: 'bars'
  readonly rows: readonly {
    readonly label: string
    readonly note: string
    /** 1 is full; may be more. */
    readonly ratio: number
    /** Written behind the bar. */
    readonly text: string
  }[]
  /** What the line says. */
  readonly full: string
}
